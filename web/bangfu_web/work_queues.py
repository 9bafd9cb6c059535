"""Work queues (排队): what takes long waits in a queue of its own, and takes no thread that everybody's pages need.

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

RETRY_AFTER = {"retry-after": "10"}
"""Seconds after which somebody who was sent away may come again."""

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
            context = copy_context()
            return await get_running_loop().run_in_executor(
                self._threads, lambda: context.run(function, *args, **kwargs)
            )
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
