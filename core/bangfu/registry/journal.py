"""The journal (日志): one entry for every change, each hashed over the one before; nothing is ever taken out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from attrs import field, frozen
from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from bangfu import clock
from bangfu.regions import prefix_of
from bangfu.registry.errors import JournalError
from bangfu.registry.schema import households, journal, journal_head, within
from bangfu.registry.sources import Source
from bangfu.registry.texts import kept_text

NOTHING = "0" * 64
"""What the first entry is hashed over."""
_PAGE = 5000

OPERATION_LABELS = {
    "opened": "建户",
    "joined": "增加成员",
    "left": "成员离开",
    "fact": "事实",
    "recheck": "待复核",
    "rechecked": "已复核",
    "assessed": "评估",
    "seen": "查看身份信息",
    "closed": "销户",
    "user": "用户",
    "password": "更换密码",
    "factor": "动态口令",
    "token": "机器令牌",
}
"""What entries are about, as a caseworker reads it."""


@frozen
class Attribution:
    """Who changes something, on whose word, seen when, with what evidence (凭证), why.

    Raises:
        RegistryError: a text is too long, or holds characters that cannot be kept.
    """

    who: str = field(validator=kept_text("操作人", 100))
    source: Source = Source.DECLARED
    on: date | None = None
    evidence: str = field(default="", validator=kept_text("凭证", 1000))
    reason: str = field(default="", validator=kept_text("理由", 1000))

    @property
    def observed_on(self) -> date:
        """The day the value was seen; today where none is given."""
        return self.on or clock.today()


@frozen
class Entry:
    """One change: of a household, a member of it or (both None) of the registry itself.

    ``old`` and ``new`` are values as JSON, None for nothing; personal values are sealed. ``version`` is
    the household's after the operation the entry belongs to.
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
    evidence: str | None = None
    reason: str | None = None
    seq: int = 0
    at: str = ""
    hash: str = ""

    def hashed(self, before: str) -> str:
        """Return the hash of the entry over that of the entry before."""
        return _hashed(before, self.seq, self.at, _content(self))


def _hashed(before: str, seq: int, at: str, content: Iterable[Any]) -> str:
    written = _ENCODER.encode([before, seq, at, *content])
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_CONTENT = (
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
_content = attrgetter(*_CONTENT)
_COLUMNS = ("seq", "at", *_CONTENT, "hash")


@frozen
class Head:
    """The journal's last entry: its number (0 for an empty journal) and hash."""

    seq: int
    hash: str
    at: str = ""


def read_head(connection: Connection, *, lock: bool = False) -> Head:
    """Return the journal's head; with ``lock``, nobody else writes until the transaction ends.

    Raises:
        JournalError: it is gone.
    """
    query = select(journal_head.c.seq, journal_head.c.hash, journal_head.c.at)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise JournalError(1, "及以后是否齐全无从核对：日志的末尾登记不见了")
    return Head(row.seq, row.hash, row.at)


def moment() -> str:
    """Return now, as the journal writes it."""
    return _written(clock.now())


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def append(connection: Connection, head: Head, entries: Iterable[Entry], at: str) -> Head:
    """Append entries of a moment, numbered and hashed, after a locked head; return the new head."""
    seq, before = head.seq, head.hash
    rows = []
    for entry in entries:
        seq += 1
        content = _content(entry)
        before = _hashed(before, seq, at, content)
        rows.append({"seq": seq, "at": at, **dict(zip(_CONTENT, content, strict=True)), "hash": before})
    if not rows:
        return head
    connection.execute(insert(journal), rows)
    connection.execute(update(journal_head).values(seq=seq, hash=before, at=at))
    return Head(seq, before, at)


def entry_of(row: RowMapping | Mapping[str, Any]) -> Entry:
    """Return the entry in a row of the table."""
    return Entry(**{name: row[name] for name in _COLUMNS})


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
        until: only those written up to this moment.
        newest: only so many of the last ones.
    """
    query = select(journal)
    if numbers is not None:
        query = query.where(journal.c.household.in_(numbers))
    if operation is not None:
        query = query.where(journal.c.operation == operation)
    if until is not None:
        query = query.where(journal.c.at <= until)
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
        yield journal.c.at >= _written(wanted.since)
    if wanted.until is not None:
        yield journal.c.at < _written(wanted.until)
    if prefix_of(wanted.region):  # in the whole country, what is about no household counts as well
        there = select(households.c.number).where(within(wanted.region))
        yield journal.c.household.in_(there)


def household_numbers(connection: Connection) -> set[str]:
    """Return the numbers of all households the journal knows."""
    return set(connection.execute(select(journal.c.household).where(journal.c.operation == "opened")).scalars())


def verify(connection: Connection, expected: Sequence[tuple[int, str]] = ()) -> Head:
    """Return the journal's head after every entry was checked against the one before.

    Args:
        connection: an open transaction.
        expected: numbers and hashes written down earlier, elsewhere; they must still be there.

    Raises:
        JournalError: an entry was edited, removed, inserted or moved; names the first.
    """
    noted = dict(expected)
    head = read_head(connection)
    last = Head(0, NOTHING)
    for entry in entries(connection):
        if entry.seq != last.seq + 1:
            raise JournalError(last.seq + 1, f"缺失（其后是第 {entry.seq} 条）")
        if entry.hashed(last.hash) != entry.hash:
            raise JournalError(entry.seq, "与写入时不同：内容被改动，或被调换、插入")
        if entry.seq > head.seq:
            raise JournalError(entry.seq, "不是登记库写入的")
        if noted.pop(entry.seq, entry.hash) != entry.hash:
            raise JournalError(entry.seq, "与先前记下的校验值不同：日志被整段重写")
        last = Head(entry.seq, entry.hash, entry.at)
    if head.seq > last.seq:
        raise JournalError(last.seq + 1, f"缺失（共应有 {head.seq} 条）")
    if head.hash != last.hash:
        raise JournalError(last.seq, "之后有未登记的条目，或校验值不符")
    if connection.execute(select(journal.c.seq).where(journal.c.seq < 1)).first():
        raise JournalError(1, "之前有不是登记库写入的条目")
    if noted:
        raise JournalError(min(noted), "缺失（先前记下过它的校验值）")
    return last
