"""Looks: the names and ID numbers of one household in full, for one session and some minutes, each one in the journal.

Whoever may, and asks, sees them on all pages of that household until the look is over. It is written into the journal
before anything is shown, once, though the button is pressed twice. A look ends with its session.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from sqlalchemy import Column, ColumnElement, MetaData, Row, String, Table, and_, delete, select, update

from bangfu import clock
from bangfu.messages import _
from bangfu_office.access.actor import Actor
from bangfu_office.access.errors import NotPermittedError
from bangfu_office.access.permissions import Action, may
from bangfu_office.accounts.own_tables import inserted, make_tables
from bangfu_office.accounts.rate_limits import REVEALS
from bangfu_office.registry import Disclosure, Record
from bangfu_office.registry.database import Database
from bangfu_office.registry.idempotency import answered, remember

MINUTES = 10
"""How long a look lasts."""
_TWICE = timedelta(seconds=60)
"""Within so long, two presses of a button that were not answered yet are one."""

_metadata = MetaData()
_looks = Table(
    "web_looks",
    _metadata,
    Column("session", String(64), primary_key=True),
    Column("household", String(64), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("asked", String(32), nullable=False),
    Column("until", String(32), nullable=False, server_default=""),
)
"""``until`` is empty as long as a look is not in the journal; ``key`` is what it is found by there."""


@frozen
class Look:
    """What a page shows of a household: through its cover, in full ``until`` a moment, or masked (None)."""

    cover: Disclosure
    until: datetime | None

    @property
    def context(self) -> dict[str, Any]:
        """What templates of a household's pages need."""
        return {"record": self.cover.record, "cover": self.cover, "until": self.until}


def make_table(database: Database) -> None:
    """Make the table of looks where there is none."""
    make_tables(_metadata, database)


def looking(actor: Actor, record: Record) -> Look:
    """Return what the visitor's session sees of a household now."""
    row = _find(actor, record.number) if may(actor.user, Action.REVEAL) else None
    until = datetime.fromisoformat(row.until) if row is not None and row.until > clock.stored(clock.now()) else None
    return Look(actor.office.registry.cover(record, shown=until is not None), until)


def look(actor: Actor, number: str) -> None:
    """Let the visitor's session see a household in full from now on; while it does already, nothing happens.

    Raises:
        NotPermittedError: the visitor may not, or has no session.
        TooManyRequestsError: the visitor did so again and again.
        RegistryError: it cannot be written into the journal; nothing is shown then.
    """
    if not may(actor.user, Action.REVEAL) or actor.session is None:
        raise NotPermittedError
    row = _find(actor, number)
    if row is not None and row.until > clock.stored(clock.now()):
        return
    actor.office.spend(actor.user, REVEALS)
    key = _asked(actor, number, row)
    with actor.office.registry.work(actor.attribution(reason=_("页面查看"))) as work:
        if answered(work, key) is None:
            work.note("seen", number, new={"what": "identity"})
            remember(work, key, number)
    until = clock.stored(clock.now() + timedelta(minutes=MINUTES))
    with actor.office.sessions.database.writing() as connection:
        connection.execute(update(_looks).where(_own(actor, number), _looks.c.key == key).values(until=until))


def _asked(actor: Actor, number: str, row: Row[Any] | None) -> str:
    """Return the key of a look that begins: that of another press of the button, where one is under way."""
    now = clock.now()
    if row is not None and not row.until and row.asked > clock.stored(now - _TWICE):
        return str(row.key)
    key = secrets.token_urlsafe(32)
    begun = {"session": _session(actor), "household": number, "key": key, "asked": clock.stored(now), "until": ""}
    with actor.office.sessions.database.writing() as connection:
        over = and_(_looks.c.until < clock.stored(now), _looks.c.asked < clock.stored(now - _TWICE))
        connection.execute(delete(_looks).where(over))
        if row is not None:
            connection.execute(delete(_looks).where(_own(actor, number), _looks.c.key == row.key))
        if inserted(connection, _looks, begun):
            return key
    other = _find(actor, number)
    return key if other is None else str(other.key)


def _find(actor: Actor, number: str) -> Row[Any] | None:
    if actor.session is None:
        return None
    with actor.office.sessions.database.reading() as connection:
        return connection.execute(select(_looks).where(_own(actor, number))).first()


def _own(actor: Actor, number: str) -> ColumnElement[bool]:
    return and_(_looks.c.session == _session(actor), _looks.c.household == number)


def _session(actor: Actor) -> str:
    return actor.session.id if actor.session else ""
