"""The graph of columns: every fact, derived column and test, and what each is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

import polars as pl
from attrs import define, field, frozen

from bangfu.errors import RuleError
from bangfu.facts import Catalog, Choice, Fact, FactType, Items, Level
from bangfu.facts.catalog import nearest
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.frames import schema
from bangfu.policy import Parameter
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules import Derived, Switch

HOUSEHOLD = "household:"


@frozen
class Node:
    """One column that is computed. ``roots`` are the columns its expression reads."""

    name: str
    level: Level
    value: pl.Expr = field(eq=False, repr=False)
    roots: tuple[str, ...]
    owner: str = ""
    label: str = ""
    source: str = ""
    labels: Mapping[str, str] = field(factory=dict, repr=False, eq=False)
    from_members: bool = False
    switch: Switch | None = None
    determination: bool = False

    @property
    def key(self) -> tuple[Level, str]:
        """The column among all columns."""
        return self.level, self.name

    @property
    def reads(self) -> Level:
        """The level of the columns it reads."""
        return Level.MEMBER if self.from_members else self.level


@frozen
class Reference:
    """What a column name means at some level: where it stands, and whether it is computed."""

    level: Level
    name: str
    parameter: bool = False

    @property
    def key(self) -> tuple[Level, str]:
        """The column among all columns."""
        return self.level, self.name


@define
class Graph:
    """All columns under one policy, by level and name; refuses unknown names and cycles."""

    catalog: Catalog
    parameters: Mapping[str, Parameter]
    nodes: dict[tuple[Level, str], Node] = field(factory=dict)
    _base: dict[Level, set[str]] = field(factory=dict)
    _located_by_household: dict[str, Reference] = field(factory=dict)
    _located_by_member: dict[str, Reference] = field(factory=dict)
    _inputs: dict[int, list[Reference]] = field(factory=dict)
    _tests: dict[tuple[Level, bytes], str] = field(factory=dict)
    _numbers: Iterator[int] = field(factory=count)

    def __attrs_post_init__(self) -> None:
        for level in Level:
            self._base[level] = set(schema(self.catalog, level)) - {""}
            for fact in self.catalog.at(level):
                if fact.presumption is not None:
                    self._presume(fact, fact.presumption.value)

    def _presume(self, fact: Fact, presumed: pl.Expr) -> None:
        labels = fact.type.labels if isinstance(fact.type, Choice) else {}
        owner = f"fact {fact.name}"
        if isinstance(fact.type, Items):
            absent = pl.when(pl.col(fact.name).is_null()).then(presumed)
            presumed = pl.col(self.add(Derived(PRESUMED + fact.name, fact.level, absent), owner))
        for column in fact.presumed_columns:
            self._base[fact.level].discard(column)
            self._base[fact.level].add(STATED + column)
            value = pl.coalesce(pl.col(STATED + column), _choice(presumed, fact.type))
            self.add(Derived(column, fact.level, value, fact.label, labels=labels), owner)

    def add(self, derived: Derived, owner: str) -> str:
        """Add a derived column and return its name.

        Raises:
            RuleError: the name is taken.
        """
        key = (derived.level, derived.name)
        if key in self.nodes or derived.name in self._base[derived.level]:
            taken = self.nodes[key].owner if key in self.nodes else "a fact"
            raise RuleError(f"the column {derived.name!r} is declared by {taken} already", owner=owner)
        self._located_by_household.clear()
        self._located_by_member.clear()
        self._inputs.clear()
        self.nodes[key] = Node(
            derived.name,
            derived.level,
            derived.value,
            tuple(dict.fromkeys(derived.value.meta.root_names())),
            owner,
            derived.label,
            derived.source,
            derived.labels,
            derived.from_members,
            derived.switch,
            derived.determination,
        )
        return derived.name

    def add_test(self, level: Level, value: pl.Expr, owner: str, prefix: str = "test") -> str:
        """Add an unnamed expression and return its column; the same expression is added once."""
        roots = value.meta.root_names()
        if len(roots) == 1 and value.meta.eq(pl.col(roots[0])):
            return roots[0]
        key = (level, value.meta.serialize())
        if key not in self._tests:
            name = f"{prefix}:{next(self._numbers)}"
            self._tests[key] = self.add(Derived(name, level, value), owner)
        return self._tests[key]

    def locate(self, level: Level, name: str, owner: str = "") -> Reference:
        """Return what a name means to a rule of this level.

        A member rule sees member columns first, then the household's; ``household:NAME`` means the
        household's for sure.

        Raises:
            RuleError: nothing has that name; says which known one looks most like it.
        """
        known = self._located_by_household if level is Level.HOUSEHOLD else self._located_by_member
        found = known.get(name)
        if found is None:
            found = known[name] = self._locate(level, name, owner)
        return found

    def _locate(self, level: Level, name: str, owner: str) -> Reference:
        if name.startswith(POLICY):
            if name[len(POLICY) :] in self.parameters:
                return Reference(level, name, parameter=True)
        elif name.startswith(HOUSEHOLD):
            return self.locate(Level.HOUSEHOLD, name[len(HOUSEHOLD) :], owner)
        elif self._has(level, name):
            return Reference(level, name)
        elif level is Level.MEMBER and self._has(Level.HOUSEHOLD, name):
            return Reference(Level.HOUSEHOLD, name)
        if level is Level.HOUSEHOLD and self._has(Level.MEMBER, name):
            raise RuleError(
                f"{name!r} is a column of members; aggregate it with across() for a household's rule", owner=owner
            )
        close = nearest(name, self.names(level))
        raise RuleError(f"no fact or column {name!r}; nearest known: {close}", owner=owner)

    def _has(self, level: Level, name: str) -> bool:
        return (level, name) in self.nodes or name in self._base[level]

    def names(self, level: Level) -> list[str]:
        """Return the names a rule of this level can use."""
        levels = [Level.HOUSEHOLD] if level is Level.HOUSEHOLD else list(Level)
        derived = [name for at, name in self.nodes if at in levels]
        based = [name for at in levels for name in self._base[at] if not name.startswith(STATED)]
        return derived + based

    def inputs(self, node: Node) -> list[Reference]:
        """Return what a node reads.

        Raises:
            RuleError: one of the names is unknown.
        """
        found = self._inputs.get(id(node))
        if found is None:
            found = self._inputs[id(node)] = [self.locate(node.reads, root, node.owner) for root in node.roots]
        return found

    def node(self, reference: Reference) -> Node | None:
        """Return the node of a reference, or None for a fact as stated or a parameter."""
        return self.nodes.get((reference.level, reference.name))


def _choice(value: pl.Expr, kind: FactType) -> pl.Expr:
    """Return what is presumed of a choice in the type that choices have."""
    return value.cast(kind.dtype) if isinstance(kind, Choice) else value
