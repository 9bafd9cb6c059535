"""Lines (排队): what takes long waits in a line of its own, so that it takes no thread that everybody's pages need.

Pages are answered in threads that all share, some forty. Forty sign-ins that wait for each other's hashing, or forty
exports, would leave none for whoever only wants to look at a page.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from litestar.exceptions import TooManyRequestsException

_AGAIN = 10
"""Seconds after which somebody who was sent away may come again."""

P = ParamSpec("P")
T = TypeVar("T")


class Line:
    """Work that is done a few at a time, in the order it came.

    Args:
        name: of its threads.
        at_once: how many are worked at.
        longest: how many may wait; whoever comes then is told to come again.
    """

    def __init__(self, name: str, *, at_once: int, longest: int) -> None:
        self.at_once, self.longest = at_once, longest
        self._threads = ThreadPoolExecutor(at_once, name)
        self._places = BoundedSemaphore(at_once + longest)

    def refuse_where_full(self) -> None:
        """Send somebody away before anything is done for him.

        Raises:
            TooManyRequestsException: too many wait already.
        """
        self._take()
        self._places.release()

    def _take(self) -> None:
        if not self._places.acquire(blocking=False):
            raise TooManyRequestsException(detail="line", headers={"retry-after": str(_AGAIN)})

    async def done(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a function returns once it was its turn.

        Raises:
            TooManyRequestsException: too many wait already.
        """
        self._take()
        try:
            context = copy_context()
            return await get_running_loop().run_in_executor(
                self._threads, lambda: context.run(function, *args, **kwargs)
            )
        finally:
            self._places.release()


PASSWORDS = Line("passwords", at_once=1, longest=100)
"""Each takes 64 MB and some twentieths of a second of all processors; strangers can ask for them."""
FORMS = Line("forms", at_once=1, longest=20)
"""Reading forms that are large: some tenths of a second of the interpreter that all pages need."""
IMPORTS = Line("imports", at_once=1, longest=20)
"""Minutes, for a whole county; two would wait for each other's turn to write anyway."""
EXPORTS = Line("exports", at_once=1, longest=20)
"""Minutes, for a whole county."""
PDFS = Line("pdfs", at_once=1, longest=50)
"""They are made one after the other anyway."""
AUDITS = Line("audits", at_once=1, longest=10)
"""Looking through the whole journal."""
