"""Turns (轮候): what one user asks for at the same time is worked at a few at a time, so that the others' pages come.

Pages are made by threads of one interpreter: a page takes as many times longer as there are others at work. Whoever
has many tabs open, or a program that asks for hundreds of plans at once, waits for himself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from threading import Lock

from attrs import define, field
from litestar.exceptions import TooManyRequestsException

from bangfu_web.work_queues import RETRY_AFTER

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
