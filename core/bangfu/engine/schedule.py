"""The schedule: in which order the columns are computed, level by level, in as few passes as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import polars as pl
from attrs import define, field, frozen

from bangfu.engine.graph import HOUSEHOLD, STATED, Graph, Node
from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.frames import HOUSEHOLD_KEY

AnyFrame = TypeVar("AnyFrame", pl.DataFrame, pl.LazyFrame)


@frozen
class Compute:
    """Add columns to the frame of one level."""

    level: Level
    nodes: tuple[Node, ...]


@frozen
class Gather:
    """Aggregate member columns into the households."""

    nodes: tuple[Node, ...]


@frozen
class Share:
    """Give members columns of their household: local name to the household's name."""

    columns: Mapping[str, str]


Step = Compute | Gather | Share


@frozen
class Schedule:
    """Steps that add every wanted column to a frame of households and a frame of members.

    ``run`` works alike on eager frames (one household at a time) and on lazy ones (a population).
    """

    steps: tuple[Step, ...] = field(repr=False)
    constants: Mapping[Level, tuple[pl.Expr, ...]] = field(repr=False)
    stated: Mapping[Level, tuple[str, ...]] = field(repr=False)

    def run(self, households: AnyFrame, members: AnyFrame) -> tuple[AnyFrame, AnyFrame]:
        """Return both frames with all columns of the schedule added, rows in the order they came."""
        h = self._prepared(households, Level.HOUSEHOLD)
        m = self._prepared(members, Level.MEMBER)
        for step in self.steps:
            match step:
                case Compute(level=Level.HOUSEHOLD, nodes=nodes):
                    h = h.with_columns(_expressions(nodes))
                case Compute(nodes=nodes):
                    m = m.with_columns(_expressions(nodes))
                case Gather(nodes=nodes):
                    gathered = m.group_by(HOUSEHOLD_KEY, maintain_order=True).agg(_expressions(nodes))
                    h = h.join(gathered, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
                case Share(columns=columns):
                    shared = h.select(HOUSEHOLD_KEY, *(pl.col(name).alias(local) for local, name in columns.items()))
                    m = m.join(shared, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
        return h, m

    def _prepared(self, frame: AnyFrame, level: Level) -> AnyFrame:
        renamed = frame.rename({name: STATED + name for name in self.stated[level]})
        return renamed.with_columns(self.constants[level])


def _expressions(nodes: Iterable[Node]) -> list[pl.Expr]:
    return [node.value.alias(node.name) for node in nodes]


def schedule(graph: Graph, wanted: Iterable[tuple[Level, str]], literals: Mapping[str, pl.Expr]) -> Schedule:
    """Return the schedule that computes the wanted columns and all they need.

    Raises:
        RuleError: a name is unknown, or columns need each other in a circle.
    """
    planner = _Planner(graph)
    for level, name in wanted:
        planner.want(level, name)
    steps = planner.steps()
    constants = {
        level: tuple(literals[name] for name in sorted(planner.parameters[level])) for level in Level
    }
    stated = {
        level: tuple(c for fact in graph.catalog.at(level) if fact.presumption for c in fact.columns) for level in Level
    }
    return Schedule(steps, constants, stated)


@define
class _Planner:
    graph: Graph
    pending: dict[tuple[Level, str], Node] = field(factory=dict)
    shares: dict[str, str] = field(factory=dict)
    parameters: dict[Level, set[str]] = field(factory=lambda: {level: set() for level in Level})

    def want(self, level: Level, name: str) -> None:
        """Note a column and, before it, everything it needs."""
        self._note(level, name, self.graph.locate(level, name).level)
        stack = [(level, name)]
        seen = set()
        while stack:
            at, column = stack.pop()
            reference = self.graph.locate(at, column)
            node = self.graph.node(reference)
            if node is None or (key := (node.level, node.name)) in seen or key in self.pending:
                continue
            seen.add(key)
            self.pending[key] = node
            for root in node.roots:
                found = self.graph.locate(node.reads, root, node.owner)
                if found.parameter:
                    self.parameters[node.reads].add(root)
                else:
                    self._note(node.reads, root, found.level)
                    stack.append((node.reads, root))

    def _note(self, level: Level, name: str, found: Level) -> None:
        if level is Level.MEMBER and found is Level.HOUSEHOLD:
            self.shares[name] = name.removeprefix(HOUSEHOLD)

    def steps(self) -> tuple[Step, ...]:
        """Return the steps, computing as much as possible at a time."""
        steps: list[Step] = []
        waiting = dict(self.pending)
        shares = dict(self.shares)
        while waiting or shares:
            if batch := self._computable(waiting, shares):
                steps.append(batch)
            elif gather := self._ready(waiting, shares, Level.HOUSEHOLD, from_members=True):
                steps.append(Gather(gather))
            elif ready := {k: v for k, v in shares.items() if (Level.HOUSEHOLD, v) not in waiting}:
                steps.append(Share(ready))
                for local in ready:
                    del shares[local]
                continue
            else:
                names = ", ".join(sorted(name for _, name in waiting)[:10])
                raise RuleError(f"these columns need each other in a circle: {names}")
            last = steps[-1]
            assert not isinstance(last, Share)
            for node in last.nodes:
                del waiting[node.level, node.name]
        return tuple(steps)

    def _computable(self, waiting: Mapping[tuple[Level, str], Node], shares: Mapping[str, str]) -> Compute | None:
        for level in (Level.HOUSEHOLD, Level.MEMBER):
            if ready := self._ready(waiting, shares, level, from_members=False):
                return Compute(level, ready)
        return None

    def _ready(
        self,
        waiting: Mapping[tuple[Level, str], Node],
        shares: Mapping[str, str],
        level: Level,
        *,
        from_members: bool,
    ) -> tuple[Node, ...]:
        return tuple(
            node
            for node in waiting.values()
            if node.level is level
            and node.from_members is from_members
            and not any(root in shares and node.reads is Level.MEMBER for root in node.roots)
            and not any((node.reads, root) in waiting for root in node.roots)
        )
