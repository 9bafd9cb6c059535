"""The journal (日志): one entry for every change; nothing is ever taken out. How they hang together: ``chain``.

What an entry is about is an ``Operation``: how it is called, and what of its entries may be shown to anybody. Each is
declared where it is done, those on households here; ``bangfu_office.journal_view`` has all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from attrs import evolve, field, fields, frozen
from sqlalchemy import ColumnElement, Connection, func, select

from bangfu import clock
from bangfu.messages import _
from bangfu.regions import prefix_of
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.schema import households, journal, within
from bangfu_office.registry.serialization import kept
from bangfu_office.registry.sources import Source

GREW, SHRANK, ELSEWHERE = "家庭人口增加", "家庭人口减少", "并入另一地区的家庭"
_OWN_REASONS = {GREW: _("家庭人口增加"), SHRANK: _("家庭人口减少"), ELSEWHERE: _("并入另一地区的家庭")}


@frozen
class Part:
    """A part of an entry's value that holds nothing personal, what it is called, and how its value is said.

    Without ``say``, it is what somebody wrote or is called, and stays as it is.
    """

    name: str
    label: str
    say: Callable[[str], str] = str


@frozen
class Operation:
    """What some entries of the journal are about; nothing but ``parts`` of their values may be shown."""

    code: str
    label: str
    parts: tuple[Part, ...] = ()


def words(labels: Mapping[str, str]) -> Callable[[str], str]:
    """Return what says codes in words, and other values as they are."""
    return lambda code: labels.get(code, code)


def said_when(moment: str) -> str:
    """Return a moment of the journal as people here read it: the local day and time."""
    return clock.shown(datetime.fromisoformat(moment))


def reason_in_words(reason: str) -> str:
    """Return a reason that is kept with a household: the registry's own, or somebody's own words as they are."""
    return _OWN_REASONS.get(reason, reason)


_REASON = Part("reason", _("事由"), reason_in_words)
_DUE = Part("due", _("到期"))
_STATUS = {"left": _("迁出"), "dead": _("去世"), "moved": _("迁入其他家庭")}
OPERATIONS = (
    Operation("opened", _("建户")),
    Operation("joined", _("增加成员")),
    Operation("left", _("成员离开"), (Part("status", _("去向"), words(_STATUS)), Part("to", _("迁入")))),
    Operation("fact", _("事实")),
    Operation("recheck", _("待复核"), (_DUE, _REASON)),
    Operation("rechecked", _("已复核"), (_DUE, _REASON)),
    Operation("closed", _("销户"), (_REASON,)),
)
_PAGE = 5000


@frozen
class Attribution:
    """Who changes something, on whose word, seen when, with what evidence (凭证), why; RegistryError as ``kept``."""

    who: str
    source: Source = Source.DECLARED
    on: date | None = None
    evidence: str = ""
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        kept(self.who, _("操作人"), 100)
        kept(self.evidence, _("凭证"), 1000)
        kept(self.reason, _("理由"), 1000)

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


CONTENT = tuple(known.name for known in fields(Entry))[:-3]
"""What an entry says, beside its number, moment and hash."""
COLUMNS = ("seq", "at", *CONTENT, "hash")
_ENTRIES = select(*(journal.c[known.name] for known in fields(Entry)))
"""The query of entries, columns in the order that an entry has them."""
_REASONS = frozenset({"closed", "recheck", "rechecked"})
"""Operations whose values hold a reason in somebody's own words."""


def with_texts(entry: Entry, read: Callable[[str], str]) -> Entry:
    """Return an entry with its evidence and reasons as ``read`` returns them; no values of facts."""

    def read_within(written: str | None) -> str | None:
        if written is None or entry.operation not in _REASONS:
            return written
        said = json.loads(written)
        return json.dumps({**said, "reason": read(said["reason"])}, ensure_ascii=False)

    evidence, reason = (text and read(text) for text in (entry.evidence, entry.reason))
    return evolve(entry, evidence=evidence, reason=reason, old=read_within(entry.old), new=read_within(entry.new))


def readable(entry: Entry, encryption: FieldEncryption) -> Entry:
    """Return an entry with its texts opened, as somebody wrote them; RegistryError where the key is another."""
    return with_texts(entry, encryption.open)


def entries(  # noqa: PLR0913 - as many as there are ways to look
    connection: Connection,
    numbers: Sequence[str] | None = None,
    *,
    operation: str | None = None,
    after: int = 0,
    until: str | None = None,
    newest: int | None = None,
) -> Iterator[Entry]:
    """Yield entries in order: of some households (``numbers``) or all, of one ``operation`` or all.

    ``after`` a number; the ``newest`` so many; ``until`` a moment: up to the last one written at or before it. (The
    clock may have been wrong for a while: what comes before such an entry is known by then, whatever moment it bears.)
    """
    query = _ENTRIES
    if numbers is not None:
        query = query.where(journal.c.household.in_(numbers))
    if operation is not None:
        query = query.where(journal.c.operation == operation)
    if until is not None:
        last_known = select(func.coalesce(func.max(journal.c.seq), 0)).where(journal.c.at <= until)
        query = query.where(journal.c.seq <= last_known.scalar_subquery())
    if newest is not None:
        last = query.where(journal.c.seq > after).order_by(journal.c.seq.desc()).limit(newest)
        yield from reversed([Entry(*row) for row in connection.execute(last)])
        return
    ordered = query.order_by(journal.c.seq).limit(_PAGE)
    while page := connection.execute(ordered.where(journal.c.seq > after)).all():
        yield from (Entry(*row) for row in page)
        after = page[-1].seq


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


def browse(connection: Connection, wanted: Wanted, *, before: int | None, after: int | None, limit: int) -> list[Entry]:
    """Return a page of the entries that are wanted, the newest first; as ``Registry.browse``."""
    query = _ENTRIES.where(*_conditions(wanted)).limit(limit)
    if after is not None:
        later = query.where(journal.c.seq > after).order_by(journal.c.seq)
        return [Entry(*row) for row in connection.execute(later)][::-1]
    if before is not None:
        query = query.where(journal.c.seq < before)
    return [Entry(*row) for row in connection.execute(query.order_by(journal.c.seq.desc()))]


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in ("household", "who", "operation"):
        if value := getattr(wanted, name):
            yield journal.c[name] == value
    if wanted.since is not None:
        yield journal.c.at >= clock.stored(wanted.since)
    if wanted.until is not None:
        yield journal.c.at < clock.stored(wanted.until)
    if prefix_of(wanted.region):  # in the whole country, what is about no household counts as well
        yield journal.c.household.in_(select(households.c.number).where(within(wanted.region)))
