"""The rules for one household: what was stated of it, by column, and each other column a function of that, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from attrs import define, field

from bangfu.engine.bound import Key
from bangfu.engine.graph import Graph
from bangfu.engine.values import columns_of, worked_with
from bangfu.facts import Fact, Items, Level
from bangfu.facts.declare import STATED, ZERO
from bangfu.households import Household
from bangfu.keys import DAY, MEMBER_KEY
from bangfu.rules.language import KnownRows
from bangfu.rules.language.expression import Function
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Value, within

Row = dict[str, Value]
"""What is known of a household or a member, by column."""
_Put = Callable[[Row, Any], None]


@define(eq=False)
class StatedFacts:
    """Makes the rows of one level; how each fact is taken in is looked up once."""

    graph: Graph
    level: Level
    _blank: Row = field(init=False, repr=False)
    _names: dict[str, str] = field(init=False, repr=False)
    _put: dict[str, _Put] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._blank = {name: base.unstated for (at, name), base in self.graph.base.items() if at is self.level}
        self._names = {name.removeprefix(STATED): name for name in self._blank}
        self._put = {fact.name: self._put_of(fact) for fact in self.graph.catalog.at(self.level)}

    def row(self, facts: Mapping[str, Any], day: int) -> Row:
        """Return what is known on a day, from facts as they are stated."""
        row = self._blank.copy()
        row[DAY] = day
        for name, value in facts.items():
            self._put[name](row, value)
        return row

    def row_of_columns(self, known: Mapping[str, Value]) -> Row:
        """Return what is known, from what is known of the columns of facts; those left out are not stated."""
        return self._blank | {self._names.get(name, name): value for name, value in known.items()}

    def _put_of(self, fact: Fact) -> _Put:
        """Return what puts a stated value of a fact into a row."""
        if isinstance(fact.type, Items):
            return _sums_of(fact, fact.type, self._names)
        for column, kind, _ in columns_of(fact):
            return _value_of(self._names[column], kind)
        return lambda _row, _value: None  # of a person: it enters no rule


def _value_of(column: str, kind: Kind) -> _Put:
    nothing = kind.unknown

    def put(row: Row, value: Any) -> None:
        row[column] = worked_with(value, kind)

    def put_as_it_is(row: Row, value: Any) -> None:
        row[column] = nothing if value is None else value

    return put_as_it_is if kind.sort in {Sort.YES_NO, Sort.CHOICE} else put


def _sums_of(fact: Fact, items: Items, names: Mapping[str, str]) -> _Put:
    """Return what puts the yearly sums of a list into a row: where an entry is open, at least that of the others."""
    zeros: Row = {**{names[column]: 0 for column in items.columns(fact.name)}, names[fact.name]: True}

    def put(row: Row, entries: Iterable[Mapping[str, Any]]) -> None:
        row.update(zeros)
        if not entries:
            return
        for column, (low, high) in items.bounds(fact.name, entries).items():
            if low is not ZERO or high is not ZERO:  # an entry is of this kind
                row[names[column]] = within(int(low.scaleb(2)), None if high is None else int(high.scaleb(2)))

    return put


@define(eq=False)
class Program:
    """Every wanted column of a ruleset, and what these need, as functions of one household."""

    graph: Graph
    wanted: Iterable[Key]
    parameters: Mapping[str, Value]
    _runs: list[tuple[Level, list[tuple[str, Function]]]] = field(factory=list, repr=False)
    _stated: dict[Level, StatedFacts] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for level, nodes in groupby(self.graph.ordered(self.wanted), key=lambda node: node.level):
            self._runs.append((level, [(node.name, node.value.function()) for node in nodes]))
        self._stated = {level: StatedFacts(self.graph, level) for level in Level}

    def run(self, household: Household) -> KnownRows:
        """Return what is known of a household and its members, every wanted column among it."""
        day = household.on.toordinal()
        members = self._stated[Level.MEMBER]
        own = self._stated[Level.HOUSEHOLD].row(household.facts, day)
        return self._worked_out(own, [members.row(facts, day) for facts in household.members])

    def run_rows(self, household: Mapping[str, Value], members: Iterable[Mapping[str, Value]]) -> KnownRows:
        """Return what ``run`` does, from what is known of facts by column; columns left out are unknown."""
        own = self._stated[Level.HOUSEHOLD].row_of_columns(household)
        return self._worked_out(own, [self._stated[Level.MEMBER].row_of_columns(member) for member in members])

    def _worked_out(self, own: Row, each: list[Row]) -> KnownRows:
        for place, member in enumerate(each):
            member[MEMBER_KEY] = place
        rows = KnownRows(own, each, parameters=self.parameters)
        of_members = list(zip(each, rows.of_each, strict=True))
        for level, columns in self._runs:
            for row, asked in ((own, rows),) if level is Level.HOUSEHOLD else of_members:
                for name, function in columns:
                    row[name] = function(asked)
        return rows
