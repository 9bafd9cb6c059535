"""Turns (轮候): what one user asks for at the same time is worked at a few at a time, so that the others' pages come.

Pages are made by threads of one interpreter: a page takes as many times longer as there are others at work. Whoever
has many tabs open, or a program that asks for hundreds of plans at once, waits for himself.
"""

from __future__ import annotations

from asyncio import Semaphore
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import define, field
from litestar.exceptions import TooManyRequestsException

AT_ONCE, LONGEST = 2, 50
"""Requests of one user that are worked at, and that wait; further ones are sent away."""
_AGAIN = 10


@define
class _Turn:
    free: Semaphore = field(factory=lambda: Semaphore(AT_ONCE))
    asked: int = 0


@define
class Turns:
    """Whose requests are worked at and wait; used from the event loop alone."""

    _known: dict[str, _Turn] = field(factory=dict)

    @asynccontextmanager
    async def of(self, whose: str) -> AsyncIterator[None]:
        """Wait for somebody's turn.

        Raises:
            TooManyRequestsException: too many requests of his or hers wait already.
        """
        turn = self._known.setdefault(whose, _Turn())
        if turn.asked >= AT_ONCE + LONGEST:
            raise TooManyRequestsException(detail="turn", headers={"retry-after": str(_AGAIN)})
        turn.asked += 1
        try:
            async with turn.free:
                yield
        finally:
            turn.asked -= 1
            if not turn.asked:
                del self._known[whose]
