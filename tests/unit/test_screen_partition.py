"""The partition function: many households together get what each gets alone."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import bangfu_living
from bangfu import Household, Level, PackError, Policy, Programme, Rulebook, clock, hookimpl, household_from
from bangfu.frames import Frames
from bangfu.generate import generated, generated_households
from bangfu.kit.trial import population
from bangfu.lists import list_frames_of, summed
from bangfu.screen import Screened, screen_partition
from bangfu.screen.population import as_entries
from bangfu.screen.run import household_of
from screen_agreement import DAYS, REGIONS, disagreements, screened

HOUSEHOLDS = int(os.environ.get("SCREEN_HOUSEHOLDS", "1000"))
ON = DAYS[0]


def parts_of(frames: Frames, size: int) -> list[Frames]:
    """Return the households in parts of so many."""
    key = pl.col("household") // size
    last = int(frames.households["household"].max() or 0) // size  # type: ignore[call-overload]
    return [
        Frames(frames.households.filter(key == part), frames.members.filter(key == part)) for part in range(last + 1)
    ]


@pytest.fixture(scope="module")
def frames(rulebook: Rulebook) -> Frames:
    """Return some made-up households of several regions."""
    return generated(300, seed=20, regions=REGIONS, on=ON, catalog=rulebook.catalog)


@pytest.mark.parametrize("on", DAYS)
def test_realistic_households_get_what_their_plans_say(rulebook: Rulebook, on: date) -> None:
    """Categories, candidates, totals, and of every support status, amounts and what replaces it."""
    data = generated_households(HOUSEHOLDS // len(DAYS), seed=on.year, regions=REGIONS, on=on, catalog=rulebook.catalog)
    households = [household_from(one, catalog=rulebook.catalog) for one in data]
    assert disagreements(households, rulebook) == []


@pytest.mark.parametrize("on", DAYS)
def test_random_facts_get_what_their_plans_say(rulebook: Rulebook, on: date) -> None:
    """Every fact drawn by itself, so that rules also meet what hardly ever happens."""
    drawn = population(rulebook.catalog, HOUSEHOLDS // 2 // len(DAYS), on=on, seed=on.year)
    households = households_of(drawn, rulebook)
    assert disagreements(households, rulebook) == []


def households_of(drawn: Frames, rulebook: Rulebook) -> list[Household]:
    """Return the households of frames with yearly sums, each in one of the regions, nobody born later than today."""
    regions = pl.Series("region", [REGIONS[i % len(REGIONS)] for i in range(drawn.households.height)])
    born = pl.min_horizontal("birth_date", "on")
    h = as_entries(drawn.households.with_columns(regions), rulebook.catalog, Level.HOUSEHOLD)
    one_head = pl.when((pl.col("relation") == "head") & (pl.col("member") > 0)).then(pl.lit("other"))
    m = drawn.members.with_columns(born, relation=one_head.otherwise(pl.col("relation")).fill_null("other"))
    members = as_entries(m, rulebook.catalog, Level.MEMBER).rows_by_key("household", named=True, include_key=True)
    return [household_of(row, members[row["household"]]) for row in h.iter_rows(named=True)]


def test_sums_written_as_entries_are_the_same_sums(rulebook: Rulebook) -> None:
    """What a registry gives, put into the form of files, is read back as it was."""
    drawn = population(rulebook.catalog, 200, on=ON, seed=1)
    for level, frame in ((Level.HOUSEHOLD, drawn.households), (Level.MEMBER, drawn.members)):
        again = summed(as_entries(frame, rulebook.catalog, level), rulebook.catalog, level)
        sums = [name for name in frame.columns if "." in name]
        # Who states nothing of a list states no part of it either.
        stated = [pl.when(pl.col(name.split(".")[0])).then(name) for name in sums]
        assert_frame_equal(again.select(sums), frame.select(stated))


def test_parts_of_a_population_give_its_rows(rulebook: Rulebook, frames: Frames) -> None:
    """However it is cut, and in whatever order the rows stand."""
    whole = screen_partition(frames.households, frames.members, rulebook)
    parts = [screen_partition(p.households, p.members, rulebook) for p in parts_of(frames, 70)]
    shuffled = screen_partition(
        frames.households.sample(fraction=1, shuffle=True, seed=1),
        frames.members.sample(fraction=1, shuffle=True, seed=2),
        rulebook,
    )
    for name in ("assessments", "supports"):
        assert_frame_equal(pl.concat([getattr(part, name) for part in parts]), getattr(whole, name))
        assert_frame_equal(getattr(shuffled, name), getattr(whole, name))


def test_results_go_from_process_to_process(rulebook: Rulebook, frames: Frames) -> None:
    """As do the frames they are made of."""
    result = screen_partition(frames.households, frames.members, rulebook)
    again: Screened = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own bytes
    assert_frame_equal(again.assessments, result.assessments)


def test_ineligible_supports_have_rows_only_when_asked_for(rulebook: Rulebook, frames: Frames) -> None:
    """And without amounts; the others stay as they are."""
    few, every = (
        screen_partition(frames.households, frames.members, rulebook, ineligible=ineligible).supports
        for ineligible in (False, True)
    )
    refused = pl.col("status") == "ineligible"
    assert_frame_equal(every.filter(~refused), few)
    assert every.filter(refused)["amount"].null_count() == every.filter(refused).height > 0


def family(**facts: Any) -> Household:
    """Return a couple in Feixi with 950 yuan a head and year: on dibao from 1 April 2009."""
    wage = [{"kind": "wage", "amount": 950, "per": "year"}]
    people = [{"relation": who, "birth_date": "1970-03-02", "incomes": wage} for who in ("head", "spouse")]
    data = {"region": "340123", "residence": "rural", "assets_within_limits": True, "expenses": [], "members": people}
    return household_from(data | facts)


def test_each_household_has_its_day(rulebook: Rulebook) -> None:
    """Its own, unless one is given for all; today where there is none."""
    households = [family(on=date(2009, 3, 31)), family(on=date(2009, 4, 1))]
    frames = list_frames_of(households, rulebook.catalog)
    own = screen_partition(frames.households, frames.members, rulebook).assessments
    given = screen_partition(frames.households, frames.members, rulebook, date(2009, 3, 31)).assessments
    of_household = pl.col("member").is_null()
    assert own.filter(of_household)["category"].to_list() == ["margin", "dibao"]
    assert given.filter(of_household)["category"].to_list() == ["margin", "margin"]
    none = screen_partition(frames.households.drop("on"), frames.members.drop("on"), rulebook).assessments
    assert none["on"].unique().to_list() == [clock.today()]


def test_places_below_a_county_share_its_policy(rulebook: Rulebook) -> None:
    """Nine digits, twelve digits and a county without a pack of its own, side by side."""
    regions = ["340123", "340123101", "340123101201", "999999"]
    result = screened([family(on=date(2009, 4, 1), region=region) for region in regions], rulebook)
    of_household = result.assessments.filter(pl.col("member").is_null())
    assert of_household["region"].to_list() == regions
    assert of_household["category"].to_list() == ["dibao", "dibao", "dibao", None]
    assert of_household["year"].to_list() == [200, 200, 200, 0]


def test_a_missing_column_is_unknown_throughout(rulebook: Rulebook) -> None:
    """Nothing but keys, region and relation: every category is open, nothing is due."""
    h = pl.DataFrame({"household": [7], "region": ["340123"]})
    m = pl.DataFrame({"household": [7, 7], "relation": ["head", "child"]})
    result = screen_partition(h, m, rulebook, date(2020, 1, 1))
    assert result.rejects.is_empty()
    assert result.assessments["member"].to_list() == [None, 0, 1]
    assert result.assessments["category"].null_count() == 3
    assert result.supports["status"].unique().to_list() == ["undetermined"]


def test_no_households_give_no_rows(rulebook: Rulebook, frames: Frames) -> None:
    """With the columns and types of others."""
    whole = screen_partition(frames.households, frames.members, rulebook)
    none = screen_partition(frames.households.clear(), frames.members.clear(), rulebook)
    for name in ("assessments", "supports", "rejects"):
        assert_frame_equal(getattr(none, name), getattr(whole, name).clear())


def test_totals_count_what_is_due_and_not_replaced(rulebook: Rulebook) -> None:
    """Of the household with its members, and of each member alone."""
    households = [
        household_from(one, catalog=rulebook.catalog)
        for one in generated_households(200, seed=4, regions=["522723102201"], on=ON, catalog=rulebook.catalog)
    ]
    result = screened(households, rulebook)
    of_household = pl.col("member").is_null()
    due = result.supports.filter((pl.col("status") == "eligible") & pl.col("replaced_by").is_null())
    assert result.assessments.filter(of_household)["year"].sum() == due["year_amount"].sum() > Decimal(0)
    of_members = due.filter(pl.col("recipient").is_not_null())["year_amount"].sum()
    assert result.assessments.filter(~of_household)["year"].sum() == of_members


def test_a_plugin_that_fails_under_one_policy_is_named() -> None:
    """The others go on without it."""
    broken = ModuleType("broken")

    @hookimpl
    def programmes(policy: Policy) -> Iterable[Programme]:
        raise ZeroDivisionError(len(policy.rows))

    broken.programmes = programmes  # type: ignore[attr-defined]
    loaded = Rulebook.load(plugins={"living": bangfu_living, "broken": broken})
    result = screened([family(on=date(2009, 4, 1))], loaded)
    assert [plugin for plugin, _ in result.left_out] == ["broken"]
    assert result.names["living"]
    assert {"living.dibao.class3"} <= set(result.supports["benefit"]) <= set(result.names)


def test_a_pack_that_cannot_work_stops_it(tmp_path: Path) -> None:
    """An added pack is the caller's own: nobody goes on without it."""
    pack = tmp_path / "pack.toml"
    pack.write_text('[pack]\nregion = "340123"\n[[benefit]]\ncode = "x.y"\nno_such_key = 1\n', encoding="utf-8")
    with pytest.raises(PackError):
        screened([family(on=date(2009, 4, 1))], Rulebook.load([pack]))
