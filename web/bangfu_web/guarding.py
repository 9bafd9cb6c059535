"""What stands before every route: who is it, may they, is the change their own, what the browser is told."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Message, Scope

from bangfu.registry.users import User, find_user
from bangfu_web.desk import Desk
from bangfu_web.permissions import Action, may
from bangfu_web.request import Req
from bangfu_web.sessions import Session

COOKIE = "bangfu_session"
CSRF_FIELD = "_csrf"
CSRF_HEADER = "x-csrf-token"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let only those pass who may do what the route is for; routes name it in ``opt["may"]``.

    Raises:
        NotAuthorizedException: nobody is signed in.
        PermissionDeniedException: somebody is, and may not.
    """
    desk: Desk = connection.app.state["desk"]
    user, session = await sync_to_thread(_who, desk, connection)
    connection.scope["user"], connection.scope["auth"] = user, session
    action: Action = handler.opt["may"]
    if may(user, action):
        return
    if user is None:
        raise NotAuthorizedException
    raise PermissionDeniedException


def _who(desk: Desk, connection: ASGIConnection[Any, Any, Any, Any]) -> tuple[User | None, Session | None]:
    key = connection.cookies.get(COOKIE)
    session = desk.sessions.find(key) if key else None
    if session is None:
        return None, None
    with desk.registry.database.reading() as database:
        user = find_user(database, session.user)
    return (None, None) if user is None or user.disabled else (user, session)


async def own_change(request: Req) -> None:
    """Refuse a change that does not come from our own page (CSRF).

    A change by a signed-in browser carries the session's token; one by anybody, such as the sign-in itself,
    must come from this very site, as browsers say themselves.

    Raises:
        PermissionDeniedException: it does not.
    """
    if request.method in _SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if site not in (None, "same-origin", "none") or (origin is not None and origin.split("://")[-1] != host):
        raise PermissionDeniedException("cross-site")
    session: Session | None = request.scope.get("auth")
    if session is None:
        return
    given = request.headers.get(CSRF_HEADER) or str((await request.form()).get(CSRF_FIELD, ""))
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise PermissionDeniedException("csrf")


async def set_headers(message: Message, scope: Scope) -> None:
    """Tell the browser what the page may do, and to keep no copy of anything personal."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    desk: Desk = scope["litestar_app"].state["desk"]
    if desk.settings.https:
        headers["strict-transport-security"] = "max-age=31536000"
    if not scope["path"].startswith("/static/"):
        headers.setdefault("cache-control", "no-store")
