"""The desk's cookies: no script reads them, no other site's form sends them, with TLS nothing else carries them."""

from __future__ import annotations

from typing import Any, TypeAlias

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from bangfu_office.accounts import known_browsers, pending_login
from bangfu_office.accounts.signing_in import SignedIn
from bangfu_web.settings import Settings

Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]
SESSION, BROWSER, PENDING = "bangfu_session", "bangfu_browser", "bangfu_signing_in"


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


def cookies_of(request: Connection, given: SignedIn) -> list[Cookie]:
    """Return the cookies of a browser that is signed in, or owes the code; what is over is taken away."""
    named = [(SESSION, given.session, _settings(request).longest_hours * 3600.0)]
    named.append((BROWSER, given.browser, known_browsers.LASTS.total_seconds()))
    made = [cookie(request, *one) for one in named if given.session]
    if given.pending or brought(request, PENDING):
        made.append(cookie(request, PENDING, given.pending, pending_login.LASTS.total_seconds()))
    return made


def brought(connection: Connection, name: str) -> str:
    """Return what a browser brings as a cookie of the desk, whether or not the desk gave it; empty: it brings none."""
    return connection.cookies.get(_settings(connection).cookie(name), "")


def _settings(connection: Connection) -> Settings:
    settings: Settings = connection.app.state["desk"].settings
    return settings
