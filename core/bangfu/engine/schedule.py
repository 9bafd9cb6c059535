"""The schedule: which columns are computed when, in phases that alternate between the two levels.

A phase computes columns of the households, gives the members what they need of them (``Share``) and
computes columns of the members; then member columns are aggregated into the households (``Gather``)
for the next phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl
from attrs import define, field, frozen

from bangfu.engine.graph import HOUSEHOLD, Graph, Node
from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.facts.declare import STATED
from bangfu.frames import DAY, HOUSEHOLD_KEY
from bangfu.policy.parameters import PREFIX as POLICY

Key = tuple[Level, str]
_PLACE = "place"


@frozen
class Layer:
    """Columns that can be computed side by side."""

    columns: tuple[pl.Expr, ...] = field(repr=False)
    nodes: tuple[Node, ...]


@frozen
class Compute:
    """Add columns to the frame of one level, layer upon layer."""

    level: Level
    layers: tuple[Layer, ...]


@frozen
class Gather:
    """Aggregate member columns into the households."""

    columns: tuple[pl.Expr, ...] = field(repr=False)
    nodes: tuple[Node, ...]


@frozen
class Share:
    """Give members columns of their household: the members' name for each household column."""

    columns: Mapping[str, str]


Step = Compute | Gather | Share


@frozen
class Schedule:
    """Steps that add every wanted column to a frame of households and a frame of members."""

    steps: tuple[Step, ...] = field(repr=False)
    constants: Mapping[Level, tuple[pl.Expr, ...]] = field(repr=False)
    stated: Mapping[Level, frozenset[str]] = field(repr=False)

    def run(self, households: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return both frames with all columns of the schedule added, rows in the order they came.

        Step by step and not as one query: as a plan of this depth, Polars takes three times as long.
        """
        h = self._prepared(households, Level.HOUSEHOLD)
        m = self._prepared(members, Level.MEMBER)
        place = _places(h, m)
        for step in self.steps:
            match step:
                case Compute(level=Level.HOUSEHOLD):
                    h = _computed(h, step.layers)
                case Compute():
                    m = _computed(m, step.layers)
                case Gather():
                    h = _gathered(h, m, step)
                case Share():
                    m = m.hstack(h.select(h[name].alias(local) for local, name in step.columns.items())[place])
        return h, m

    def _prepared(self, frame: pl.DataFrame, level: Level) -> pl.DataFrame:
        """Return a frame in one piece (pieces would be put together anew for every layer), with the constants."""
        stated = {name: STATED + name for name in self.stated[level]}
        return frame.rechunk().rename(stated).with_columns(*self.constants[level], *_the_one_day(frame))


def _the_one_day(frame: pl.DataFrame) -> Iterator[pl.Expr]:
    """Yield the day as a constant where it is the same for all: what hangs on it alone is then worked out once."""
    first, last = frame[DAY].min(), frame[DAY].max()
    if first == last and not frame[DAY].has_nulls():
        yield pl.lit(first, dtype=pl.Date).alias(DAY)


def _places(h: pl.DataFrame, m: pl.DataFrame) -> pl.Series:
    """Return at which row each member's household stands."""
    runs = m[HOUSEHOLD_KEY].rle()
    if runs.struct.field("value").equals(h[HOUSEHOLD_KEY]):
        return m[HOUSEHOLD_KEY].rle_id()
    rows = h.select(HOUSEHOLD_KEY).with_row_index(_PLACE)
    return m.select(HOUSEHOLD_KEY).join(rows, on=HOUSEHOLD_KEY, how="left", maintain_order="left")[_PLACE]


def _computed(frame: pl.DataFrame, layers: Iterable[Layer]) -> pl.DataFrame:
    for layer in layers:
        frame = frame.with_columns(layer.columns)
    return frame


def _gathered(h: pl.DataFrame, m: pl.DataFrame, step: Gather) -> pl.DataFrame:
    read = list(dict.fromkeys((HOUSEHOLD_KEY, *(root for node in step.nodes for root in node.roots))))
    gathered = m.select(read).group_by(HOUSEHOLD_KEY, maintain_order=True).agg(*step.columns)
    if gathered[HOUSEHOLD_KEY].equals(h[HOUSEHOLD_KEY]):
        return h.hstack(gathered.drop(HOUSEHOLD_KEY))
    return h.join(gathered, on=HOUSEHOLD_KEY, how="left", maintain_order="left")


def schedule(graph: Graph, wanted: Iterable[Key], literals: Mapping[str, pl.Expr]) -> Schedule:
    """Return the schedule that computes the wanted columns and all they need.

    Args:
        graph: all columns.
        wanted: the columns asked for, by level.
        literals: the constant column of every parameter.

    Raises:
        RuleError: a name is unknown, or columns need each other in a circle.
    """
    planner = _Planner(graph)
    for level, name in wanted:
        planner.want(level, name)
    steps = tuple(planner.steps())
    stated = {level: frozenset(c for fact in graph.catalog.at(level) for c in fact.presumed_columns) for level in Level}
    return Schedule(steps, _constants(steps, literals), stated)


@define
class _Planner:
    """Puts every column into a phase: households first, then members, then aggregates for the next."""

    graph: Graph
    phases: dict[Key, int] = field(factory=dict)
    order: list[Node] = field(factory=list)
    shares: dict[str, int] = field(factory=dict)
    _open: list[Key] = field(factory=list)

    def want(self, level: Level, name: str) -> None:
        """Note a column, after everything it needs."""
        found = self.graph.locate(level, name)
        self._phase((found.level, found.name))
        if found.level is not level:
            self.shares[name] = 0

    def _phase(self, key: Key) -> int:
        """Return the earliest phase a column can be computed in, noting it and all it needs."""
        if key in self.phases:
            return self.phases[key]
        node = self.graph.nodes.get(key)
        if node is None:
            return 0
        if key in self._open:
            names = " → ".join(name for _, name in [*self._open[self._open.index(key) :], key])
            raise RuleError(f"these columns need each other in a circle: {names}", owner=node.owner)
        self._open.append(key)
        inputs = [self._phase((found.level, found.name)) for found in self.graph.inputs(node) if not found.parameter]
        self._open.pop()
        self.phases[key] = max(inputs, default=0) + node.from_members
        self.order.append(node)
        return self.phases[key]

    def steps(self) -> Iterator[Step]:
        """Yield the steps of each phase: gather, compute households, share, compute members."""
        last = max(self.phases.values(), default=0)
        self._delay(last)
        for phase in range(last + 1):
            nodes = [node for node in self.order if self.phases[node.level, node.name] == phase]
            if gathered := tuple(node for node in nodes if node.from_members):
                yield Gather(_expressions(gathered), gathered)
            yield from self._compute(Level.HOUSEHOLD, nodes)
            if shared := {local: local.removeprefix(HOUSEHOLD) for local, at in self.shares.items() if at == phase}:
                yield Share(shared)
            yield from self._compute(Level.MEMBER, nodes)

    def _delay(self, last: int) -> None:
        """Move what nothing in between reads to the last phase: results are computed together, in few passes."""
        between: set[Key] = set()
        self.shares = dict.fromkeys(self.shares, last)
        for node in reversed(self.order):
            key = (node.level, node.name)
            if key not in between:
                self.phases[key] = last
            phase = self.phases[key] - node.from_members
            for root, found in zip(node.roots, self.graph.inputs(node), strict=True):
                if found.parameter:
                    continue
                if key in between or found.level is not node.level:
                    between.add((found.level, found.name))
                if found.level is not node.reads:
                    self.shares[root] = min(self.shares.get(root, last), phase)

    @staticmethod
    def _compute(level: Level, nodes: Iterable[Node]) -> Iterator[Compute]:
        """Yield the computing of one level's columns: a node stands behind what it reads."""
        depth: dict[str, int] = {}
        layers: dict[int, list[Node]] = {}
        for node in nodes:
            if node.level is level and not node.from_members:
                depth[node.name] = max((depth[root] + 1 for root in node.roots if root in depth), default=0)
                layers.setdefault(depth[node.name], []).append(node)
        if layers:
            yield Compute(level, tuple(Layer(_expressions(layer), tuple(layer)) for _, layer in sorted(layers.items())))


def _expressions(nodes: Iterable[Node]) -> tuple[pl.Expr, ...]:
    return tuple(node.value.alias(node.name) for node in nodes)


def _constants(steps: Iterable[Step], literals: Mapping[str, pl.Expr]) -> dict[Level, tuple[pl.Expr, ...]]:
    """Return the parameter columns that the steps read, by level."""
    read: dict[Level, set[str]] = {level: set() for level in Level}
    for step in steps:
        match step:
            case Compute(level=level, layers=layers):
                nodes = [node for layer in layers for node in layer.nodes]
            case Gather(nodes=gathered):
                level, nodes = Level.MEMBER, list(gathered)
            case Share():
                continue
        read[level].update(root for node in nodes for root in node.roots if root.startswith(POLICY))
    return {level: tuple(literals[name] for name in sorted(read[level])) for level in Level}
