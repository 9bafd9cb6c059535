"""The words with which a fact is declared: its level, its type, its presumption.

Everything else that deals with facts (file reading, frames, forms, templates) goes by these
declarations, so that a new fact appears everywhere by being declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from bangfu.declaring import checked, of_kinds
from bangfu.messages import _

if TYPE_CHECKING:
    from bangfu.rules.language import Expression

ZERO = Decimal("0.00")
STATED, PRESUMED = "stated:", "presumed:"
"""Before a presumable fact's name: its column as stated, and what is presumed where that is null."""


@frozen
class Partly:
    """A number or a day of which only bounds are known, both included (部分已知); None: no bound on that side."""

    low: Any = None
    high: Any = None

    def __str__(self) -> str:
        if self.high is None:
            return f"≥ {self.low}"
        return f"≤ {self.high}" if self.low is None else f"{self.low}–{self.high}"


class Level(StrEnum):
    """Whom a fact or a benefit is about: the whole household (户) or one member (人)."""

    HOUSEHOLD = "household"
    MEMBER = "member"


class Per(StrEnum):
    """The period an amount is for (计量周期)."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    ONCE = "once"

    @property
    def times_a_year(self) -> int:
        """How often an amount given for every such period is given in a year: by the month 12 times, by the day 365."""
        return {Per.YEAR: 1, Per.MONTH: 12, Per.DAY: 365, Per.ONCE: 1}[self]

    @property
    def times_received(self) -> int | None:
        """How often what somebody earns or spends counts in a year; None for a day, of which nobody knows how many."""
        return None if self is Per.DAY else self.times_a_year


NO_DAYS = _("按天的没有写明一年有多少天，全年金额未知：请改写为每月或每年的金额")
"""What a form says of the period of an entry."""
LARGEST_AMOUNT = 10**8
"""Yuan (and square metres) below which every stated amount is, and every amount that is paid."""
PER_LABELS = {"year": _("年"), "month": _("月"), "day": _("天"), "once": _("一次性")}


@frozen
class Money:
    """An amount in yuan, not negative, to the fen."""


@frozen(field_transformer=checked)
class Quantity:
    """A measured number that is not money, not negative, with its unit (such as m²)."""

    unit: str


@frozen
class Integer:
    """A whole number between ``least`` and ``most``, both included."""

    least: int = 0
    most: int = 1_000_000


@frozen
class YesNo:
    """True or false."""


@frozen(field_transformer=checked)
class Choice:
    """One of the keys of ``labels``; the values are what a caseworker reads."""

    labels: Mapping[str, str]


@frozen
class Day:
    """A calendar day."""


@frozen
class Digits:
    """A code of digits with one of the given lengths."""

    lengths: tuple[int, ...]


@frozen
class Text:
    """One line of text; ``id_number`` says that it is a resident ID number (公民身份号码)."""

    id_number: bool = False
    longest: int = 100


@frozen(field_transformer=checked)
class Field:
    """One key of the entries of a list fact; a field that is not required may be left out (unknown).

    ``note`` is what whoever fills it in should know.
    """

    name: str
    type: Money | Choice
    label: str
    required: bool = False
    note: str = ""


@frozen
class OpenEntry:
    """An entry of a list fact of which no yearly value is known: its place (from 0), its kind, and why.

    ``lacks`` are the fields that are not stated; none where its amount is by the day.
    """

    place: int
    kind: str
    lacks: tuple[str, ...]


@define(frozen=True, slots=False)
class Items:
    """A list of entries such as ``{kind, amount, per}``.

    In a frame such a fact stands as one money column for every value of ``by`` (and every
    amount field where there are several): ``incomes.wage``, ``treatments.inpatient.covered``,
    each the yearly sum in yuan, null where a part is unknown, such as an amount by the day. An empty list
    gives zeros. One more column, named like the fact, is true where the list is stated and null where it is not.
    """

    by: str
    fields: tuple[Field, ...]
    _columns: dict[str, tuple[str, ...]] = field(factory=dict, eq=False, repr=False, init=False)

    @cached_property
    def kinds(self) -> Choice:
        """The choice by which the entries are summed."""
        return next(f.type for f in self.fields if f.name == self.by and isinstance(f.type, Choice))

    @cached_property
    def amounts(self) -> tuple[str, ...]:
        """The names of the money fields."""
        return tuple(f.name for f in self.fields if isinstance(f.type, Money))

    def column(self, fact: str, kind: str, amount: str) -> str:
        """Return the name of the column that holds the yearly sum of one kind and amount."""
        return f"{fact}.{kind}" if len(self.amounts) == 1 else f"{fact}.{kind}.{amount}"

    def columns(self, fact: str) -> tuple[str, ...]:
        """Return the names of all columns of this fact."""
        if fact not in self._columns:
            self._columns[fact] = tuple(
                self.column(fact, kind, amount) for kind in self.kinds.labels for amount in self.amounts
            )
        return self._columns[fact]

    def bounds(self, fact: str, entries: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Decimal, Decimal | None]]:
        """Return for every column what its yearly sum is at least and at most; None where an entry leaves that open."""
        sums: dict[str, tuple[Decimal, Decimal | None]] = dict.fromkeys(self.columns(fact), (ZERO, ZERO))
        for entry in entries:
            for name in self.amounts:
                column = self.column(fact, entry[self.by], name)
                (low, high), (least, most) = sums[column], self._yearly_bounds(entry, name)
                sums[column] = low + least, None if high is None or most is None else high + most
        return sums

    def open_entries(self, entries: Iterable[Mapping[str, Any]] | None) -> tuple[OpenEntry, ...]:
        """Return the entries that keep a yearly sum unknown, in their order; none for an unknown list."""
        found = []
        for place, entry in enumerate(entries or ()):
            if any(low != high for low, high in (self._yearly_bounds(entry, name) for name in self.amounts)):
                lacks = tuple(f.name for f in self.fields if f.name != self.by and entry.get(f.name) is None)
                found.append(OpenEntry(place, entry[self.by], lacks))
        return tuple(found)

    @cached_property
    def _by_period(self) -> bool:
        return any(part.name == "per" for part in self.fields)

    def _yearly_bounds(self, entry: Mapping[str, Any], name: str) -> tuple[Decimal, Decimal | None]:
        """Return what an entry's amount is by the year: at least, and at most."""
        amount, times = entry.get(name), TIMES_RECEIVED.get(entry.get("per") or "") if self._by_period else 1
        if times is None:  # how often is open: that it is earned at all is not
            return ZERO, None
        if isinstance(amount, Partly):
            return (amount.low or ZERO) * times, None if amount.high is None else amount.high * times
        return (ZERO, None) if amount is None else (amount * times, amount * times)


TIMES_RECEIVED = {per.value: times for per in Per if (times := per.times_received) is not None}
"""How often in a year what somebody earns or spends counts, by the words for periods; not for a day."""

FactType = Money | Quantity | Integer | YesNo | Choice | Day | Digits | Text | Items


@frozen(field_transformer=checked)
class Presumption:
    """What is taken to hold when a fact is not stated (推定), and by which rule.

    ``value`` is an expression, or a formula, over facts of the same level; where it gives nothing the fact
    stays unknown. A stated value always wins.
    """

    value: Expression | str | bool | int = field(eq=False)
    text: str
    source: str = ""


@frozen(field_transformer=checked)
class Fact:
    """One declared fact: its name in files and frames, its type, its Chinese label.

    ``personal`` facts (names, ID numbers) never enter frames, logs or messages. ``applies`` names the
    yes/no column without which the fact has no meaning: a benefit row's test of it is false there.
    """

    name: str
    level: Level = field(validator=of_kinds(Level, "Level.MEMBER"))
    type: FactType = field(validator=of_kinds(FactType, "Money()"))
    label: str
    presumption: Presumption | None = None
    question: str = ""
    personal: bool = False
    required: bool = False
    applies: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that carry this fact; none for a personal one."""
        if self.personal:
            return ()
        return (self.name, *self.type.columns(self.name)) if isinstance(self.type, Items) else (self.name,)

    @property
    def presumed_columns(self) -> tuple[str, ...]:
        """The columns that the presumption fills where the fact is not stated."""
        if self.presumption is None:
            return ()
        return self.type.columns(self.name) if isinstance(self.type, Items) else (self.name,)

    @property
    def asks(self) -> str:
        """The question a caseworker can put to learn this fact."""
        return self.question or _("{label}？", label=self.label)
