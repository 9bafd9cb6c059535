"""How routes are declared: path, who may, and that the work is done in a thread, unless it is a coroutine function.

Litestar's own ``sync_to_thread`` wraps a handler once for every other handler of its path, so that the second
of two gives back a coroutine (2.25); the wrapper here is a coroutine function and is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial, wraps
from importlib import import_module
from inspect import iscoroutinefunction
from pkgutil import iter_modules
from typing import Any
from urllib.parse import unquote

import litestar
from litestar import Response
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler

from bangfu_office.access import Action, FormError
from bangfu_office.registry import User
from bangfu_web.desk import Req, desk_of
from bangfu_web.request_bodies import FORM, WORDS, BodyLimit
from bangfu_web.work_queues import PASSWORDS, WorkQueue

Declared = Callable[[Callable[..., Any]], HTTPRouteHandler]


def handlers_of(package: str, path: Iterable[str]) -> tuple[HTTPRouteHandler, ...]:
    """Return every route that the modules of a package declare."""
    modules = (import_module(f"{package}.{found.name}") for found in iter_modules(path))
    return tuple(made for module in modules for made in vars(module).values() if isinstance(made, HTTPRouteHandler))


def get(path: str, *, may: Action, queue: WorkQueue | None = None, idle: bool = False, **more: Any) -> Declared:
    """Declare a page; what takes long waits in a queue of its own. An ``idle`` one does not prolong a session."""
    opt = {"may": may, "queue": queue, "idle": idle}
    return lambda function: litestar.get(path, opt=opt, **more)(in_thread(function, queue))


def post(
    path: str,
    *,
    may: Action,
    queue: WorkQueue | None = None,
    takes: BodyLimit = FORM,
    once: bool | None = None,
    again: Callable[..., Response[str]] | None = None,
    **more: Any,
) -> Declared:
    """Declare what a form is sent to, and how much a request may bring; what takes long waits in a queue of its own.

    The form carries a token (``once``), unless the route says that it changes nothing which would be there twice, or
    is for people who are not signed in. One that is not taken is shown ``again``, with the error and its ``values``.
    """
    opt = {"may": may, "takes": takes, "queue": queue, "once": may is not Action.ANYBODY if once is None else once}
    declared = litestar.post(path, opt=opt, request_max_body_size=takes.bytes, **more)
    return lambda function: declared(in_thread(_or_again(function, again) if again else function, queue))


post_password = partial(post, takes=WORDS, queue=PASSWORDS)
"""Declares what a form with a password is sent to."""


def _or_again(function: Callable[..., Any], again: Callable[..., Response[str]]) -> Callable[..., Any]:
    @wraps(function)
    def taking(request: Req, **given: Any) -> Any:
        try:
            return function(request, **given)
        except FormError as error:
            return again(request, error, values=given.get("values", {}))

    return taking


def in_thread(function: Callable[..., Any], queue: WorkQueue | None = None) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Return a coroutine function: the function if it is one, else one that works in a thread.

    So no request waits for another's database. A user's own requests take turns; what waits in a queue takes none.
    """
    if iscoroutinefunction(function):
        return function

    @wraps(function)
    async def threaded(*args: Any, **kwargs: Any) -> Any:
        if queue is not None:
            return await queue.run(function, *args, **kwargs)
        request = next((given for given in (*args, *kwargs.values()) if isinstance(given, litestar.Request)), None)
        async with nullcontext() if request is None else _turn_of(request):
            return await sync_to_thread(function, *args, **kwargs)

    return threaded


def _turn_of(request: Req) -> AbstractAsyncContextManager[None]:
    user: User | None = request.scope["user"]
    # A stranger's address is no user's name, whatever users are called.
    whose = f"user {user.name}" if user else f"address {request.client.host if request.client else ''}"
    return desk_of(request).turns.of(whose)


def page_under(base: str, asked: str) -> str:
    """Return the address of a page that was asked for, where it is ``base`` or lies under it; ``base`` otherwise."""
    path = unquote(asked.partition("?")[0])
    inside = path == base or path.startswith(f"{base}/")
    plain = asked.isprintable() and "\\" not in asked and not {".", ".."}.intersection(path.split("/"))
    return asked if inside and plain else base


def address_of(request: Req) -> str:
    """Return where a page can be asked for again; what a form without a page of its own shows, where that form is."""
    path, query = request.url.path, request.url.query
    if request.method == "GET":
        return f"{path}?{query}" if query else path
    template = request.scope.get("path_template")
    known = [route for route in request.app.routes if route.path_format == template]
    return path if any("GET" in getattr(route, "methods", ()) for route in known) else path.rpartition("/")[0]
