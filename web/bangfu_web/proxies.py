"""A proxy that is not believed: the log says so once, or all its visitors would count as one and nobody would know."""

from __future__ import annotations

from litestar.types import ASGIApp, Receive, Scope, Send

from bangfu_office.sessions import note

NOT_BELIEVED = "X-Forwarded-For not believed: is its sender the proxy that --proxy or BANGFU_PROXY should name?"


def with_a_known_proxy(app: ASGIApp) -> ASGIApp:
    """Return an application that notes, the first time, that somebody tells an address and is not to be believed."""
    noted = False

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal noted
        if not noted and (sender := _not_believed(scope)):
            noted = True
            note(NOT_BELIEVED, address=sender)
        await app(scope, receive, send)

    return asked


def _not_believed(scope: Scope) -> str:
    """Return the address of who tells of another one that the server did not take over; empty: nobody does."""
    told = [value for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"]
    client = scope.get("client")
    sender: str = client[0] if client else ""
    return sender if told and not any(sender.encode() in value for value in told) else ""
