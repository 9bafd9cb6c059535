"""A name and a password: whose they are; whoever guesses has to wait, and every try is in the security log."""

from __future__ import annotations

from attrs import frozen

from bangfu.registry.users import User, find_user, signed_in
from bangfu_web.desk import Desk
from bangfu_web.guarding import client_address
from bangfu_web.request import Req
from bangfu_web.security_log import note
from bangfu_web.throttle import keys_of


@frozen
class Attempt:
    """What came of it: the user, or None and for how many seconds no further try is looked at."""

    user: User | None
    wait: int = 0


def attempt(request: Req, name: str, password: str, what: str) -> Attempt:
    """Try a name and password; ``what`` says for the log what they were given for."""
    desk: Desk = request.app.state["desk"]
    address = client_address(request)
    keys = keys_of(name, address)
    with desk.registry.database.reading() as connection:
        # Somebody may have typed the password into the wrong field: only names of users are noted.
        noted = name if find_user(connection, name) else ""
    if wait := desk.throttle.wait(*keys):
        note(f"{what}: has to wait", user=noted, address=address)
        return Attempt(None, wait)
    with desk.registry.database.reading() as connection:
        user = signed_in(connection, name, password)
    if user is None:
        desk.throttle.failed(*keys)
        note(f"{what}: wrong", user=noted, address=address)
        return Attempt(None)
    desk.throttle.succeeded(*keys)
    note(f"{what}: right", user=noted, address=address)
    return Attempt(user)
