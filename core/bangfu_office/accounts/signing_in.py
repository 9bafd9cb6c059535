"""Signing in and out, whose a session is, and proving who one is: by the password, then perhaps a code.

Whoever guesses has to wait, and every try is in the security log. What comes back is the client with the ids that its
browser brings from now on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import evolve, frozen

from bangfu.messages import _
from bangfu_office.access import Action, Actor, Client, FormError, Office
from bangfu_office.registry import Attribution
from bangfu_office.registry.second_factor import is_recovery_code, secret_of, step_of, use_code
from bangfu_office.registry.users import User, find_user, signed_in
from bangfu_office.sessions import browsers
from bangfu_office.sessions.rate_limits import Key, code_keys, keys_of
from bangfu_office.sessions.security_log import note
from bangfu_office.sessions.store import Session


def user_of_session(office: Office, client: Client, *, used: bool = True) -> tuple[User, Session] | tuple[None, None]:
    """Return who is signed in in a browser, and the session, which is ``used`` by this; or nobody."""
    session = office.sessions.find(client.session, used=used) if client.session else None
    user = enabled_user(office, session.user) if session else None
    return (user, session) if user and session and session.is_of(user) else (None, None)


def sign_in(office: Office, client: Client, name: str, password: str) -> Client:
    """Sign a user in with the password; who has a second factor owes the code then (``Client.pending``).

    Raises:
        FormError: it is wrong, or too many were.
    """
    wrong = {"": _("用户名或密码不对，或用户已停用、初始密码已过期。")}
    user = _Try(office, client, "sign-in", wrong).password(name, password)
    if user.has_factor:
        return evolve(client, pending=browsers.await_code(office.sessions.database, user))
    return _begin(office, client, user)


def pending_user(office: Office, client: Client) -> User | None:
    """Return who gave the right password a moment ago in this browser; nothing changed of him or her since."""
    found = browsers.awaited(office.sessions.database, client.pending)
    user = enabled_user(office, found[0]) if found else None
    return user if found and user and user.sign_in == found[1] else None


def sign_in_with_code(office: Office, client: Client, code: str) -> Client | None:
    """Sign in whoever gave the password before; None: nobody did.

    Raises:
        FormError: the code is wrong, or too many were.
    """
    user = pending_user(office, client)
    if user is None:
        return None
    _Try(office, client, "sign-in code", {"": _("动态口令不对或已用过；请等下一个。")}).code(user, code)
    browsers.await_no_more(office.sessions.database, client.pending)
    return _begin(office, client, user)


def sign_out(actor: Actor) -> Client:
    """End the actor's session."""
    actor.office.sessions.end_one(actor.user.name, actor.own_session(Action.UNREADY).id)
    note("sign-out", user=actor.user.name, address=actor.client.address)
    return evolve(actor.client, session="")


def begin_again(actor: Actor) -> Client:
    """Sign a user out everywhere who changed what one signs in with, and in again here."""
    actor.office.sessions.end_all(actor.user.name)
    return _begin(actor.office, actor.client, _user(actor.office, actor.user.name) or actor.user)


def prove(actor: Actor, password: str, what: str, code: str | None = None) -> None:
    """Make sure that it is the user who sits there, by password, or password and code; ``what`` for is for the log.

    Raises:
        FormError: one is wrong, or too many were.
    """
    first = _Try(actor.office, actor.client, what, {"old": _("现在的密码不对")})
    first.password(actor.user.name, password)
    if code is not None:
        wrong = {"code": _("动态口令不对或已用过；请等下一个")}
        evolve(first, what=f"{what} code", wrong=wrong).code(actor.user, code)


def too_many_tries(wait: int) -> str:
    """Return what is said to whoever has to wait for some seconds."""
    return _("错误次数太多，请等 {wait} 秒再试。", wait=wait)


def _begin(office: Office, client: Client, user: User) -> Client:
    """Begin a session in place of the one the browser had; the browser is known from now on."""
    browser = browsers.remember(office.sessions.database, client.browser, user)
    return evolve(client, session=office.sessions.begin(user, client.session), browser=browser, pending="")


@frozen
class _Try:
    """A try to prove who one is: where, from where, what for, as the log has it, and what is said of a wrong one."""

    office: Office
    client: Client
    what: str
    wrong: Mapping[str, str]

    def password(self, name: str, password: str) -> User:
        # Somebody may have typed the password into the wrong field: only names of users are noted.
        named = _user(self.office, name)

        def right() -> User | None:
            with self.office.registry.database.reading() as connection:
                return signed_in(connection, name, password)

        return self._decided(keys_of(name, self.client.address, self._browser(named)), named, right)

    def code(self, user: User, code: str) -> None:
        keys = code_keys(user.name, self._browser(user))
        self._decided(keys, user, lambda: user if _is_code(self.office, user, code) else None)

    def _browser(self, user: User | None) -> str:
        return browsers.known_as(self.office.sessions.database, self.client.browser, user)

    def _decided(self, keys: tuple[Key, ...], named: User | None, right: Callable[[], User | None]) -> User:
        if wait := self.office.throttle.wait(*keys):
            self._note("has to wait", named)
            raise FormError({"": too_many_tries(wait)}, wait)
        user = right()
        if user is None:
            self.office.throttle.failed(*keys)
            self._note("wrong", named)
            raise FormError(self.wrong)
        self.office.throttle.succeeded(*keys)
        self._note("right", named)
        return user

    def _note(self, came_of_it: str, named: User | None) -> None:
        note(f"{self.what}: {came_of_it}", user=named.name if named else "", address=self.client.address)


def _is_code(office: Office, user: User, code: str) -> bool:
    if is_recovery_code(code):
        with office.registry.work(Attribution(user.name)) as work:
            return use_code(work, user.name, code)
    with office.registry.database.reading() as connection:
        secret = secret_of(connection, office.registry.encryption, user.name)
    step = step_of(secret, code) if secret else None
    return step is not None and browsers.use_code(office.sessions.database, user.name, step)


def _user(office: Office, name: str) -> User | None:
    with office.registry.database.reading() as connection:
        return find_user(connection, name)


def enabled_user(office: Office, name: str) -> User | None:
    """Return the user of a name who may sign in, or None."""
    user = _user(office, name)
    return None if user is None or user.disabled else user
