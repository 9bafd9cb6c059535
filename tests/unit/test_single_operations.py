"""One household by itself: each operation gives what Polars gives; what is not known is left to Polars."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import ModuleType

import polars as pl
import pytest
from polars import col, lit, when

from bangfu import (
    Benefit,
    Derived,
    Level,
    Policy,
    Programme,
    Rulebook,
    at_least,
    frames_of,
    hookimpl,
    household_from,
    make_plan,
)
from bangfu.engine.single.reading import Unreadable, aggregator, reader

CHOICE = pl.Enum(["z", "x", "y"])
FRAME = pl.DataFrame(
    {
        "a": [True, True, False, None, None],
        "b": [True, None, None, None, False],
        "i": [3, -2, None, 0, 7],
        "s": ["x", "y", None, "z", "x"],
        "e": pl.Series(["x", "y", None, "z", "x"], dtype=CHOICE),
        "d": [date(2020, 2, 29), date(2021, 1, 31), None, date(2009, 4, 1), date(2024, 12, 31)],
        "m": pl.Series(["12.55", "-0.15", None, "0.00", "99999999999.99"]).cast(pl.Decimal(18, 2)),
        "n": pl.Series(["2.50", "0.50", "1.00", None, "3.00"]).cast(pl.Decimal(18, 2)),
        "f": [0.5, 12.55, None, 0.1, 3.0],
        "r": pl.Series(["0.666666666667", "1.5", "0.005", "2", None]).cast(pl.Decimal(38, 12)),
    }
)
MONEY = pl.Decimal(18, 2)

READ = {
    "and": col("a") & col("b"),
    "or": col("a") | col("b"),
    "not": ~col("a"),
    "all": pl.all_horizontal("a", "b"),
    "any": pl.any_horizontal("a", "b"),
    "null": col("a").is_null(),
    "known": col("a").is_not_null(),
    "equal": col("s") == "x",
    "unequal": col("s") != "x",
    "equal choice": col("e") == "x",
    "no choice": col("e") != "w",
    "among choices": col("e").is_in(["x", "w"]),
    "choice as text": col("e").cast(pl.String),
    "text as choice": col("s").cast(CHOICE),
    "choice or choice": pl.coalesce(col("e"), when(col("a")).then(lit("z", dtype=CHOICE))),
    "equal itself": col("m") == col("m"),
    "equal null": col("s") == lit(None, dtype=pl.String),
    "below": col("m") < col("n"),
    "at most": col("i") <= 0,
    "above": col("m") > Decimal("12.55"),
    "at least": col("d") >= date(2021, 1, 31),
    "among": col("s").is_in(["x", "y"]),
    "among none": col("s").is_in([]),
    "among numbers": col("i").is_in([0, 7]),
    "plus": col("m") + col("n"),
    "minus": col("m") - col("n"),
    "whole minus": 100 - col("m"),
    "times": col("m") * col("n"),
    "times ratio": col("m") * col("r"),
    "times whole": col("m") * 12,
    "whole numbers": col("i") * 13 - col("i") + 2,
    "divided": col("m") / 3,
    "divided by ratio": col("m") / lit(Decimal("0.7")),
    "cast": (col("n") * col("r")).cast(MONEY),
    "cast whole": col("i").cast(MONEY),
    "cast same": col("m").cast(MONEY),
    "cast bool": col("a").cast(pl.Int64),
    "round": (col("n") * col("r")).round(2, mode="half_away_from_zero").cast(MONEY),
    "round even": col("m").round(1),
    "negative round": (col("m") * Decimal("-0.5")).round(1, mode="half_away_from_zero"),
    "when": when("a").then("m").otherwise("n"),
    "when else null": when(col("a") & col("b")).then(lit("x")),
    "whole or money": when("a").then("m").otherwise(0),
    "chain": when("a").then(1).when(col("a").is_null()).then(2).otherwise("i"),
    "coalesce": pl.coalesce("b", "a", lit(True)),
    "largest": pl.max_horizontal("i", lit(2)),
    "sum": pl.sum_horizontal("m", "n", ignore_nulls=False),
    "clip": col("m").clip(0),
    "clip by column": col("m").clip(col("n")),
    "age": col("d").dt.year() * 10 + col("d").dt.month() + col("d").dt.day(),
    "years before": col("d").dt.offset_by("-1y"),
    "months after": col("d").dt.offset_by("13mo"),
    "days after": col("d").dt.offset_by("2d"),
    "by column": col("d").dt.offset_by(pl.concat_str(col("i").cast(pl.String), lit("mo"))),
    "alias": col("m").alias("other"),
    "literal": lit(Decimal("12.50")),
    "literal null": lit(None, dtype=MONEY),
    "literal date": lit(date(2020, 1, 1)),
}
LEFT = {
    "like a float": col("m") == 0.1,
    "like a column of floats": col("m") == col("f"),
    "not strict": col("i").cast(pl.Int8, strict=False),
    "choice or null": col("s").cast(CHOICE, strict=False),
    "narrower": col("i").cast(pl.Int8),
    "bits turned round": ~col("i"),
    "window": col("m").sum().over("s"),
    "cumulated": col("i").cum_sum(),
    "aggregate": col("m").max(),
    "order of choices": col("e") > "z",
    "last choice": pl.max_horizontal("e", "e"),
    "float": col("i") / 2,
    "float cast": col("m").cast(pl.Float64),
    "text to number": col("s").str.len_chars(),
    "date difference": col("d") - lit(date(2020, 1, 1)),
    "sum without nulls": pl.sum_horizontal("m", "n"),
    "among with null": col("s").is_in(["x", None]),
    "among a column": col("s").is_in(col("s").implode()),
    "equal missing": col("s").eq_missing(None),
    "unknown column": col("nowhere"),
    "remainder": col("i") % 2,
    "clip above": col("m").clip(upper_bound=1),
}
GATHERED = {
    "total": when(col("m").is_not_null().all()).then(col("m").sum()),
    "total of known": col("m").sum(),
    "count": col("a").sum().cast(pl.Int64),
    "some": col("a").any(ignore_nulls=False),
    "some known": col("a").any(),
    "every": col("b").all(ignore_nulls=False),
    "every known": col("b").all(),
}
GATHERED_LEFT = {"first": col("m").first(), "as it is": col("m"), "most": col("i").max()}


def typed(values: list[object]) -> list[str]:
    """Return values with their types and decimals."""
    return [repr(value) for value in values]


@pytest.mark.parametrize("name", READ)
def test_an_operation_gives_what_polars_gives(name: str) -> None:
    """Values, types and decimals, nulls among them."""
    expected = FRAME.select(READ[name].alias("it")).to_series()
    read = reader(READ[name], expected.dtype, FRAME.schema)
    given = [read(row) for row in FRAME.rows(named=True)]
    assert typed(given)[: len(expected)] == typed(expected.to_list())


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_known_is_not_guessed(name: str) -> None:
    """An expression with an operation that has no meaning for one row is refused."""
    dtype = pl.Boolean() if name == "unknown column" else FRAME.select(LEFT[name].alias("it")).dtypes[0]
    with pytest.raises(Unreadable):
        reader(LEFT[name], dtype, FRAME.schema)


@pytest.mark.parametrize("name", GATHERED)
@pytest.mark.parametrize("rows", [slice(0, 5), slice(0, 2), slice(1, 2), slice(2, 4)])
def test_an_aggregate_gives_what_polars_gives(name: str, rows: slice) -> None:
    """Over known and unknown values, over one row and many."""
    frame = FRAME[rows]
    expected = frame.select(GATHERED[name].alias("it")).to_series()
    read = aggregator(GATHERED[name], expected.dtype, FRAME.schema)
    assert typed([read(frame.rows(named=True))]) == typed(expected.to_list())


@pytest.mark.parametrize("name", GATHERED_LEFT)
def test_an_aggregate_that_is_not_known_is_not_guessed(name: str) -> None:
    """Also a column that is not aggregated at all."""
    with pytest.raises(Unreadable):
        aggregator(GATHERED_LEFT[name], pl.Int64(), FRAME.schema)


def test_a_programme_with_any_expression_gets_its_plan() -> None:
    """Windows, floats and aggregates nobody foresaw give a household by itself what they give among many."""

    @hookimpl
    def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG001 - the hook's signature
        columns = (
            Derived("oldest", Level.HOUSEHOLD, col("age").max(), from_members=True),
            Derived("rank", Level.MEMBER, col("age").rank("dense").over("household")),
            Derived("root", Level.HOUSEHOLD, col("oldest").sqrt()),
        )
        benefits = [
            Benefit("trial.old", "长者", Level.HOUSEHOLD, [at_least("root", 8.0)], 10, source="试点"),
            Benefit("trial.first", "最小", Level.MEMBER, [at_least("rank", 2)], 20, source="试点"),
        ]
        return [Programme("trial", "试点", "试点办", benefits, columns)]

    module = ModuleType("trial")
    module.__dict__["programmes"] = programmes
    rulebook = Rulebook.load(plugins={"trial": module})
    people = [("head", "1956-11-20"), ("spouse", "1957-11-24"), ("child", "1980-01-01")]
    data = {
        "region": "610625101201",
        "on": "2026-11-23",
        "members": [{"relation": relation, "birth_date": born} for relation, born in people],
    }
    household = household_from(data, catalog=rulebook.catalog)
    ruleset = rulebook.rules(household.region, household.on)
    assert set(ruleset.explaining_one.left_to_polars) >= {"oldest", "rank", "root"}
    frames = frames_of([household, household], rulebook.catalog)
    households, members = ruleset.assess(frames.households, frames.members)
    plan = make_plan(household, rulebook)
    given = {(s.benefit.code, s.recipient): s.status == "eligible" for s in plan.supports}
    # Ages 70, 68 and 46: √70 > 8; by age 46 is first, 68 second, 70 third.
    assert given == {
        ("trial.old", "household"): True,
        ("trial.first", 0): True,
        ("trial.first", 1): True,
        ("trial.first", 2): False,
    }
    assert households["status:trial.old"].to_list() == [True, True]
    assert members["status:trial.first"].to_list() == [True, True, False] * 2
