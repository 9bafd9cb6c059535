"""Employment aid (N1, N8, S8): who is hard to place, what is given, for how long."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bangfu import Plan, Rulebook, Status
from desk import Desk
from people import ELSEWHERE, day, person, support

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
    working = jobless(city, "1990-01-01", head=head)
    assert support(working, "employment.zero_household").status is Status.INELIGIBLE


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


@pytest.mark.parametrize(("paid", "back"), [("9000", "6000.00"), ("10000", "6666.67"), ("0.01", "0.01")])
def test_two_thirds_of_what_was_paid(city: Desk, paid: str, back: str) -> None:
    """9,000 × 2/3 = 6,000; 10,000 × 2/3 = 6,666.666… → 6,666.67."""
    facts = {"employment": "flexible", "social_insurance_paid": paid}
    insurance = support(jobless(city, "1980-01-01", head=facts), "employment.flexible_insurance", 0)
    assert insurance.amount == Decimal(back)


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
