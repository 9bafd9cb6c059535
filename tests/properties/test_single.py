"""Properties: one household by itself gives, column by column, what it gives among many."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from attrs import define
from hypothesis import given

from bangfu import Frames, Level, frames_of
from bangfu.engine import Ruleset
from bangfu.engine.bound import Reference
from bangfu.engine.values import as_in_frames
from bangfu.kit.trial import known_of, population
from bangfu.rules.language import KnownRows
from households import neighbours
from rulebooks import CATALOG, CONFIGURED, FIRST_DAY, LAST_DAY, RULEBOOK, Data, examples, household_of

PLACES = [
    ("522723102201", date(2020, 9, 1)),
    ("450102", date(2024, 1, 1)),
    ("610625101201", date(2021, 6, 30)),
    ("340123", FIRST_DAY.replace(year=2009, month=3, day=31)),
    ("340123", date(2009, 4, 1)),
    ("620102", LAST_DAY),
    *((region, date(2024, 2, 29)) for region in CONFIGURED),
]


@define
class _Both:
    """What the rules of a place make of households: of each by itself, and of all together."""

    ruleset: Ruleset
    together: tuple[pl.DataFrame, pl.DataFrame]

    def differences(self, place: int, alone: KnownRows) -> list[Any]:
        """Return each column that is another for a household alone than for it among many, with both values."""
        h, m = self.together
        pairs = [(Level.HOUSEHOLD, alone.household, h.row(place, named=True))]
        members = m.filter(pl.col("household") == place).rows(named=True)
        pairs += [(Level.MEMBER, one, many) for one, many in zip(alone.members, members, strict=True)]
        return [
            (level, name, one[name], many[name])
            for level, one, many in pairs
            for name in self._worked_out(level)
            if repr(as_in_frames(one[name], self.ruleset.graph.kind(Reference(level, name)))) != repr(many[name])
        ]

    def _worked_out(self, level: Level) -> list[str]:
        return [node.name for node in self.ruleset.explained.nodes if node.level is level]


def _worked_out(ruleset: Ruleset, frames: Frames) -> _Both:
    every = ruleset.columns(node.key for node in ruleset.explained.nodes)
    return _Both(ruleset, every.run(frames.households, frames.members))


@examples(60)
@given(neighbours(most=4))
def test_every_column_is_the_same_alone_and_among_many(data: list[Data]) -> None:
    """Values and types of all columns that plans rest on, for households as files hold them."""
    households = [household_of(one) for one in data]
    ruleset = RULEBOOK.rules(households[0].region, households[0].on)
    both = _worked_out(ruleset, frames_of(households, CATALOG))
    for place, household in enumerate(households):
        assert both.differences(place, ruleset.explaining_one.run(household)) == []


@pytest.mark.parametrize(("region", "on"), PLACES)
def test_random_facts_give_the_same_alone_and_among_many(region: str, on: date) -> None:
    """Every fact drawn by itself, so that rules meet what hardly ever happens, in every place with its own policy."""
    frames = population(CATALOG, 300, on=on)
    ruleset = RULEBOOK.rules(region, on)
    both = _worked_out(ruleset, frames)
    of_members = frames.members.partition_by("household", maintain_order=True)
    for place, members in enumerate(of_members):
        household = known_of(ruleset, Level.HOUSEHOLD, frames.households.row(place, named=True))
        people = [known_of(ruleset, Level.MEMBER, row) for row in members.rows(named=True)]
        assert both.differences(place, ruleset.explaining_one.run_rows(household, people)) == []
