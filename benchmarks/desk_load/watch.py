"""A server watched while it works: threads, memory and open files, sampled by the second."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

import psutil
from attrs import frozen

_EVERY = 1.0


@frozen
class Sample:
    """A server at a moment (seconds since the first): threads, resident MB and open files of all its processes."""

    at: float
    threads: int
    memory: float
    files: int


@contextmanager
def watched(server: int) -> Iterator[list[Sample]]:
    """Give a list that a server's samples are added to until the end."""
    samples: list[Sample] = []
    over, began = Event(), time.perf_counter()

    def sample() -> None:
        while True:
            samples.append(_sample(server, time.perf_counter() - began))
            if over.wait(_EVERY):
                return

    thread = Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


def _sample(server: int, at: float) -> Sample:
    process = psutil.Process(server)
    every = (process, *process.children(recursive=True))
    return Sample(
        at,
        sum(each.num_threads() for each in every),
        sum(each.memory_info().rss for each in every) / 1e6,
        sum(each.num_fds() for each in every),
    )


def growth(samples: Sequence[Sample], what: str) -> float:
    """Return by how much a figure grows in an hour over the second half of the samples (least squares)."""
    half = samples[len(samples) // 2 :]
    if len(half) < 2:  # noqa: PLR2004 - a line needs two points
        return 0.0
    times, values = [one.at for one in half], [float(getattr(one, what)) for one in half]
    middle, mean = sum(times) / len(times), sum(values) / len(values)
    steep = sum((at - middle) * (value - mean) for at, value in zip(times, values, strict=True))
    return steep / sum((at - middle) ** 2 for at in times) * 3600
