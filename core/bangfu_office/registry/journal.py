"""The journal (日志): one entry for every change; nothing is ever taken out. How they hang together: ``chain``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import evolve, field, frozen
from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from bangfu import clock
from bangfu.messages import _
from bangfu.regions import prefix_of
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.schema import households, journal, within
from bangfu_office.registry.sources import Source
from bangfu_office.registry.texts import kept_text

_PAGE = 5000


@frozen
class Attribution:
    """Who changes something, on whose word, seen when, with what evidence (凭证), why.

    Raises:
        RegistryError: a text is too long, or holds characters that cannot be kept.
    """

    who: str = field(validator=kept_text(_("操作人"), 100))
    source: Source = Source.DECLARED
    on: date | None = None
    evidence: str = field(default="", validator=kept_text(_("凭证"), 1000))
    reason: str = field(default="", validator=kept_text(_("理由"), 1000))

    @property
    def observed_on(self) -> date:
        """The day the value was seen; today where none is given."""
        return self.on or clock.today()


@frozen
class Entry:
    """One change: of a household, a member of it or (both None) of the registry itself.

    ``old`` and ``new`` are values as JSON, None for nothing; personal values are sealed, and so are ``evidence`` and
    ``reason`` (``readable`` opens those). ``version`` is the household's after the operation the entry belongs to.
    """

    operation: str
    who: str
    household: str | None = None
    version: int | None = None
    member: int | None = None
    fact: str | None = None
    old: str | None = field(default=None, repr=False)
    new: str | None = field(default=None, repr=False)
    source: str | None = None
    observed_on: str | None = None
    evidence: str | None = field(default=None, repr=False)
    reason: str | None = field(default=None, repr=False)
    seq: int = 0
    at: str = ""
    hash: str = ""


CONTENT = (
    "operation",
    "who",
    "household",
    "version",
    "member",
    "fact",
    "old",
    "new",
    "source",
    "observed_on",
    "evidence",
    "reason",
)
"""What an entry says, beside its number, moment and hash."""
COLUMNS = ("seq", "at", *CONTENT, "hash")
_REASONS = frozenset({"closed", "recheck", "rechecked"})
"""Operations whose values hold a reason in somebody's own words."""


def readable(entry: Entry, encryption: FieldEncryption) -> Entry:
    """Return an entry with its texts opened: evidence and reasons, as somebody wrote them; no values of facts.

    Raises:
        RegistryError: they are sealed with another key, or there is none.
    """
    opened = {name: encryption.opened(getattr(entry, name)) for name in ("evidence", "reason")}
    if entry.operation in _REASONS:
        opened |= {name: _with_reason(getattr(entry, name), encryption) for name in ("old", "new")}
    return evolve(entry, **opened)


def _with_reason(written: str | None, encryption: FieldEncryption) -> str | None:
    if written is None:
        return None
    value = json.loads(written)
    return json.dumps({**value, "reason": encryption.opened(value["reason"])}, ensure_ascii=False)


def entry_of(row: RowMapping | Mapping[str, Any]) -> Entry:
    """Return the entry in a row of the table."""
    return Entry(**{name: row[name] for name in COLUMNS})


def entries(  # noqa: PLR0913 - as many as there are ways to look
    connection: Connection,
    numbers: Sequence[str] | None = None,
    *,
    operation: str | None = None,
    after: int = 0,
    until: str | None = None,
    newest: int | None = None,
) -> Iterator[Entry]:
    """Yield entries in order, of some households or all.

    Args:
        connection: an open transaction.
        numbers: only those of these households.
        operation: only those of this operation.
        after: only those behind this number.
        until: only those up to the last one written at or before this moment. (The clock may have been wrong for a
            while: what comes before such an entry is known by then, whatever moment it bears.)
        newest: only so many of the last ones.
    """
    query = select(journal)
    if numbers is not None:
        query = query.where(journal.c.household.in_(numbers))
    if operation is not None:
        query = query.where(journal.c.operation == operation)
    if until is not None:
        last_known = select(func.coalesce(func.max(journal.c.seq), 0)).where(journal.c.at <= until)
        query = query.where(journal.c.seq <= last_known.scalar_subquery())
    if newest is not None:
        last = (
            connection.execute(query.where(journal.c.seq > after).order_by(journal.c.seq.desc()).limit(newest))
            .mappings()
            .all()
        )
        yield from (entry_of(row) for row in reversed(last))
        return
    ordered = query.order_by(journal.c.seq).limit(_PAGE)
    while page := connection.execute(ordered.where(journal.c.seq > after)).mappings().all():
        yield from (entry_of(row) for row in page)
        after = page[-1]["seq"]


@frozen
class Wanted:
    """Which entries to look for; every condition that is given must hold.

    ``since`` and ``until`` are moments, the second of them not included. ``region``, a division that is
    not the whole country, leaves only entries about households that are there now.
    """

    household: str = ""
    who: str = ""
    operation: str = ""
    since: datetime | None = None
    until: datetime | None = None
    region: str = ""


def browse(
    connection: Connection, wanted: Wanted, *, before: int | None = None, after: int | None = None, limit: int = 50
) -> list[Entry]:
    """Return a page of the entries that are wanted, the newest first.

    Args:
        connection: an open transaction.
        wanted: which.
        before: the newest of those before this number; without it and ``after``, the newest of all.
        after: the oldest of those behind this number.
        limit: at most so many.
    """
    query = select(journal).where(*_conditions(wanted)).limit(limit)
    if after is not None:
        later = query.where(journal.c.seq > after).order_by(journal.c.seq)
        return [entry_of(row) for row in connection.execute(later).mappings()][::-1]
    if before is not None:
        query = query.where(journal.c.seq < before)
    return [entry_of(row) for row in connection.execute(query.order_by(journal.c.seq.desc())).mappings()]


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in ("household", "who", "operation"):
        if value := getattr(wanted, name):
            yield journal.c[name] == value
    if wanted.since is not None:
        yield journal.c.at >= clock.stored(wanted.since)
    if wanted.until is not None:
        yield journal.c.at < clock.stored(wanted.until)
    if prefix_of(wanted.region):  # in the whole country, what is about no household counts as well
        there = select(households.c.number).where(within(wanted.region))
        yield journal.c.household.in_(there)


def household_numbers(connection: Connection) -> set[str]:
    """Return the numbers of all households the journal knows."""
    return set(connection.execute(select(journal.c.household).where(journal.c.operation == "opened")).scalars())
