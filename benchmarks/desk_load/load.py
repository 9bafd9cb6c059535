"""Requests, timed: one after the other, and by many connections at once for a while."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import Enum
from http.client import HTTPException

import psutil
from attrs import frozen

from .visitor import ServerError

Request = Callable[[], bool]
"""Sends a request and returns whether the answer is the right one."""


class Fault(Enum):
    """What was wrong with an answer."""

    FAILED = "500 or above"
    DROPPED = "no answer, connection dropped"
    WRONG = "refused, or not what was asked for"


@frozen
class Answer:
    """One request: of what kind, when it began and when its answer was there (seconds), and what was wrong with it."""

    kind: str
    begun: float
    done: float
    fault: Fault | None = None

    @property
    def milliseconds(self) -> float:
        """How long it took."""
        return (self.done - self.begun) * 1000


@frozen
class Load:
    """What a load came to: its answers, its length and the server's CPU time, in seconds."""

    answers: Sequence[Answer]
    seconds: float
    cpu: float

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of requests."""
        return tuple(dict.fromkeys(sorted(answer.kind for answer in self.answers)))

    @property
    def errors(self) -> int:
        """How many answers were wrong or did not come."""
        return sum(answer.fault is not None for answer in self.answers)

    @property
    def silence(self) -> float:
        """The longest time, in seconds, in which nobody got an answer."""
        ends = sorted(answer.done for answer in self.answers)
        first = min(answer.begun for answer in self.answers)
        return max(later - earlier for earlier, later in zip([first, *ends], ends, strict=False))

    def times(self, kind: str | None = None) -> list[float]:
        """Return the milliseconds of the requests of a kind (or of all), sorted."""
        return sorted(answer.milliseconds for answer in self.answers if kind in {None, answer.kind})


def one_at_a_time(server: int, requests: Mapping[str, Request], times: int, warm_up: int) -> dict[str, Load]:
    """Return the load of each kind of request, sent so many times one after the other."""
    loads = {}
    for kind, request in requests.items():
        for _ in range(warm_up):
            request()
        with _measured(server) as finished:
            answers = [answered(kind, request) for _ in range(times)]
        loads[kind] = Load(answers, *finished())
    return loads


def at_once(server: int, mixes: Sequence[Mapping[str, tuple[int, Request]]], seconds: float) -> Load:
    """Return the load of many connections, each sending the next request when its answer is there.

    Args:
        server: the process whose CPU time is taken.
        mixes: for each connection, by kind: how often among all, and the request.
        seconds: how long new requests are sent.
    """
    end = time.perf_counter() + seconds

    def connection(place: int) -> list[Answer]:
        rng = random.Random(place)  # noqa: S311 - repeatable
        mix = mixes[place]
        kinds, weights = list(mix), [weight for weight, _ in mix.values()]
        answers = []
        while time.perf_counter() < end:
            (kind,) = rng.choices(kinds, weights)
            answers.append(answered(kind, mix[kind][1]))
        return answers

    with _measured(server) as finished, ThreadPoolExecutor(len(mixes)) as pool:
        answers = [answer for of_one in pool.map(connection, range(len(mixes))) for answer in of_one]
    return Load(answers, *finished())


def answered(kind: str, request: Request) -> Answer:
    """Send a request; return how long it took, and what was wrong with its answer."""
    begun = time.perf_counter()
    try:
        fault = None if request() else Fault.WRONG
    except ServerError:
        fault = Fault.FAILED
    except (OSError, HTTPException):
        fault = Fault.DROPPED
    return Answer(kind, begun, time.perf_counter(), fault)


@contextmanager
def _measured(server: int) -> Iterator[Callable[[], tuple[float, float]]]:
    """Give a function that returns the seconds that went by and those of a server's CPU."""
    began, cpu = time.perf_counter(), cpu_of(server)
    taken: list[float] = []
    yield lambda: (taken[0], taken[1])
    taken += [time.perf_counter() - began, cpu_of(server) - cpu]


def cpu_of(server: int) -> float:
    """Return the CPU seconds that a process and its children have had."""
    process = psutil.Process(server)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)
