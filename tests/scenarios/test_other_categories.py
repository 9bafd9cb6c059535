"""Dibao alone, rigid expenditure by both methods, grace, property limits, excluded income."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bangfu import Plan, Rulebook, Status
from bangfu.show import plan_as_json, plan_as_text
from desk import Desk
from people import ELSEWHERE, GANSU, GUANGXI, YANAN, day, person, support, wage

PACK = """
[pack]
region = "{region}"
name = "试点"
source = "试点办法"

[parameters]
"dibao.standard.rural" = {{ value = 5000, per = "year" }}
"disposable_income.rural" = {{ value = 20000 }}
{more}
"""


def place(tmp_path: Path, region: str, more: str = "") -> Desk:
    """Return a desk where this region has a standard of 5,000 and a disposable income of 20,000."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK.format(region=region[:6], more=more), encoding="utf-8")
    return Desk(Rulebook.load([file]))


def pair(desk: Desk, income: object, region: str, on: str = "2025-06-01", **facts: Any) -> Plan:
    """Return the plan of a head with this wage and a spouse without income."""
    head, spouse = facts.pop("head", {}), facts.pop("spouse", {})
    return desk.plan(
        person("head", "1980-01-01", incomes=wage(income)) | head,
        person("spouse", "1982-01-01") | spouse,
        region=region, on=day(on), **({"residence": "rural", "assets_within_limits": True} | facts),
    )  # fmt: skip


class TestDibaoAlone:
    """N2 art. 8 and N4: one member on dibao alone, on his or her own income."""

    @pytest.mark.parametrize(
        ("spouse", "alone"),
        [
            ({"disability_kind": "limb", "disability_grade": 2, "employment": "farming"}, True),
            ({"disability_kind": "limb", "disability_grade": 3, "employment": "farming"}, False),
            ({"disability_kind": "mental", "disability_grade": 3, "employment": "farming"}, True),
            ({"disability_kind": "mental", "disability_grade": 4, "employment": "farming"}, False),
            ({"disability_kind": "intellectual", "disability_grade": 3, "employment": "farming"}, True),
            ({"serious_illness": True}, True),
            ({}, False),
        ],
    )
    def test_in_a_margin_household(self, desk: Desk, spouse: dict[str, Any], alone: bool) -> None:
        """12,000 for two lies between 2 × 5,400 and 2 × 8,100: margin; the ill spouse gets 5,400 − 0."""
        plan = pair(desk, 12000, YANAN, "2022-09-01", spouse=spouse)
        assert plan.category == "margin"
        assert plan.members[1].category == ("dibao_single" if alone else "margin")
        single = support(plan, "living.dibao_single", 1)
        assert single.status is (Status.ELIGIBLE if alone else Status.INELIGIBLE)
        assert single.amount == (Decimal("5400.00") if alone else None)

    @pytest.mark.parametrize(("own", "alone"), [("5399.99", True), ("5400.00", False)])
    def test_on_the_members_own_income(self, desk: Desk, own: str, alone: bool) -> None:
        """5,400 − 5,399.99 = 0.01; at the line nothing."""
        spouse = {"serious_illness": True, "incomes": wage(own)}
        plan = pair(desk, 8000, YANAN, "2022-09-01", spouse=spouse)
        assert (plan.members[1].category == "dibao_single") is alone
        assert support(plan, "living.dibao_single", 1).amount == (Decimal("0.01") if alone else None)

    @pytest.mark.parametrize(("on", "alone"), [("2022-10-19", False), ("2022-10-20", True)])
    def test_a_jobless_severely_disabled_adult_of_any_household(self, desk: Desk, on: str, alone: bool) -> None:
        """N4, from 20 October 2022: the household's own income does not matter."""
        spouse = {"disability_kind": "limb", "disability_grade": 1, "employment": "not_working"}
        plan = pair(desk, 90000, YANAN, on, spouse=spouse, expenses=[])
        assert (plan.members[1].category == "dibao_single") is alone

    @pytest.mark.parametrize(
        ("born", "employment", "alone"),
        [
            ("2004-11-01", "not_working", True),  # 18 today
            ("2004-11-02", "not_working", False),  # 18 tomorrow
            ("1990-01-01", "unemployed", True),
            ("1990-01-01", "farming", False),
            ("1990-01-01", "flexible", False),
        ],
    )
    def test_who_is_a_jobless_adult(self, desk: Desk, born: str, employment: str, alone: bool) -> None:
        """Of age, and out of work, whether he or she looks for it or not."""
        disabled = {"disability_kind": "limb", "disability_grade": 1, "employment": employment, "school_stage": "none"}
        child = person("child", born, **disabled)
        plan = desk.plan(
            person("head", "1975-01-01", incomes=wage(90000)), child,
            region=YANAN, on=day("2022-11-01"), residence="rural", assets_within_limits=True, expenses=[],
        )  # fmt: skip
        assert (plan.members[1].category == "dibao_single") is alone

    def test_nobody_is_alone_in_a_household_on_dibao(self, desk: Desk) -> None:
        """Dibao covers the whole household."""
        spouse = {"disability_kind": "limb", "disability_grade": 1, "employment": "not_working"}
        plan = pair(desk, 6000, YANAN, "2022-11-01", spouse=spouse)
        assert [member.category for member in plan.members] == ["dibao", "dibao"]

    @pytest.mark.parametrize(("cost", "alone"), [("12000.00", False), ("12000.01", True)])
    def test_in_gansu_medical_cost_above_the_households_income(self, tmp_path: Path, cost: str, alone: bool) -> None:
        """S2: own cost this year above last year's total household income of 12,000."""
        gansu = place(tmp_path, GANSU)
        treated = {"treatments": [{"setting": "inpatient", "own_paid": cost}]}
        plan = pair(gansu, 12000, GANSU, spouse=treated, head={"treatments": []})
        assert plan.category == "margin"
        assert (plan.members[1].category == "dibao_single") is alone


class TestRigidExpenditure:
    """N5's share of income, S6's deduction from income."""

    @pytest.mark.parametrize(
        ("spent", "category"), [("13500.00", "none"), ("13500.01", "rigid_expenditure"), ("0", "none")]
    )
    def test_by_share(self, tmp_path: Path, spent: str, category: str) -> None:
        """60% of 22,500 is 13,500: more than that is rigid expenditure."""
        jilin = place(tmp_path, ELSEWHERE, '"rigid.share" = { value = 0.6 }')
        expenses = [{"kind": "medical", "amount": spent, "per": "year"}]
        assert pair(jilin, 22500, ELSEWHERE, expenses=expenses).category == category

    def test_not_before_2025(self, tmp_path: Path) -> None:
        """N5 is in force from 1 January 2025; before, nothing sets a method."""
        jilin = place(tmp_path, ELSEWHERE, '"rigid.share" = { value = 0.6 }')
        expenses = [{"kind": "medical", "amount": 20000, "per": "year"}]
        plan = pair(jilin, 22500, ELSEWHERE, "2024-12-31", expenses=expenses)
        assert plan.category is None
        assert "rigid.method" in {unset.parameter for unset in plan.not_configured}
        assert pair(jilin, 22500, ELSEWHERE, "2025-01-01", expenses=expenses).category == "rigid_expenditure"

    @pytest.mark.parametrize(("income", "category"), [("39999.99", "rigid_expenditure"), ("40000.00", "none")])
    def test_income_below_last_years_disposable_income(self, tmp_path: Path, income: str, category: str) -> None:
        """2 × 20,000 = 40,000 is not below itself."""
        jilin = place(tmp_path, ELSEWHERE, '"rigid.share" = { value = 0.6 }')
        expenses = [{"kind": "medical", "amount": 39000, "per": "year"}]
        assert pair(jilin, income, ELSEWHERE, expenses=expenses).category == category

    @pytest.mark.parametrize(("spent", "category"), [("10000.00", "none"), ("10000.01", "rigid_expenditure")])
    def test_by_deduction_in_guangxi(self, tmp_path: Path, spent: str, category: str) -> None:
        """Margin in Guangxi is 2 × 5,000 × 2 = 20,000: 30,000 less 10,000 is not below it."""
        guangxi = place(tmp_path, GUANGXI)
        expenses = [{"kind": "medical", "amount": spent, "per": "year"}]
        assert pair(guangxi, 30000, GUANGXI, expenses=expenses).category == category

    @pytest.mark.parametrize(
        ("income", "spent", "category"),
        [
            ("20000.00", "0.01", "rigid_expenditure"),  # on the margin line; 20,000 − 0.01 is below it
            ("20000.00", "0.00", "none"),
            ("20000.01", "0.01", "none"),  # 20,000 is not below 20,000
        ],
    )
    def test_on_the_margin_line_in_guangxi(self, tmp_path: Path, income: str, spent: str, category: str) -> None:
        """2 × 2 × 5,000 = 20,000 is where margin ends and rigid expenditure begins."""
        expenses = [{"kind": "medical", "amount": spent, "per": "year"}]
        assert pair(place(tmp_path, GUANGXI), income, GUANGXI, expenses=expenses).category == category

    @pytest.mark.parametrize(("income", "category"), [("14999.99", "margin"), ("15000.00", "rigid_expenditure")])
    def test_on_the_margin_line_by_share(self, tmp_path: Path, income: str, category: str) -> None:
        """2 × 1.5 × 5,000 = 15,000: what is not below it is no margin; 9,000.01 is above 60% of it."""
        jilin = place(tmp_path, ELSEWHERE, '"rigid.share" = { value = 0.6 }')
        expenses = [{"kind": "medical", "amount": "9000.01", "per": "year"}]
        assert pair(jilin, income, ELSEWHERE, expenses=expenses).category == category

    def test_no_spending_is_no_rigid_spending_whatever_a_place_names(self, tmp_path: Path) -> None:
        """In 2024 nothing says which spending counts: of none at all, none does."""
        jilin = place(tmp_path, ELSEWHERE)
        assert pair(jilin, 22500, ELSEWHERE, "2024-12-31", expenses=[]).category == "none"

    def test_living_cost_is_not_deducted_in_guangxi(self, tmp_path: Path) -> None:
        """S6 lists illness, disability, care, disaster and tuition."""
        guangxi = place(tmp_path, GUANGXI)
        expenses = [{"kind": "living", "amount": 25000, "per": "year"}]
        assert pair(guangxi, 30000, GUANGXI, expenses=expenses).category == "none"

    @pytest.mark.parametrize(("income", "category"), [("19999.99", "margin"), ("20000.00", "none")])
    def test_margin_is_twice_the_standard_in_guangxi(self, tmp_path: Path, income: str, category: str) -> None:
        """2 × 2 × 5,000 = 20,000."""
        assert pair(place(tmp_path, GUANGXI), income, GUANGXI, expenses=[]).category == category


class TestGrace:
    """S6, N4: dibao is kept for six months after income has passed the line."""

    @pytest.mark.parametrize(
        ("on", "category"), [("2025-06-01", "dibao"), ("2025-07-10", "dibao"), ("2025-07-11", "margin")]
    )
    def test_six_months_to_the_day(self, tmp_path: Path, on: str, category: str) -> None:
        """Risen on 10 January: the last day is 10 July."""
        guangxi = place(tmp_path, GUANGXI)
        held = {"recognised_as": "dibao", "income_risen_on": "2025-01-10", "recognised_amount": 1200}
        plan = pair(guangxi, 12000, GUANGXI, on, **held)
        assert plan.category == category
        assert plan.grace_until == (day("2025-07-10") if category == "dibao" else None)
        if category == "dibao":
            assert support(plan, "living.dibao").amount == Decimal("1200.00")  # what was drawn so far

    @pytest.mark.parametrize(
        ("income", "risen", "category"),
        [
            ("10000.00", "2025-01-10", "dibao"),  # on the line: risen above the standard, 2 × 5,000
            ("12000.00", "2025-06-01", "dibao"),  # risen today
            ("12000.00", "2025-06-02", "margin"),  # risen tomorrow: the days of the file do not fit together
        ],
    )
    def test_from_the_day_on_which_it_rose(self, tmp_path: Path, income: str, risen: str, category: str) -> None:
        """Grace begins on the very day, with an income that is not below the line."""
        held = {"recognised_as": "dibao", "income_risen_on": risen, "recognised_amount": 1200}
        assert pair(place(tmp_path, GUANGXI), income, GUANGXI, **held).category == category

    def test_the_end_of_a_short_month(self, tmp_path: Path) -> None:
        """31 August and six months: 28 February."""
        held = {"recognised_as": "dibao", "income_risen_on": "2025-08-31"}
        plan = pair(place(tmp_path, GUANGXI), 12000, GUANGXI, "2025-12-01", **held)
        assert plan.grace_until == day("2026-02-28")
        assert support(plan, "living.dibao").status is Status.UNDETERMINED
        assert "recognised_amount" in {missing.fact for missing in plan.missing}

    def test_still_below_the_line_is_no_grace(self, tmp_path: Path) -> None:
        """A household below the line is simply on dibao: 2 × 5,000 − 8,000 = 2,000."""
        plan = pair(place(tmp_path, GUANGXI), 8000, GUANGXI, recognised_as="dibao")
        assert (plan.category, plan.grace_until) == ("dibao", None)
        assert support(plan, "living.dibao").amount == Decimal("2000.00")

    def test_only_for_who_is_on_dibao(self, tmp_path: Path) -> None:
        """Nothing held, nothing kept."""
        assert pair(place(tmp_path, GUANGXI), 12000, GUANGXI).category == "margin"


class TestProperty:
    """N2 art. 14: a stated verdict wins; else the limits that the policy states."""

    LIMITS = """
"assets.financial_per_head" = { value = 10000 }
"assets.homes" = { value = 1 }
"assets.vehicles" = { value = 1 }
"assets.large_machinery" = { value = 0 }
"assets.business_allowed" = { value = false }
"""
    WITHIN: ClassVar = {
        "financial_assets": "20000.00", "homes": 1, "vehicles": 1, "large_machinery": 0, "business_registered": False,
    }  # fmt: skip

    @pytest.mark.parametrize(
        ("facts", "category"),
        [
            (WITHIN, "dibao"),
            (WITHIN | {"financial_assets": "20000.01"}, "none"),
            (WITHIN | {"homes": 2}, "none"),
            (WITHIN | {"vehicles": 2}, "none"),
            (WITHIN | {"large_machinery": 1}, "none"),
            (WITHIN | {"business_registered": True}, "none"),
            ({"financial_assets": "0", "homes": 1}, None),
            ({"homes": 2}, "none"),
            ({"homes": 2, "assets_within_limits": True}, "dibao"),
        ],
    )
    def test_from_limits(self, tmp_path: Path, facts: dict[str, Any], category: str | None) -> None:
        """2 × 10,000 in the bank, one home, one vehicle, no machinery, no business; one limit broken is enough."""
        desk = place(tmp_path, ELSEWHERE, self.LIMITS)
        plan = desk.plan(
            person("head", "1980-01-01"), person("spouse", "1982-01-01"),
            region=ELSEWHERE, on=day("2022-06-01"), residence="rural", expenses=[], **facts,
        )  # fmt: skip
        assert plan.category == category


class TestIncome:
    """N2 art. 13: what counts."""

    @pytest.mark.parametrize(
        ("kind", "on", "region", "counts"),
        [
            ("wage", "2022-06-01", YANAN, True),
            ("scholarship", "2022-06-01", YANAN, False),
            ("preferential_pension", "2022-06-01", YANAN, False),
            ("social_assistance", "2022-06-01", YANAN, False),
            ("disability_subsidy", "2022-06-01", YANAN, True),
            ("disability_subsidy", "2022-06-01", GUANGXI, False),
            ("old_age_allowance", "2022-06-01", GUANGXI, True),
            ("basic_pension", "2020-12-31", YANAN, True),
            ("basic_pension", "2021-01-01", YANAN, False),
            ("basic_pension", "2025-12-31", YANAN, False),
            ("basic_pension", "2026-01-01", YANAN, True),
            ("basic_pension", "2026-01-01", GUANGXI, False),
        ],
    )
    def test_kinds_left_out(self, desk: Desk, kind: str, on: str, region: str, counts: bool) -> None:
        """The basic pension is left out for 2021 to 2025; Guangxi leaves it and disability subsidies out."""
        incomes = [{"kind": kind, "amount": 100, "per": "month"}]
        plan = desk.plan(person("head", "1980-01-01", incomes=incomes), region=region, on=day(on))
        assert plan.income_year == (Decimal(1200) if counts else 0)

    @pytest.mark.parametrize(
        ("amount", "per", "year"),
        [("1500", "month", 18000), ("7000.01", "once", "7000.01"), ("3", "year", 3)],
    )
    def test_yearly_values(self, desk: Desk, amount: str, per: str, year: object) -> None:
        """A month counts 12 times, once once."""
        head = person("head", "1980-01-01", incomes=wage(amount, per))
        assert desk.plan(head, region=YANAN, on=day("2022-06-01")).income_year == Decimal(str(year))

    def test_a_daily_wage_is_no_yearly_one(self, desk: Desk) -> None:
        """150 a day, and 200 a month from the land: how many days were worked is asked for, not taken to be 365."""
        incomes = [{"kind": "business", "amount": 200, "per": "month"}, *wage(150, "day")]
        plan = desk.plan(
            person("head", "1980-01-01", incomes=incomes),
            region=YANAN, on=day("2022-06-01"), residence="rural", assets_within_limits=True,
            expenses=[{"kind": "medical", "amount": 30, "per": "day"}, {"kind": "care", "amount": 5}],
        )  # fmt: skip
        assert (plan.income_year, plan.category) == (None, None)
        asked = {(m.fact, m.member): m for m in plan.missing}
        assert asked["incomes", 0].decides_category
        text = plan_as_text(plan, desk.rulebook.rules(plan.household.region, plan.household.on))
        days = "按天的没有写明一年有多少天，全年金额未知：请改写为每月或每年的金额"
        assert "（incomes）——关系到类别" in text
        assert f"      第 2 笔（工资）：{days}\n" in text
        missing = {m["fact"]: m["entries"] for m in plan_as_json(plan)["missing"]}
        assert missing["incomes"] == [{"entry": 1, "kind": "wage", "lacks": ["times"]}]
        by_month = desk.plan(
            person("head", "1980-01-01", incomes=[incomes[0], *wage(400, "month")]),
            region=YANAN, on=day("2022-06-01"), residence="rural", assets_within_limits=True,
        )  # fmt: skip
        assert (by_month.income_year, by_month.category) == (7200, "margin")  # 12 × 600; 5,400 to 8,100

    def test_expenses_by_the_day(self, desk: Desk) -> None:
        """Spending of 30 a day on medicine leaves open whether it is above 60 % of 20,000; an amount not stated too."""
        plan = desk.plan(
            person("head", "1980-01-01", incomes=wage(20000)),
            region=ELSEWHERE, on=day("2025-06-01"), residence="rural", assets_within_limits=True,
            expenses=[{"kind": "medical", "amount": 30, "per": "day"}, {"kind": "education", "per": "year"}],
        )  # fmt: skip
        (entries,) = [m.entries for m in plan.missing if m.fact == "expenses"]
        assert [(e.place, e.kind, e.lacks) for e in entries] == [(0, "medical", ()), (1, "education", ("amount",))]

    def test_job_costs_lower_wages_and_nothing_else(self, desk: Desk) -> None:
        """10,000 − 3,000 = 7,000; costs above the wage do not eat into other income."""
        incomes = [*wage(10000), {"kind": "transfer", "amount": 500, "per": "year"}]
        for costs, income in ((3000, 7500), (12000, 500)):
            head = person("head", "1980-01-01", incomes=incomes, job_costs=costs)
            assert desk.plan(head, region=YANAN, on=day("2022-06-01")).income_year == Decimal(income)

    def test_an_item_without_amount_keeps_the_sum_unknown_even_for_a_child(self, desk: Desk) -> None:
        """Incomes that are stated are not presumed away: an unknown part keeps the whole unknown."""
        child = person("child", "2012-01-01", incomes=[{"kind": "other"}])
        plan = desk.plan(person("head", "1980-01-01"), child, region=YANAN, on=day("2022-06-01"))
        assert plan.income_year is None

    @pytest.mark.parametrize(("born", "income"), [("2006-06-02", Decimal(0)), ("2006-06-01", None)])
    def test_below_16_no_income_is_presumed(self, desk: Desk, born: str, income: Decimal | None) -> None:
        """The day before the 16th birthday none is presumed; on it, it is unknown."""
        child = {"relation": "child", "birth_date": born, "school_stage": "none"}
        plan = desk.plan(person("head", "1980-01-01"), child, region=YANAN, on=day("2022-06-01"))
        assert plan.income_year == income
