"""Taking a side's time and memory: every run has processes of its own, so that none inherits another's memory."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier

from attrs import asdict, frozen

from .sides import Side, side

_WARM_UP = 1_000
_HERE = str(Path(__file__).resolve().parents[1])
_TOGETHER = 60
"""Seconds that processes have to get ready."""

Stages = tuple[float, float, float]
"""Seconds of reading, of the rules, of writing."""


@frozen
class Way:
    """How a side screens a population: its name, how many households it takes at a time, in how many processes.

    One process works on as many parts at once as there are cores; of several, each on one, with its share of
    the cores.
    """

    side: str
    part: int
    processes: int = 1

    @property
    def cores(self) -> int:
        """The cores that each process has."""
        return max(1, (os.cpu_count() or 1) // self.processes)

    def parts(self, households: int) -> list[tuple[int, int]]:
        """Return the first number of each part, and the number behind it."""
        return [(first, min(first + self.part, households)) for first in range(0, households, self.part)]


@frozen
class Run:
    """One run: seconds of reading, of the rules, of writing the results; CPU seconds and peak memory in MB.

    Where several parts are worked on at once, the seconds of the whole run are divided as those of the parts
    are. Several processes' CPU and memory are summed, files that all have mapped (the programs) counted once.
    """

    read: float
    rules: float
    write: float
    cpu: float
    memory: float

    @property
    def seconds(self) -> float:
        """The seconds of the whole run."""
        return self.read + self.rules + self.write


@frozen
class _Worker:
    """A process at its end: CPU seconds since it was ready, its peak memory and what of it are mapped files, in MB."""

    cpu: float
    peak: float
    mapped: float


def run(way: Way, folder: Path, households: int, out: Path) -> Run:
    """Screen the population of a folder, some parts at once; write Parquet. The time begins when all are ready."""
    return _in_processes(way, folder, households, out) if way.processes > 1 else _here(way, folder, households, out)


def _here(way: Way, folder: Path, households: int, out: Path) -> Run:
    one = _ready(way, folder)
    cpu, start = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(way.cores) as threads:
        taken = list(threads.map(lambda ends: _screen(one, folder, *ends, out), way.parts(households)))
        seconds = time.perf_counter() - start
    return _run(seconds, taken, [_worker(cpu)])


def _in_processes(way: Way, folder: Path, households: int, out: Path) -> Run:
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(way.processes + 1, timeout=_TOGETHER)
    os.environ["POLARS_MAX_THREADS"] = str(way.cores)  # read by each process when it first uses Polars
    with context.Pool(way.processes, _begin, (way, folder, out, together)) as pool:
        together.wait()
        start = time.perf_counter()
        taken = pool.map(_part, way.parts(households), chunksize=1)
        seconds = time.perf_counter() - start
        ended = pool.map_async(_end, range(way.processes), chunksize=1)
        together.wait()
        return _run(seconds, taken, [_worker(time.process_time()), *ended.get()])


class _Own:
    """What a process of several works with, kept from when it begins."""

    side: Side
    folder: Path
    out: Path
    together: Barrier
    cpu: float


def _begin(way: Way, folder: Path, out: Path, together: Barrier) -> None:
    _Own.side, _Own.folder, _Own.out, _Own.together = _ready(way, folder), folder, out, together
    together.wait()
    _Own.cpu = time.process_time()


def _part(ends: tuple[int, int]) -> Stages:
    return _screen(_Own.side, _Own.folder, *ends, _Own.out)


def _end(_: int) -> _Worker:
    """Return what this process took; it waits for the others, so that each of them is asked once."""
    worker = _worker(_Own.cpu)
    _Own.together.wait()
    return worker


def _ready(way: Way, folder: Path) -> Side:
    """Return the side when it has worked once, as it does in every run of many parts."""
    one = side(way.side)
    with TemporaryDirectory() as nowhere:
        _screen(one, folder, 0, _WARM_UP, Path(nowhere))
    gc.freeze()  # what is there by now is not searched again after every part
    return one


def _run(seconds: float, taken: Sequence[Stages], workers: Sequence[_Worker]) -> Run:
    by_stage = [sum(stage) for stage in zip(*taken, strict=True)]
    read, rules, write = (seconds * stage / sum(by_stage) for stage in by_stage)
    shared = min(worker.mapped for worker in workers)
    memory = sum(worker.peak for worker in workers) - shared * (len(workers) - 1)
    return Run(read, rules, write, sum(worker.cpu for worker in workers), memory)


def _worker(since: float) -> _Worker:
    """Return what this process has taken since a count of its CPU seconds.

    Memory from ``/proc`` where there is one: ``ru_maxrss`` of a new process begins with what its parent had.
    """
    cpu = time.process_time() - since
    status = Path("/proc/self/status")
    if not status.exists():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
        return _Worker(cpu, peak, 0)
    sizes = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    peak, mapped = (int(sizes[name].split()[0]) / 1024 for name in ("VmHWM", "RssFile"))
    return _Worker(cpu, peak, mapped)


def _screen(one: Side, folder: Path, first: int, end: int, out: Path) -> Stages:
    start = time.perf_counter()
    data = one.read(folder, first, end)
    read = time.perf_counter()
    outcome = one.rules(data)
    worked_out = time.perf_counter()
    for level, table in zip(("households", "members"), one.results(outcome), strict=True):
        table.write_parquet(out / f"{first:012}-{level}.parquet", compression="lz4")
    written = time.perf_counter()
    # A simulation of OpenFisca refers to itself: without this its memory would come back too late.
    del data, outcome, table
    gc.collect()
    return read - start, worked_out - read, written - worked_out


def in_child(way: Way, folder: Path, households: int, out: Path) -> Run:
    """Return ``run`` of a fresh process."""
    asked = json.dumps([asdict(way), str(folder), households, str(out)])
    command = [sys.executable, "-m", "peer.measure", asked]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=_HERE)  # noqa: S603
    return Run(**json.loads(done.stdout))


if __name__ == "__main__":
    way, folder, households, out = json.loads(sys.argv[1])
    print(json.dumps(asdict(run(Way(**way), Path(folder), households, Path(out)))))
