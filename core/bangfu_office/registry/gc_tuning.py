"""Reading and writing many households without the garbage collector looking through all of them again and again."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_SELDOM = (250_000, 20)
"""New objects before the collector looks at the youngest, and how often so before the older ones. Values of facts
hold no cycles, so there is next to nothing to find; at its usual pace the search takes a third of an import."""

_lock = Lock()
_usual: list[tuple[int, int, int]] = []


@contextmanager
def _patient() -> Iterator[None]:
    """Let the collector run seldom while anybody is in here."""
    with _lock:
        _usual.append(_usual[0] if _usual else gc.get_threshold())
        gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        with _lock:
            usual = _usual.pop()
            if not _usual:
                gc.set_threshold(*usual)


def collecting_seldom(function: Callable[P, T]) -> Callable[P, T]:
    """Return the function so that the garbage collector runs seldom while it works."""

    @wraps(function)
    def done(*args: P.args, **kwargs: P.kwargs) -> T:
        with _patient():
            return function(*args, **kwargs)

    return done
