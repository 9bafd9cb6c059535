"""What every request of the desk works with, made once, at start; and who asks."""

from __future__ import annotations

from attrs import field, frozen
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bangfu_office.access import Actor, Office
from bangfu_web.cookies import client_of
from bangfu_web.per_user_turns import Turns
from bangfu_web.request import Req
from bangfu_web.settings import Settings

__all__ = ["Desk", "FromPath", "actor_of"]


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
