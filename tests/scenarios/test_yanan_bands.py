"""Yan'an (S7): rural 5,400 a head and year, urban 610 a head and month, margin up to 1.5 times."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bangfu import Plan, Status
from desk import Desk
from people import YANAN, day, person, support, wage


def family(desk: Desk, income: str, residence: str = "rural", **facts: object) -> Plan:
    """Return the plan of a couple with a child of 14 who have this income a year."""
    facts = {"assets_within_limits": True, "expenses": [], **facts}
    return desk.plan(
        person("head", "1978-03-02", incomes=wage(income)),
        person("spouse", "1980-03-02"),
        person("child", "2008-03-02", school_stage="junior_secondary", boarding=False),
        region=YANAN,
        on=day("2022-09-01"),
        residence=residence,
        **facts,
    )


def test_the_gap_is_paid(desk: Desk) -> None:
    """3 × 5,400 − 12,000 = 4,200 a year."""
    plan = family(desk, "12000.00")
    dibao = support(plan, "living.dibao")
    assert (plan.category, dibao.status, dibao.amount, dibao.year_amount) == (
        "dibao",
        Status.ELIGIBLE,
        Decimal("4200.00"),
        Decimal("4200.00"),
    )
    assert plan.totals.by_programme["living"] == Decimal("4200.00")
    assert (plan.size, plan.income_year, plan.income_per_head_year) == (3, Decimal(12000), Decimal(4000))
    numbers = {number.label: number.value for number in dibao.numbers}
    assert (numbers["低保标准（每人每年）"], numbers["核算人数"], numbers["家庭年收入"]) == (5400, 3, 12000)


@pytest.mark.parametrize(
    ("income", "residence", "category"),
    [
        ("16199.99", "rural", "dibao"),  # one fen below 3 × 5,400 = 16,200
        ("16200.00", "rural", "margin"),  # the line is not below the line
        ("24299.99", "rural", "margin"),  # one fen below 3 × 8,100 = 24,300
        ("24300.00", "rural", None),
        ("21959.99", "urban", "dibao"),  # 3 × 610 × 12 = 21,960
        ("21960.00", "urban", "margin"),
        ("32939.99", "urban", "margin"),  # 3 × 915 × 12 = 32,940
        ("32940.00", "urban", None),
    ],
)
def test_each_line_has_two_sides(desk: Desk, income: str, residence: str, category: str | None) -> None:
    """Below the line is in, on the line is out, to the fen."""
    plan = family(desk, income, residence)
    if category:
        assert plan.category == category
    else:
        assert {"dibao", "margin"}.isdisjoint(plan.candidates)


def test_above_both_lines_and_without_hard_spending_a_family_is_in_no_category(desk: Desk) -> None:
    """No rigid spending at all cannot exceed any share of income, whatever the share is."""
    assert family(desk, "24300.00").category == "none"


def test_a_family_on_the_watch_list_is_watched(desk: Desk) -> None:
    """Watched comes after every category of income."""
    assert family(desk, "24300.00", watched_for_return_to_poverty=True).category == "watched"
    assert family(desk, "12000.00", watched_for_return_to_poverty=True).category == "dibao"


def test_the_line_itself_is_told_as_a_near_miss(desk: Desk) -> None:
    """16,200 misses dibao by nothing at all, and the plan says so."""
    near = [n for n in family(desk, "16200.00").near_misses if n.code == "dibao"]
    assert [(n.recipient, n.by) for n in near] == [("household", Decimal("0.00"))]


def test_property_over_the_limit_closes_every_category(desk: Desk) -> None:
    """Income alone does not make a low-income household."""
    assert family(desk, "12000.00", assets_within_limits=False).category == "none"


def test_an_unknown_property_verdict_leaves_the_category_open(desk: Desk) -> None:
    """5,000 is below 2 × 5,400: dibao if property is within limits, else none; never margin."""
    plan = desk.plan(
        person("head", "1978-03-02", incomes=wage(5000)),
        person("spouse", "1980-03-02"),
        region=YANAN, on=day("2022-09-01"), residence="rural", expenses=[],
    )  # fmt: skip
    assert (plan.category, set(plan.candidates)) == (None, {"dibao", "none"})
    assert "assets_within_limits" in {missing.fact for missing in plan.missing}


def test_unknown_residence_asks_for_it(desk: Desk) -> None:
    """Rural and urban lines differ, so the category waits for the residence."""
    plan = desk.plan(
        person("head", "1978-03-02", incomes=wage(7000)), region=YANAN, on=day("2022-09-01"), assets_within_limits=True
    )
    assert plan.category is None
    assert "residence" in {missing.fact for missing in plan.missing}


def test_an_adults_unknown_income_is_not_zero(desk: Desk) -> None:
    """A spouse of whose income nothing is said leaves the household's income unknown."""
    spouse = person("spouse", "1980-03-02")
    del spouse["incomes"]
    plan = desk.plan(
        person("head", "1978-03-02"), spouse, region=YANAN, on=day("2022-09-01"), residence="rural",
        assets_within_limits=True,
    )  # fmt: skip
    assert (plan.income_year, plan.category) == (None, None)
    assert ("incomes", 1) in {(missing.fact, missing.member) for missing in plan.missing}
