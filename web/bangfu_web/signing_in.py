"""A name and a password, then perhaps a code: whose they are; whoever guesses has to wait, every try is in the log."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from bangfu_office.accounts import known_browsers, pending_login
from bangfu_office.accounts.login_throttle import Key, code_keys, keys_of
from bangfu_office.accounts.security_log import note
from bangfu_office.registry import Attribution
from bangfu_office.registry.second_factor import is_recovery_code, secret_of, step_of, use_code
from bangfu_office.registry.users import User, find_user, signed_in
from bangfu_web.cookies import brought
from bangfu_web.desk import Desk
from bangfu_web.guarding import client_address
from bangfu_web.request import Req


@frozen
class Attempt:
    """What came of it: the user, or None and for how many seconds no further try is looked at."""

    user: User | None
    wait: int = 0


def attempt(request: Req, name: str, password: str, what: str) -> Attempt:
    """Try a name and password; ``what`` says for the log what they were given for."""
    desk: Desk = request.app.state["desk"]
    with desk.office.registry.database.reading() as connection:
        # Somebody may have typed the password into the wrong field: only names of users are noted.
        named = find_user(connection, name)
    keys = keys_of(name, client_address(request), _browser(request, named))

    def right() -> User | None:
        with desk.office.registry.database.reading() as connection:
            return signed_in(connection, name, password)

    return _tried(request, keys, right, named.name if named else "", what)


def attempt_code(request: Req, user: User, code: str, what: str) -> Attempt:
    """Try a code of a user's device, or a recovery code; each is right once."""
    keys = code_keys(user.name, _browser(request, user))
    return _tried(request, keys, lambda: user if _is_code(request, user, code) else None, user.name, what)


def _browser(request: Req, user: User | None) -> str:
    desk: Desk = request.app.state["desk"]
    return known_browsers.known_as(desk.office.sessions.database, brought(request, known_browsers.COOKIE), user)


def _is_code(request: Req, user: User, code: str) -> bool:
    desk: Desk = request.app.state["desk"]
    if is_recovery_code(code):
        with desk.office.registry.work(Attribution(user.name)) as work:
            return use_code(work, user.name, code)
    with desk.office.registry.database.reading() as connection:
        secret = secret_of(connection, desk.office.registry.encryption, user.name)
    step = step_of(secret, code) if secret else None
    return step is not None and pending_login.use(desk.office.sessions.database, user.name, step)


def _tried(request: Req, keys: tuple[Key, ...], right: Callable[[], User | None], noted: str, what: str) -> Attempt:
    desk: Desk = request.app.state["desk"]
    address = client_address(request)
    if wait := desk.office.throttle.wait(*keys):
        note(f"{what}: has to wait", user=noted, address=address)
        return Attempt(None, wait)
    user = right()
    if user is None:
        desk.office.throttle.failed(*keys)
        note(f"{what}: wrong", user=noted, address=address)
        return Attempt(None)
    desk.office.throttle.succeeded(*keys)
    note(f"{what}: right", user=noted, address=address)
    return Attempt(user)
