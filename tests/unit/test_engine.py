"""The engine: it computes what is wanted, and compiles the same policy once."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from bangfu import Level, Rulebook
from bangfu.engine.many import FrameColumns
from bangfu.facts import CORE_FACTS
from bangfu.frames import Frames
from bangfu.keys import DAY, HOUSEHOLD_KEY
from bangfu.kit.trial import population

ON = date(2022, 9, 1)
REGION = "522723102201"


def computed(plan: FrameColumns) -> set[str]:
    """Return the names of all columns that are computed."""
    return {node.name for node in plan.nodes}


def test_only_what_is_wanted_is_computed(rulebook: Rulebook) -> None:
    """Beside its results, screening takes fewer columns than explaining."""
    ruleset = rulebook.rules(REGION, ON)
    screened = {name for name in computed(ruleset.screening) if not name.startswith(("amount:", "status:"))}
    assert screened < computed(ruleset.explained)


def test_the_same_policy_gives_the_same_ruleset(rulebook: Rulebook) -> None:
    """Two days or towns under one policy share one compiled ruleset; another policy has its own."""
    assert rulebook.rules(REGION, ON) is rulebook.rules("522723102202", date(2022, 9, 2))
    assert rulebook.rules(REGION, ON) is not rulebook.rules("610625", ON)


def test_personal_facts_never_enter_a_frame() -> None:
    """Names and ID numbers are not there to be leaked."""
    columns = {column for fact in CORE_FACTS.facts if fact.personal for column in fact.columns}
    assert columns == set()
    assert [fact.name for fact in CORE_FACTS.at(Level.MEMBER) if fact.personal] == ["name", "id_number"]


@pytest.fixture(scope="module")
def drawn(rulebook: Rulebook) -> Frames:
    """Return a thousand random households."""
    return population(rulebook.catalog, 1_000, on=ON)


def results(plan: FrameColumns, frames: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the results that both levels have."""
    h, m = plan.run(frames.households, frames.members)
    return tuple(frame.select(pl.col("^(category|(status|amount|replaced_by):.*)$")) for frame in (h, m))  # type: ignore[return-value]


def test_screening_gives_what_explaining_gives(rulebook: Rulebook, drawn: Frames) -> None:
    """Amounts are worked out only where a support may be due; there they are the same."""
    ruleset = rulebook.rules(REGION, ON)
    for screened, explained in zip(results(ruleset.screening, drawn), results(ruleset.explained, drawn), strict=True):
        for name in [name for name in screened.columns if name in explained.columns]:
            code = name.removeprefix("amount:")
            due = screened[f"status:{code}"].fill_null(value=True) if name != code else pl.lit(value=True)
            assert screened.filter(due)[name].equals(explained.filter(due)[name]), name
    for code in ("living.tekun", "medical.aid"):
        never = pl.col(f"status:{code}").not_()
        amounts = results(ruleset.screening, drawn)[1].filter(never)[f"amount:{code}"]
        assert amounts.null_count() == amounts.len() > 0


def test_what_is_read_is_said(rulebook: Rulebook, drawn: Frames) -> None:
    """Frames with these columns alone give the same."""
    plan = rulebook.rules(REGION, ON).screening
    read = [sorted(plan.reads(level)) for level in Level]
    assert all({HOUSEHOLD_KEY, DAY} < {*names} for names in read)
    assert "name" not in read[1]
    few = Frames(drawn.households.select(read[0]), drawn.members.select(read[1]))
    for part, whole in zip(results(plan, few), results(plan, drawn), strict=True):
        assert part.equals(whole)


def test_rows_may_come_in_any_order(rulebook: Rulebook, drawn: Frames) -> None:
    """Members far from their household, households with nobody: every row gets what it gets in order."""
    plan = rulebook.rules(REGION, ON).screening
    h, m = plan.run(drawn.households, drawn.members)
    mixed = Frames(drawn.households.sample(fraction=1, shuffle=True, seed=1), drawn.members.reverse())
    other_h, other_m = plan.run(mixed.households, mixed.members)
    assert other_h.sort(HOUSEHOLD_KEY).equals(h)
    assert other_m.reverse().equals(m)
    alone, _ = plan.run(drawn.households, drawn.members.filter(pl.col(HOUSEHOLD_KEY) > 0))
    assert alone.filter(pl.col(HOUSEHOLD_KEY) > 0).equals(h.filter(pl.col(HOUSEHOLD_KEY) > 0))


def test_days_may_differ_from_row_to_row(rulebook: Rulebook, drawn: Frames) -> None:
    """A household's results do not hang on whether its neighbours have the same day."""
    plan = rulebook.rules(REGION, ON).screening
    first = pl.col(HOUSEHOLD_KEY) < 10
    day = pl.when(first).then(pl.col(DAY)).otherwise(pl.lit(date(2023, 9, 1))).alias(DAY)
    mixed = Frames(drawn.households.with_columns(day), drawn.members.with_columns(day))
    for part, whole in zip(
        plan.run(mixed.households, mixed.members), plan.run(drawn.households, drawn.members), strict=True
    ):
        assert part.filter(first).equals(whole.filter(first))
