"""The desk's cookies: no script reads them, no other site's form sends them, with TLS nothing else carries them."""

from __future__ import annotations

from typing import Any, TypeAlias

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from bangfu_office.access import Client
from bangfu_office.sessions import CODE_WITHIN, KNOWN_FOR
from bangfu_web.settings import Settings

SESSION, BROWSER, PENDING = "bangfu_session", "bangfu_browser", "bangfu_signing_in"
Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]


def client_of(connection: Connection) -> Client:
    """Return where a request comes from, as the server or its trusted proxy says, and what its browser brings."""
    address = connection.client.host if connection.client else ""
    return Client(address, *(_brought(connection, name) for name in (SESSION, BROWSER, PENDING)))


def cookies_of(request: Connection, client: Client) -> list[Cookie]:
    """Return the cookies by which a browser brings what it is given from now on, as far as it does not do so yet."""
    lasting = (
        (SESSION, client.session, _settings(request).longest_hours * 3600),
        (BROWSER, client.browser, KNOWN_FOR.total_seconds()),
        (PENDING, client.pending, CODE_WITHIN.total_seconds()),
    )
    return [cookie(request, *one) for one in lasting if one[1] != _brought(request, one[0])]


def cookie(request: Connection, name: str, value: str, seconds: float) -> Cookie:
    """Return a cookie that lasts some seconds; without a value, one that takes it away."""
    settings = _settings(request)
    return Cookie(
        key=settings.cookie(name),
        value=value,
        httponly=True,
        secure=settings.https,
        samesite="lax",
        path="/",
        max_age=int(seconds) if value else 0,
    )


def _brought(connection: Connection, name: str) -> str:
    return connection.cookies.get(_settings(connection).cookie(name), "")


def _settings(connection: Connection) -> Settings:
    settings: Settings = connection.app.state["desk"].settings
    return settings
