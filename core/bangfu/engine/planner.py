"""The planner: puts every column that is wanted, and all that it needs, into the steps of a schedule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import polars as pl
from attrs import define, field

from bangfu.engine.graph import HOUSEHOLD, Graph, Node
from bangfu.engine.schedule import Compute, Gather, Guarded, Layer, Schedule, Share, Step
from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.policy.parameters import PREFIX as POLICY

Key = tuple[Level, str]
_Item = Node | Guarded


def schedule(
    graph: Graph, wanted: Iterable[Key], literals: Mapping[str, pl.Expr], guards: Mapping[Key, str]
) -> Schedule:
    """Return the schedule that computes the wanted columns and all they need.

    Args:
        graph: all columns.
        wanted: the columns asked for, by level.
        literals: the constant column of every parameter.
        guards: for columns that matter only where another column of their level is not false: which one.

    Raises:
        RuleError: a name is unknown, or columns need each other in a circle.
    """
    planner, wanted = _Planner(graph), list(wanted)
    for level, name in wanted:
        planner.want(level, name)
    steps = tuple(planner.steps(guards, {graph.locate(*key).key for key in wanted}))
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
        self._phase(found.key)
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
        inputs = [self._phase(found.key) for found in self.graph.inputs(node) if not found.parameter]
        self._open.pop()
        self.phases[key] = max(inputs, default=0) + node.from_members
        self.order.append(node)
        return self.phases[key]

    def steps(self, guards: Mapping[Key, str], wanted: Collection[Key]) -> Iterator[Step]:
        """Yield the steps of each phase: gather, compute households, share, compute members."""
        last = max(self.phases.values(), default=0)
        self._delay(last)
        items = self._items(guards, wanted)
        for phase in range(last + 1):
            now = [item for item, at in items if at == phase]
            if gathered := tuple(node for node in now if isinstance(node, Node) and node.from_members):
                yield Gather(_expressions(gathered), gathered)
            yield from _compute(Level.HOUSEHOLD, now)
            if shared := {local: local.removeprefix(HOUSEHOLD) for local, at in self.shares.items() if at == phase}:
                yield Share(shared)
            yield from _compute(Level.MEMBER, now)

    def _delay(self, last: int) -> None:
        """Move what nothing in between reads to the last phase: results are computed together, in few passes."""
        between: set[Key] = set()
        self.shares = dict.fromkeys(self.shares, last)
        for node in reversed(self.order):
            key = node.key
            if key not in between:
                self.phases[key] = last
            phase = self.phases[key] - node.from_members
            for root, found in zip(node.roots, self.graph.inputs(node), strict=True):
                if found.parameter:
                    continue
                if key in between or found.level is not node.level:
                    between.add(found.key)
                if found.level is not node.reads:
                    self.shares[root] = min(self.shares.get(root, last), phase)

    def _items(self, guards: Mapping[Key, str], wanted: Collection[Key]) -> list[tuple[_Item, int]]:
        """Return what is to be computed with its phase; guarded columns together with what only they read."""
        readers = self._readers()
        inner: set[Key] = set()
        found: list[tuple[_Item, int]] = []
        for (level, name), guard in guards.items():
            if (level, name) not in self.phases or not self._can_guard((level, name), (level, guard), guards):
                continue
            own = self._only_for((level, name), readers, wanted)
            if not any(_costly(node.value) for node in own):
                continue
            inner |= {node.key for node in own}
            found.append((_guarded(name, guard, own), self.phases[level, name]))
        return [(node, self.phases[node.key]) for node in self.order if node.key not in inner] + found

    def _readers(self) -> dict[Key, set[Key]]:
        """Return which columns read each column."""
        readers: dict[Key, set[Key]] = {}
        for node in self.order:
            for found in self.graph.inputs(node):
                readers.setdefault(found.key, set()).add(node.key)
        return readers

    def _can_guard(self, result: Key, guard: Key, guards: Mapping[Key, str]) -> bool:
        """Return whether the guard is there in time, and does not itself hang on a guarded column."""
        node = self.graph.nodes[result]
        if node.from_members or self.phases.get(guard, self.phases[result] + 1) > self.phases[result]:
            return False
        open_, seen = [guard], {guard}
        while open_:
            inputs = self.graph.nodes.get(open_.pop())
            new = {found.key for found in self.graph.inputs(inputs)} - seen if inputs else set()
            seen |= new
            open_ += new
        return not any(key in seen for key in guards)

    def _only_for(self, result: Key, readers: Mapping[Key, set[Key]], wanted: Collection[Key]) -> list[Node]:
        """Return a column's node and those that nothing but it reads, in their order."""
        own = {result}
        for node in reversed(self.order):
            key = node.key
            same = node.level is result[0] and not node.from_members and self.phases[key] == self.phases[result]
            if same and key not in wanted and readers.get(key) and readers[key] <= own:
                own.add(key)
        return [node for node in self.order if node.key in own]


def _costly(value: pl.Expr) -> bool:
    """Return whether an expression multiplies or divides; for decimals that takes ten times as long as the rest."""
    return any(operator in str(value) for operator in (" * ", " / "))


def _guarded(name: str, guard: str, nodes: list[Node]) -> Guarded:
    names = {node.name for node in nodes}
    roots = dict.fromkeys(root for node in nodes for root in node.roots if root not in names)
    return Guarded(name, nodes[0].level, guard, tuple(roots), _layers(nodes))


def _compute(level: Level, items: Iterable[_Item]) -> Iterator[Compute]:
    own = [item for item in items if item.level is level and not (isinstance(item, Node) and item.from_members)]
    if own:
        yield Compute(level, _layers(own))


def _layers(items: Iterable[_Item]) -> tuple[Layer, ...]:
    """Return the layers of some columns of one level: each stands behind what it reads."""
    by_name = {item.name: item for item in items}
    depth: dict[str, int] = {}

    def deep(name: str) -> int:
        if name not in depth:
            depth[name] = max((deep(root) + 1 for root in by_name[name].roots if root in by_name), default=0)
        return depth[name]

    layers: dict[int, list[_Item]] = {}
    for name, item in by_name.items():
        layers.setdefault(deep(name), []).append(item)
    return tuple(_layer(layer) for _, layer in sorted(layers.items()))


def _layer(items: Iterable[_Item]) -> Layer:
    nodes = tuple(item for item in items if isinstance(item, Node))
    return Layer(_expressions(nodes), nodes, tuple(item for item in items if isinstance(item, Guarded)))


def _expressions(nodes: Iterable[Node]) -> tuple[pl.Expr, ...]:
    return tuple(node.value.alias(node.name) for node in nodes)


def _constants(steps: Iterable[Step], literals: Mapping[str, pl.Expr]) -> dict[Level, tuple[pl.Expr, ...]]:
    """Return the parameter columns that the steps read, by level."""
    read: dict[Level, set[str]] = {level: set() for level in Level}
    for step in steps:
        for node in step.all_nodes():
            read[node.reads].update(root for root in node.roots if root.startswith(POLICY))
    return {level: tuple(literals[name] for name in sorted(read[level])) for level in Level}
