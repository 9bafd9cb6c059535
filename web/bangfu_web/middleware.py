"""What stands around every request, whatever it asks for: hosts and proxies, headers, what is noted of an answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from litestar import MediaType
from litestar.datastructures import MutableScopeHeaders
from litestar.response.base import ASGIResponse
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_429_TOO_MANY_REQUESTS
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from bangfu_office.registry import counting_commits
from bangfu_office.sessions import INPUT, MISTAKES, note
from bangfu_web.desk import Desk
from bangfu_web.failures import COMMITS

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
_NOT_BELIEVED = "X-Forwarded-For not believed: is its sender the proxy that --proxy or BANGFU_PROXY should name?"

_CONFLICT, _MISTYPED = 409, 422
_INPUT_REFUSED = frozenset({400, 405, 408, 409, 413, 415, 422})
"""How input is refused. Who may not, and forged forms, have lines of their own."""
HELD_BACK = 1.0
"""Seconds for which an answer waits that refuses too many requests (429).

To refuse takes little, but a program that asks again at once takes a thousand times that each second, and everybody who
has a page to come waits behind it. To wait costs us nothing, and nobody else.
"""


def around(app: ASGIApp) -> ASGIApp:
    """Return an application that is asked only by what names its host as hosts are named, and counts what is written.

    It notes, the first time, that somebody tells an address and is not to be believed: all visitors of a proxy that is
    not believed would count as one, and nobody would know.
    """
    noted = False

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal noted
        matches = [_HOST.fullmatch(value) for name, value in scope.get("headers", ()) if name == b"host"]
        if not all(match and int(match[1] or 0) <= _LAST_PORT for match in matches):
            # A page would be made with addresses, for which there is no host.
            await _NO_HOST(scope, receive, send)
            return
        if not noted and (sender := _not_believed(scope)):
            noted = True
            note(_NOT_BELIEVED, address=sender)
        with counting_commits() as commits:
            scope["state"][COMMITS] = commits
            await app(scope, receive, send)

    return asked


def _not_believed(scope: Scope) -> str:
    """Return the address of who tells of another one that the server did not take over; empty: nobody does."""
    told = [value for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"]
    client = scope.get("client")
    sender: str = client[0] if client else ""
    return sender if told and not any(sender.encode() in value for value in told) else ""


async def before_answer(message: Message, scope: Scope) -> None:
    """Finish the head of an answer: its headers, a line in the security log; and hold it back where too many came."""
    if message["type"] != "http.response.start":
        return
    desk: Desk = scope["litestar_app"].state["desk"]
    headers, status = MutableScopeHeaders.from_message(message), message["status"]
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if desk.settings.https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    if not scope["path"].startswith("/static/"):
        headers.setdefault("cache-control", "no-store")
    # A page that says why it shows nothing refuses no input.
    if status in _INPUT_REFUSED and not (status == _CONFLICT and scope.get("method") == "GET"):
        _note_refused(desk, scope, status)
    if status == HTTP_429_TOO_MANY_REQUESTS:
        await asyncio.sleep(HELD_BACK)


def _note_refused(desk: Desk, scope: Scope, status: int) -> None:
    user, client, handler = scope.get("user"), scope.get("client"), scope.get("route_handler")
    desk.office.refusals.note(
        MISTAKES if status == _MISTYPED else INPUT,
        user=user.name if user else "",
        address=client[0] if client else "",
        route=min(handler.paths, default="") if handler else "",
        status=status,
    )
