"""What stands before every route: who is it, may they, does a change come from our own page (CSRF).

People come with a session, a cookie of the browser. Machines come with a token, on ``/api`` alone; a request
with a token has no session, and needs no proof that it comes from our own page.

Each form that changes something carries a token of its own by which it is told from its repetition
(``access.once``), and is refused without it.
"""

from __future__ import annotations

import hmac

from litestar.concurrency import sync_to_thread
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler

from bangfu.errors import BangfuError
from bangfu.messages import _
from bangfu_office.access import Action, Actor
from bangfu_office.accounts import user_of_session, user_of_token
from bangfu_office.registry import User
from bangfu_office.sessions import PAGES, Session, note
from bangfu_web.desk import Connection, Desk, Req, client_of, desk_of
from bangfu_web.request_bodies import read_form
from bangfu_web.work_queues import WorkQueue

CSRF_FIELD, ONCE_FIELD = "_csrf", "_once"
CSRF_HEADER = "x-csrf-token"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_BEARER = "bearer "


class NotOurFormError(BangfuError):
    """A form that changes something came without its token, so that nobody could tell it from its repetition."""

    def __init__(self) -> None:
        super().__init__(_("这份表单不是从这一页打开的，或者已经不完整，什么也没有写入；请重新打开这一页再填"))


def on_api(path: str) -> bool:
    """Return whether a path belongs to the JSON API."""
    return path == "/api" or path.startswith("/api/")


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let only those pass who may do what the route is for; routes name it in ``opt["may"]``.

    Raises:
        NotAuthorizedException: nobody is signed in.
        NotReadyError: somebody is, and has to do something else first.
        NotPermittedError: somebody is, and may not.
        NotFoundException: the address holds what no number or code has.
        TooManyRequestsException: too many wait for what this route does.
        TooManyRequestsError: the user asked for too much, or wrong tokens came from this address again and again.
    """
    desk = desk_of(connection)
    connection.scope["user"], connection.scope["auth"] = None, None
    if connection.scope.get("method") == "OPTIONS":
        return  # Litestar's own answer for every path: which methods there are
    if not all(str(value).isprintable() for value in connection.path_params.values()):
        raise NotFoundException  # PostgreSQL takes no NUL
    queue: WorkQueue | None = handler.opt.get("queue")
    if queue is not None:
        queue.refuse_where_full()  # a crowd costs the least before anybody asks who it is
    user, session = await sync_to_thread(_who, desk, connection, used=not handler.opt.get("idle"))
    connection.scope["user"], connection.scope["auth"] = user, session
    action: Action = handler.opt["may"]
    if action is Action.ANYBODY:
        return
    if user is None:
        raise NotAuthorizedException
    actor, route = Actor(desk.office, user, session, client_of(connection)), _pattern(handler)
    actor.must(action, route)
    desk.office.spend(user, PAGES, address=actor.client.address, route=route)


def _who(desk: Desk, connection: Connection, *, used: bool) -> tuple[User | None, Session | None]:
    given = connection.headers.get("authorization", "")
    if on_api(connection.scope["path"]) and given.lower().startswith(_BEARER):
        return user_of_token(desk.office, client_of(connection), given[len(_BEARER) :].strip()), None
    return user_of_session(desk.office, client_of(connection), used=used)


def _pattern(handler: BaseRouteHandler) -> str:
    """Return the pattern of a route's path; a path itself can hold a household's number."""
    return min(handler.paths, default="")


async def own_change(request: Req) -> None:
    """Refuse a change that does not come from our own page (CSRF).

    A change by a signed-in browser carries the session's token; one by anybody, such as the sign-in itself,
    must come from this very site, as browsers say themselves.

    Raises:
        PermissionDeniedException: it does not.
        NotOurFormError: it does, and has not the token by which it is told from its repetition.
    """
    if request.method in _SAFE:
        return
    site, origin, host = (request.headers.get(name) for name in ("sec-fetch-site", "origin", "host"))
    if site not in (None, "same-origin", "none") or (origin is not None and origin.split("://")[-1] != (host or "")):
        raise _forged(request)
    session: Session | None = request.scope.get("auth")
    if session is None:
        return
    given = request.headers.get(CSRF_HEADER) or str((await read_form(request)).get(CSRF_FIELD, ""))
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise _forged(request)
    if request.route_handler.opt.get("once") and not str((await read_form(request)).get(ONCE_FIELD, "")).strip():
        raise NotOurFormError


def _forged(request: Req) -> PermissionDeniedException:
    user: User | None = request.scope.get("user")
    route, address = _pattern(request.route_handler), client_of(request).address
    note("refused: not from our page", user=user.name if user else "", address=address, route=route)
    return PermissionDeniedException()
