"""Housing aid (N9, N6, S2, S4): one renovation, or rental or the subsidy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bangfu import Plan, Rulebook, Status
from bangfu.show import plan_as_json, plan_as_text
from desk import Desk
from people import ELSEWHERE, day, person, support, wage

LINGYUAN = "211382101201"
ELSEWHERES = """
[pack]
region = "220102"
source = "试点办法"

[parameters]
"dibao.standard.rural" = { value = 5000, per = "year" }
"disposable_income.rural" = { value = 20000 }
"rigid.share" = { value = 0.6 }
"housing.renovation.D" = { value = 25000 }
"""


def family(desk: Desk, people: int = 3, **facts: Any) -> Plan:
    """Return the plan of a registered-poor rural family in Lingyuan with a grade-D house."""
    relations = ["head", "spouse", "child", "child", "child"][:people]
    members = [person(r, "1980-01-01", employment="farming") for r in relations]
    household = {
        "residence": "rural",
        "registered_poor": True,
        "dwelling_grade": "D",
        "dwelling_only": True,
        "renovated_before": False,
        "lacks_seismic_resistance": False,
    } | facts
    return desk.plan(*members, region=LINGYUAN, on=day("2022-09-01"), **household)


@pytest.mark.parametrize(
    ("grade", "repair", "rebuild"), [("A", None, None), ("B", None, None), ("C", 5000, None), ("D", None, 25000)]
)
def test_repair_for_c_rebuilding_for_d(desk: Desk, grade: str, repair: int | None, rebuild: int | None) -> None:
    """Lingyuan: C 5,000, D 25,000, once."""
    plan = family(desk, dwelling_grade=grade)
    assert support(plan, "housing.renovation.C").amount == repair
    assert support(plan, "housing.renovation.D").amount == rebuild
    assert plan.totals.once == (repair or rebuild or 0)


@pytest.mark.parametrize(
    "no",
    [{"dwelling_only": False}, {"renovated_before": True}, {"registered_poor": False, "assets_within_limits": False}],
)
def test_each_condition_can_close_it(desk: Desk, no: dict[str, Any]) -> None:
    """Only dwelling, not renovated before, one of the six groups."""
    assert support(family(desk, **no), "housing.renovation.D").status is Status.INELIGIBLE


@pytest.mark.parametrize(("people", "least", "most"), [(1, 20, 60), (2, 30, 60), (3, 40, 60), (4, 52, 72), (5, 65, 90)])
def test_what_may_be_built(desk: Desk, people: int, least: int, most: int) -> None:
    """1 to 3 people: at least 20, 30, 40 and at most 60 m²; above that 13 to 18 m² a head."""
    shown = {n.column: n.value for n in support(family(desk, people), "housing.renovation.D").numbers}
    assert (shown["housing.least_area"], shown["housing.most_area"]) == (least, most)


def test_the_familys_own_share_is_shown(desk: Desk) -> None:
    """A house of 60,000 with 25,000 of subsidy leaves 35,000 (S4)."""
    shown = {n.column: n.value for n in support(family(desk, renovation_cost=60000), "housing.renovation.D").numbers}
    assert shown["housing.own_share_D"] == Decimal(35000)


def test_a_house_that_costs_less_than_the_subsidy_leaves_no_share(desk: Desk) -> None:
    """20,000 − 25,000 is below nothing: the family pays nothing."""
    shown = {n.column: n.value for n in support(family(desk, renovation_cost=20000), "housing.renovation.D").numbers}
    assert shown["housing.own_share_D"] == Decimal(0)


NEITHER: dict[str, Any] = {
    "registered_poor": False,
    "watched_for_return_to_poverty": False,
    "assets_within_limits": True,
}


@pytest.mark.parametrize(
    ("facts", "incomes", "category", "due"),
    [
        ({}, 0, "dibao", True),
        ({}, 12000, "margin", True),  # 2 × 5,000 to 2 × 7,500
        ({"expenses": [{"kind": "medical", "amount": 20000, "per": "year"}]}, 30000, "rigid_expenditure", True),
        ({"watched_for_return_to_poverty": True}, 90000, "watched", True),
        ({"registered_poor": True}, 90000, "none", True),
        ({}, 90000, "none", False),
    ],
)
def test_the_six_groups(tmp_path: Path, facts: dict[str, Any], incomes: int, category: str, due: bool) -> None:
    """Dibao, margin, rigid expenditure, watched and registered-poor households; nobody else (N9)."""
    plan = elsewhere(tmp_path).plan(
        person("head", "1980-01-01", employment="farming", incomes=wage(incomes)),
        person("spouse", "1982-01-01", employment="farming"),
        region=ELSEWHERE, on=day("2025-06-01"), residence="rural", dwelling_grade="D", dwelling_only=True,
        renovated_before=False, **(NEITHER | {"expenses": []} | facts),
    )  # fmt: skip
    assert plan.category == category
    assert (support(plan, "housing.renovation.D").status is Status.ELIGIBLE) is due


def test_a_tekun_person_in_the_house_is_the_sixth_group(tmp_path: Path) -> None:
    """A grandmother is tekun beside a grandson who is gravely disabled and earns more than any line."""
    grandson = person(
        "head", "1990-01-01", disability_kind="limb", disability_grade=1, has_able_supporter=True, employment="farming",
        incomes=[{"kind": "transfer", "amount": 18000, "per": "year"}],
    )  # fmt: skip
    plan = elsewhere(tmp_path).plan(
        grandson, person("grandparent", "1940-01-01", has_able_supporter=False),
        region=ELSEWHERE, on=day("2025-06-01"), residence="rural", dwelling_grade="D", dwelling_only=True,
        renovated_before=False, **(NEITHER | {"expenses": []}),
    )  # fmt: skip
    assert [member.category for member in plan.members] == ["none", "tekun"]
    assert support(plan, "housing.renovation.D").status is Status.ELIGIBLE


def elsewhere(tmp_path: Path) -> Desk:
    """Return a desk with a standard of 5,000 and a disposable income of 20,000, where rebuilding has 25,000."""
    file = tmp_path / "pack.toml"
    file.write_text(ELSEWHERES, encoding="utf-8")
    return Desk(Rulebook.load([file]))


def test_what_is_paid_once_is_not_announced_as_yearly(desk: Desk) -> None:
    """25,000 once: nothing a year by programme, in the text and in the JSON."""
    plan = family(desk)
    assert (plan.totals.by_programme, plan.totals.once_by_programme) == ({}, {"housing": 25000})
    as_json = plan_as_json(plan)["totals"]
    assert as_json == {
        "year": "0.00", "once": "25000.00", "by_programme": {}, "once_by_programme": {"housing": "25000.00"},
    }  # fmt: skip
    text = plan_as_text(plan, desk.rulebook.rules(plan.household.region, plan.household.on))
    assert "住房救助（住房和城乡建设局）：一次性 25,000.00 元\n" in text
    assert "每年 25,000.00" not in text


def test_rebuilding_replaces_the_retrofit(tmp_path: Path) -> None:
    """Both are due, one is given: the retrofit stays in the plan and says what replaced it."""
    file = tmp_path / "pack.toml"
    file.write_text(
        '[pack]\nregion = "211382"\nsource = "试点办法"\n[parameters]\n"housing.seismic" = { value = 8000 }\n'
    )
    plan = family(Desk(Rulebook.load([file])), lacks_seismic_resistance=True)
    seismic = support(plan, "housing.seismic")
    assert (seismic.status, seismic.amount, seismic.replaced_by) == (Status.ELIGIBLE, 8000, "housing.renovation.D")
    assert plan.totals.once == 25000
    alone = family(Desk(Rulebook.load([file])), lacks_seismic_resistance=True, dwelling_grade="B")
    assert alone.totals.once == 8000


@pytest.mark.parametrize(("chooses", "stays"), [(False, "housing.public_rental"), (True, "housing.rent_subsidy")])
def test_rental_or_subsidy(tmp_path: Path, chooses: bool, stays: str) -> None:
    """An urban dibao family in housing difficulty gets a flat, or 300 a month if it chooses so."""
    file = tmp_path / "pack.toml"
    file.write_text(
        '[pack]\nregion = "220102"\nsource = "试点办法"\n[parameters]\n'
        '"dibao.standard.urban" = { value = 700, per = "month" }\n'
        '"housing.rent_subsidy" = { value = 300, per = "month" }\n'
    )
    plan = Desk(Rulebook.load([file])).plan(
        person("head", "1980-01-01"), region="220102", on=day("2022-09-01"), residence="urban",
        housing_difficulty=True, assets_within_limits=True, chooses_rent_subsidy=chooses,
    )  # fmt: skip
    due = [s for s in plan.supports if s.programme == "housing" and s.status is Status.ELIGIBLE]
    assert [s.benefit.code for s in due if s.replaced_by is None] == [stays]
    assert plan.totals.by_programme.get("housing") == (Decimal(3600) if chooses else None)


@pytest.mark.parametrize(
    ("born", "earned", "spent", "category"),
    [
        ("1950-01-01", 0, 0, "tekun"),
        ("1980-01-01", "8399.99", 0, "dibao"),  # below 700 × 12
        ("1980-01-01", "12599.99", 0, "margin"),  # below 1.5 × 8,400
        ("1980-01-01", "12600.00", 12000, "rigid_expenditure"),  # below 20,000, and 12,000 is above 60% of 12,600
        ("1980-01-01", "20000.00", 15000, "none"),
    ],
)
def test_whom_urban_housing_aid_is_for(tmp_path: Path, born: str, earned: object, spent: int, category: str) -> None:
    """Tekun, dibao, margin and rigid-expenditure households in housing difficulty (N1 art. 37–38, N6)."""
    file = tmp_path / "pack.toml"
    file.write_text(
        '[pack]\nregion = "220102"\nsource = "试点办法"\n[parameters]\n'
        '"dibao.standard.urban" = { value = 700, per = "month" }\n'
        '"disposable_income.urban" = { value = 20000 }\n"rigid.share" = { value = 0.6 }\n',
        encoding="utf-8",
    )
    plan = Desk(Rulebook.load([file])).plan(
        person("head", born, incomes=wage(earned), has_able_supporter=False, employment="farming"),
        region=ELSEWHERE, on=day("2025-06-01"), residence="urban", housing_difficulty=True, assets_within_limits=True,
        chooses_rent_subsidy=False, expenses=[{"kind": "medical", "amount": spent, "per": "year"}],
    )  # fmt: skip
    assert plan.category == category
    rental = support(plan, "housing.public_rental")
    assert rental.status is (Status.INELIGIBLE if category == "none" else Status.ELIGIBLE)
