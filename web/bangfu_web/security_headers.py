"""The headers around every request: which host it may name, and what the browser is told that pages may do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from litestar import MediaType
from litestar.datastructures import MutableScopeHeaders
from litestar.response.base import ASGIResponse
from litestar.status_codes import HTTP_400_BAD_REQUEST
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from bangfu_web.desk import Desk

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
