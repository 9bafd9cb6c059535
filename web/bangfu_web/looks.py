"""Looks: the names and ID numbers of one household in full, for one session and some minutes, each one in the journal.

Whoever may, and asks, sees them on all pages of that household until the look is over. It is written into the journal
before anything is shown, once, though the button is pressed twice. A look ends with its session.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from litestar.exceptions import PermissionDeniedException
from sqlalchemy import Column, ColumnElement, MetaData, Row, String, Table, and_, delete, select, update

from bangfu import clock
from bangfu.messages import _
from bangfu_office.registry import Disclosure, Record
from bangfu_office.registry.database import Database
from bangfu_office.registry.idempotency import answered, remember
from bangfu_web.brake import REVEALS, spend
from bangfu_web.desk import Visit
from bangfu_web.permissions import Action, may
from bangfu_web.tables import inserted, make_tables

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


def looking(visit: Visit, record: Record) -> Look:
    """Return what the visitor's session sees of a household now."""
    row = _find(visit, record.number) if may(visit.user, Action.REVEAL) else None
    until = datetime.fromisoformat(row.until) if row is not None and row.until > clock.stored(clock.now()) else None
    return Look(visit.desk.registry.cover(record, shown=until is not None), until)


def look(visit: Visit, number: str) -> None:
    """Let the visitor's session see a household in full from now on; while it does already, nothing happens.

    Raises:
        PermissionDeniedException: the visitor may not, or has no session.
        BrakedError: the visitor did so again and again.
        RegistryError: it cannot be written into the journal; nothing is shown then.
    """
    if not may(visit.user, Action.REVEAL) or visit.session is None:
        raise PermissionDeniedException
    row = _find(visit, number)
    if row is not None and row.until > clock.stored(clock.now()):
        return
    spend(visit.desk, visit.user, REVEALS)
    key = _asked(visit, number, row)
    with visit.desk.registry.work(visit.attribution(reason=_("页面查看"))) as work:
        if answered(work, key) is None:
            work.note("seen", number, new={"what": "identity"})
            remember(work, key, number)
    until = clock.stored(clock.now() + timedelta(minutes=MINUTES))
    with visit.desk.sessions.database.writing() as connection:
        connection.execute(update(_looks).where(_own(visit, number), _looks.c.key == key).values(until=until))


def _asked(visit: Visit, number: str, row: Row[Any] | None) -> str:
    """Return the key of a look that begins: that of another press of the button, where one is under way."""
    now = clock.now()
    if row is not None and not row.until and row.asked > clock.stored(now - _TWICE):
        return str(row.key)
    key = secrets.token_urlsafe(32)
    begun = {"session": _session(visit), "household": number, "key": key, "asked": clock.stored(now), "until": ""}
    with visit.desk.sessions.database.writing() as connection:
        over = and_(_looks.c.until < clock.stored(now), _looks.c.asked < clock.stored(now - _TWICE))
        connection.execute(delete(_looks).where(over))
        if row is not None:
            connection.execute(delete(_looks).where(_own(visit, number), _looks.c.key == row.key))
        if inserted(connection, _looks, begun):
            return key
    other = _find(visit, number)
    return key if other is None else str(other.key)


def _find(visit: Visit, number: str) -> Row[Any] | None:
    if visit.session is None:
        return None
    with visit.desk.sessions.database.reading() as connection:
        return connection.execute(select(_looks).where(_own(visit, number))).first()


def _own(visit: Visit, number: str) -> ColumnElement[bool]:
    return and_(_looks.c.session == _session(visit), _looks.c.household == number)


def _session(visit: Visit) -> str:
    return visit.session.id if visit.session else ""
