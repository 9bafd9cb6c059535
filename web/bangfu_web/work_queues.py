"""Work queues (排队): what takes long waits in a queue of its own, and nobody's many requests keep the others' waiting.

Pages are answered in threads that all share, some forty. Forty sign-ins that wait for each other's hashing, or forty
exports, would leave none for whoever only wants to look at a page: such work takes no thread that pages need.

The threads are of one interpreter: a page takes as many times longer as there are others at work. Whoever has many tabs
open, or a program that asks for hundreds of plans at once, takes turns with himself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from threading import BoundedSemaphore, Lock
from typing import ParamSpec, TypeVar

from attrs import define, field
from litestar.exceptions import TooManyRequestsException

RETRY_AFTER = {"retry-after": "10"}
"""Seconds after which somebody who was sent away may come again, or a database be there."""

P = ParamSpec("P")
T = TypeVar("T")


class WorkQueue:
    """Work that is done by a few threads, in the order it came; beyond ``max_waiting``, it is refused."""

    def __init__(self, name: str, *, workers: int = 1, max_waiting: int) -> None:
        self.workers, self.max_waiting = workers, max_waiting
        self._threads = ThreadPoolExecutor(workers, name)
        self._places = BoundedSemaphore(workers + max_waiting)

    def refuse_where_full(self) -> None:
        """Send somebody away before anything is done for him.

        Raises:
            TooManyRequestsException: too many wait already.
        """
        self._take()
        self._places.release()

    def _take(self) -> None:
        if not self._places.acquire(blocking=False):
            raise TooManyRequestsException(detail="queue", headers=RETRY_AFTER)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a function returns once it was its turn.

        Raises:
            TooManyRequestsException: too many wait already.
        """
        self._take()
        try:
            work = partial(copy_context().run, function, *args, **kwargs)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._places.release()


PASSWORDS = WorkQueue("passwords", max_waiting=100)
"""Each takes 64 MB and some twentieths of a second of all processors; strangers can ask for them."""
FORMS = WorkQueue("forms", max_waiting=20)
"""Reading forms that are large: some tenths of a second of the interpreter that all pages need."""
IMPORTS = WorkQueue("imports", max_waiting=20)
"""Minutes, for a whole county; two would wait for each other's turn to write anyway."""
EXPORTS = WorkQueue("exports", max_waiting=20)
"""Minutes, for a whole county."""
PDFS = WorkQueue("pdfs", max_waiting=50)
"""They are made one after the other anyway."""
AUDITS = WorkQueue("audits", max_waiting=10)
"""Looking through the whole journal."""

AT_ONCE, MAX_WAITING = 2, 50
"""Requests of one user that are worked at, and that wait; further ones are sent away."""


@define
class _Turn:
    worked_at: int = 0
    # Not asyncio's own, which wake nobody in another event loop: an application may be asked from several.
    waiting: deque[Future[None]] = field(factory=deque)


@define
class Turns:
    """Whose requests are worked at, and wait."""

    _known: dict[str, _Turn] = field(factory=dict)
    _lock: Lock = field(factory=Lock, repr=False, eq=False)

    @asynccontextmanager
    async def of(self, whose: str) -> AsyncIterator[None]:
        """Wait for somebody's turn.

        Raises:
            TooManyRequestsException: too many requests of his or hers wait already.
        """
        place = self._come(whose)
        try:
            if place is not None:
                await asyncio.wrap_future(place)
            yield
        finally:
            self._leave(whose, place)

    def _come(self, whose: str) -> Future[None] | None:
        """Return what to wait for; None: nothing."""
        with self._lock:
            turn = self._known.setdefault(whose, _Turn())
            if turn.worked_at < AT_ONCE:
                turn.worked_at += 1
                return None
            if len(turn.waiting) >= MAX_WAITING:
                raise TooManyRequestsException(detail="turn", headers=RETRY_AFTER)
            place: Future[None] = Future()
            turn.waiting.append(place)
            return place

    def _leave(self, whose: str, place: Future[None] | None) -> None:
        """Let the next one begin, unless whoever leaves never began himself."""
        with self._lock:
            turn = self._known[whose]
            if place is not None and place in turn.waiting:
                turn.waiting.remove(place)
                return
            while turn.waiting:
                following = turn.waiting.popleft()
                if following.set_running_or_notify_cancel():
                    following.set_result(None)
                    return
            turn.worked_at -= 1
            if not turn.worked_at:
                del self._known[whose]
