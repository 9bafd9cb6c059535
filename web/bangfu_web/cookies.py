"""The desk's cookies: no script reads them, no other site's form sends them, with TLS nothing else carries them."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from bangfu_web.settings import Settings


def cookie(settings: Settings, name: str, value: str, seconds: int) -> Cookie:
    """Return a cookie that lasts some seconds; without a value, one that takes it away."""
    return Cookie(
        key=settings.cookie(name),
        value=value,
        httponly=True,
        secure=settings.https,
        samesite="lax",
        path="/",
        max_age=seconds if value else 0,
    )


def brought(connection: ASGIConnection[Any, Any, Any, Any], name: str) -> str | None:
    """Return what a browser brings as a cookie of the desk, whether or not the desk gave it."""
    settings: Settings = connection.app.state["desk"].settings
    return connection.cookies.get(settings.cookie(name))
