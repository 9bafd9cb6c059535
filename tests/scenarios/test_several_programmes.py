"""Households that several programmes meet at once, with the whole sum."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bangfu import Rulebook, Status
from desk import Desk
from people import day, person, support, wage

PACK = """
[pack]
region = "522723"
source = "试点办法"

[parameters]
"dibao.standard.rural" = { value = 5000, per = "year" }
"disposable_income.rural" = { value = 18000 }
"medical.cap" = { value = 50000 }
"medical.premium.dibao" = { value = 200 }
"medical.premium.dibao_single" = { value = 200 }
"housing.renovation.D" = { value = 30000 }
"employment.post_subsidy" = { value = 1500, per = "month" }
"living.tekun_care.full" = { value = 9000, per = "year" }
"""
COUNTY, ON = "522723102201", "2023-11-01"


@pytest.fixture
def county(tmp_path: Path) -> Desk:
    """Return Guiding with the local figures it would need."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK, encoding="utf-8")
    return Desk(Rulebook.load([file]))


def test_a_tekun_elder_in_a_grade_d_house(county: Desk) -> None:
    """Living 1.3 × 5,000 = 6,500, full care 9,000, rebuilding 30,000 once, the premium in full."""
    elder = person("head", "1945-05-05", has_able_supporter=False, self_care_lost=5, insured=True, treatments=[])
    plan = county.plan(
        elder, region=COUNTY, on=day(ON), residence="rural", assets_within_limits=True,
        dwelling_grade="D", dwelling_only=True, renovated_before=False, lacks_seismic_resistance=False,
    )  # fmt: skip
    assert plan.category == "tekun"
    assert plan.totals.by_programme == {"living": Decimal(6500 + 9000)}
    assert plan.totals.once_by_programme == {"housing": Decimal(30000)}
    assert (plan.totals.year, plan.totals.once) == (15500, 30000)
    assert support(plan, "medical.premium_in_full", 0).status is Status.ELIGIBLE


def dibao_family() -> list[dict[str, Any]]:
    """Return a father in hospital, a jobless mother of 41 and a boarder in senior secondary school."""
    stay = {
        "setting": "inpatient", "covered": 48000, "basic_paid": 30000, "serious_illness_paid": 4000,
        "other_paid": 0, "own_paid": 14000,
    }  # fmt: skip
    father = person("head", "1979-04-04", sex="male", incomes=wage(6000), employment="farming", insured=True)
    mother = person("spouse", "1982-03-03", sex="female", employment="not_working", insured=True, treatments=[])
    mother |= {"wants_training": False, "wants_startup": False}
    child = person("child", "2007-06-06", school_stage="senior_secondary", school_year=1, boarding=True)
    return [father | {"treatments": [stay]}, mother, child | {"insured": True, "treatments": []}]


def test_a_dibao_family_with_boarder_jobless_mother_and_hospital_cost(county: Desk) -> None:
    """Every programme gives its part.

    Living: 3 × 5,000 − 6,000 = 9,000. Education: 2,000 + 1,000 + 760 + 400 + 500 = 4,660. Medical:
    (48,000 − 30,000 − 4,000) × 70% = 9,800, and 3 × 200 of premiums. Employment: a post for the mother of
    41 (women from 40), 12 × 1,500 = 18,000. Together 9,000 + 4,660 + 10,400 + 18,000 = 42,060.
    """
    plan = county.plan(
        *dibao_family(), region=COUNTY, on=day(ON), residence="rural", assets_within_limits=True,
        registered_poor=True, dwelling_grade="A", lacks_seismic_resistance=False,
    )  # fmt: skip
    assert plan.category == "dibao"
    assert plan.totals.by_programme == {
        "education": Decimal(4660),
        "employment": Decimal(18000),
        "living": Decimal(9000),
        "medical": Decimal(9800 + 600),
    }
    assert plan.totals.year == 42060
    assert support(plan, "employment.public_post", 1).until == day("2026-11-01")


def test_a_margin_family_with_a_severely_disabled_adult(county: Desk) -> None:
    """Three people with 18,000 are margin (15,000 ≤ 18,000 < 22,500); the disabled son is on dibao alone.

    His dibao: 5,000 − 0. His premium: 200. For the others nothing: margin's premium is not set.
    """
    son = person("child", "1998-01-01", sex="male", disability_kind="limb", disability_grade=1, insured=True)
    son |= {"employment": "not_working", "treatments": [], "labour_capacity": "none"}
    settled = {"insured": True, "treatments": []}
    plan = county.plan(
        person("head", "1970-01-01", sex="male", incomes=wage(18000), employment="employed", **settled),
        person("spouse", "1972-01-01", sex="female", employment="farming", **settled),
        son,
        region=COUNTY, on=day(ON), residence="rural", assets_within_limits=True, dwelling_grade="A",
        lacks_seismic_resistance=False,
    )  # fmt: skip
    assert [m.category for m in plan.members] == ["margin", "margin", "dibao_single"]
    assert support(plan, "living.dibao_single", 2).amount == Decimal(5000)
    assert plan.totals.by_programme == {"living": Decimal(5000), "medical": Decimal(200)}
