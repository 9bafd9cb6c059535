"""Drafts of forms, kept beside the sessions until the form is saved; sealed like the registry's own values.

They end: a month after they were last kept, when newer ones of the same user are too many, and when their user or
their household is no more (the desk cleans up).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from attrs import field, frozen
from sqlalchemy import Column, ColumnElement, String, Table, Text, delete, select

from bangfu import BangfuError, clock
from bangfu.messages import _
from bangfu_office.access import Office
from bangfu_office.registry.users import all_users
from bangfu_office.sessions.own_tables import METADATA, inserting

LONGEST = timedelta(days=30)
MOST = 50
"""Drafts of one user at a time."""
MOST_BYTES = 1024 * 1024
"""Of one draft, before it is sealed; a household of a hundred members, every field filled in, has a third of it."""
_AT_ONCE = 500
"""Values that are given to a statement together."""

_drafts = Table(
    "web_drafts",
    METADATA,
    Column("user", String(100), primary_key=True),
    Column("household", String(64), primary_key=True),
    Column("saved_at", String(32), nullable=False),
    Column("content", Text, nullable=False),
)
NEW = "new"
"""The household of a draft that has no number yet."""


class DraftTooLargeError(BangfuError):
    """A form that is too large to be kept; an earlier draft stays."""


@frozen
class Draft:
    """What somebody had filled in, and when."""

    saved_at: str
    values: dict[str, str] = field(repr=False)

    @property
    def ends_on(self) -> date:
        """The last day on which it is surely there."""
        return clock.local(datetime.fromisoformat(self.saved_at) + LONGEST).date() - timedelta(days=1)


def keep(office: Office, user: str, household: str, values: Mapping[str, str]) -> None:
    """Keep a form as it is, in place of an earlier draft; the oldest beyond ``MOST`` are forgotten.

    Raises:
        DraftTooLargeError: it is too large.
        DatabaseUnusableError: it cannot be kept.
    """
    kept = {name: value for name, value in values.items() if not name.startswith("_") and value}
    text = json.dumps(kept, ensure_ascii=False)
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise DraftTooLargeError(
            _("草稿有 {size:,} 字节，超过 {most_bytes:,} 字节，没有保存", size=size, most_bytes=MOST_BYTES)
        )
    now = clock.stored(clock.now())
    row = {"user": user, "household": household, "saved_at": now, "content": office.registry.encryption.seal(text)}
    with office.sessions.database.writing() as connection:
        # One statement, whether or not there is a draft, however many keep one at once.
        put = inserting(connection, _drafts, row)
        new = {"saved_at": put.excluded.saved_at, "content": put.excluded.content}
        connection.execute(put.on_conflict_do_update(index_elements=list(_drafts.primary_key), set_=new))
    # The oldest are forgotten after another was kept, so that nobody waits for two drafts at once.
    own = _drafts.c.user == user
    beyond = select(_drafts.c.saved_at).where(own).order_by(_drafts.c.saved_at.desc()).offset(MOST).limit(1)
    with office.sessions.database.reading() as connection:
        newest = connection.execute(beyond).scalar()
    if newest is not None:
        _forget(office, own, _drafts.c.saved_at <= newest)


def find(office: Office, user: str, household: str) -> Draft | None:
    """Return somebody's draft of a household, or None."""
    own = (_drafts.c.user == user, _drafts.c.household == household, _drafts.c.saved_at > _oldest())
    with office.sessions.database.reading() as connection:
        row = connection.execute(select(_drafts).where(*own)).first()
    return None if row is None else Draft(row.saved_at, json.loads(office.registry.encryption.open(row.content)))


def drop(office: Office, user: str, household: str) -> None:
    """Forget a draft."""
    _forget(office, _drafts.c.user == user, _drafts.c.household == household)


def forget_old(office: Office) -> None:
    """Forget the drafts whose time is over."""
    _forget(office, _drafts.c.saved_at <= _oldest())


def forget_lost(office: Office) -> None:
    """Forget the drafts of users who may not sign in any more, and of households that are not open any more."""
    with office.sessions.database.reading() as connection:
        users = set(connection.scalars(select(_drafts.c.user).distinct()))
        households = set(connection.scalars(select(_drafts.c.household).distinct())) - {NEW}
    if not users:
        return
    with office.registry.database.reading() as connection:
        users -= {user.name for user in all_users(connection) if not user.disabled}
    households -= office.registry.still_open(households)
    for column, lost in ((_drafts.c.user, users), (_drafts.c.household, households)):
        some = sorted(lost)
        for start in range(0, len(some), _AT_ONCE):
            _forget(office, column.in_(some[start : start + _AT_ONCE]))


def _forget(office: Office, *which: ColumnElement[bool]) -> None:
    with office.sessions.database.writing() as connection:
        connection.execute(delete(_drafts).where(*which))


def _oldest() -> str:
    return clock.stored(clock.now() - LONGEST)
