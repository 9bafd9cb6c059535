"""The rules for one household: each column a function of what is known of it, worked out in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import define, field

from bangfu.engine.graph import Graph
from bangfu.engine.node import Key, Node
from bangfu.engine.order import ordered
from bangfu.engine.values import columns_of, worked_with
from bangfu.facts import Catalog, Fact, Items, Level
from bangfu.facts.declare import STATED
from bangfu.frames import DAY, MEMBER_KEY
from bangfu.households import Household
from bangfu.rules.language import Rows, function_of
from bangfu.rules.language.evaluate import Function
from bangfu.rules.language.known import Value, within

Row = dict[str, Value]
"""What is known of a household or a member, by column."""


@define(eq=False)
class Program:
    """Every wanted column of a ruleset as a function of one household."""

    graph: Graph
    parameters: Mapping[str, Value]
    columns: Sequence[tuple[Node, Function]] = field(repr=False)
    _runs: list[tuple[Level, list[tuple[str, Function]]]] = field(factory=list, repr=False)
    _blank: dict[Level, Row] = field(factory=dict, repr=False)
    _stated: dict[Level, dict[str, str]] = field(factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        for node, function in self.columns:
            if not self._runs or self._runs[-1][0] is not node.level:
                self._runs.append((node.level, []))
            self._runs[-1][1].append((node.name, function))
        for level in Level:
            self._blank[level] = {name: base.unstated for (at, name), base in self.graph.base.items() if at is level}
            self._stated[level] = {
                name: STATED + name if STATED + name in self._blank[level] else name
                for fact in self.graph.catalog.at(level)
                for name, _, _ in columns_of(fact)
            }

    def run(self, household: Household) -> Rows:
        """Return what is known of a household and its members, every wanted column among it."""
        day = household.on.toordinal()
        catalog = self.graph.catalog
        return self.run_rows(
            {DAY: day, **dict(facts_known(catalog, household.facts))},
            [{DAY: day, **dict(facts_known(catalog, facts))} for facts in household.members],
        )

    def run_rows(self, household: Mapping[str, Value], members: Iterable[Mapping[str, Value]]) -> Rows:
        """Return what ``run`` does, from what is known of facts by column; columns left out are unknown."""
        own = self._row(Level.HOUSEHOLD, household)
        each = [self._row(Level.MEMBER, member) | {MEMBER_KEY: place} for place, member in enumerate(members)]
        rows = Rows(own, each, parameters=self.parameters)
        of_members = [(row, rows.of(row)) for row in each]
        for level, columns in self._runs:
            if level is Level.HOUSEHOLD:
                for name, function in columns:
                    own[name] = function(rows)
            else:
                for row, asked in of_members:
                    for name, function in columns:
                        row[name] = function(asked)
        return rows

    def _row(self, level: Level, known: Mapping[str, Value]) -> Row:
        names = self._stated[level]
        return self._blank[level] | {names.get(name, name): value for name, value in known.items()}


def program(graph: Graph, wanted: Iterable[Key], parameters: Mapping[str, Value]) -> Program:
    """Return the program that works out some columns."""
    return Program(graph, parameters, [(node, function_of(node.value)) for node in ordered(graph, wanted)])


def facts_known(catalog: Catalog, facts: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """Yield what the stated facts of one household or member say of their columns."""
    for name, value in facts.items():
        fact = catalog.by_name[name]
        if isinstance(fact.type, Items):
            yield name, True
            yield from _sums(fact, fact.type, value)
        elif not fact.personal:
            for column, kind, _ in columns_of(fact):
                yield column, worked_with(value, kind)


def _sums(fact: Fact, items: Items, entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Value]]:
    """Yield the yearly sum of each kind of entries: where one is open, at least that of the others."""
    for column, (low, high) in items.bounds(fact.name, entries).items():
        yield column, within(_fen(low), None if high is None else _fen(high))


def _fen(amount: Decimal) -> int:
    return int(amount.scaleb(2))
