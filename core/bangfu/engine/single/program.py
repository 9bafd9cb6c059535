"""A schedule's steps, worked for one household."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl
from attrs import frozen

from bangfu.engine.graph import Node
from bangfu.engine.schedule import Compute, Gather, Schedule, Share
from bangfu.engine.single.operations import Reader
from bangfu.engine.single.reading import Types, Unreadable, aggregator, reader
from bangfu.engine.single.steps import ByPolars, FromMembers, OfHousehold, OfMembers, Row, Step, ToMembers
from bangfu.facts import Catalog, Level
from bangfu.facts.declare import STATED
from bangfu.frames import DAY, HOUSEHOLD_KEY, MEMBER_KEY, schema, stated_values
from bangfu.household import Household


@frozen
class Program:
    """Every column of a schedule as a function of rows; gives the rows the frames would hold."""

    steps: tuple[Step, ...]
    blank: Mapping[Level, Row]
    stated: Mapping[Level, frozenset[str]]
    catalog: Catalog

    @property
    def left_to_polars(self) -> tuple[str, ...]:
        """The columns whose expressions Polars evaluates, because nothing here knows an operation in them."""
        return tuple(step.node.name for step in self.steps if isinstance(step, ByPolars))

    def run(self, household: Household) -> tuple[Row, list[Row]]:
        """Return the row of the household and those of its members, every column of the schedule in them."""
        day = {DAY: household.on}
        return self.run_rows(
            {**day, **dict(stated_values(self.catalog, household.facts))},
            [{**day, **dict(stated_values(self.catalog, facts))} for facts in household.members],
        )

    def run_rows(self, household: Mapping[str, Any], members: Iterable[Mapping[str, Any]]) -> tuple[Row, list[Row]]:
        """Return what ``run`` does, from rows as they stand in frames; columns left out are unknown."""
        h = self._row(Level.HOUSEHOLD, household)
        rows = [self._row(Level.MEMBER, member) | {MEMBER_KEY: i} for i, member in enumerate(members)]
        for step in self.steps:
            step.do(h, rows)
        return h, rows

    def _row(self, level: Level, stated: Mapping[str, Any]) -> Row:
        names = self.stated[level]
        return self.blank[level] | {STATED + name if name in names else name: v for name, v in stated.items()}


def program(schedule: Schedule, catalog: Catalog) -> Program:
    """Return a schedule as a program for one household."""
    empty = [pl.DataFrame(schema=schema(catalog, level)) for level in Level]
    types = dict(zip(Level, (frame.schema for frame in schedule.run(*empty)), strict=True))
    steps: list[Step] = []
    for step in schedule.steps:
        match step:
            case Compute(layers=layers):
                steps += _steps([node for layer in layers for node in layer.nodes], types)
            case Gather(nodes=nodes):
                steps += _steps(nodes, types)
            case Share(columns=shared):
                steps.append(ToMembers(tuple(shared.items())))
    blank = {level: _blank(schedule, catalog, level) for level in Level}
    return Program(tuple(steps), blank, schedule.stated, catalog)


def _steps(nodes: Iterable[Node], types: Mapping[Level, Types]) -> Iterator[Step]:
    """Yield the steps that add the columns of some nodes of one level, in their order."""
    columns: list[tuple[str, Reader]] = []
    for node in nodes:
        kind = FromMembers if node.from_members else OfHousehold if node.level is Level.HOUSEHOLD else OfMembers
        read_as = aggregator if node.from_members else reader
        try:
            columns.append((node.name, read_as(node.value, types[node.level][node.name], types[node.reads])))
        except Unreadable:
            if columns:
                yield kind(tuple(columns))
                columns = []
            roots = {name: types[node.reads][name] for name in (HOUSEHOLD_KEY, *node.roots)}
            yield ByPolars(node, roots)
    if columns:
        yield kind(tuple(columns))


def _blank(schedule: Schedule, catalog: Catalog, level: Level) -> Row:
    """Return the row of somebody of whom nothing is stated, the policy's numbers in it."""
    stated = schedule.stated[level]
    row: Row = {STATED + name if name in stated else name: None for name in schema(catalog, level)}
    row[HOUSEHOLD_KEY] = 0
    if constants := schedule.constants[level]:
        row |= pl.select(constants).row(0, named=True)
    return row
