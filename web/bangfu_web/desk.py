"""What every request of the desk works with: the running desk, who asks, what the browser brings, what a form holds.

No script reads the desk's cookies, no other site's form sends them, with TLS nothing else carries them.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from attrs import field, frozen
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from bangfu_office.access import Actor, Client, Office
from bangfu_office.sessions import CODE_WITHIN, KNOWN_FOR, OfficeSettings
from bangfu_web.work_queues import Turns

Req: TypeAlias = Request[Any, Any, Any]
Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]
Form: TypeAlias = NamedDependency[FormMultiDict]
"""A form as it came (``request_bodies``)."""
Values: TypeAlias = NamedDependency[dict[str, str]]
"""The texts of a form (``values_of``)."""

SESSION, BROWSER, PENDING = "bangfu_session", "bangfu_browser", "bangfu_signing_in"


@frozen(kw_only=True)
class Settings(OfficeSettings):
    """Settings of one running desk.

    ``https`` says that browsers reach it by TLS (through a proxy, say): cookies are then sent by TLS alone.
    ``demo`` shows made-up logins on the login page; it is refused for any address but this machine's own.
    """

    https: bool = False
    logins: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)
    """Name, password and role of the demo's users."""

    def cookie(self, name: str) -> str:
        """Return a cookie's name as browsers see it; by TLS with the prefix that keeps other hosts from setting it."""
        return f"__Host-{name}" if self.https else name


@frozen
class Desk:
    """The parts of a running desk, made once, at start."""

    office: Office
    settings: Settings
    turns: Turns = field(factory=Turns)


def desk_of(connection: Connection) -> Desk:
    """Return the desk that is asked."""
    desk: Desk = connection.app.state["desk"]
    return desk


def actor_of(request: Req) -> Actor:
    """Return who sent a request that a guard let pass for somebody signed in."""
    user = request.scope["user"]
    if user is None:
        raise NotFoundException
    return Actor(desk_of(request).office, user, request.scope.get("auth"), client_of(request))


def client_of(connection: Connection) -> Client:
    """Return where a request comes from, as the server or its trusted proxy says, and what its browser brings."""
    address = connection.client.host if connection.client else ""
    return Client(address, *(_brought(connection, name) for name in (SESSION, BROWSER, PENDING)))


def cookies_of(request: Req, client: Client) -> list[Cookie]:
    """Return the cookies by which a browser brings what it is given from now on, as far as it does not do so yet."""
    lasting = (
        (SESSION, client.session, desk_of(request).settings.longest_hours * 3600),
        (BROWSER, client.browser, KNOWN_FOR.total_seconds()),
        (PENDING, client.pending, CODE_WITHIN.total_seconds()),
    )
    return [cookie(request, *one) for one in lasting if one[1] != _brought(request, one[0])]


def cookie(request: Req, name: str, value: str, seconds: float) -> Cookie:
    """Return a cookie that lasts some seconds; without a value, one that takes it away."""
    settings, lasts = desk_of(request).settings, int(seconds) if value else 0
    key, secure = settings.cookie(name), settings.https
    return Cookie(key, value=value, max_age=lasts, path="/", secure=secure, httponly=True, samesite="lax")


def _brought(connection: Connection, name: str) -> str:
    return connection.cookies.get(desk_of(connection).settings.cookie(name), "")


def values_of(form: Form) -> dict[str, str]:
    """Return the texts of a form by input name, the last where a name occurs twice; files are left out."""
    return {name: value.strip() for name, value in form.multi_items() if isinstance(value, str)}
