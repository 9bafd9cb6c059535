"""Signing in and out, and proving who one is: by the password, then perhaps a code; whoever guesses has to wait.

Every try is in the security log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from attrs import field, frozen

from bangfu.messages import _
from bangfu_office.access.actor import Actor, Client, Office
from bangfu_office.access.errors import FormError
from bangfu_office.access.permissions import Action
from bangfu_office.accounts import known_browsers, pending_login
from bangfu_office.accounts.login_throttle import Key, code_keys, keys_of
from bangfu_office.accounts.security_log import note
from bangfu_office.registry import Attribution
from bangfu_office.registry.second_factor import is_recovery_code, secret_of, step_of, use_code
from bangfu_office.registry.users import User, find_user, signed_in

_Told: TypeAlias = "tuple[str, Mapping[str, str]]"
"""What a password or code is given for, as the log has it, and what is said by field of a wrong one."""


@frozen
class SignedIn:
    """The ids that a browser is given: of its session, and its own; ``pending`` alone where a code is owed first."""

    session: str = field(default="", repr=False)
    browser: str = field(default="", repr=False)
    pending: str = field(default="", repr=False)


def sign_in(office: Office, client: Client, name: str, password: str) -> SignedIn:
    """Sign a user in with the password; who has a second factor owes the code then.

    Raises:
        FormError: it is wrong, or too many were.
    """
    wrong = {"": _("用户名或密码不对，或用户已停用、初始密码已过期。")}
    user = _by_password(office, client, name, password, ("sign-in", wrong))
    if user.has_factor:
        return SignedIn(pending=pending_login.begin(office.sessions.database, user))
    return _begin(office, client, user)


def pending_user(office: Office, client: Client) -> User | None:
    """Return who gave the right password a moment ago in this browser; nothing changed of him or her since."""
    found = pending_login.find(office.sessions.database, client.pending)
    user = found and _user(office, found[0])
    return user if found and user and not user.disabled and user.sign_in == found[1] else None


def sign_in_with_code(office: Office, client: Client, code: str) -> SignedIn:
    """Sign in whoever gave the password before; of nobody who did, no id is returned.

    Raises:
        FormError: the code is wrong, or too many were.
    """
    user = pending_user(office, client)
    if user is None:
        return SignedIn()
    _by_code(office, client, user, code, ("sign-in code", {"": _("动态口令不对或已用过；请等下一个。")}))
    pending_login.end(office.sessions.database, client.pending)
    return _begin(office, client, user)


def sign_out(actor: Actor) -> None:
    """End the actor's session."""
    actor.office.sessions.end_one(actor.user.name, actor.own_session(Action.UNREADY).id)
    note("sign-out", user=actor.user.name, address=actor.client.address)


def begin_again(actor: Actor) -> SignedIn:
    """Sign a user out everywhere who changed what one signs in with, and in again here."""
    actor.office.sessions.end_all(actor.user.name)
    return _begin(actor.office, actor.client, _user(actor.office, actor.user.name) or actor.user)


def prove(actor: Actor, password: str, what: str) -> None:
    """Make sure that it is the user who sits there; ``what`` says for the log what the password is given for.

    Raises:
        FormError: it is wrong, or too many were.
    """
    _by_password(actor.office, actor.client, actor.user.name, password, (what, {"old": _("现在的密码不对")}))


def prove_by_code(actor: Actor, code: str, what: str) -> None:
    """Make sure that the user has the device, or a recovery code.

    Raises:
        FormError: the code is wrong or was used before, or too many were.
    """
    _by_code(actor.office, actor.client, actor.user, code, (what, {"code": _("动态口令不对或已用过；请等下一个")}))


def too_many_tries(wait: int) -> str:
    """Return what is said to whoever has to wait for some seconds."""
    return _("错误次数太多，请等 {wait} 秒再试。", wait=wait)


def _begin(office: Office, client: Client, user: User) -> SignedIn:
    """Begin a session in place of the one the browser had; the browser is known from now on."""
    browser = known_browsers.remember(office.sessions.database, client.browser, user)
    return SignedIn(office.sessions.begin(user, client.session), browser)


def _by_password(office: Office, client: Client, name: str, password: str, told: _Told) -> User:
    # Somebody may have typed the password into the wrong field: only names of users are noted.
    named = _user(office, name)
    keys = keys_of(name, client.address, known_browsers.known_as(office.sessions.database, client.browser, named))

    def right() -> User | None:
        with office.registry.database.reading() as connection:
            return signed_in(connection, name, password)

    return _tried(office, keys, partial(note, user=named.name if named else "", address=client.address), right, told)


def _by_code(office: Office, client: Client, user: User, code: str, told: _Told) -> None:
    keys = code_keys(user.name, known_browsers.known_as(office.sessions.database, client.browser, user))
    log = partial(note, user=user.name, address=client.address)
    _tried(office, keys, log, lambda: user if _is_code(office, user, code) else None, told)


def _tried(
    office: Office, keys: tuple[Key, ...], log: Callable[[str], None], right: Callable[[], User | None], told: _Told
) -> User:
    what, wrong = told
    if wait := office.throttle.wait(*keys):
        log(f"{what}: has to wait")
        raise FormError({"": too_many_tries(wait)}, wait)
    user = right()
    if user is None:
        office.throttle.failed(*keys)
        log(f"{what}: wrong")
        raise FormError(wrong)
    office.throttle.succeeded(*keys)
    log(f"{what}: right")
    return user


def _is_code(office: Office, user: User, code: str) -> bool:
    if is_recovery_code(code):
        with office.registry.work(Attribution(user.name)) as work:
            return use_code(work, user.name, code)
    with office.registry.database.reading() as connection:
        secret = secret_of(connection, office.registry.encryption, user.name)
    step = step_of(secret, code) if secret else None
    return step is not None and pending_login.use(office.sessions.database, user.name, step)


def _user(office: Office, name: str) -> User | None:
    with office.registry.database.reading() as connection:
        return find_user(connection, name)
