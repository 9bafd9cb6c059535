"""The rules for many households: each column worked out for a block of them at a time, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import cast

import numpy as np
import polars as pl
from attrs import define, field

from bangfu.engine.bound import Base, Key, Node
from bangfu.engine.columns import Plain, columns_from, joined, plain, plain_of, series_of, spread
from bangfu.engine.graph import Graph
from bangfu.engine.one import Program
from bangfu.facts import Level
from bangfu.facts.declare import STATED
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.rules.language.block import Block, BlockPart
from bangfu.rules.language.block_evaluate import block_function
from bangfu.rules.language.blocks import Column, TooLargeError, Truths, failing, in_full, one_value, values_of
from bangfu.rules.language.known import Value

HOUSEHOLDS = 25_000
"""Households in a block: their columns stay in the processor's cache, and numpy's calls are few."""
_FEW = 64


@define(eq=False, slots=False)
class FrameColumns:
    """Every wanted column of a ruleset, and no more than these need, for frames of any number of households.

    ``guards``: of columns that matter only where another of their level is not false, that other one.
    """

    graph: Graph
    wanted: Iterable[Key]
    parameters: Mapping[str, Value]
    guards: Mapping[Key, Key] = field(factory=dict, repr=False)
    nodes: Sequence[Node] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.wanted = tuple(dict.fromkeys(self.wanted))
        self.nodes = self.graph.ordered(self.wanted)

    def reads(self, level: Level) -> frozenset[str]:
        """Return the columns of a level's frame that are read: the keys and facts."""
        keys = (HOUSEHOLD_KEY,) if level is Level.HOUSEHOLD else (HOUSEHOLD_KEY, MEMBER_KEY)
        return frozenset([*keys, *(name.removeprefix(STATED) for name in self._facts[level])])

    def run(self, households: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return both frames with the wanted columns added, rows in the order they came."""
        results: dict[Level, list[pl.Series]] = {level: [] for level in Level}
        for (level, name), column in self.results(households, members).items():
            results[level].append(series_of(name, column, self.graph.node_of((level, name)).kind))
        return households.with_columns(results[Level.HOUSEHOLD]), members.with_columns(results[Level.MEMBER])

    def results(self, households: pl.DataFrame, members: pl.DataFrame) -> dict[Key, Plain]:
        """Return the wanted columns as plain numbers, rows in the order they came."""
        place, order = _places(households, members)
        rows = members if order is None else members[order]
        of_members = columns_from(rows, self._facts[Level.MEMBER])
        of_households = columns_from(households, self._facts[Level.HOUSEHOLD])
        whole = Block(of_households, of_members, place, households.height, self._parameter_columns, self._formulas)
        made = list(self._in_blocks(whole))
        columns = {key: joined([block[key] for block in made]) for key in self._results}
        if order is None:
            return columns
        back = np.argsort(order, kind="stable")
        return {key: one if key[0] is Level.HOUSEHOLD else one.rows(back) for key, one in columns.items()}

    def _in_blocks(self, whole: Block) -> Iterator[Mapping[Key, Plain]]:
        """Yield what is wanted of the households, block by block."""
        blocks = max(1, round(whole.households / HOUSEHOLDS))
        ends = [whole.households * (place + 1) // blocks for place in range(blocks)]
        waiting = list(zip([0, *ends[:-1]], ends, strict=True))[::-1]
        while waiting:
            first, last = waiting.pop()
            block = whole.part(first, last)
            try:
                yield {key: self._column(block, key) for key in self._results}
            except TooLargeError:
                if last - first > _FEW:  # a few large numbers among many: the others are worked out together
                    middle = (first + last) // 2
                    waiting += [(middle, last), (first, middle)]
                else:
                    yield self._one_by_one(block)

    def _column(self, block: Block, key: Key) -> Plain:
        """Return a wanted column; of one that matters only where a test may hold, nothing for the other rows."""
        (level, name), kind = key, self.graph.node_of(key).kind
        guard = self.guards.get(key)
        if guard is None:
            return plain(in_full(block.column(level, name), block.rows(level)), kind)
        may_hold = np.flatnonzero(~failing(cast("Truths", in_full(block.column(*guard), block.rows(level)))))
        part = block.some(level, may_hold)
        return spread(plain(in_full(part.column(level, name), len(may_hold)), kind), may_hold, block.rows(level))

    @cached_property
    def _results(self) -> tuple[Key, ...]:
        """The wanted columns that are computed, at the level where they stand."""
        located = (self.graph.locate(*key) for key in self.wanted)
        return tuple(dict.fromkeys(r.key for r in located if not r.parameter and r.key not in self.graph.base))

    @cached_property
    def _facts(self) -> Mapping[Level, Mapping[str, Base]]:
        """The columns of facts that rules read, by level."""
        read = dict.fromkeys([*(key for node in self.nodes for key in node.reads()), *self.wanted])
        facts = {key: self.graph.base[key] for key in read if key in self.graph.base}
        return {level: {name: base for (at, name), base in facts.items() if at is level} for level in Level}

    @cached_property
    def _formulas(self) -> Mapping[Key, Callable[[Block | BlockPart], Column]]:
        return {node.key: block_function(node.value, node.level) for node in self.nodes}

    @cached_property
    def _parameter_columns(self) -> Mapping[str, Column]:
        names = {name.name: name for node in self.nodes for name in (*node.inputs, *node.of_members)}
        read = {name: of.kind for name, of in names.items() if of.level is None and of.kind is not None}
        return {name: one_value(self.parameters[name], kind) for name, kind in read.items()}

    @cached_property
    def _one(self) -> Program:
        return Program(self.graph, self.wanted, self.parameters)

    def _one_by_one(self, block: Block) -> Mapping[Key, Plain]:
        """Return the results of households whose numbers 64 bits do not hold, each worked out exactly."""
        given = {level: self._values(block, level) for level in Level}
        members: list[list[Mapping[str, Value]]] = [[] for _ in range(block.households)]
        for row, place in zip(given[Level.MEMBER], block.place, strict=True):
            members[place].append(row)
        made = [self._one.run_rows(h, m) for h, m in zip(given[Level.HOUSEHOLD], members, strict=True)]
        rows = {Level.HOUSEHOLD: [r.household for r in made], Level.MEMBER: [m for r in made for m in r.members]}
        kinds = {key: self.graph.node_of(key).kind for key in self._results}
        return {(at, name): plain_of([row[name] for row in rows[at]], kind) for (at, name), kind in kinds.items()}

    def _values(self, block: Block, level: Level) -> list[Mapping[str, Value]]:
        columns = {
            name: values_of(in_full(block.column(level, name), block.rows(level)), base.kind)
            for name, base in self._facts[level].items()
        }
        return [{name: values[i] for name, values in columns.items()} for i in range(block.rows(level))]


def _places(h: pl.DataFrame, m: pl.DataFrame) -> tuple[np.ndarray, np.ndarray | None]:
    """Return at which row each member's household stands, and in which order they come so (None: as they are)."""
    if m[HOUSEHOLD_KEY].rle().struct.field("value").equals(h[HOUSEHOLD_KEY]):
        return m[HOUSEHOLD_KEY].rle_id().to_numpy().astype(np.intp), None
    rows = h.select(HOUSEHOLD_KEY).with_row_index("place")
    place = m.select(HOUSEHOLD_KEY).join(rows, on=HOUSEHOLD_KEY, how="left", maintain_order="left")["place"].to_numpy()
    if (place[1:] >= place[:-1]).all():
        return place.astype(np.intp), None
    order = np.argsort(place, kind="stable")
    return place[order].astype(np.intp), order
