"""List facts as Parquet files hold them: summed by kind and year, what is unknown kept apart from what is nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bangfu import Level, Rulebook, frames_of, household_from
from bangfu.facts import CORE_FACTS
from bangfu.frames import schema
from bangfu.lists import list_frames_of, parquet_schema, summed

INCOMES = parquet_schema(CORE_FACTS, Level.MEMBER)["incomes"]
ZERO = Decimal("0.00")


def members(incomes: list[Any], dtype: pl.DataType | None = INCOMES) -> pl.DataFrame:
    """Return a frame of members with these lists of incomes."""
    return pl.DataFrame([pl.Series("incomes", incomes, dtype=dtype), pl.Series("household", range(len(incomes)))])


def sums(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return for each member whether incomes are stated, and the sums of wages and of business."""
    return summed(frame, CORE_FACTS, Level.MEMBER).select("incomes", "incomes.wage", "incomes.business").rows()


def wage(amount: Any, per: str | None) -> dict[str, Any]:
    """Return an entry of wages."""
    return {"kind": "wage", "amount": amount, "per": per}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (None, (None, None, None)),
        ([], (True, ZERO, ZERO)),
        ([wage(Decimal("1500.50"), "month")], (True, Decimal("18006.00"), ZERO)),
        ([wage(Decimal(1), per) for per in ("year", "month", "once")], (True, Decimal("14.00"), ZERO)),
        ([wage(Decimal(1), "year"), wage(Decimal(1), "day")], (True, None, ZERO)),  # how many days, nobody said
        ([wage(Decimal(1), "year"), wage(None, "year")], (True, None, ZERO)),
        ([wage(Decimal(1), None)], (True, None, ZERO)),
        ([wage(Decimal(1), "fortnight")], (True, None, ZERO)),
        ([wage(None, "year"), {"kind": "business", "amount": 7, "per": "year"}], (True, None, Decimal("7.00"))),
        ([{"kind": "wages", "amount": 7, "per": "year"}], (True, None, None)),
        ([{"kind": None, "amount": 7, "per": "year"}], (True, None, None)),
        ([None], (True, None, None)),
    ],
)
def test_a_list_is_summed_by_kind(entries: list[Any] | None, expected: tuple[Any, ...]) -> None:
    """Nothing is not unknown; an entry whose kind is not known could belong to any kind."""
    assert sums(members([entries])) == [expected]


def test_several_amounts_have_a_column_each() -> None:
    """A treatment without what the insurance paid leaves that sum unknown, and only that."""
    entries = [{"setting": "inpatient", "covered": 900, "own_paid": 100}, {"setting": "inpatient", "covered": 100}]
    types = {"treatments": parquet_schema(CORE_FACTS, Level.MEMBER)["treatments"]}
    frame = summed(pl.DataFrame({"treatments": [entries]}, schema=types), CORE_FACTS, Level.MEMBER)
    columns = ("treatments.inpatient.covered", "treatments.inpatient.own_paid", "treatments.outpatient_chronic.covered")
    assert frame.select(columns).rows() == [(Decimal("1000.00"), None, ZERO)]


def test_the_columns_are_those_of_the_rules_and_others_stay() -> None:
    """Each fact's columns stand where its list stood; a list that the frame does not have is unknown throughout."""
    frame = summed(members([[], None]).with_columns(note=pl.lit("x")), CORE_FACTS, Level.MEMBER)
    assert frame.columns[:2] == ["incomes", "incomes.wage"]
    assert frame["note"].to_list() == ["x", "x"]
    assert frame["household"].to_list() == [0, 1]
    assert frame["treatments"].null_count() == frame["treatments.inpatient.covered"].null_count() == 2
    expected = schema(CORE_FACTS, Level.MEMBER)
    for fact in ("incomes", "treatments"):
        for column in CORE_FACTS.by_name[fact].columns:
            assert frame.schema[column] == expected[column]


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ([None, None], [(None, None, None)] * 2),
        ([[], None], [(True, ZERO, ZERO), (None, None, None)]),
        ([[{"kind": "wage", "amount": 1.5, "per": "year"}]], [(True, Decimal("1.50"), ZERO)]),
        ([[{"kind": "wage", "amount": "1.50", "per": "month"}]], [(True, Decimal("18.00"), ZERO)]),
        ([[{"per": "month", "amount": 2, "more": 1, "kind": "wage"}]], [(True, Decimal("24.00"), ZERO)]),
        ([[{"per": "day", "amount": 2, "more": 1, "kind": "wage"}]], [(True, None, ZERO)]),
        ([[{"kind": "wage", "amount": 2}], []], [(True, None, ZERO), (True, ZERO, ZERO)]),
        ([[{"kind": "wage", "per": "day"}], []], [(True, None, ZERO), (True, ZERO, ZERO)]),
    ],
)
def test_other_writers_types_are_taken(lists: list[Any], expected: list[tuple[Any, ...]]) -> None:
    """Amounts as floats, integers or text, fields in any order, more or fewer of them, lists without a type."""
    assert sums(members(lists, None)) == expected


@pytest.mark.parametrize("wrong", [[1], [[1]], [[{"amount": 1}]], [[wage("one yuan", "year")]]])
def test_what_is_no_list_of_entries_is_an_error(wrong: list[Any]) -> None:
    """Never a silent null."""
    with pytest.raises(pl.exceptions.PolarsError):
        sums(members(wrong, None))


def test_sums_that_no_column_holds_are_an_error() -> None:
    """Twelve months of nearly all that a column of money can hold; a year of it is right to the fen."""
    most = Decimal("9999999999999999.99")
    assert sums(members([[wage(most, "year")]])) == [(True, most, ZERO)]
    with pytest.raises(pl.exceptions.PolarsError):
        sums(members([[wage(most, "month")]]))


def test_a_slice_gives_the_same() -> None:
    """On a part of a frame: row by row the same sums."""
    lists = [None, [], [wage(Decimal(1), "month")], [wage(None, "month")], [wage(Decimal(2), "day")] * 3]
    frame = members(lists * 50)
    whole = summed(frame, CORE_FACTS, Level.MEMBER)
    assert whole.drop("household")[:5].equals(whole.drop("household")[5:10])
    assert summed(frame[3:77], CORE_FACTS, Level.MEMBER).equals(whole[3:77])


def test_a_parquet_file_keeps_a_household(tmp_path: Path, rulebook: Rulebook) -> None:
    """What a file says comes back from Parquet as the rules' columns; names and ID numbers are not in it."""
    data = {
        "region": "610625",
        "expenses": [{"kind": "medical", "amount": "300.10", "per": "month"}],
        "members": [
            {"name": "张某", "relation": "head", "birth_date": "1978-03-02", "incomes": []},
            {"relation": "child", "incomes": [{"kind": "wage", "amount": 5}]},
        ],
    }
    household = household_from(data, on=date(2024, 1, 1), catalog=rulebook.catalog)
    expected = frames_of([household], rulebook.catalog)
    held = list_frames_of([household], rulebook.catalog)
    for level, frame, wanted in zip(
        Level, (held.households, held.members), (expected.households, expected.members), strict=True
    ):
        assert dict(frame.schema) == parquet_schema(rulebook.catalog, level)
        assert {"name", "id_number"}.isdisjoint(frame.columns)
        frame.write_parquet(tmp_path / "part.parquet")
        read = summed(pl.read_parquet(tmp_path / "part.parquet"), rulebook.catalog, level)
        assert read.select(wanted.columns).equals(wanted)
