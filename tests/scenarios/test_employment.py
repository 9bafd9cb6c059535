"""Employment aid (N1, N8, S8): who is hard to place, what is given, for how long."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bangfu import Plan, Rulebook, Status
from desk import Desk
from people import ELSEWHERE, day, person, support, wage

PACK = """
[pack]
region = "220102"
source = "试点办法"

[parameters]
"dibao.standard.urban" = { value = 700, per = "month" }
"employment.post_subsidy" = { value = 1540, per = "month" }
"employment.training_subsidy" = { value = 800 }
"""
ON = "2023-09-01"


@pytest.fixture
def city(tmp_path: Path) -> Desk:
    """Return a desk where the post subsidy is 1,540 a month."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK, encoding="utf-8")
    return Desk(Rulebook.load([file]))


def jobless(city: Desk, born: str, sex: str = "female", **facts: Any) -> Plan:
    """Return the plan of one urban person without work or income, with an able partner in work."""
    head = person("head", born, sex=sex, employment="not_working") | facts.pop("head", {})
    partner = person("spouse", "1985-01-01", sex="male", employment="farming") | facts.pop("spouse", {})
    household = {"residence": "urban", "assets_within_limits": True} | facts
    return city.plan(head, partner, region=ELSEWHERE, on=day(ON), **household)


@pytest.mark.parametrize(
    ("born", "sex", "hard"),
    [
        ("1983-09-01", "female", True),  # 40 today
        ("1983-09-02", "female", False),  # 40 tomorrow
        ("1973-09-01", "male", True),  # 50 today
        ("1973-09-02", "male", False),  # 50 tomorrow
    ],
)
def test_4050(city: Desk, born: str, sex: str, hard: bool) -> None:
    """Women from 40, men from 50, to the day: a post with 12 × 1,540 = 18,480 a year."""
    recently = {"unemployed_since": "2023-08-01"}
    post = support(jobless(city, born, sex, head=recently), "employment.public_post", 0)
    assert post.status is (Status.ELIGIBLE if hard else Status.INELIGIBLE)
    assert post.year_amount == (Decimal("18480.00") if hard else None)


@pytest.mark.parametrize(
    ("head", "hard"),
    [
        ({"disability_kind": "hearing", "disability_grade": 3}, True),
        ({"unemployed_since": "2022-09-01"}, True),  # a year today, on dibao
        ({"unemployed_since": "2022-09-02"}, False),
        ({"graduated_on": "2022-06-30"}, True),
        ({"graduated_on": "2023-09-01"}, True),  # today
        ({"graduated_on": "2023-09-02"}, False),
        ({"graduated_on": "2024-06-30"}, False),
    ],
)
def test_other_grounds(city: Desk, head: dict[str, Any], hard: bool) -> None:
    """Disabled, on dibao and jobless for a year, graduates without work."""
    head = {"unemployed_since": "2023-08-01"} | head
    plan = jobless(city, "1990-01-01", head=head)
    assert (support(plan, "employment.public_post", 0).status is Status.ELIGIBLE) is hard


@pytest.mark.parametrize(("born", "able"), [("1960-09-02", True), ("1960-09-01", False)])
def test_where_men_retire_at_63_one_of_62_can_still_be_placed(tmp_path: Path, born: str, able: bool) -> None:
    """Working age ends where the place says, not with the 60 years of N3 art. 5: 62 on that day, and 63."""
    file = tmp_path / "pack.toml"
    later = '"employment.retirement_age.male" = { value = 63, source = "试点办法" }\n'
    file.write_text(PACK + later, encoding="utf-8")
    city = Desk(Rulebook.load([file]))
    plan = jobless(city, born, "male", head={"employment": "unemployed", "unemployed_since": "2023-08-01"})
    services = support(plan, "employment.services", 0)
    assert services.status is (Status.ELIGIBLE if able else Status.INELIGIBLE)


def test_a_household_in_which_nobody_able_works(city: Desk) -> None:
    """At least one must be got into work (N1 art. 43)."""
    head = {"unemployed_since": "2023-08-01"}
    idle = jobless(city, "1990-01-01", head=head, spouse={"employment": "unemployed"})
    assert support(idle, "employment.zero_household").status is Status.ELIGIBLE
    assert support(idle, "employment.public_post", 0).status is Status.ELIGIBLE
    for work in ("farming", "employed", "self_employed", "flexible"):
        working = jobless(city, "1990-01-01", head=head, spouse={"employment": work})
        assert support(working, "employment.zero_household").status is Status.INELIGIBLE, work


@pytest.mark.parametrize(
    ("earned", "spent", "category"),
    [
        ("16799.99", 0, "dibao"),  # below 2 × 8,400
        ("25199.99", 0, "margin"),  # below 1.5 × 16,800
        ("25200.00", 20000, "rigid_expenditure"),  # below 2 × 20,000, and 20,000 is above 60% of 25,200
        ("40000.00", 30000, "none"),
    ],
)
def test_whom_employment_aid_is_for(tmp_path: Path, earned: str, spent: int, category: str) -> None:
    """Any low-income category (N1 art. 42, N6)."""
    file = tmp_path / "pack.toml"
    more = '"disposable_income.urban" = { value = 20000 }\n"rigid.share" = { value = 0.6 }\n'
    file.write_text(PACK + more, encoding="utf-8")
    plan = Desk(Rulebook.load([file])).plan(
        person("head", "1990-01-01", sex="female", employment="not_working", unemployed_since="2020-01-01"),
        person("spouse", "1985-01-01", sex="male", employment="farming", incomes=wage(earned)),
        region=ELSEWHERE, on=day("2025-06-01"), residence="urban", assets_within_limits=True,
        expenses=[{"kind": "medical", "amount": spent, "per": "year"}],
    )  # fmt: skip
    assert plan.category == category
    services = support(plan, "employment.services", 0)
    assert services.status is (Status.INELIGIBLE if category == "none" else Status.ELIGIBLE)


def test_who_is_on_dibao_alone_has_employment_aid_too(city: Desk) -> None:
    """A deaf woman who can work, of a household far above the lines (N4)."""
    head = {"disability_kind": "hearing", "disability_grade": 1, "unemployed_since": "2023-08-01"}
    plan = jobless(
        city, "1990-01-01", head=head, spouse={"employment": "employed", "incomes": wage(90000)}, expenses=[]
    )
    assert plan.members[0].category == "dibao_single"
    assert support(plan, "employment.services", 0).status is Status.ELIGIBLE
    assert support(plan, "employment.public_post", 0).status is Status.ELIGIBLE


@pytest.mark.parametrize(
    ("born", "until"),
    [
        ("1983-01-01", "2026-09-01"),  # three years from 1 September 2023
        ("1978-09-01", "2026-09-01"),  # just five years to 50: not less than five
        ("1978-08-31", "2028-08-31"),  # a day less: until retirement
    ],
)
def test_terms(city: Desk, born: str, until: str) -> None:
    """Three years, or until retirement for women who turn 50 in less than five years."""
    assert support(jobless(city, born), "employment.public_post", 0).until == day(until)


@pytest.mark.parametrize(
    ("began", "due", "until"),
    [
        ("2020-09-01", True, "2023-09-01"),  # three years today: the last day
        ("2020-08-31", False, None),  # a day more than three years
        ("2022-01-15", True, "2025-01-15"),
        ("2023-09-02", True, "2026-09-02"),  # begins tomorrow
    ],
)
def test_the_term_counts_from_the_day_it_began(city: Desk, began: str, due: bool, until: str | None) -> None:
    """At most three years (N8), whenever it is assessed; of the subsidy for insurance and of the one for a post."""
    flexible = {"employment": "flexible", "social_insurance_paid": "9000"}
    for facts, code in ((flexible, "employment.flexible_insurance"), ({}, "employment.public_post")):
        head = {"employment_subsidy_since": began, **facts}
        given = support(jobless(city, "1983-01-01", head=head), code, 0)
        assert given.status is (Status.ELIGIBLE if due else Status.INELIGIBLE)
        assert given.until == (day(until) if until else None)
        if not due:
            assert [r.criterion.label for r in given.reasons if r.status is False] == ["未超过补贴期限"]


def test_near_retirement_is_told_at_the_beginning(city: Desk) -> None:
    """Of women who retire at 50: begun at 45 years and a day it goes on to the 50th birthday, begun at 45 it does not.

    Both are older than 48 on the day, when the three years are over.
    """
    for began, until in (("2019-06-02", "2024-06-01"), ("2019-06-01", None)):
        given = support(
            jobless(city, "1974-06-01", head={"employment_subsidy_since": began}), "employment.public_post", 0
        )
        assert given.until == (day(until) if until else None)
        assert given.status is (Status.ELIGIBLE if until else Status.INELIGIBLE)


def test_who_has_drawn_a_subsidy_says_since_when(city: Desk) -> None:
    """Who says nothing is presumed to begin today, and the plan says so; who draws one is asked for the day."""
    first = jobless(city, "1983-01-01")
    assert support(first, "employment.public_post", 0).until == day("2026-09-01")
    assert ("employment_subsidised", 0, False) in {(p.fact, p.member, p.value) for p in first.presumed}
    drawing = jobless(city, "1983-01-01", head={"employment_subsidised": True})
    assert support(drawing, "employment.public_post", 0).status is Status.UNDETERMINED
    assert "employment.public_post" in {
        code for m in drawing.missing if (m.fact, m.member) == ("employment_subsidy_since", 0) for code in m.decides
    }
    for never in ({"employment_subsidised": False}, {"employment_subsidised": False, "employment_subsidy_since": ON}):
        assert support(jobless(city, "1983-01-01", head=never), "employment.public_post", 0).until == day("2026-09-01")


@pytest.mark.parametrize(("years", "hard"), [(1, True), (2, False)])
def test_how_long_without_work_is_the_places_to_say(tmp_path: Path, years: int, hard: bool) -> None:
    """Jobless since 1 September 2022, on dibao: a year is enough by S8, two by a place that asks for two."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK + f'"employment.jobless_years" = {{ value = {years} }}\n', encoding="utf-8")
    plan = jobless(Desk(Rulebook.load([file])), "1990-01-01", head={"unemployed_since": "2022-09-01"})
    assert (support(plan, "employment.public_post", 0).status is Status.ELIGIBLE) is hard


@pytest.mark.parametrize(("paid", "back"), [("9000", "6000.00"), ("10000", "6666.67"), ("0.01", "0.01")])
def test_two_thirds_of_what_was_paid(city: Desk, paid: str, back: str) -> None:
    """9,000 × 2/3 = 6,000; 10,000 × 2/3 = 6,666.666… → 6,666.67."""
    facts = {"employment": "flexible", "social_insurance_paid": paid}
    insurance = support(jobless(city, "1980-01-01", head=facts), "employment.flexible_insurance", 0)
    assert insurance.amount == Decimal(back)


def test_who_paid_nothing_gets_nothing_back(city: Desk) -> None:
    """Two thirds of nothing is no support."""
    facts = {"employment": "flexible", "social_insurance_paid": 0}
    insurance = support(jobless(city, "1980-01-01", head=facts), "employment.flexible_insurance", 0)
    assert insurance.status is Status.INELIGIBLE


def test_training_is_for_who_wants_it(city: Desk) -> None:
    """800 once; unknown wishes are asked for, unset amounts named."""
    wants = jobless(city, "1980-01-01", head={"wants_training": True})
    assert support(wants, "employment.training", 0).amount == Decimal(800)
    assert wants.totals.once == 800
    assert "employment.skill_test_subsidy" in {u.parameter for u in wants.not_configured}
    silent = jobless(city, "1980-01-01")
    assert support(silent, "employment.training", 0).status is Status.UNDETERMINED


@pytest.mark.parametrize(("refusals", "amount"), [(2, "16800.00"), (3, "8400.00")])
def test_three_refusals_cost_ones_own_dibao_only(city: Desk, refusals: int, amount: str) -> None:
    """2 × 700 × 12 = 16,800 for the couple; with three refusals 16,800 ÷ 2 = 8,400 is withheld."""
    plan = jobless(city, "1980-01-01", head={"job_refusals": refusals})
    assert support(plan, "living.dibao").amount == Decimal(amount)


@pytest.mark.parametrize(("refusals", "capacity", "status"), [
    (2, "partial", Status.ELIGIBLE), (3, "partial", Status.INELIGIBLE), (3, "none", Status.ELIGIBLE),
])  # fmt: skip
def test_three_refusals_cost_dibao_alone(city: Desk, refusals: int, capacity: str, status: Status) -> None:
    """A grown severely disabled woman without work (N4); N1 art. 45 takes the own dibao of who can work and will not.

    Her husband's wage of 20,000 a year keeps the household off dibao (2 × 8,400 = 16,800).
    """
    head = {
        "disability_kind": "hearing", "disability_grade": 1, "labour_capacity": capacity, "job_refusals": refusals,
        "unemployed_since": "2023-08-01", "employment": "unemployed",
    }  # fmt: skip
    wages = {"employment": "employed", "incomes": [{"kind": "wage", "amount": 20000, "per": "year"}]}
    alone = support(jobless(city, "1990-01-01", head=head, spouse=wages), "living.dibao_single", 0)
    assert alone.status is status
    assert alone.amount == (Decimal("8400.00") if status is Status.ELIGIBLE else None)
    if status is Status.INELIGIBLE:
        assert [r.criterion.source for r in alone.reasons if r.status is False] == ["N1 art. 45"]


@pytest.mark.parametrize(
    ("count", "refused", "amount"),
    [
        (3, {"job_refusals": 2}, "16800.00"),
        (2, {"job_refusals": 2}, "8400.00"),
        (1, {"job_refusals": 1}, "8400.00"),
        (1, {}, "16800.00"),
    ],
)
def test_how_many_refusals_is_a_parameter(tmp_path: Path, count: int, refused: dict[str, int], amount: str) -> None:
    """Two refusals cost nothing where three are needed, and 16,800 ÷ 2 = 8,400 where two are; unstated are none."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK + f'"living.job_refusals" = {{ value = {count} }}\n', encoding="utf-8")
    plan = jobless(Desk(Rulebook.load([file])), "1980-01-01", head=refused)
    assert support(plan, "living.dibao").amount == Decimal(amount)


def test_a_third_of_an_odd_amount_is_rounded_once(city: Desk) -> None:
    """3 × 8,400 − 100 = 25,100; less a third: 25,100 × 2/3 = 16,733.333… → 16,733.33."""
    plan = city.plan(
        person("head", "1980-01-01", sex="female", employment="not_working", job_refusals=3),
        person("spouse", "1985-01-01", employment="farming", incomes=[{"kind": "other", "amount": 100, "per": "year"}]),
        person("child", "2015-01-01", school_stage="primary", boarding=False),
        region=ELSEWHERE,
        on=day(ON),
        residence="urban",
        assets_within_limits=True,
    )
    assert support(plan, "living.dibao").amount == Decimal("16733.33")


def test_rural_measures_are_services(city: Desk) -> None:
    """Industry for the household; export, workshops, relief work and village posts for who can work."""
    plan = city.plan(
        person("head", "1980-01-01", employment="farming", labour_capacity="able"),
        region=ELSEWHERE, on=day(ON), residence="rural", watched_for_return_to_poverty=True, expenses=[],
        assets_within_limits=True,
    )  # fmt: skip
    codes = {s.benefit.code: s.status for s in plan.supports if s.benefit.code.startswith("employment.rural.")}
    assert len(codes) == 5
