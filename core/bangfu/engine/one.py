"""The rules for one household: each column a function of what is known of it, worked out in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, field

from bangfu.engine.graph import Graph
from bangfu.engine.node import Key, Node
from bangfu.engine.stated import Row, StatedFacts
from bangfu.facts import Level
from bangfu.households import Household
from bangfu.keys import MEMBER_KEY
from bangfu.rules.language import KnownRows, function_of
from bangfu.rules.language.evaluate import Function
from bangfu.rules.language.known import Value


@define(eq=False)
class Program:
    """Every wanted column of a ruleset as a function of one household."""

    graph: Graph
    parameters: Mapping[str, Value]
    columns: Sequence[tuple[Node, Function]] = field(repr=False)
    _runs: list[tuple[Level, list[tuple[str, Function]]]] = field(factory=list, repr=False)
    _stated: dict[Level, StatedFacts] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for node, function in self.columns:
            if not self._runs or self._runs[-1][0] is not node.level:
                self._runs.append((node.level, []))
            self._runs[-1][1].append((node.name, function))
        self._stated = {level: StatedFacts(self.graph, level) for level in Level}

    def run(self, household: Household) -> KnownRows:
        """Return what is known of a household and its members, every wanted column among it."""
        day = household.on.toordinal()
        own = self._stated[Level.HOUSEHOLD].row(household.facts, day)
        members = self._stated[Level.MEMBER]
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
            if level is Level.HOUSEHOLD:
                for name, function in columns:
                    own[name] = function(rows)
            else:
                for row, asked in of_members:
                    for name, function in columns:
                        row[name] = function(asked)
        return rows


def program(graph: Graph, wanted: Iterable[Key], parameters: Mapping[str, Value]) -> Program:
    """Return the program that works out some columns."""
    return Program(graph, parameters, [(node, function_of(node.value)) for node in graph.ordered(wanted)])
