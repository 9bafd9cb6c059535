"""A server watched while it works: threads, memory and open files, sampled by the second."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import psutil
from attrs import frozen

_EVERY = 1.0
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@frozen
class Sample:
    """A server at a moment (seconds since the first), all its processes together; memory in MB.

    ``memory`` is what is resident now, ``peak`` the most that ever was, between two samples too.
    """

    at: float
    threads: int
    memory: float
    peak: float
    files: int


@contextmanager
def watched(server: int) -> Iterator[list[Sample]]:
    """Give a list that a server's samples are added to until the end; the last of them is taken at the end."""
    samples: list[Sample] = []
    over, began = Event(), time.perf_counter()

    def sample() -> None:
        while not over.wait(_EVERY):
            with suppress(psutil.NoSuchProcess):  # one that ended while we looked: the next look sees what is left
                samples.append(_sample(server, time.perf_counter() - began))

    samples.append(_sample(server, 0.0))
    thread = Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()
    samples.append(_sample(server, time.perf_counter() - began))


def _sample(server: int, at: float) -> Sample:
    process = psutil.Process(server)
    every = (process, *process.children(recursive=True))
    return Sample(
        at,
        sum(each.num_threads() for each in every),
        sum(each.memory_info().rss for each in every) / 1e6,
        sum(_peak(each) for each in every) / 1e6,
        sum(each.num_fds() for each in every),
    )


def _peak(process: psutil.Process) -> float:
    """Return the most bytes that were ever resident of a process; where the system keeps no such figure, those now."""
    status = Path(f"/proc/{process.pid}/status")
    found = _PEAK.search(status.read_text(encoding="ascii", errors="replace")) if status.exists() else None
    return float(found[1]) * 1024 if found else float(process.memory_info().rss)


def growth(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """Return by how much a figure grows in an hour over the second half of the samples (least squares)."""
    half = samples[len(samples) // 2 :]
    times, values = [one.at for one in half], [of(one) for one in half]
    middle, mean = sum(times) / len(times), sum(values) / len(values)
    spread = sum((at - middle) ** 2 for at in times)
    if not spread:
        return 0.0  # one moment: no line goes through it
    return sum((at - middle) * (value - mean) for at, value in zip(times, values, strict=True)) / spread * 3600
