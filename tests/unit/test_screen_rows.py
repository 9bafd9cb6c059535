"""Rows of a population are checked as a household file is; a bad one costs its own household only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from bangfu import Fact, InputError, Level, Rulebook, Text
from bangfu.facts import CORE_FACTS
from bangfu.screen.columns import unknown_columns
from bangfu.screen.partition import CheckedRows, checked

ON = date(2024, 6, 30)
HOUSEHOLD: dict[str, Any] = {"household": 1, "region": "340123", "residence": "rural"}
MEMBER: dict[str, Any] = {"household": 1, "member": 0, "relation": "head", "birth_date": date(1970, 1, 1)}
MIDNIGHT = datetime.fromisoformat("2024-02-29T00:00")
OF_HOUSEHOLDS = {fact.name for fact in CORE_FACTS.at(Level.HOUSEHOLD)}
WAGE: dict[str, Any] = {"kind": "wage", "amount": Decimal("950.00"), "per": "year"}


def rows(households: list[dict[str, Any]], members: list[dict[str, Any]]) -> CheckedRows:
    """Return what comes of rows as dictionaries."""
    h = pl.DataFrame(households, infer_schema_length=None)
    m = pl.DataFrame(members, infer_schema_length=None)
    return checked(h, m, CORE_FACTS, ON)


def beside(**values: Any) -> CheckedRows:
    """Return what comes of a household with other values, beside one that is right."""
    household = HOUSEHOLD | {name: value for name, value in values.items() if name in OF_HOUSEHOLDS}
    member = MEMBER | {name: value for name, value in values.items() if name not in OF_HOUSEHOLDS}
    return rows([household, HOUSEHOLD | {"household": 2}], [member, MEMBER | {"household": 2}])


def refused(found: CheckedRows) -> list[tuple[int | None, int | None, str]]:
    """Return household, member and column of each reject."""
    return list(found.rejects.select("household", "member", "column").iter_rows())


@pytest.mark.parametrize(
    ("values", "column", "said"),
    [
        ({"region": None}, "region", "没有写"),
        ({"region": "34012"}, "region", "6、9、12 位数字"),
        ({"region": "34012x"}, "region", "6、9、12 位数字"),
        ({"region": "340123\n"}, "region", "6、9、12 位数字"),
        ({"residence": "village"}, "residence", "rural（农村）"),
        ({"homes": -1}, "homes", "0 至 1000 的整数"),
        ({"homes": 1001}, "homes", "0 至 1000 的整数"),
        ({"financial_assets": Decimal("-0.01")}, "financial_assets", "两位小数"),
        ({"financial_assets": Decimal("100000000.00")}, "financial_assets", "两位小数"),
        ({"financial_assets": Decimal("0.001")}, "financial_assets", "两位小数"),
        ({"financial_assets": 0.001}, "financial_assets", "两位小数"),
        ({"financial_assets": float("nan")}, "financial_assets", "两位小数"),
        ({"financial_assets": "1,000"}, "financial_assets", "两位小数"),
        ({"financial_assets": "1e3"}, "financial_assets", "两位小数"),
        ({"recognised_on": date(1899, 12, 31)}, "recognised_on", "1900-01-01"),
        ({"recognised_on": "2024-02-30"}, "recognised_on", "日期"),
        ({"recognised_on": "20240201"}, "recognised_on", "日期"),
        ({"recognised_on": MIDNIGHT.replace(hour=8)}, "recognised_on", "日期"),
        ({"relation": None}, "relation", "没有写"),
        ({"relation": "wife"}, "relation", "spouse（配偶）"),
        ({"birth_date": date(2024, 7, 1)}, "birth_date", "评估日"),
        ({"member": -1}, "member", "从 0 起"),
        ({"member": None}, "member", "没有写"),
        ({"disability_grade": 5}, "disability_grade", "1 至 4 的整数"),
        ({"disability_grade": 1.5}, "disability_grade", "1 至 4 的整数"),
        ({"incomes": [WAGE | {"kind": "salary"}]}, "incomes[].kind", "wage（工资）"),
        ({"incomes": [WAGE | {"kind": None}]}, "incomes[].kind", "wage（工资）"),
        ({"incomes": [WAGE, WAGE | {"amount": Decimal("-1.00")}]}, "incomes[].amount", "两位小数"),
        ({"incomes": [WAGE | {"per": "week"}]}, "incomes[].per", "month（月）"),
        ({"incomes": [WAGE] * 201}, "incomes", "至多 200 项"),
    ],
)
def test_a_wrong_value_costs_its_household(values: dict[str, Any], column: str, said: str) -> None:
    """The reason says what is expected, as the check of a household file does; the other household stays."""
    found = beside(**values)
    [(household, member, at)] = refused(found)
    assert (household, at) == (1, column)
    assert member == (None if column in OF_HOUSEHOLDS else values.get("member", 0))
    assert said in found.rejects["reason"].item()
    assert found.households["household"].to_list() == found.members["household"].to_list() == [2]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ({"financial_assets": 12.5}, Decimal("12.50")),
        ({"financial_assets": 12}, Decimal("12.00")),
        ({"financial_assets": "12.5"}, Decimal("12.50")),
        ({"financial_assets": Decimal("99999999.990")}, Decimal("99999999.99")),
        ({"homes": 2.0}, 2),
        ({"recognised_on": "2024-02-29"}, date(2024, 2, 29)),
        ({"recognised_on": MIDNIGHT}, date(2024, 2, 29)),
        ({"disability_grade": 4}, 4),
        ({"incomes": []}, []),
        ({"incomes": [{"kind": "wage", "amount": 950.0, "per": "year"}]}, [WAGE]),
        ({"incomes": [{"kind": "wage", "amount": "950"}]}, [WAGE | {"per": None}]),
    ],
)
def test_what_says_the_same_is_read_as_the_same(values: dict[str, Any], read: Any) -> None:
    """Numbers as other tools write them, days as texts, entries that leave a field out."""
    found = beside(**values)
    [name] = values
    assert found.rejects.is_empty()
    frame = found.households if name in found.households.columns else found.members
    assert frame[name].to_list()[0] == read


def test_categories_of_other_tools_are_texts() -> None:
    """As pandas writes columns of few values."""
    h = pl.DataFrame([HOUSEHOLD]).with_columns(pl.col("residence").cast(pl.Categorical))
    m = pl.DataFrame([MEMBER]).with_columns(pl.col("relation").cast(pl.Enum(["head", "spouse"])))
    found = checked(h, m, CORE_FACTS, ON)
    assert (found.households["residence"].item(), found.members["relation"].item()) == ("rural", "head")


def test_what_is_wrong_among_rows() -> None:
    """Two heads, nobody, an unknown household, a key or a place twice, no key."""
    found = rows(
        [HOUSEHOLD | {"household": key} for key in (1, 2, 3, 3, 4, 5, None)],
        [
            MEMBER,
            MEMBER | {"member": 1},
            MEMBER | {"household": 3},
            MEMBER | {"household": 4},
            MEMBER | {"household": 4, "relation": "other"},
            MEMBER | {"household": 5},
            MEMBER | {"household": 6, "member": 8},
            MEMBER | {"household": None},
        ],
    )
    assert refused(found) == [
        (None, None, "household"),
        (None, 0, "household"),
        (1, None, "relation"),
        (2, None, "members"),
        (3, None, "household"),
        (4, 0, "member"),
        (6, 8, "household"),
    ]
    assert found.households["household"].to_list() == found.members["household"].to_list() == [5]


def test_a_household_of_more_than_a_hundred_is_refused() -> None:
    """As in a household file."""
    found = rows([HOUSEHOLD], [MEMBER | {"member": i, "relation": "head" if i == 0 else "other"} for i in range(101)])
    assert refused(found) == [(1, None, "members")]


def test_all_that_is_wrong_is_said_and_no_value_of_it() -> None:
    """Columns may have been mixed up with one of names."""
    found = beside(region="王大山", residence="522723198003150016")
    assert refused(found) == [(1, None, "region"), (1, None, "residence")]
    assert not [reason for reason in found.rejects["reason"] if "王" in reason or "5227" in reason]


def test_rows_are_sorted_by_their_keys() -> None:
    """Whatever their order; without a column of places people are numbered as they stand."""
    h = pl.DataFrame([HOUSEHOLD | {"household": key} for key in (3, 1, 2)])
    people = [
        {"household": key, "relation": relation, "birth_date": date(1970, 1, day)}
        for key, relation, day in ((2, "head", 1), (1, "head", 2), (3, "head", 3), (1, "spouse", 4))
    ]
    found = checked(h, pl.DataFrame(people), CORE_FACTS, ON)
    assert found.households["household"].to_list() == [1, 2, 3]
    placed = found.members.select("household", "member", pl.col("birth_date").dt.day()).rows()
    assert placed == [(1, 0, 2), (1, 1, 4), (2, 0, 1), (3, 0, 3)]


@pytest.mark.parametrize(
    ("households", "members", "paths"),
    [
        ({"region": pl.String()}, {"household": pl.Int64(), "relation": pl.String()}, ["household"]),
        ({"household": pl.String(), "region": pl.String()}, {}, ["household"]),
        ({"household": pl.Int64(), "region": pl.Int64(), "homes": pl.Boolean()}, {}, ["region", "homes"]),
        (
            {"household": pl.Int64(), "region": pl.String(), "recognised_on": pl.Int64(), "expenses": pl.Float64()},
            {},
            ["expenses", "recognised_on"],
        ),
        (
            {"household": pl.Int64(), "region": pl.String()},
            {"household": pl.Int64(), "incomes": pl.List(pl.Struct({"amount": pl.Float64()}))},
            ["relation", "incomes"],
        ),
    ],
)
def test_a_column_that_cannot_be_read_stops_it(
    households: dict[str, pl.DataType], members: dict[str, pl.DataType], paths: list[str]
) -> None:
    """A key or a required fact is missing, or the type is another: not one row could be right."""
    with pytest.raises(InputError) as caught:
        checked(pl.DataFrame(schema=households), pl.DataFrame(schema=members), CORE_FACTS, ON)
    assert [problem.path for problem in caught.value.problems] == paths


def test_a_column_of_nulls_is_unknown_or_missing() -> None:
    """Its type is lost; what is required is asked for in each row."""
    h = pl.DataFrame([HOUSEHOLD | {"residence": None}])
    m = pl.DataFrame([MEMBER | {"relation": None}])
    found = checked(h, m, CORE_FACTS, ON)
    assert refused(found) == [(1, 0, "relation")]


def test_texts_of_plugins_are_checked_too() -> None:
    """A line of them, not too long."""
    catalog = CORE_FACTS.extended([Fact("note", Level.HOUSEHOLD, Text(longest=5), "备注")])
    h = pl.DataFrame(
        [HOUSEHOLD | {"household": i, "note": note} for i, note in enumerate(("好", "一二三四五六", "a\nb"))]
    )
    m = pl.DataFrame([MEMBER | {"household": i} for i in range(3)])
    found = checked(h, m, catalog, ON)
    assert refused(found) == [(1, None, "note"), (2, None, "note")]


def test_columns_nobody_declared_are_told_with_the_nearest(rulebook: Rulebook) -> None:
    """A misspelt fact would be unknown throughout; names and numbers are passed over in silence."""
    schema = {"household": pl.Int64(), "birthdate": pl.Date(), "name": pl.String(), "number": pl.String()}
    [problem] = unknown_columns(schema, rulebook.catalog, Level.MEMBER)
    assert (problem.path, problem.hint) == ("birthdate", "最接近的是 birth_date")
