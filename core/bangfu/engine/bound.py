"""What the columns of a graph are, which of them hold the results of rules, and where these are read (结果的读法).

What is read is looked up once for a ruleset, not once for each plan.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from attrs import define, field, frozen

from bangfu.engine.values import whole_shown
from bangfu.facts import Fact, Level
from bangfu.policy import PolicyEntry
from bangfu.rules import Benefit
from bangfu.rules.criterion import Comparison
from bangfu.rules.language import Expression, Name
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Value

Key = tuple[Level, str]
"""A column among all columns."""


@frozen(eq=False)
class Node:
    """One column that is computed.

    ``value`` has its names looked up: each with its kind and the level it stands at, None for a parameter. ``inputs``
    are the names it reads, those that stand under ``some``, ``total`` and the like apart, as ``of_members``.
    """

    name: str
    level: Level
    value: Expression = field(repr=False)
    inputs: tuple[Name, ...] = field(repr=False)
    of_members: tuple[Name, ...] = field(repr=False)
    owner: str = ""
    label: str = ""
    source: str = ""
    labels: Mapping[str, str] = field(factory=dict, repr=False)
    determination: bool = False
    figure: bool = False

    @property
    def key(self) -> Key:
        """The column among all columns."""
        return self.level, self.name

    @property
    def kind(self) -> Kind:
        """The kind of its values."""
        assert self.value.kind is not None  # noqa: S101 - its names were looked up
        return self.value.kind

    def reads(self) -> Iterator[Key]:
        """Yield the columns that it reads, of its own row, its household's and its members'; parameters are none."""
        return keys_of((*self.inputs, *self.of_members))


@frozen
class Reference:
    """What a column name means at some level: where it stands, or that it is a parameter."""

    level: Level
    name: str
    parameter: bool = False

    @property
    def key(self) -> Key:
        """The column among all columns."""
        return self.level, self.name


@frozen
class Base:
    """A column of facts as they are stated: its kind, the fact, and what is known where nothing is stated."""

    kind: Kind
    fact: Fact | None
    unstated: Value


def keys_of(names: Iterable[Name]) -> Iterator[Key]:
    """Yield the columns that names stand for; parameters are none."""
    return ((name.level, name.name) for name in names if name.level is not None)


@frozen
class BoundCriterion:
    """A criterion: ``status`` is a boolean column, ``value`` the column tested, the limit a constant or a column."""

    level: Level
    label: str
    source: str
    status: str
    value: str | None
    limit: Any
    limit_column: str | None
    comparison: Comparison | None
    parts: tuple[BoundCriterion, ...]

    def columns(self) -> Iterator[Key]:
        """Yield the columns that show it, and those of its parts."""
        columns = (self.status, self.value, self.limit_column)
        yield from ((self.level, column) for column in columns if column)
        for part in self.parts:
            yield from part.columns()


@frozen
class BoundRule:
    """A category's (or ground's) criteria with the column that says whether they all hold."""

    code: str
    level: Level
    column: str
    criteria: tuple[BoundCriterion, ...]


@frozen
class BoundBenefit:
    """A benefit with the columns of its results.

    ``status`` may be shared by benefits with the same criteria (``status:CODE`` is each one's own).
    ``replaced_by`` is the column with the code of the benefit it gave way to, ``allowed`` the one with
    the amount that a cap leaves; both None where nothing can touch the benefit. ``limit`` is the column of that cap.
    """

    benefit: Benefit
    programme: str
    status: str
    amount: str | None
    criteria: tuple[BoundCriterion, ...]
    replaced_by: str | None = None
    allowed: str | None = None
    limit: str | None = None

    def columns(self) -> Iterator[Key]:
        """Yield the columns that show it, beside its criteria's: an amount that all have is read from the benefit."""
        amount = self.amount if self.benefit.fixed_amount is None else None
        own = (self.status, amount, self.replaced_by, self.allowed, self.limit, self.benefit.until)
        yield from ((self.benefit.for_, column) for column in (*own, *self.benefit.shows) if column)


@frozen
class Presumable:
    """A fact that can be presumed, with a column of it, the one that says whether it was stated, and what says no."""

    level: Level
    fact: str
    column: str
    stated: str
    unstated: Value = None


@frozen
class BoundGrounds:
    """Why a member counts or not, each ground with its column."""

    excluding: tuple[BoundCriterion, ...]
    including: tuple[BoundCriterion, ...]


_Row = Mapping[str, Value]
_OF_FEW_VALUES = (Sort.YES_NO, Sort.CHOICE, Sort.DAY)
"""Of which many households have the same."""
_MOST_TOLD = 2_000
"""Outcomes that one group of criteria keeps; families that differ in more than that are told anew."""


@frozen
class ColumnPlace:
    """Where a column stands: in the household's row or the member's, its name there, its kind, what nobody stated."""

    of_household: bool
    name: str
    kind: Kind
    unstated: Value
    whole_shown: Callable[[int], Any] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "whole_shown", whole_shown(self.kind))

    @property
    def key(self) -> Key:
        """The column itself."""
        return Level.HOUSEHOLD if self.of_household else Level.MEMBER, self.name


@frozen
class Set:
    """A value that is the same for every household, as results show it."""

    value: Any


@frozen(eq=False)
class Reading:
    """Where a criterion's outcome stands, and what it can rest on.

    ``presumable`` are the facts it may rest on that can be presumed, ``standards`` the policy values behind its limit
    where its clause is that of one of them, ``sources`` the clause that is shown for those of them that count.
    ``set_by_place`` says of the limit that it is a standard, or worked out from one: many households have the same.
    """

    criterion: BoundCriterion
    status: ColumnPlace
    value: ColumnPlace | Set | None
    limit: ColumnPlace | Set
    parts: CriteriaGroup | None
    presumable: Mapping[str, None]
    standards: frozenset[PolicyEntry]
    set_by_place: bool
    sources: dict[frozenset[PolicyEntry], str] = field(factory=dict, repr=False)

    def with_parts(self) -> Iterator[Reading]:
        """Yield it, its parts, and theirs."""
        yield self
        for part in self.parts.readings if self.parts else ():
            yield from part.with_parts()


@define(eq=False)
class CriteriaGroup:
    """Criteria that stand together: what decides how they turn out, and how they did for others.

    ``rule`` names the category whose rule they are, empty for a benefit's and for parts.
    ``told`` keeps what was told for the same values before: not where an amount stands that few others have, nor where
    the clause hangs on more. ``alone`` are the same criteria, each for itself, for where one of them cannot be kept.
    """

    readings: tuple[Reading, ...]
    rule: str
    told: dict[Hashable, Any] = field(factory=dict, init=False, repr=False)
    alone: tuple[CriteriaGroup, ...] = field(init=False, repr=False)
    _hangs_on_more: bool = field(init=False, repr=False)
    _amounts: tuple[ColumnPlace, ...] = field(init=False, repr=False)
    _presumable: frozenset[str] = field(init=False, repr=False)
    _of_member: Callable[[_Row], Hashable] = field(init=False, repr=False)
    _of_household: Callable[[_Row], Hashable] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        several = len(self.readings) > 1
        self.alone = tuple(CriteriaGroup((reading,), self.rule) for reading in self.readings) if several else ()
        every = [part for reading in self.readings for part in reading.with_parts()]
        places = dict.fromkeys(at for r in every for at in (r.status, r.value, r.limit) if isinstance(at, ColumnPlace))
        # The limit that a place sets is the same for many households.
        told = [at for r in every for at in ((r.value,) if r.set_by_place else (r.value, r.limit))]
        amounts = (at for at in told if isinstance(at, ColumnPlace) and at.kind.sort not in _OF_FEW_VALUES)
        self._hangs_on_more = any(reading.standards for reading in every)
        self._amounts = tuple(
            dict.fromkeys(at for at in amounts if not at.kind.whole)
        )  # nor ages, nor numbers of people
        self._presumable = frozenset(fact for reading in every for fact in reading.presumable)
        self._of_member = _getter(place.name for place in places if not place.of_household)
        self._of_household = _getter(place.name for place in places if place.of_household)

    def values(self, member: _Row, household: _Row, presumed: frozenset[str]) -> Hashable | None:
        """Return all that decides what is told of these criteria, where nothing is unknown; None where few have it."""
        if self._hangs_on_more:
            return None
        for amount in self._amounts:
            found = household[amount.name] if amount.of_household else member[amount.name]
            if found not in (0, amount.unstated):
                return None
        if self._presumable:
            return self._of_member(member), self._of_household(household), presumed & self._presumable
        return self._of_member(member), self._of_household(household)

    def keep(self, values: Hashable, told: Any) -> None:
        """Keep what was told of some values."""
        if len(self.told) >= _MOST_TOLD:
            self.told.clear()
        self.told[values] = told


@frozen(eq=False)
class Due:
    """A benefit, where it stands whether it is due, and the criteria that decide it."""

    bound: BoundBenefit
    status: ColumnPlace
    criteria: CriteriaGroup


def _getter(names: Iterable[str]) -> Callable[[_Row], Hashable]:
    named = tuple(names)
    return itemgetter(*named) if named else lambda _row: ()
