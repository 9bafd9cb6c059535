"""Reveals: names and ID numbers of one household in full, for one session and some minutes, each one in the journal.

Whoever may, and asks, sees them on all pages of that household until the time is over. A reveal is written into the
journal before anything is shown, once, though the button is pressed twice. It ends with its session.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from sqlalchemy import Column, ColumnElement, Row, String, Table, and_, delete, select, update

from bangfu import clock
from bangfu.messages import _
from bangfu_office.access import Action, Actor, may
from bangfu_office.registry import Disclosure, Record
from bangfu_office.registry.duplicates import answered, remember
from bangfu_office.sessions.own_tables import METADATA, inserted
from bangfu_office.sessions.rate_limits import REVEALS
from bangfu_office.sessions.store import Session

MINUTES = 10
"""How long a reveal lasts."""
_TWICE = timedelta(seconds=60)
"""Within so long, two presses of a button that were not answered yet are one."""

_reveals = Table(
    "web_looks",
    METADATA,
    Column("session", String(64), primary_key=True),
    Column("household", String(64), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("asked", String(32), nullable=False),
    Column("until", String(32), nullable=False, server_default=""),
)
"""``until`` is empty as long as a reveal is not in the journal; ``key`` is what it is found by there."""


@frozen
class RevealedRecord:
    """A household as somebody is shown it now: in full ``revealed_until`` a moment, or masked (None)."""

    cover: Disclosure
    revealed_until: datetime | None

    @property
    def record(self) -> Record:
        """The household, which holds no more than may be shown."""
        return self.cover.record


def shown_to(actor: Actor, record: Record) -> RevealedRecord:
    """Return a household as the actor's session is shown it now."""
    row = _find(actor, record.number) if may(actor.user, Action.REVEAL) else None
    until = datetime.fromisoformat(row.until) if row is not None and row.until > clock.stored(clock.now()) else None
    return RevealedRecord(actor.office.registry.cover(record, shown=until is not None), until)


def reveal(actor: Actor, number: str) -> None:
    """Show the actor's session a household in full from now on; while it is shown so already, nothing happens.

    Raises:
        NotPermittedError: the role may not, or the actor has no session.
        NotThereError: there is no such household in the actor's region.
        TooManyRequestsError: the actor did so again and again.
        RegistryError: it cannot be written into the journal; nothing is shown then.
    """
    session = actor.own_session(Action.REVEAL)
    actor.record(number)
    row = _find(actor, number)
    if row is not None and row.until > clock.stored(clock.now()):
        return
    actor.office.spend(actor.user, REVEALS)
    key = _asked(actor, session, number, row)
    with actor.office.registry.work(actor.attribution(reason=_("页面查看"))) as work:
        if answered(work, key) is None:
            work.note("seen", number, new={"what": "identity"})
            remember(work, key, number)
    until = clock.stored(clock.now() + timedelta(minutes=MINUTES))
    with actor.office.sessions.database.writing() as connection:
        connection.execute(update(_reveals).where(_own(actor, number), _reveals.c.key == key).values(until=until))


def _asked(actor: Actor, session: Session, number: str, row: Row[Any] | None) -> str:
    """Return the key of a reveal that begins: that of another press of the button, where one is under way."""
    now = clock.now()
    if row is not None and not row.until and row.asked > clock.stored(now - _TWICE):
        return str(row.key)
    key = secrets.token_urlsafe(32)
    begun = {"session": session.id, "household": number, "key": key, "asked": clock.stored(now), "until": ""}
    with actor.office.sessions.database.writing() as connection:
        over = and_(_reveals.c.until < clock.stored(now), _reveals.c.asked < clock.stored(now - _TWICE))
        connection.execute(delete(_reveals).where(over))
        if row is not None:
            connection.execute(delete(_reveals).where(_own(actor, number), _reveals.c.key == row.key))
        if inserted(connection, _reveals, begun):
            return key
    other = _find(actor, number)
    return key if other is None else str(other.key)


def _find(actor: Actor, number: str) -> Row[Any] | None:
    with actor.office.sessions.database.reading() as connection:
        return connection.execute(select(_reveals).where(_own(actor, number))).first()


def _own(actor: Actor, number: str) -> ColumnElement[bool]:
    session = actor.session.id if actor.session else ""
    return and_(_reveals.c.session == session, _reveals.c.household == number)
