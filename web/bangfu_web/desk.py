"""What every request of the desk works with, made once, at start; and who asks."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bangfu_office.access import Actor, Client, Office
from bangfu_web.cookies import BROWSER, PENDING, SESSION, brought
from bangfu_web.request import Req
from bangfu_web.settings import Settings
from bangfu_web.turns import Turns

__all__ = ["Desk", "FromPath", "actor_of", "client_of"]


@frozen
class Desk:
    """The parts of a running desk."""

    office: Office
    settings: Settings
    turns: Turns = field(factory=Turns)


def actor_of(request: Req) -> Actor:
    """Return who sent a request that a guard let pass for somebody signed in."""
    user = request.scope["user"]
    if user is None:
        raise NotFoundException
    desk: Desk = request.app.state["desk"]
    return Actor(desk.office, user, request.scope.get("auth"), client_of(request))


def client_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Client:
    """Return where a request comes from, as the server or its trusted proxy says, and what its browser brings."""
    address = connection.client.host if connection.client else ""
    return Client(address, *(brought(connection, name) for name in (SESSION, BROWSER, PENDING)))
