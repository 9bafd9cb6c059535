"""How routes are declared: path, who may, and that the work is done in a thread.

Litestar's own ``sync_to_thread`` wraps a handler once for every other handler of its path, so that the second
of two gives back a coroutine (2.25); the wrapper here is a coroutine function and is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import litestar
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler

from bangfu_web.permissions import Action

P = ParamSpec("P")
T = TypeVar("T")
Declared = Callable[[Callable[..., Any]], HTTPRouteHandler]


def get(path: str, *, may: Action, **more: Any) -> Declared:
    """Declare a page."""
    return lambda function: litestar.get(path, opt={"may": may}, **more)(in_thread(function))


def post(path: str, *, may: Action, **more: Any) -> Declared:
    """Declare a change."""
    return lambda function: litestar.post(path, opt={"may": may}, **more)(in_thread(function))


def in_thread(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Return a coroutine function that works in a thread, so that no request waits for another's database."""

    @wraps(function)
    async def threaded(*args: P.args, **kwargs: P.kwargs) -> T:
        return await sync_to_thread(function, *args, **kwargs)

    return threaded
