"""Stated facts as rules know them (所报事实): what was stated of one household or member, by column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import define, field

from bangfu.engine.graph import Graph
from bangfu.engine.values import columns_of, worked_with
from bangfu.facts import Fact, Items, Level
from bangfu.facts.declare import STATED, ZERO
from bangfu.keys import DAY
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
        facts = self.graph.catalog.at(self.level)
        self._blank = {name: base.unstated for (at, name), base in self.graph.base.items() if at is self.level}
        self._names = {
            column: STATED + column if STATED + column in self._blank else column
            for fact in facts
            for column, _, _ in columns_of(fact)
        }
        self._put = {fact.name: self._put_of(fact) for fact in facts}

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
                row[names[column]] = within(_fen(low), None if high is None else _fen(high))

    return put


def _fen(amount: Decimal) -> int:
    return int(amount.scaleb(2))
