"""Medical aid (N7): a share of the covered cost the insurances leave, above a deductible, under a cap."""

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
"dibao.standard.rural" = { value = 5000, per = "year" }
"disposable_income.rural" = { value = 18000 }
"medical.cap" = { value = 50000 }
"medical.ratio.margin" = { value = 0.6 }
"medical.ratio.rigid_expenditure" = { value = 0.55 }
"medical.premium.dibao" = { value = 200 }
"rigid.share" = { value = 0.6 }
"""


@pytest.fixture
def city(tmp_path: Path) -> Desk:
    """Return a desk where the cap is 50,000 and last year's disposable income 18,000."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK, encoding="utf-8")
    return Desk(Rulebook.load([file]))


def treated(*treatments: dict[str, Any], income: int = 6000, **facts: Any) -> dict[str, Any]:
    """Return the keyword arguments of a couple, the head treated and insured."""
    head = person("head", "1980-01-01", incomes=wage(income), insured=True, treatments=list(treatments))
    return {"members": (head | facts.pop("head", {}), person("spouse", "1982-01-01", insured=True)), **facts}


def plan(city: Desk, members: tuple[dict[str, Any], ...], **facts: Any) -> Plan:
    """Return the plan of a rural couple within the property limits."""
    return city.plan(
        *members, region=ELSEWHERE, on=day("2025-06-01"), residence="rural", assets_within_limits=True, **facts
    )


def stay(covered: object, basic: object = 0, serious: object = 0, setting: str = "inpatient") -> dict[str, Any]:
    """Return one treatment's covered cost and what the insurances paid of it."""
    return {
        "setting": setting,
        "covered": covered,
        "basic_paid": basic,
        "serious_illness_paid": serious,
        "other_paid": 0,
        "own_paid": 0,
    }


@pytest.mark.parametrize(
    ("treatments", "sum_shown", "amount"),
    [
        ([stay(48000, 30000, 6000)], "(48,000 − 30,000 − 6,000) × 70% = 8,400", "8400.00"),
        ([stay(1000, 400), stay(2000, 900, 0, "outpatient_chronic")], "(600 + 1,100) × 70% = 1,190", "1190.00"),
        ([stay(90000, 10000)], "80,000 × 70% = 56,000, cut to the cap of 50,000", "50000.00"),
        ([stay("71428.57")], "71,428.57 × 70% = 49,999.999 → 50,000.00", "50000.00"),
        ([stay("71428.55")], "71,428.55 × 70% = 49,999.985 → 49,999.99 (half up)", "49999.99"),
        ([stay("0.01")], "0.01 × 70% = 0.007 → 0.01", "0.01"),
    ],
)
def test_dibao_without_deductible(city: Desk, treatments: list[dict[str, Any]], sum_shown: str, amount: str) -> None:
    """70% of what is left of all treatments of the year together, up to the cap."""
    made = plan(city, **treated(*treatments))
    assert made.category == "dibao"
    assert support(made, "medical.aid", 0).amount == Decimal(amount), sum_shown


@pytest.mark.parametrize(
    ("left", "status", "amount"),
    [
        ("1799.99", Status.INELIGIBLE, None),
        ("1800.00", Status.INELIGIBLE, None),  # 10% of 18,000: not above it
        ("1800.01", Status.ELIGIBLE, "0.01"),  # 0.01 × 60% = 0.006 → 0.01
        ("11800.00", Status.ELIGIBLE, "6000.00"),  # 10,000 × 60%
    ],
)
def test_margin_above_a_tenth_of_the_disposable_income(
    city: Desk, left: str, status: Status, amount: str | None
) -> None:
    """The deductible is 10% of 18,000 = 1,800; what is above it counts at the local 60%."""
    made = plan(city, **treated(stay(left), income=12000))
    aid = support(made, "medical.aid", 0)
    assert (made.category, aid.status) == ("margin", status)
    assert aid.amount == (None if amount is None else Decimal(amount))


def test_rigid_expenditure_above_a_quarter(city: Desk) -> None:
    """(14,500 − 25% × 18,000) × 55% = 10,000 × 55% = 5,500."""
    spent = [{"kind": "medical", "amount": 20000, "per": "year"}]
    made = plan(city, **treated(stay(14500), income=24000), expenses=spent)
    assert made.category == "rigid_expenditure"
    assert support(made, "medical.aid", 0).amount == Decimal("5500.00")


def test_without_a_deductible_no_disposable_income_is_needed(tmp_path: Path) -> None:
    """Dibao has no deductible: 70% × 1,000 = 700, whatever last year's disposable income was."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK.replace('"disposable_income.rural" = { value = 18000 }', ""), encoding="utf-8")
    made = plan(Desk(Rulebook.load([file])), **treated(stay(1000)))
    assert support(made, "medical.aid", 0).amount == Decimal("700.00")


@pytest.mark.parametrize(
    ("set_at", "left", "sum_shown", "amount"),
    [
        ("0.9", "20000", "(20,000 − 90% × 18,000) × 60% = 3,800 × 60%", "2280.00"),
        ("1", "20000", "(20,000 − 100% × 18,000) × 60% = 2,000 × 60%: 1 is a share too", "1200.00"),
        ("2", "20000", "(20,000 − 2) × 60% = 19,998 × 60%: more than 1 is yuan", "11998.80"),
        ("1500", "20000", "(20,000 − 1,500) × 60% = 18,500 × 60%", "11100.00"),
    ],
)
def test_a_deductible_is_a_share_or_yuan(tmp_path: Path, set_at: str, left: str, sum_shown: str, amount: str) -> None:
    """Up to 1 it is a share of last year's disposable income, above it is yuan."""
    file = tmp_path / "pack.toml"
    file.write_text(f'{PACK}"medical.deductible.margin" = {{ value = {set_at} }}\n', encoding="utf-8")
    made = plan(Desk(Rulebook.load([file])), **treated(stay(left), income=12000))
    assert support(made, "medical.aid", 0).amount == Decimal(amount), sum_shown


def test_two_stays_share_one_deductible(city: Desk) -> None:
    """1,500 + 1,500 = 3,000; (3,000 − 1,800) × 60% = 720, though neither alone is above 1,800."""
    made = plan(city, **treated(stay(1500), stay(1500), income=12000))
    assert support(made, "medical.aid", 0).amount == Decimal("720.00")


def test_unknown_cost_is_asked_for(city: Desk) -> None:
    """A stay whose covered cost is not known leaves the aid open."""
    made = plan(city, **treated({"setting": "inpatient"}))
    assert support(made, "medical.aid", 0).status is Status.UNDETERMINED
    assert ("treatments", 0) in {(m.fact, m.member) for m in made.missing if "medical.aid" in m.decides}


def test_without_insurance_enrolment_comes_first(city: Desk) -> None:
    """Not insured: no aid, but the service of enrolling."""
    made = plan(city, **treated(stay(48000), head={"insured": False}))
    assert support(made, "medical.aid", 0).status is Status.INELIGIBLE
    assert support(made, "medical.enrol", 0).status is Status.ELIGIBLE
    assert support(made, "medical.enrol", 1).status is Status.INELIGIBLE


def test_premiums(city: Desk) -> None:
    """Dibao members get the local 200 each; a tekun person's premium is paid in full."""
    made = plan(city, **treated(stay(1)))
    assert [support(made, "medical.premium", i).amount for i in (0, 1)] == [200, 200]
    old = person("head", "1950-01-01", has_able_supporter=False)
    alone = city.plan(old, region=ELSEWHERE, on=day("2025-06-01"), residence="rural", assets_within_limits=True)
    in_full = support(alone, "medical.premium_in_full", 0)
    assert (alone.category, in_full.status, in_full.amount) == ("tekun", Status.ELIGIBLE, None)
    assert support(alone, "medical.premium", 0).status is Status.INELIGIBLE


def test_where_no_cap_is_set_the_plan_names_it(desk: Desk) -> None:
    """Yan'an sets no cap: the aid is open and the parameter named."""
    head = person("head", "1980-01-01", insured=True, treatments=[stay(1000)])
    made = desk.plan(head, region="610625", on=day("2025-06-01"), residence="rural", assets_within_limits=True)
    assert made.category == "dibao"
    assert support(made, "medical.aid", 0).status is Status.UNDETERMINED
    assert "medical.aid" in {code for u in made.not_configured if u.parameter == "medical.cap" for code in u.decides}
