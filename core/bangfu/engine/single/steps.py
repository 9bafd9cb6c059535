"""The steps of a program: each adds columns to the household's row or to those of its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import polars as pl
from attrs import field, frozen

from bangfu.engine.graph import Node
from bangfu.engine.single.operations import Reader
from bangfu.facts import Level
from bangfu.frames import HOUSEHOLD_KEY

Row = dict[str, Any]
Columns = tuple[tuple[str, Reader], ...]


class Step(Protocol):
    """One step of a schedule, done to the rows in place."""

    def do(self, household: Row, members: Sequence[Row]) -> None:
        """Add the step's columns."""


@frozen
class OfHousehold:
    """Columns of the household's row."""

    columns: Columns

    def do(self, household: Row, members: Sequence[Row]) -> None:  # noqa: ARG002 - every step has both
        """Add each column to the household's row."""
        for name, read in self.columns:
            household[name] = read(household)


@frozen
class OfMembers:
    """Columns of each member's row."""

    columns: Columns

    def do(self, household: Row, members: Sequence[Row]) -> None:  # noqa: ARG002 - every step has both
        """Add each column to each member's row."""
        for row in members:
            for name, read in self.columns:
                row[name] = read(row)


@frozen
class FromMembers:
    """Columns of the household's row, each from all members' rows."""

    columns: Columns

    def do(self, household: Row, members: Sequence[Row]) -> None:
        """Add each column to the household's row."""
        for name, read in self.columns:
            household[name] = read(members)


@frozen
class ToMembers:
    """Columns of the household that members get, by the name they have there."""

    columns: tuple[tuple[str, str], ...]

    def do(self, household: Row, members: Sequence[Row]) -> None:
        """Copy each column into each member's row."""
        for row in members:
            for local, name in self.columns:
                row[local] = household[name]


@frozen
class ByPolars:
    """One column whose expression Polars evaluates: slow, and right for any expression.

    ``roots`` are the columns it reads, with their types.
    """

    node: Node
    roots: Mapping[str, pl.DataType] = field(repr=False)

    def do(self, household: Row, members: Sequence[Row]) -> None:
        """Add the column to the rows of its level."""
        rows = members if self.node.reads is Level.MEMBER else [household]
        frame = pl.DataFrame(
            [pl.Series(name, [row[name] for row in rows], dtype=dtype) for name, dtype in self.roots.items()]
        )
        column = self.node.value.alias(self.node.name)
        if self.node.from_members:
            household[self.node.name] = frame.group_by(HOUSEHOLD_KEY).agg(column)[self.node.name].item()
            return
        for row, value in zip(rows, frame.with_columns(column)[self.node.name], strict=True):
            row[self.node.name] = value
