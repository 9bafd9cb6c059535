"""One's own account: a new password, where one is signed in, the second factor.

All changes are made with the password: they raise ``FormError``, with nothing done, where that or something else that
was typed is wrong, or too many tries were; and ``NotThereError`` where there is no second factor, or one already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import field, frozen

from bangfu.messages import _
from bangfu_office.access import Action, Actor, Client, FormError, NotThereError
from bangfu_office.accounts import tokens
from bangfu_office.accounts.signing_in import begin_again, prove
from bangfu_office.accounts.users import Sent, write_once
from bangfu_office.registry import RegistryError, Work
from bangfu_office.registry.passwords import hashed
from bangfu_office.registry.second_factor import address_of, codes_left, new_codes, reset_factor, set_factor, step_of
from bangfu_office.registry.users import change_password
from bangfu_office.sessions import browsers
from bangfu_office.sessions.security_log import note
from bangfu_office.sessions.store import Session

T = TypeVar("T")


@frozen
class SecondFactor:
    """The actor's second factor: the recovery codes left, or the secret and its address of one that can be set up."""

    needed: bool
    codes_left: int = 0
    secret: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def new_password(actor: Actor, old: str, password: str, again: str, *, sent: Sent = None) -> Client:
    """Change the actor's password; sessions and tokens end, and a session begins here."""
    actor.own_session(Action.UNREADY)
    prove(actor, old, "change of password")
    if password == old:
        raise FormError({"password": _("新密码与现在的相同")})
    try:
        kept = hashed(password, actor.user.name)
    except RegistryError as error:
        raise FormError({"password": error.text}) from None
    if password != again:
        raise FormError({"again": _("两次输入的密码不同")})
    write_once(actor, sent, lambda work: change_password(work, actor.user.name, kept))
    tokens.revoke(actor, actor.user.name)
    return begin_again(actor)


def own_sessions(actor: Actor) -> list[Session]:
    """Return where the actor is signed in, the newest first."""
    actor.must(Action.UNREADY)
    return actor.office.sessions.of_user(actor.user)


def end_session(actor: Actor, password: str, session: str | None) -> None:
    """Sign the actor out where a session of this ``Session.id`` is; None: everywhere but here."""
    here = actor.own_session(Action.SIGNED_IN)
    prove(actor, password, "end of sessions")
    if session is None:
        actor.office.sessions.end_all(actor.user.name, but=here.id)
    else:
        actor.office.sessions.end_one(actor.user.name, session)
    note("signed out elsewhere", user=actor.user.name, address=actor.client.address)


def second_factor(actor: Actor) -> SecondFactor:
    """Return the actor's second factor, or that which can be set up."""
    actor.must(Action.UNREADY)
    needed = actor.office.settings.needs_factor(actor.user)
    if not actor.user.has_factor:
        secret = _offered(actor)
        return SecondFactor(needed, secret=secret, address=address_of(actor.user.name, secret))
    with actor.office.registry.database.reading() as connection:
        return SecondFactor(needed, codes_left(connection, actor.user.name))


def set_up_factor(actor: Actor, password: str, code: str) -> tuple[tuple[str, ...], Client]:
    """Set the second factor up that was offered; return the recovery codes, never seen again, and the new session."""
    secret = _offered(actor)
    prove(actor, password, "second factor")
    step = step_of(secret, code)
    if step is None:
        raise FormError({"code": _("数字不对；请看手机的时间准不准，再输入现在显示的")})
    browsers.use_code(actor.office.sessions.database, actor.user.name, step)
    codes = _changed(actor, "set up", lambda work: set_factor(work, actor.user.name, secret))
    return codes, begin_again(actor)


def new_recovery_codes(actor: Actor, password: str, code: str) -> tuple[str, ...]:
    """Return new recovery codes, never seen again; the others are over."""
    _prove_both(actor, password, code)
    return _changed(actor, "recovery codes", lambda work: new_codes(work, actor.user.name))


def drop_factor(actor: Actor, password: str, code: str) -> Client:
    """Give the second factor up, as before another device, and begin anew here."""
    _prove_both(actor, password, code)
    _changed(actor, "taken away", lambda work: reset_factor(work, actor.user.name))
    return begin_again(actor)


def _prove_both(actor: Actor, password: str, code: str) -> None:
    actor.own_session(Action.SIGNED_IN)
    if not actor.user.has_factor:
        raise NotThereError
    prove(actor, password, "second factor", code)


def _offered(actor: Actor) -> str:
    """Return the secret that the actor's session can make a factor of."""
    offered = actor.own_session(Action.UNREADY).offered
    if actor.user.has_factor or offered is None:
        raise NotThereError
    return actor.office.registry.encryption.open(offered)


def _changed(actor: Actor, what: str, step: Callable[[Work], T]) -> T:
    """Change the actor's second factor, and note ``what`` was done."""
    with actor.office.registry.work(actor.attribution()) as work:
        made = step(work)
    note(f"second factor: {what}", user=actor.user.name, address=actor.client.address)
    return made
