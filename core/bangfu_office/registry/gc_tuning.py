"""Reading and writing many households without the garbage collector looking through all of them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_SELDOM = (250_000, 20)
"""New objects before the collector looks at the youngest, and how often so before the older ones. Values of facts
hold no cycles, so there is next to nothing to find; at its usual pace the search takes a third of an import."""

_lock = Lock()
_usual: list[tuple[int, int, int]] = []


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Let the garbage collector run seldom while anybody is in here; also a decorator of functions."""
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
