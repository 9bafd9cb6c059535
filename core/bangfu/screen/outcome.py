"""What the rules of one policy make of some households (评估结果), as plain columns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from attrs import field, frozen
from numpy.typing import NDArray

from bangfu.engine import Ruleset
from bangfu.engine.node import Key
from bangfu.engine.plain import Plain
from bangfu.facts import Level
from bangfu.frames import Frames

Places = NDArray[np.intp]


@frozen(eq=False)
class ScreeningOutcome:
    """Some households under one policy, and what its rules make of them.

    ``rows`` are the households and members as ``checked`` gives them. ``places`` says for each row of a level at which
    place it stands among all households and members, each household before its members; ``owner`` for each member
    which row its household is.
    """

    ruleset: Ruleset
    rows: Frames = field(repr=False)
    places: Mapping[Level, Places] = field(repr=False)
    owner: Places = field(repr=False)
    results: Mapping[Key, Plain] = field(repr=False)

    def column(self, level: Level, name: str) -> Plain:
        """Return a column of results."""
        return self.results[self.ruleset.graph.locate(level, name).key]

    def words(self, level: Level, name: str) -> list[str]:
        """Return the words whose places a column of results has."""
        return list(self.ruleset.graph.node_of((level, name)).kind.labels)


def holding(column: Plain) -> NDArray[np.bool_]:
    """Mark the rows in which a truth holds for sure."""
    return column.values if column.unknown is None else column.values & ~column.unknown


def possible(column: Plain) -> NDArray[np.bool_]:
    """Mark the rows in which a truth holds or may hold."""
    return column.values if column.unknown is None else column.values | column.unknown


def truths(name: str, column: Plain) -> pl.Series:
    """Return truths as a series, null where they are not known."""
    series = pl.Series(name, column.values)
    return series if column.unknown is None else series.set(pl.Series(column.unknown), None)
