"""The rules for many households: each column worked out for a block of them at a time, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from attrs import define, field

from bangfu.engine.columns import column_from, series_of
from bangfu.engine.graph import Graph
from bangfu.engine.node import Key, Node, keys_of
from bangfu.engine.one import Program, program
from bangfu.engine.order import ordered
from bangfu.facts import Level
from bangfu.facts.declare import STATED
from bangfu.frames import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.rules.language.block_evaluate import Evaluator
from bangfu.rules.language.blocks import Block, Column, TooLargeError, column_of, values_of
from bangfu.rules.language.known import Value

HOUSEHOLDS = 16_384
"""Households in a block: their columns stay in the processor's cache, and numpy's calls are few."""
_FEW = 64


@define(eq=False)
class Population:
    """Every wanted column of a ruleset for frames of any number of households."""

    graph: Graph
    parameters: Mapping[str, Value]
    nodes: Sequence[Node] = field(repr=False)
    wanted: Sequence[Key]
    _one: Program | None = None

    def reads(self, level: Level) -> frozenset[str]:
        """Return the columns of a level's frame that are read: the keys and facts."""
        names = {name.removeprefix(STATED) for at, name in self._base() if at is level}
        keys = {HOUSEHOLD_KEY} | ({MEMBER_KEY} if level is Level.MEMBER else set())
        return frozenset(keys | names)

    def _base(self) -> Iterator[Key]:
        """Yield the columns of facts that rules read."""
        read = {key: None for node in self.nodes for key in keys_of((*node.inputs, *node.of_members))}
        read |= dict.fromkeys(self.wanted)
        return (key for key in read if key in self.graph.base)

    def run(self, households: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return both frames with the wanted columns added, rows in the order they came."""
        place, order = _places(households, members)
        rows = members if order is None else members[order]
        starts = np.searchsorted(place, np.arange(households.height + 1))
        found: dict[Key, list[pl.Series]] = {key: [] for key in self._results()}
        waiting = [(i, min(i + HOUSEHOLDS, households.height)) for i in range(0, households.height, HOUSEHOLDS)]
        waiting = waiting[::-1] or [(0, 0)]
        while waiting:
            first, last = waiting.pop()
            begin, end = int(starts[first]), int(starts[last])
            block = self._block(households[first:last], rows[begin:end], place[begin:end] - first)
            try:
                made = self._computed(block)
            except TooLargeError:
                if last - first > _FEW:  # a few large numbers among many: the others are worked out together
                    middle = (first + last) // 2
                    waiting += [(middle, last), (first, middle)]
                    continue
                made = self._one_by_one(block)
            for key, column in made.items():
                found[key].append(series_of(key[1], column, self.graph.node_of(key).kind))
        results = {level: [pl.concat(parts) for key, parts in found.items() if key[0] is level] for level in Level}
        of_members = results[Level.MEMBER] if order is None else [_put_back(s, order) for s in results[Level.MEMBER]]
        return households.with_columns(results[Level.HOUSEHOLD]), members.with_columns(of_members)

    def _results(self) -> tuple[Key, ...]:
        """Return the wanted columns that are computed, at the level where they stand."""
        located = (self.graph.locate(*key) for key in self.wanted)
        return tuple(dict.fromkeys(r.key for r in located if not r.parameter and r.key not in self.graph.base))

    def _block(self, households: pl.DataFrame, members: pl.DataFrame, place: np.ndarray) -> Block:
        columns: dict[Level, dict[str, Column]] = {level: {} for level in Level}
        frames = {Level.HOUSEHOLD: households, Level.MEMBER: members}
        for level, name in self._base():
            columns[level][name] = column_from(frames[level], name.removeprefix(STATED), self.graph.base[level, name])
        return Block(columns[Level.HOUSEHOLD], columns[Level.MEMBER], place, households.height, self.parameters)

    def _computed(self, block: Block) -> Mapping[Key, Column]:
        evaluators = {level: Evaluator(block, level) for level in Level}
        for node in self.nodes:
            block.of(node.level)[node.name] = evaluators[node.level].column(node.value)
        return {key: block.of(key[0])[key[1]] for key in self._results()}

    def _one_by_one(self, block: Block) -> Mapping[Key, Column]:
        """Return the results of households whose numbers 64 bits do not hold, each worked out exactly."""
        if self._one is None:
            self._one = program(self.graph, self.wanted, self.parameters)
        given = {level: self._values(block, level) for level in Level}
        members: list[list[Mapping[str, Value]]] = [[] for _ in range(block.households)]
        for row, place in zip(given[Level.MEMBER], block.place, strict=True):
            members[place].append(row)
        made = [self._one.run_rows(h, m) for h, m in zip(given[Level.HOUSEHOLD], members, strict=True)]
        rows = {Level.HOUSEHOLD: [r.household for r in made], Level.MEMBER: [m for r in made for m in r.members]}
        return {
            (level, name): column_of([row[name] for row in rows[level]], self.graph.node_of((level, name)).kind)
            for level, name in self._results()
        }

    def _values(self, block: Block, level: Level) -> list[Mapping[str, Value]]:
        base = {name for at, name in self._base() if at is level}
        columns = {n: values_of(block.of(level)[n], self.graph.base[level, n].kind) for n in base}
        size = len(block.place) if level is Level.MEMBER else block.households
        return [{name: values[i] for name, values in columns.items()} for i in range(size)]


def population(graph: Graph, wanted: Iterable[Key], parameters: Mapping[str, Value]) -> Population:
    """Return what works out some columns for many households."""
    listed = tuple(dict.fromkeys(wanted))
    return Population(graph, parameters, ordered(graph, listed), listed)


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


def _put_back(series: pl.Series, order: np.ndarray) -> pl.Series:
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return series.gather(back)
