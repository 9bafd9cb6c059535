"""Functions that tests call in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count

from bangfu.errors import InputError, Problem


def process_of(word: str) -> tuple[str, int]:
    """Return the word, and which process says it."""
    return word, os.getpid()


def too_long() -> None:
    """Hold the interpreter for a minute, as a long search does."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        pass


def too_much(megabytes: int) -> int:
    """Take memory."""
    return len(bytearray(megabytes * 1_000_000))


def gone() -> None:
    """End as a fault in a library does."""
    os._exit(3)


def aborted() -> None:
    """End as a library does that gets no memory."""
    os.abort()


def process_after(seconds: float) -> int:
    """Return which process this is, after a while."""
    time.sleep(seconds)
    return os.getpid()


def counted(many: int) -> Iterator[tuple[int, int]]:
    """Yield numbers, and which process counts."""
    yield from ((number, os.getpid()) for number in range(many))


def wrong_after(many: int) -> Iterator[int]:
    """Yield some numbers, then refuse a file."""
    yield from range(many)
    wrong()


def slowly(seconds: float) -> Iterator[int]:
    """Yield numbers without end, one after each while."""
    for number in count():
        time.sleep(seconds)
        yield number


def wrong() -> None:
    """Refuse a file."""
    raise InputError("户.toml", [Problem("member[1].age", "-1", "0 以上的整数", "改正")])


class OddError(Exception):
    """One that cannot be sent."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def odd() -> None:
    """Raise what cannot be sent."""
    raise OddError("a", "b")


def talkative() -> str:
    """Print, from Python and beneath it."""
    print("from Python")  # noqa: T201
    subprocess.run([sys.executable, "-c", "print('from beneath')"], check=True)
    return "said"
