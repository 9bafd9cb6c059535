"""What the columns of a graph are: those that are computed, those of facts, and what a name means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from bangfu.facts import Fact, Level
from bangfu.rules.language import Expression, Name
from bangfu.rules.language.kinds import Kind
from bangfu.rules.language.known import Value

Key = tuple[Level, str]
"""A column among all columns."""


@frozen(eq=False)
class Node:
    """One column that is computed.

    ``value`` has its names looked up: each with its kind and the level it stands at, None for a parameter. ``inputs``
    are the names it reads, those that stand under ``some``, ``total`` and the like apart, as ``of_members``.
    """

    name: str
    level: Level
    value: Expression = field(repr=False)
    inputs: tuple[Name, ...] = field(repr=False)
    of_members: tuple[Name, ...] = field(repr=False)
    owner: str = ""
    label: str = ""
    source: str = ""
    labels: Mapping[str, str] = field(factory=dict, repr=False)
    determination: bool = False
    figure: bool = False

    @property
    def key(self) -> Key:
        """The column among all columns."""
        return self.level, self.name

    @property
    def kind(self) -> Kind:
        """The kind of its values."""
        assert self.value.kind is not None  # noqa: S101 - its names were looked up
        return self.value.kind

    def reads(self) -> Iterator[Key]:
        """Yield the columns that it reads, of its own row, its household's and its members'; parameters are none."""
        return keys_of((*self.inputs, *self.of_members))


@frozen
class Reference:
    """What a column name means at some level: where it stands, or that it is a parameter."""

    level: Level
    name: str
    parameter: bool = False

    @property
    def key(self) -> Key:
        """The column among all columns."""
        return self.level, self.name


@frozen
class Base:
    """A column of facts as they are stated: its kind, the fact, and what is known where nothing is stated."""

    kind: Kind
    fact: Fact | None
    unstated: Value


def keys_of(names: Iterable[Name]) -> Iterator[Key]:
    """Yield the columns that names stand for; parameters are none."""
    return ((name.level, name.name) for name in names if name.level is not None)
