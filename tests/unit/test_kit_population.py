"""Random households: every declared column, unknowns among them, the same for the same seed."""

from __future__ import annotations

from datetime import date, timedelta
from time import perf_counter

import polars as pl
import pytest

from bangfu import Frames, Level, Rulebook
from bangfu.frames import schema
from bangfu.kit.trial import MOST_MEMBERS, moved, population

ON = date(2024, 2, 29)


@pytest.fixture(scope="module")
def frames(rulebook: Rulebook) -> Frames:
    """Return a thousand households."""
    return population(rulebook.catalog, 1_000, on=ON)


def test_the_frames_have_the_columns_that_rules_expect(rulebook: Rulebook, frames: Frames) -> None:
    """Names and types are those of frames made from files."""
    assert dict(frames.households.schema) == schema(rulebook.catalog, Level.HOUSEHOLD)
    assert dict(frames.members.schema) == schema(rulebook.catalog, Level.MEMBER)


def test_each_household_has_members_and_one_head(frames: Frames) -> None:
    """One to six members, numbered from 0, the first of them the head."""
    sizes = frames.members.group_by("household").agg(
        pl.len(), heads=(pl.col("relation") == "head").sum(), last=pl.col("member").max()
    )
    assert sizes.height == frames.households.height == 1_000
    assert set(sizes["len"]) == set(range(1, MOST_MEMBERS + 1))
    assert sizes["heads"].unique().to_list() == [1]
    assert (sizes["last"] + 1 == sizes["len"]).all()


def test_every_fact_is_sometimes_unknown_and_takes_several_values(rulebook: Rulebook, frames: Frames) -> None:
    """Only what a file must state is always there; a birth is never after the day."""
    for level, frame in zip(Level, (frames.households, frames.members), strict=True):
        for fact in rulebook.catalog.at(level):
            for column in fact.columns:
                assert (frame[column].null_count() == 0) is fact.required, column
                assert fact.name == "region" or frame[column].n_unique() > 1, column
    assert frames.members["birth_date"].max() <= ON


def test_the_same_seed_draws_the_same_households(rulebook: Rulebook, frames: Frames) -> None:
    """Another seed draws others."""
    again, other = (population(rulebook.catalog, 1_000, on=ON, seed=seed) for seed in (0, 1))
    assert again.members.equals(frames.members)
    assert again.households.equals(frames.households)
    assert not other.members.equals(frames.members)


def test_households_are_moved_in_time_with_all_their_days(frames: Frames) -> None:
    """Ages stay what they are."""
    later = moved(frames, 366)
    assert later.households["on"].unique().to_list() == [ON + timedelta(days=366)]
    age = pl.col("on") - pl.col("birth_date")
    assert later.members.select(age).equals(frames.members.select(age))
    assert later.members.schema == frames.members.schema


def test_ten_thousand_households_meet_all_rules_in_seconds(rulebook: Rulebook) -> None:
    """Drawn and assessed, with every reason, well below ten seconds."""
    start = perf_counter()
    drawn = population(rulebook.catalog, 10_000, on=ON)
    ruleset = rulebook.rules("610625101201", ON)
    households, _ = ruleset.assess(drawn.households, drawn.members, explain=True)
    assert perf_counter() - start < 10
    assert households.height == 10_000
    assert set(households["category"]) >= {"dibao", "margin", "none", None}
