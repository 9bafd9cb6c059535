"""What is known in part decides what it can: at least so much, one of the days of a year, one of two categories."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bangfu import InputError, Plan, Status
from bangfu.facts.declare import Partly
from bangfu.show import plan_as_json, plan_as_text
from desk import Desk
from people import YANAN, day, person, support

RENT = {"kind": "property", "per": "month"}
"""An entry of which nobody knows the amount."""


def family(desk: Desk, *incomes: Any, residence: str = "rural", **facts: Any) -> Plan:
    """Return the plan of a couple with a child: lines of 3 × 5,400 = 16,200 and 1.5 × that = 24,300 a year."""
    facts = {"assets_within_limits": True, "expenses": [], **facts}
    return desk.plan(
        person("head", "1978-03-02", incomes=list(incomes)),
        person("spouse", "1980-03-02"),
        person("child", "2008-03-02", school_stage="junior_secondary", boarding=False),
        region=YANAN,
        on=day("2022-09-01"),
        residence=residence,
        **facts,
    )


def work(amount: Any) -> dict[str, Any]:
    """Return an income by the year."""
    return {"kind": "business", "amount": amount, "per": "year"}


@pytest.mark.parametrize(
    ("known", "category", "dibao"),
    [
        (60_000, "none", False),  # above every line, whatever the rent may be
        (24_300, "none", False),  # not below 24,300
        ("24299.99", None, False),  # margin with a rent of nothing, above it with one of a fen
        (16_200, None, False),  # not below 16,200: no dibao in any case
        ("16199.99", None, None),
    ],
)
def test_one_missing_amount_leaves_open_only_what_it_can_change(
    desk: Desk, known: Any, category: str | None, dibao: bool | None
) -> None:
    """An income list with an open entry is at least the rest."""
    plan = family(desk, work(known), RENT)
    assert plan.category == category
    assert (plan.income_year, plan.income_bounds) == (None, Partly(Decimal(str(known)).quantize(Decimal("0.01"))))
    below = next(r for r in plan.reasons if r.rule == "dibao" and r.criterion.comparison == "below")
    assert below.status is dibao
    assert any(missing.fact == "incomes" and missing.decides_category for missing in plan.missing) is (category is None)


def test_reasons_show_what_is_known(desk: Desk) -> None:
    """``≥ 60000.00`` in the JSON, with the bounds beside the income that is not known; in words for the caseworker."""
    plan = family(desk, work(60_000), RENT)
    data = plan_as_json(plan)["household"]
    assert (data["income_year"], data["income_bounds"]) == (None, ["60000.00", None])
    assert "≥ 60000.00" in {reason["value"] for reason in data["reasons"]}
    text = plan_as_text(plan, desk.rulebook.rules(YANAN, day("2022-09-01")))
    assert "年收入 至少 60,000.00 元" in text
    assert "（≥ 60,000.00，线 16,200.00）" in text


@pytest.mark.parametrize(
    ("stated", "category", "shown"),
    [
        ({"at_least": 3000, "at_most": 5000}, "dibao", "3000.00–5000.00"),
        ({"at_least": 16_200, "at_most": "24299.99"}, "margin", "16200.00–24299.99"),
        ({"at_least": 16_000, "at_most": 17_000}, None, "16000.00–17000.00"),
        ({"at_most": "16199.99"}, "dibao", "0.00–16199.99"),
    ],
)
def test_an_amount_may_be_stated_by_its_bounds(desk: Desk, stated: Any, category: str | None, shown: str) -> None:
    """Whatever lies within them, the category is the same; where it is not, it is open."""
    plan = family(desk, work(stated))
    assert plan.category == category
    assert shown in {reason["value"] for reason in plan_as_json(plan)["household"]["reasons"]}
    dibao = support(plan, "living.dibao")
    assert dibao.status is (Status.INELIGIBLE if category == "margin" else Status.UNDETERMINED)


@pytest.mark.parametrize(
    ("stated", "age", "status"),
    [
        ("2006", "15–16", Status.UNDETERMINED),  # sixteen on 1 September or not
        ("2006-10", "15", Status.INELIGIBLE),
        ("2006-08", "16", Status.ELIGIBLE),
        ("2005", "16–17", Status.ELIGIBLE),
    ],
)
def test_a_day_may_be_stated_by_its_year_or_month(desk: Desk, stated: str, age: str, status: Status) -> None:
    """On 1 September 2022 whoever was born in 2006 is 15 or 16: a training subsidy asks for 16."""
    plan = desk.plan(
        person("head", "1978-03-02"),
        person("child", stated, wants_training=True, employment="not_working", school_stage="none"),
        region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True, expenses=[],
    )  # fmt: skip
    wanted = next(s for s in plan.supports if s.benefit.code == "employment.services" and s.recipient == 1)
    able = next(r for r in wanted.reasons if r.criterion.label == "法定劳动年龄内有劳动能力")
    assert able.status is {Status.ELIGIBLE: True, Status.INELIGIBLE: False}.get(status)
    assert able.missing == (() if able.status is not None else ("birth_date",))
    assert str(plan_age(plan)) == age


def plan_age(plan: Plan) -> object:
    """Return the age of the second member as the plan shows it."""
    young = next(r for r in plan.members[1].reasons if r.criterion.value == "age")
    return young.value


def test_whoever_was_born_this_year_was_born_by_today(desk: Desk) -> None:
    """A year that is not over yet ends with the day of the assessment."""
    plan = desk.plan(person("head", "1990-01-01"), person("child", "2022"), region=YANAN, on=day("2022-09-01"))
    assert plan.household.members[1]["birth_date"] == Partly(day("2022-01-01"), day("2022-09-01"))
    with pytest.raises(InputError, match="不晚于评估日"):
        desk.plan(person("head", "1990-01-01"), person("child", "2023"), region=YANAN, on=day("2022-09-01"))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"financial_assets": {"atleast": 3}}, "一个表，其键为 atleast"),
        ({"financial_assets": {}}, "一个空表"),
        ({"financial_assets": {"at_least": 5, "at_most": 5}}, "知道确数的，直接写这个数"),
        ({"financial_assets": {"at_least": -1}}, "金额不能为负"),
        ({"homes": {"at_least": 1, "at_most": 2000}}, "0 至 1000 的整数"),
        ({"income_risen_on": "2022-13"}, "的年，或年月"),
        ({"income_risen_on": "1822"}, "的年，或年月"),
        ({"residence": {"at_least": "rural"}}, "其中之一"),
    ],
)
def test_bounds_that_cannot_be_are_told(desk: Desk, facts: dict[str, Any], told: str) -> None:
    """What was found, what is expected, how to mend it."""
    with pytest.raises(InputError) as refused:
        family(desk, **facts)
    assert told in str(refused.value)


def test_an_urban_household_is_shown_the_urban_clause(desk: Desk, tmp_path: Any) -> None:
    """Each number has its own clause, by residence where it is by residence."""
    pack = tmp_path / "two.toml"
    pack.write_text(
        '[pack]\nregion = "610625"\nsource = "甲"\n[parameters]\n'
        '"dibao.standard.rural" = { value = 450, per = "month", source = "农村文件" }\n'
        '"dibao.standard.urban" = { value = 610, per = "month", source = "城镇文件" }\n',
        encoding="utf-8",
    )
    both = Desk(type(desk.rulebook).load([pack]))
    for residence, clause in (("rural", "农村文件"), ("urban", "城镇文件")):
        plan = family(both, work(12_000), residence=residence)
        below = next(r for r in plan.reasons if r.rule == "dibao" and r.criterion.comparison == "below")
        assert below.source == clause
        assert {n.source for n in support(plan, "living.dibao").numbers if n.column == "dibao_standard"} == {clause}


def test_a_sum_says_what_is_set_by_the_month(desk: Desk, tmp_path: Any) -> None:
    """450.00 a month × 12 × 3 − 12,000.00 = 4,200.00."""
    pack = tmp_path / "month.toml"
    pack.write_text(
        '[pack]\nregion = "610625"\nsource = "甲"\n[parameters]\n'
        '"dibao.standard.rural" = { value = 450, per = "month" }\n',
        encoding="utf-8",
    )
    monthly = Desk(type(desk.rulebook).load([pack]))
    text = plan_as_text(family(monthly, work(12_000)), monthly.rulebook.rules(YANAN, day("2022-09-01")))
    assert "450.00/月 × 12 × 核算人数 3 − 家庭年收入 12,000.00 − 因拒绝就业停发的本人份额 0.00 = 4,200.00" in text
