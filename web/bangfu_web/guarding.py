"""What stands before every route: who is it, may they, is the change their own, what the browser is told.

People come with a session, a cookie of the browser. Machines come with a token, on ``/api`` alone; a request
with a token has no session, and needs no proof that it comes from our own page.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any

from litestar import MediaType
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import (
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
    TooManyRequestsException,
)
from litestar.handlers.base import BaseRouteHandler
from litestar.response.base import ASGIResponse
from litestar.status_codes import HTTP_400_BAD_REQUEST
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from bangfu_office.access.permissions import Action, may
from bangfu_office.accounts import tokens
from bangfu_office.accounts.login_throttle import TOKEN
from bangfu_office.accounts.rate_limits import PAGES
from bangfu_office.accounts.security_log import note
from bangfu_office.accounts.sessions import Session
from bangfu_office.registry.users import User, find_user
from bangfu_web.cookies import brought
from bangfu_web.desk import Desk
from bangfu_web.form_tokens import must_have_token
from bangfu_web.request import Req
from bangfu_web.request_bodies import read_form
from bangfu_web.settings import Settings
from bangfu_web.work_queues import WorkQueue as Line

COOKIE = "bangfu_session"
CSRF_FIELD = "_csrf"
CSRF_HEADER = "x-csrf-token"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_ALWAYS = {Action.ANYBODY, Action.UNREADY}
_BEARER = "bearer "
_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


_HOST = re.compile(rb"(?:[A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
_LAST_PORT = 65535
_NO_HOST = ASGIResponse(body=b"400 Host", status_code=HTTP_400_BAD_REQUEST, media_type=MediaType.TEXT)


def with_a_host(app: ASGIApp) -> ASGIApp:
    """Return an application that is asked only by what names its host as hosts are named; other requests are wrong."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        named = [value for name, value in scope.get("headers", ()) if name == b"host"]
        matches = [_HOST.fullmatch(value) for value in named]
        if all(match and int(match[1] or 0) <= _LAST_PORT for match in matches):
            await app(scope, receive, send)
        else:
            # A page would be made with addresses, for which there is no host.
            await _NO_HOST(scope, receive, send)

    return asked


def client_address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the address a request comes from, as the server or its trusted proxy says."""
    return connection.client.host if connection.client else ""


def session_key(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Return the id of the session that a browser brings, whether or not there is such a session."""
    return brought(connection, COOKIE)


def on_api(path: str) -> bool:
    """Return whether a path belongs to the JSON API."""
    return path == "/api" or path.startswith("/api/")


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let only those pass who may do what the route is for; routes name it in ``opt["may"]``.

    Raises:
        NotAuthorizedException: nobody is signed in.
        UnreadyError: somebody is, and has to do something else first.
        PermissionDeniedException: somebody is, and may not.
        NotFoundException: the address holds what no number or code has.
        TooManyRequestsException: wrong tokens came from this address again and again, or too many wait for what
            this route does.
        TooManyRequestsError: the user asked for too much.
    """
    desk: Desk = connection.app.state["desk"]
    connection.scope["user"], connection.scope["auth"] = None, None
    if connection.scope.get("method") == "OPTIONS":
        return  # Litestar's own answer for every path: which methods there are
    if not all(str(value).isprintable() for value in connection.path_params.values()):
        raise NotFoundException  # PostgreSQL takes no NUL
    line: Line | None = handler.opt.get("line")
    if line is not None:
        line.refuse_where_full()  # a crowd costs the least before anybody asks who it is
    user, session = await sync_to_thread(_who, desk, connection, used=not handler.opt.get("idle"))
    connection.scope["user"], connection.scope["auth"] = user, session
    action: Action = handler.opt["may"]
    if user and session and action not in _ALWAYS and (first := owed(user, desk.settings)):
        raise UnreadyError(first)
    if may(user, action):
        if user is not None and action is not Action.ANYBODY:
            desk.office.spend(user, PAGES, address=client_address(connection), route=_pattern(handler))
        return
    if user is None:
        raise NotAuthorizedException
    note("refused: role", user=user.name, address=client_address(connection), route=_pattern(handler))
    raise PermissionDeniedException


class UnreadyError(PermissionDeniedException):
    """Somebody signed in has to do something before anything else; ``path`` is the page for it."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__()


def owed(user: User, settings: Settings) -> str:
    """Return the page of what a user has to do before anything else; empty: nothing."""
    if user.must_change:
        return "/account/password"
    return "/account/factor" if settings.needs_factor(user) and not user.has_factor else ""


def _pattern(handler: BaseRouteHandler) -> str:
    """Return the pattern of a route's path; a path itself can hold a household's number."""
    return min(handler.paths, default="")


def _who(
    desk: Desk, connection: ASGIConnection[Any, Any, Any, Any], *, used: bool
) -> tuple[User | None, Session | None]:
    given = connection.headers.get("authorization", "")
    if on_api(connection.scope["path"]) and given.lower().startswith(_BEARER):
        return _machine(desk, given[len(_BEARER) :].strip(), connection), None
    key = session_key(connection)
    session = desk.office.sessions.find(key, used=used) if key else None
    user = _user(desk, session.user) if session else None
    return (user, session) if session and session.is_of(user) else (None, None)


def _machine(desk: Desk, word: str, connection: ASGIConnection[Any, Any, Any, Any]) -> User | None:
    """Return the user of a token; whoever brings wrong ones has to wait, whoever brings a right one never."""
    token = tokens.find(desk.office, word)
    user = _user(desk, token.user) if token else None
    if user is not None and token is not None and token.stamp == user.stamp:
        return user
    # Not the key of the sign-in: a machine with an old token must not lock the people beside it out.
    address = client_address(connection)
    wait = desk.office.throttle.wait(key := (TOKEN, f"token:{address}"))
    note("token: has to wait" if wait else "token: wrong", user=token.user if token else "", address=address)
    if wait:
        raise TooManyRequestsException(headers={"retry-after": str(wait)})
    desk.office.throttle.failed(key)
    return None


def _user(desk: Desk, name: str) -> User | None:
    with desk.office.registry.database.reading() as database:
        user = find_user(database, name)
    return None if user is None or user.disabled else user


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
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if site not in (None, "same-origin", "none") or (origin is not None and origin.split("://")[-1] != host):
        raise _forged(request)
    session: Session | None = request.scope.get("auth")
    if session is None:
        return
    given = request.headers.get(CSRF_HEADER) or str((await read_form(request)).get(CSRF_FIELD, ""))
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise _forged(request)
    if request.route_handler.opt.get("once"):
        must_have_token(await read_form(request))


def _forged(request: Req) -> PermissionDeniedException:
    user: User | None = request.scope.get("user")
    route = _pattern(request.route_handler)
    note("refused: not from our page", user=user.name if user else "", address=client_address(request), route=route)
    return PermissionDeniedException()


async def set_headers(message: Message, scope: Scope) -> None:
    """Tell the browser what the page may do, and to keep no copy of anything personal."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    desk: Desk = scope["litestar_app"].state["desk"]
    if desk.settings.https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    if not scope["path"].startswith("/static/"):
        headers.setdefault("cache-control", "no-store")
