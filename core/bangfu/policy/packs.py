"""Policy packs (政策包): what a place sets and gives, since when, by which clause; and the policy that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from attrs import field, frozen

from bangfu.errors import RuleError
from bangfu.facts import Fact, Per
from bangfu.facts.catalog import near
from bangfu.messages import _, in_words
from bangfu.policy.parameters import Parameter
from bangfu.policy.sources import source_titles
from bangfu.regions import prefix_of

USER = "user"
"""The owner of packs that are added as files."""


class Dated:
    """What a pack says from a day until a day, both included; None: at all times."""

    start: date | None
    until: date | None

    def is_in_force(self, on: date) -> bool:
        """Return whether it holds on a day."""
        return (self.start is None or self.start <= on) and (self.until is None or on <= self.until)

    def overlaps(self, other: Dated) -> bool:
        """Return whether there is a day on which both hold."""
        return not any(a.until and b.start and a.until < b.start for a, b in ((self, other), (other, self)))


# Entries, rows and packs are told apart by identity: what a pack writes is in tables, which have no hash.
@frozen(eq=False)
class PolicyEntry(Dated):
    """One parameter's value as a pack sets it: ``value`` typed, money in the unit of ``per``."""

    path: str
    parameter: Parameter
    value: Any
    per: Per | None
    source: str
    verified: bool
    start: date | None
    until: date | None
    pack: Pack = field(repr=False)

    @property
    def code(self) -> str:
        """The name of the parameter."""
        return self.parameter.name

    @property
    def year_value(self) -> Any:
        """The value in yuan a year for periodic money, else the value itself."""
        return self.value * self.per.times_a_year if self.per else self.value


@frozen(eq=False)
class Row(Dated):
    """One ``[[benefit]]``, ``[[column]]`` or ``[[group]]`` as written, and where it stands."""

    path: str
    data: Mapping[str, Any]
    start: date | None
    until: date | None
    pack: Pack = field(repr=False)

    @property
    def code(self) -> str:
        """The code of a benefit or group, the name of a column; empty where the row lacks one."""
        return str(self.data.get("code", self.data.get("name", "")))

    @property
    def is_repealed(self) -> bool:
        """Whether it says that a benefit is given no more (废止), rather than how."""
        return self.data.get("repealed") is True

    @property
    def at(self) -> str:
        """The place that an error in it names: file and table."""
        return f"{self.pack.file} {self.path}"

    @property
    def programme(self) -> str:
        """The code of the programme that it belongs to."""
        return self.code.split(".")[0]


@frozen(eq=False)
class Pack:
    """A read policy pack.

    ``owner`` is the plugin it lies with, ``core``, or ``user`` for an added file; ``titles`` says what the
    short names of sources that it brings along stand for; ``rows`` are its benefits.
    """

    file: str
    owner: str
    region: str
    name: str = field(converter=in_words)
    source: str
    programmes: tuple[Mapping[str, str], ...] = ()
    titles: Mapping[str, str] = field(factory=dict, repr=False)
    facts: tuple[Fact, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    entries: tuple[PolicyEntry, ...] = field(default=(), repr=False)
    rows: tuple[Row, ...] = field(default=(), repr=False)
    columns: tuple[Row, ...] = field(default=(), repr=False)
    groups: tuple[Row, ...] = field(default=(), repr=False)
    unused: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """The digits a household's region must begin with; empty for the nation."""
        return prefix_of(self.region)

    @property
    def dated(self) -> tuple[PolicyEntry | Row, ...]:
        """All that it sets and gives."""
        return (*self.entries, *self.rows, *self.columns, *self.groups)

    def applies(self, region: str) -> bool:
        """Return whether the pack is for this region."""
        return region.startswith(self.prefix)


def turning_days(packs: Iterable[Pack], today: date) -> list[date]:
    """Return a day of each policy that packs make one after the other, the latest first: each on which one changes.

    The day before the first change, and today, are among them.
    """
    dated = [part for pack in packs for part in pack.dated]
    starts = {part.start for part in dated if part.start}
    ends = {part.until + timedelta(days=1) for part in dated if part.until and part.until < date.max}
    before = {min(starts) - timedelta(days=1)} if starts else set()
    return sorted(starts | ends | before | {today}, reverse=True)


@frozen
class Policy:
    """Which value each parameter has, and which benefits, columns and groups of packs are in force.

    A rule speaks of ``parameter("margin.multiple")``: where nothing sets it, whatever needs it comes out undetermined
    and names it.
    """

    parameters: Mapping[str, Parameter] = field(repr=False)
    entries: Mapping[str, PolicyEntry] = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    titles: Mapping[str, str] = field(factory=source_titles, repr=False)
    columns: tuple[Row, ...] = field(default=(), repr=False)
    groups: tuple[Row, ...] = field(default=(), repr=False)

    def value(self, name: str) -> Any:
        """Return the value (money in yuan a year where it is periodic), or None: not configured.

        Raises:
            RuleError: no such parameter is declared.
        """
        if name not in self.parameters:
            message = _("no parameter {name!r} is declared{near}", name=name, near=near(name, self.parameters))
            raise RuleError(message)
        entry = self.entries.get(name)
        return None if entry is None else entry.year_value

    def source(self, name: str, otherwise: str) -> str:
        """Return the clause of the value in force, or the given one where nothing sets it."""
        entry = self.entries.get(name)
        return entry.source or otherwise if entry else otherwise


def resolve(packs: Sequence[Pack], parameters: Mapping[str, Parameter], region: str, on: date) -> Policy:
    """Return the policy of a region on a day.

    Each parameter, each benefit, column and group comes from the longest region prefix that sets it and is in
    force. Of two packs for the same region, an added file goes before a built-in one, then the
    later start, then the later read.
    """
    there = [pack for pack in packs if pack.applies(region)]
    entries = _in_force((entry for pack in there for entry in pack.entries), on)
    rows = _in_force((row for pack in there for row in pack.rows), on)
    columns = _in_force((row for pack in there for row in pack.columns), on)
    groups = _in_force((row for pack in there for row in pack.groups), on)
    wider_first = sorted(there, key=lambda pack: len(pack.prefix))
    titles = {code: title for pack in wider_first for code, title in pack.titles.items()}
    by_name = {entry.code: entry for entry in entries}
    return Policy(parameters, by_name, rows, {**source_titles(), **titles}, columns, groups)


_Dated = TypeVar("_Dated", PolicyEntry, Row)


def _in_force(dated: Iterable[_Dated], on: date) -> tuple[_Dated, ...]:
    """Return what is in force on a day, of each code that which goes before the others."""
    found: dict[str, _Dated] = {}
    for one in dated:
        if one.is_in_force(on) and (one.code not in found or _rank(found[one.code]) <= _rank(one)):
            found[one.code] = one
    return tuple(found.values())


def _rank(dated: PolicyEntry | Row) -> tuple[int, bool, date]:
    return len(dated.pack.prefix), dated.pack.owner == USER, dated.start or date.min
