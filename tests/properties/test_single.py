"""Properties: one household by itself gives, column by column, what it gives among many."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from bangfu import Level, frames_of
from bangfu.kit.population import population
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


def written(row: dict[str, Any], names: list[str]) -> dict[str, str]:
    """Return the values with their types and, for amounts, their decimals."""
    return {name: repr(row[name]) for name in names}


@examples(60)
@given(neighbours(most=4))
def test_every_column_is_the_same_alone_and_among_many(data: list[Data]) -> None:
    """Values, types and decimals of all columns of plans, for households as files hold them."""
    households = [household_of(one) for one in data]
    ruleset = RULEBOOK.rules(households[0].region, households[0].on)
    frames = frames_of(households, CATALOG)
    of_households, of_members = ruleset.assess(frames.households, frames.members, explain=True)
    members = of_members.rows_by_key("household", named=True)
    for key, household in enumerate(households):
        alone, of_alone = ruleset.explaining_one.run(household)
        names = [name for name in of_households.columns if name != "household"]
        assert written(alone, names) == written(of_households.row(key, named=True), names)
        for one, many in zip(of_alone, members[key], strict=True):
            names = [name for name in many if name != "household"]
            assert written(one, names) == written(many, names)


@pytest.mark.parametrize(("region", "on"), PLACES)
def test_random_facts_give_the_same_alone_and_among_many(region: str, on: date) -> None:
    """Every fact drawn by itself, so that rules meet what hardly ever happens, in every place with its own policy."""
    frames = population(CATALOG, 300, on=on)
    ruleset = RULEBOOK.rules(region, on)
    of_households, of_members = ruleset.assess(frames.households, frames.members, explain=True)
    shown = {
        level: [name for name in frame.columns if name != "household"]
        for level, frame in ((Level.HOUSEHOLD, of_households), (Level.MEMBER, of_members))
    }
    stated = frames.members.partition_by("household", maintain_order=True)
    among = of_members.partition_by("household", maintain_order=True)
    for key, (own, many) in enumerate(zip(stated, among, strict=True)):
        alone, members = ruleset.explaining_one.run_rows(frames.households.row(key, named=True), own.rows(named=True))
        found = of_households.row(key, named=True)
        assert written(alone, shown[Level.HOUSEHOLD]) == written(found, shown[Level.HOUSEHOLD])
        for one, other in zip(members, many.rows(named=True), strict=True):
            assert written(one, shown[Level.MEMBER]) == written(other, shown[Level.MEMBER])


@pytest.mark.parametrize(("region", "on"), PLACES)
def test_every_built_in_rule_is_read(region: str, on: date) -> None:
    """None is left to Polars, so that a plan is quick everywhere."""
    ruleset = RULEBOOK.rules(region, on)
    assert ruleset.explaining_one.left_to_polars == ()
    assert ruleset.screening_one.left_to_polars == ()
