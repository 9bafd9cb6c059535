"""The sides of the comparison: each reads the same tables, works out the same rules, hands back its results.

A side works on a part of the population at a time; how many households a part has is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from bangfu import Level
from bangfu.engine import Ruleset
from bangfu.engine.bound import Key
from bangfu.engine.columns import Plain, series_of
from bangfu.frames import Frames
from bangfu.keys import HOUSEHOLD_KEY

from .plain_polars import READ, screened
from .population import DAY, REGION, rulebook
from .tables import Results, tables


class Side(Protocol):
    """One way to screen a population."""

    def read(self, folder: Path, first: int, end: int) -> Any:
        """Return households from a number up to another, in the form that the rules take."""

    def rules(self, data: Any) -> Any:
        """Return what the rules give."""

    def results(self, outcome: Any) -> Results:
        """Return that as tables."""


class Bangfu:
    """bangfu's own rules, of which only categories, statuses and amounts are asked."""

    def __init__(self, on: date = DAY) -> None:
        self.ruleset: Ruleset = rulebook().rules(REGION, on)
        of_household = [HOUSEHOLD_KEY, "category", "size", "income_year"]
        of_member = [HOUSEHOLD_KEY, "member", "counted", "category"]
        for bound in self.ruleset.benefits:
            columns = of_household if bound.benefit.for_ is Level.HOUSEHOLD else of_member
            columns += [f"status:{bound.benefit.code}", *filter(None, (bound.amount, bound.replaced_by))]
        self.wanted = of_household, of_member
        self.read_only = [sorted(self.ruleset.screening.reads(level)) for level in Level]

    def read(self, folder: Path, first: int, end: int) -> Frames:
        parts = zip(tables(folder, first, end), self.read_only, strict=True)
        return Frames(*pl.collect_all(table.select(names) for table, names in parts))

    def rules(self, data: Frames) -> tuple[Frames, Mapping[Key, Plain]]:
        return data, self.ruleset.screening.results(data.households, data.members)

    def results(self, outcome: tuple[Frames, Mapping[Key, Plain]]) -> Results:
        """As ``bangfu screen`` does, the columns stay plain until they are written."""
        data, found = outcome
        keys = (data.households.select(HOUSEHOLD_KEY), data.members.select(HOUSEHOLD_KEY, "member"))
        households, members = (
            frame.with_columns(
                series_of(name, found[level, name], self.ruleset.graph.node_of((level, name)).kind)
                for name in names
                if name not in frame.columns
            )
            for level, frame, names in zip(Level, keys, self.wanted, strict=True)
        )
        return households, members


class PlainPolars:
    """The rules written by hand."""

    def read(self, folder: Path, first: int, end: int) -> Frames:
        return Frames(
            *pl.collect_all(t.select(names) for t, names in zip(tables(folder, first, end), READ, strict=True))
        )

    def rules(self, data: Frames) -> Results:
        return screened(data.households, data.members)

    def results(self, outcome: Results) -> Results:
        return outcome


def openfisca_is_here() -> bool:
    """Return whether OpenFisca-core is installed."""
    return find_spec("openfisca_core") is not None


def side(name: str) -> Side:
    """Return a side by its name, ready to run."""
    if name == "openfisca":
        from .openfisca_side import OpenFisca  # noqa: PLC0415 - not everybody has it installed

        return OpenFisca()
    return {"bangfu": Bangfu, "plain": PlainPolars}[name]()
