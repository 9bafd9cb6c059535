"""Authentication (认证): whose a request is. People come with a session, machines with a token."""

from __future__ import annotations

from bangfu_office.access.actor import Client, Office
from bangfu_office.accounts import tokens
from bangfu_office.accounts.signing_in import too_many_tries
from bangfu_office.registry.users import User, find_user
from bangfu_office.sessions.login_throttle import TOKEN
from bangfu_office.sessions.rate_limits import TooManyRequestsError
from bangfu_office.sessions.security_log import note
from bangfu_office.sessions.store import Session


def user_of_session(office: Office, client: Client, *, used: bool = True) -> tuple[User, Session] | tuple[None, None]:
    """Return who is signed in in a browser, and the session, which is ``used`` by this; or nobody."""
    session = office.sessions.find(client.session, used=used) if client.session else None
    user = _enabled(office, session.user) if session else None
    return (user, session) if user and session and session.is_of(user) else (None, None)


def user_of_token(office: Office, client: Client, word: str) -> User | None:
    """Return the user of a token, or None: it is none, or ended.

    Raises:
        TooManyRequestsError: wrong ones came from this address again and again; a right one never has to wait.
    """
    token = tokens.find(office, word)
    user = _enabled(office, token.user) if token else None
    if token and user and token.stamp == user.stamp:
        return user
    # Not the key of the sign-in: a machine with an old token must not lock the people beside it out.
    wait = office.throttle.wait(key := (TOKEN, f"token:{client.address}"))
    note("token: has to wait" if wait else "token: wrong", user=token.user if token else "", address=client.address)
    if wait:
        raise TooManyRequestsError(too_many_tries(wait), wait)
    office.throttle.failed(key)
    return None


def _enabled(office: Office, name: str) -> User | None:
    with office.registry.database.reading() as connection:
        user = find_user(connection, name)
    return None if user is None or user.disabled else user
