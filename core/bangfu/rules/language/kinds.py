"""Kinds of values (值的种类): what a fact, a parameter or an expression is, and what may be done with it.

A rule that compares money with a day, or adds a month's money to a year's, is wrong whatever the household. Kinds tell
so where the rule is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import evolve, field, frozen

from bangfu.errors import RuleError
from bangfu.facts.catalog import nearest
from bangfu.facts.declare import Per
from bangfu.messages import _
from bangfu.rules.language.known import UNKNOWN, Bounds, Candidates, Value


class Sort(StrEnum):
    """What sort of thing a value is."""

    YES_NO = "yes/no"
    MONEY = "money"
    NUMBER = "number"
    AREA = "area"
    YEARS = "years"
    DAY = "day"
    CHOICE = "choice"
    TEXT = "text"


_SORTS: Mapping[Sort, str] = {
    Sort.YES_NO: _("yes/no"),
    Sort.MONEY: _("money"),
    Sort.NUMBER: _("number"),
    Sort.AREA: _("area"),
    Sort.YEARS: _("years"),
    Sort.DAY: _("day"),
    Sort.CHOICE: _("choice"),
    Sort.TEXT: _("text"),
}
MEASURED = frozenset({Sort.MONEY, Sort.NUMBER, Sort.AREA, Sort.YEARS})
"""What is counted or measured: it can be added, and multiplied with a number."""
ORDERED = MEASURED | {Sort.DAY}
"""What is more or less than another of its sort."""


@frozen
class Kind:
    """The kind of a value.

    ``per`` is the period of money (None: none is said, so that it fits any); ``labels`` are the values of a choice;
    ``whole`` says of a number that it is one: a count.
    """

    sort: Sort
    per: Per | None = None
    labels: Mapping[str, str] = field(factory=dict, hash=False)
    whole: bool = False

    @property
    def text(self) -> str:
        """What it is called in messages."""
        if self.sort is Sort.MONEY and self.per is not None:
            return _("money, once") if self.per is Per.ONCE else _("money a {per}", per=str(self.per))
        if self.sort is Sort.NUMBER and self.whole:
            return _("count")
        if self.sort is Sort.CHOICE:
            listed = ", ".join(list(self.labels)[:_SHOWN])
            return _("choice of {list}", list=f"{listed}, …" if len(self.labels) > _SHOWN else listed)
        return _SORTS[self.sort]

    @property
    def unknown(self) -> Value:
        """What is known of a value of which nothing is: money, counts, areas and years are never below zero."""
        if self.sort is Sort.YES_NO:
            return None
        if self.sort is Sort.CHOICE:
            return Candidates(frozenset(self.labels))
        return Bounds(0) if self.sort in MEASURED else UNKNOWN

    def __str__(self) -> str:
        return str(self.text)

    def fits(self, other: Kind) -> bool:
        """Return whether values of both can be compared, or added; an age is a count of years."""
        if self.sort is not other.sort:
            counts = {self.sort, other.sort} == {Sort.YEARS, Sort.NUMBER}
            return counts and self.whole and other.whole
        if self.sort is Sort.MONEY:
            return self.per is other.per or self.per is None or other.per is None
        return self.sort is not Sort.CHOICE or not set(self.labels).isdisjoint(other.labels)

    def joined(self, other: Kind) -> Kind:
        """Return the kind of what is one or the other, or both together; they fit."""
        if self.sort is Sort.CHOICE:
            return evolve(self, labels={**self.labels, **other.labels})
        return evolve(self, per=self.per or other.per, whole=self.whole and other.whole)


_SHOWN = 6

YES_NO = Kind(Sort.YES_NO)
MONEY = Kind(Sort.MONEY)
NUMBER = Kind(Sort.NUMBER)
COUNT = Kind(Sort.NUMBER, whole=True)
AREA = Kind(Sort.AREA)
YEARS = Kind(Sort.YEARS, whole=True)
DAY = Kind(Sort.DAY)
TEXT = Kind(Sort.TEXT)


def money(per: Per | None) -> Kind:
    """Return money for a period."""
    return Kind(Sort.MONEY, per)


def choice(labels: Mapping[str, str]) -> Kind:
    """Return one of the keys of some labels."""
    return Kind(Sort.CHOICE, labels=labels)


_BY_THE_PIECE = ({Sort.MONEY, Sort.AREA}, {Sort.MONEY, Sort.YEARS})


def together(one: Kind, other: Kind) -> Kind | str:
    """Return the kind of a sum, or of the larger of two; where there is none, why."""
    if one.sort in MEASURED and one.fits(other):
        return one.joined(other)
    return "only what is of one kind can be so joined"


def product(one: Kind, other: Kind) -> Kind | str:
    """Return the kind of a product; where there is none, as of two amounts or two areas, why.

    Money by an area, or by an age, is money: so much for each square metre, or year.
    """
    if {one.sort, other.sort} in _BY_THE_PIECE:
        return one if one.sort is Sort.MONEY else other
    for number, measured in ((one, other), (other, one)):
        if number.sort is Sort.NUMBER and measured.sort in MEASURED:
            return evolve(measured, whole=one.whole and other.whole)
    return "one of them is to be a number"


def quotient(one: Kind, other: Kind) -> Kind | str:
    """Return the kind of a quotient; where there is none, as of a day by a number, why."""
    if one.sort in MEASURED and other.sort is Sort.NUMBER:
        return evolve(one, whole=False)
    return NUMBER if one.sort in MEASURED and one.fits(other) else "the other is to be a number, or of the same kind"


def must_be_choice(word: str, kind: Kind, what: str = "it") -> None:
    """Refuse a word that is none of a choice: say which there are, and the nearest."""
    if kind.sort is Sort.CHOICE and word not in kind.labels:
        close = nearest(word, kind.labels)
        near = f"nearest known: {close}; " if close else ""
        told = _(
            "{what} is never {word!r}; {near}its choices are {list}",
            what=what,
            word=word,
            near=near,
            list=", ".join(kind.labels),
        )
        raise RuleError(told)
