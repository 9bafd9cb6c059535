"""The schedule: which columns are computed when, in phases that alternate between the two levels.

A phase computes all it can of households and members. Between two phases, member columns are
aggregated into the households (``Gather``) and household columns given to the members (``Share``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import polars as pl
from attrs import define, field, frozen

from bangfu.engine import folding
from bangfu.engine.graph import HOUSEHOLD, Graph, Node
from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.facts.declare import STATED
from bangfu.frames import HOUSEHOLD_KEY
from bangfu.policy.parameters import PREFIX as POLICY

AnyFrame = TypeVar("AnyFrame", pl.DataFrame, pl.LazyFrame)
Key = tuple[Level, str]


@frozen
class Compute:
    """Add columns to the frame of one level."""

    level: Level
    columns: tuple[pl.Expr, ...] = field(repr=False)
    nodes: tuple[Node, ...]


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
    """Steps that add every wanted column to a frame of households and a frame of members.

    The steps are the same for one household (eager frames) and for a population (lazy frames); only
    the joining of the two levels is shorter where there is nothing to match.
    """

    steps: tuple[Step, ...] = field(repr=False)
    constants: Mapping[Level, tuple[pl.Expr, ...]] = field(repr=False)
    stated: Mapping[Level, frozenset[str]] = field(repr=False)

    def run(self, households: AnyFrame, members: AnyFrame) -> tuple[AnyFrame, AnyFrame]:
        """Return both frames with all columns of the schedule added, rows in the order they came."""
        h = self._prepared(households, Level.HOUSEHOLD)
        m = self._prepared(members, Level.MEMBER)
        for step in self.steps:
            match step:
                case Compute(level=Level.HOUSEHOLD):
                    h = _computed(h, step.columns)
                case Compute():
                    m = _computed(m, step.columns)
                case Gather():
                    h = _gathered(h, m, step.columns)
                case Share():
                    m = _shared(h, m, step.columns)
        return h, m

    def _prepared(self, frame: AnyFrame, level: Level) -> AnyFrame:
        stated = self.stated[level]
        if isinstance(frame, pl.DataFrame):
            frame = frame.clone()
            frame.columns = [STATED + name if name in stated else name for name in frame.columns]
        else:
            frame = frame.rename({name: STATED + name for name in stated})
        return _computed(frame, self.constants[level]) if self.constants[level] else frame


def _computed(frame: AnyFrame, columns: Iterable[pl.Expr]) -> AnyFrame:
    # One household has a row or a few: starting threads for each column would cost more than the work.
    return frame.with_columns_seq(columns) if isinstance(frame, pl.DataFrame) else frame.with_columns(columns)


def _gathered(h: AnyFrame, m: AnyFrame, columns: Iterable[pl.Expr]) -> AnyFrame:
    if isinstance(h, pl.DataFrame) and h.height == 1:
        return h.hstack(m.select(*columns))
    gathered = m.group_by(HOUSEHOLD_KEY, maintain_order=True).agg(*columns)
    return h.join(gathered, on=HOUSEHOLD_KEY, how="left", maintain_order="left")


def _shared(h: AnyFrame, m: AnyFrame, columns: Mapping[str, str]) -> AnyFrame:
    if isinstance(h, pl.DataFrame) and isinstance(m, pl.DataFrame) and h.height == 1:
        given = [h.get_column(name).new_from_index(0, m.height).alias(local) for local, name in columns.items()]
        return m.hstack(given)
    shared = h.select(HOUSEHOLD_KEY, *(pl.col(name).alias(local) for local, name in columns.items()))
    return m.join(shared, on=HOUSEHOLD_KEY, how="left", maintain_order="left")


def schedule(graph: Graph, wanted: Iterable[Key], literals: Mapping[str, pl.Expr], *, fold: bool) -> Schedule:
    """Return the schedule that computes the wanted columns and all they need.

    Args:
        graph: all columns.
        wanted: the columns asked for, by level.
        literals: the constant column of every parameter.
        fold: write small columns into those that read them, for fewer passes.

    Raises:
        RuleError: a name is unknown, or columns need each other in a circle.
    """
    planner = _Planner(graph, literals, fold)
    for level, name in wanted:
        planner.want(level, name)
    steps = tuple(planner.steps())
    stated = {level: frozenset(c for fact in graph.catalog.at(level) for c in fact.presumed_columns) for level in Level}
    return Schedule(steps, _constants(steps, literals), stated)


@define
class _Planner:
    graph: Graph
    literals: Mapping[str, pl.Expr]
    fold: bool
    phases: dict[Key, int] = field(factory=dict)
    order: list[Node] = field(factory=list)
    shares: dict[str, int] = field(factory=dict)
    _open: list[Key] = field(factory=list)

    def want(self, level: Level, name: str) -> None:
        """Note a column, after everything it needs."""
        found = self.graph.locate(level, name)
        phase = self._phase((found.level, found.name))
        if found.level is not level:
            self._share(name, phase + 1)

    def _phase(self, key: Key) -> int:
        """Return in which phase a column is there, noting it and all it needs."""
        if key in self.phases:
            return self.phases[key]
        node = self.graph.nodes.get(key)
        if node is None:
            return 0
        if key in self._open:
            names = " → ".join(name for _, name in [*self._open[self._open.index(key) :], key])
            raise RuleError(f"these columns need each other in a circle: {names}", owner=node.owner)
        self._open.append(key)
        phase = max((self._ready(node, root) for root in node.roots), default=0) + node.from_members
        self._open.pop()
        self.phases[key] = phase
        self.order.append(node)
        return phase

    def _ready(self, node: Node, root: str) -> int:
        """Return the phase from which a node can read a root."""
        found = self.graph.locate(node.reads, root, node.owner)
        if found.parameter:
            return 0
        phase = self._phase((found.level, found.name))
        if found.level is node.reads:
            return phase
        self._share(root, phase + 1)
        return phase + 1

    def _share(self, local: str, phase: int) -> None:
        self.shares[local] = phase

    def steps(self) -> Iterator[Step]:
        """Yield the steps of each phase: gather, share, then compute level by level."""
        last = max([*self.phases.values(), *self.shares.values()], default=0)
        for phase in range(last + 1):
            nodes = [node for node in self.order if self.phases[node.level, node.name] == phase]
            if gathered := tuple(node for node in nodes if node.from_members):
                yield Gather(tuple(node.value.alias(node.name) for node in gathered), gathered)
            if shared := {local: local.removeprefix(HOUSEHOLD) for local, at in self.shares.items() if at == phase}:
                yield Share(shared)
            for level in (Level.HOUSEHOLD, Level.MEMBER):
                yield from self._layers(level, [n for n in nodes if n.level is level and not n.from_members])

    def _layers(self, level: Level, nodes: list[Node]) -> Iterator[Compute]:
        """Yield passes over one level: a node stands behind what it reads, unless that is folded in."""
        small: dict[str, folding.Tree] = {}
        depth: dict[str, int] = {}
        values: dict[str, pl.Expr] = {}
        readers = Counter(root for node in nodes for root in node.roots)
        if self.fold:
            small = {name: folding.tree_of(value.meta.undo_aliases()) for name, value in self.literals.items()}
        for node in nodes:
            value = node.value
            if self.fold and any(root in small for root in node.roots):
                value = folding.expression_of(folding.written_in(folding.tree_of(value), small))
            reads = [root for root in value.meta.root_names() if root in depth]
            depth[node.name] = max((depth[root] + 1 for root in reads), default=0)
            values[node.name] = value.alias(node.name)
            if self.fold:
                tree = folding.tree_of(value)
                if folding.operations(tree) * readers[node.name] <= folding.LARGEST:
                    small[node.name] = tree
        for at in range(max(depth.values(), default=-1) + 1):
            layer = tuple(node for node in nodes if depth[node.name] == at)
            yield Compute(level, tuple(values[node.name] for node in layer), layer)


def _constants(steps: Iterable[Step], literals: Mapping[str, pl.Expr]) -> dict[Level, tuple[pl.Expr, ...]]:
    """Return the parameter columns that the steps read, by level."""
    read: dict[Level, set[str]] = {level: set() for level in Level}
    for step in steps:
        if not isinstance(step, Share):
            level = step.level if isinstance(step, Compute) else Level.MEMBER
            roots = (root for column in step.columns for root in column.meta.root_names())
            read[level] |= {root for root in roots if root.startswith(POLICY)}
    return {level: tuple(literals[name] for name in sorted(read[level])) for level in Level}
