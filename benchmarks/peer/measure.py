"""Taking a side's time and memory: every run is a process of its own, so that none inherits another's memory."""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import asdict, frozen

from .sides import Side, side

_WARM_UP = 1_000
_HERE = str(Path(__file__).resolve().parents[1])


@frozen
class Run:
    """One run: seconds of reading, of the rules, of writing the results; CPU seconds and peak memory in MB.

    Where several parts are worked on at once, the seconds of the whole run are divided as the threads' are.
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


def run(name: str, folder: Path, households: int, part: int, out: Path) -> Run:
    """Screen the population of a folder in this process, as many parts at once as it has cores; write Parquet."""
    one = side(name)
    _screen(one, folder, 0, min(_WARM_UP, households), out)
    cpu, start = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = [(first, min(first + part, households)) for first in range(0, households, part)]
        taken = list(threads.map(lambda ends: _screen(one, folder, *ends, out), parts))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    by_stage = [sum(stage) for stage in zip(*taken, strict=True)]
    read, rules, write = (seconds * stage / sum(by_stage) for stage in by_stage)
    return Run(read, rules, write, cpu, peak_memory())


def peak_memory() -> float:
    """Return the most memory that this process has had, in MB.

    From ``/proc`` where there is one: ``ru_maxrss`` of a new process begins with what its parent had.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def _screen(one: Side, folder: Path, first: int, end: int, out: Path) -> tuple[float, float, float]:
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


def in_child(name: str, folder: Path, households: int, part: int, out: Path) -> Run:
    """Return ``run`` of a fresh process."""
    call = f"child({name!r}, {str(folder)!r}, {households}, {part}, {str(out)!r})"
    program = f"import sys; sys.path.insert(0, {_HERE!r}); from peer.measure import child; {call}"
    done = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    return Run(**json.loads(done.stdout))


def child(name: str, folder: str, households: int, part: int, out: str) -> None:
    """Print ``run`` as JSON."""
    print(json.dumps(asdict(run(name, Path(folder), households, part, Path(out)))))
