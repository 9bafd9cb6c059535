"""Tekun (N3): no labour capacity, no income source, no able supporter; supported as persons."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bangfu import Plan, Rulebook, Status
from desk import Desk
from people import ELSEWHERE, YANAN, day, owed, person, support

PACK = """
[pack]
region = "220102"
source = "试点办法"

[parameters]
"dibao.standard.rural" = { value = 5000, per = "year" }
"disposable_income.rural" = { value = 20000 }
"""


def alone(desk: Desk, born: str, **facts: Any) -> Plan:
    """Return the plan of one person without supporters in rural Yan'an on 1 September 2022."""
    household = {"assets_within_limits": True, "residence": "rural"} | facts.pop("household", {})
    head = person("head", born, **({"has_able_supporter": False} | facts))
    return desk.plan(head, region=YANAN, on=day("2022-09-01"), **household)


def test_an_old_man_without_anybody_is_tekun_with_1_3_times_the_standard(desk: Desk) -> None:
    """1.3 × 5,400 = 7,020 a year; the household of one is tekun and draws no dibao besides."""
    plan = alone(desk, "1950-01-01")
    assert (plan.category, plan.size) == ("tekun", 0)
    assert support(plan, "living.tekun", 0).amount == Decimal("7020.00")
    assert support(plan, "living.dibao").status is Status.INELIGIBLE
    assert plan.totals.year == Decimal("7020.00")


@pytest.mark.parametrize(
    ("born", "facts", "tekun"),
    [
        ("1962-09-01", {}, True),  # 60 today
        ("1962-09-02", {}, False),  # 60 tomorrow
        ("2006-09-02", {"school_stage": "none"}, True),  # 16 tomorrow
        ("2006-09-01", {"school_stage": "none"}, False),  # 16 today
        ("1990-01-01", {"disability_kind": "mental", "disability_grade": 3}, True),
        ("1990-01-01", {"disability_kind": "mental", "disability_grade": 4}, False),
        ("1990-01-01", {"disability_kind": "intellectual", "disability_grade": 3}, True),
        ("1990-01-01", {"disability_kind": "limb", "disability_grade": 2}, True),
        ("1990-01-01", {"disability_kind": "limb", "disability_grade": 3}, False),
        ("1990-01-01", {"disability_kind": "visual", "disability_grade": 1}, True),
        ("1990-01-01", {"disability_kind": "visual", "disability_grade": 2}, False),
        ("1990-01-01", {"disability_kind": "hearing", "disability_grade": 1}, False),
        ("1950-01-01", {"has_able_supporter": True}, False),
        ("1950-01-01", {"incomes": [{"kind": "transfer", "amount": "5399.99", "per": "year"}]}, True),
        ("1950-01-01", {"incomes": [{"kind": "transfer", "amount": "5400.00", "per": "year"}]}, False),
        ("1950-01-01", {"incomes": [{"kind": "basic_pension", "amount": 900, "per": "month"}]}, True),
        ("1950-01-01", {"incomes": [{"kind": "old_age_allowance", "amount": 900, "per": "month"}]}, True),
        ("1950-01-01", {"household": {"assets_within_limits": False}}, False),
        ("2012-01-01", {"school_stage": "primary", "supported_as_orphan": True}, False),
    ],
)
def test_each_condition_has_two_sides(desk: Desk, born: str, facts: dict[str, Any], tekun: bool) -> None:
    """Age, disability, income, property and supporters, each at its line."""
    plan = alone(desk, born, **facts)
    assert (plan.members[0].category == "tekun") is tekun


def test_the_three_conditions_are_spelled_out(desk: Desk) -> None:
    """Labour, income (with property) and supporters stand apart, each with its article."""
    reasons = [r for r in alone(desk, "1950-01-01").members[0].reasons if r.rule == "tekun_member"]
    assert [r.criterion.source for r in reasons] == [
        "N2 art. 7", "N3 art. 5", "N3 art. 6", "N3 art. 6", "N3 art. 8", "N3 art. 8", "N3 art. 9",
    ]  # fmt: skip
    assert all(r.status for r in reasons)


def test_an_unknown_supporter_is_asked_for(desk: Desk) -> None:
    """Whether somebody outside can support decides between tekun and dibao."""
    head = person("head", "1950-01-01")
    plan = desk.plan(head, region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True)
    assert (plan.category, plan.candidates) == (None, ("tekun", "dibao"))
    assert plan.members[0].candidates == ("tekun", "dibao")
    assert ("has_able_supporter", 0) in {(missing.fact, missing.member) for missing in plan.missing}


def test_a_child_with_able_parents_is_not_tekun_whatever_stands_outside(desk: Desk) -> None:
    """Parents at home who can work settle it; nobody is asked about supporters."""
    plan = desk.plan(
        person("head", "1978-03-02"),
        person("child", "2012-03-02", school_stage="primary", boarding=False),
        region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True,
    )  # fmt: skip
    assert plan.category == "dibao"
    assert "has_able_supporter" not in {missing.fact for missing in plan.missing}


def test_two_old_people_without_anybody_are_both_tekun(desk: Desk) -> None:
    """Neither can support the other: each is old and without income."""
    old = {"has_able_supporter": False}
    plan = desk.plan(
        person("head", "1950-01-01", **old), person("spouse", "1952-01-01", **old),
        region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True,
    )  # fmt: skip
    assert plan.category == "tekun"
    assert plan.totals.year == 2 * Decimal("7020.00")


ABLE: dict[str, Any] = {"has_able_supporter": True, "disability_kind": "none", "school_stage": "none"}
OLD_ALONE: dict[str, Any] = {"has_able_supporter": False}
MINE: dict[str, Any] = {"disability_kind": "limb", "disability_grade": 1, "has_able_supporter": False}


@pytest.mark.parametrize(
    ("head", "other", "able"),
    [
        (("1950-01-01", OLD_ALONE), ("spouse", "1970-01-01", ABLE), True),
        (("1950-01-01", OLD_ALONE), ("child", "1980-01-01", ABLE), True),
        (("1950-01-01", OLD_ALONE), ("grandchild", "2000-01-01", ABLE), True),
        (("1950-01-01", OLD_ALONE), ("grandchild", "2004-09-01", ABLE), True),  # 18 today
        (("1950-01-01", OLD_ALONE), ("grandchild", "2004-09-02", ABLE), False),  # 18 tomorrow
        (("1990-01-01", MINE), ("parent", "1968-01-01", ABLE), True),
        (("2000-01-01", MINE), ("grandparent", "1963-01-01", ABLE), True),
        (("1990-01-01", MINE), ("sibling", "1988-01-01", ABLE), False),
        (("1950-01-01", OLD_ALONE), ("child_in_law", "1980-01-01", ABLE), False),
        (("1950-01-01", OLD_ALONE), ("child", "1980-01-01", ABLE | {"whereabouts": "prison"}), False),
        (("1950-01-01", OLD_ALONE), ("child", "1980-01-01", ABLE | {"whereabouts": "missing"}), False),
        (("1950-01-01", OLD_ALONE), ("child", "1980-01-01", ABLE | {"whereabouts": "compulsory_rehabilitation"}), True),
    ],
)
def test_who_of_the_household_must_support(
    desk: Desk, head: tuple[str, dict[str, Any]], other: tuple[str, str, dict[str, Any]], able: bool
) -> None:
    """Spouse, child, parent, grandchild, grandparent of age; nobody in prison or missing, and no other relative."""
    born, facts = head
    relation, others_birth, others_facts = other
    plan = desk.plan(
        person("head", born, **facts), person(relation, others_birth, **others_facts),
        region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True,
    )  # fmt: skip
    assert (plan.members[0].category == "tekun") is not able


@pytest.mark.parametrize(
    ("born", "income", "household", "able"),
    [
        ("1962-09-01", 8000, {"recognised_as": "dibao"}, False),  # 60 today, on dibao
        ("1962-09-02", 8000, {"recognised_as": "dibao"}, True),  # 60 tomorrow
        ("1962-09-01", 8000, {}, True),  # 60, and on no dibao
        ("1952-09-01", "19999.99", {}, False),  # 70 today, below 20,000
        ("1952-09-02", "19999.99", {}, True),  # 70 tomorrow
        ("1952-09-01", "20000.00", {}, True),  # not below it
    ],
)
def test_which_old_supporters_are_able(
    tmp_path: Path, born: str, income: object, household: dict[str, Any], able: bool
) -> None:
    """60 and on dibao, or 70 with less than last year's disposable income of 20,000, need support themselves."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK, encoding="utf-8")
    spouse = person(
        "spouse", born, has_able_supporter=False, incomes=[{"kind": "transfer", "amount": income, "per": "year"}]
    )
    plan = Desk(Rulebook.load([file])).plan(
        person("head", "1950-01-01", **OLD_ALONE), spouse,
        region=ELSEWHERE, on=day("2022-09-01"), residence="rural", assets_within_limits=True, **household,
    )  # fmt: skip
    assert (plan.members[0].category == "tekun") is not able


def test_a_tekun_member_leaves_the_familys_means_test_and_is_not_paid_twice(tmp_path: Path) -> None:
    """A grandmother is tekun beside a gravely disabled grandson who cannot support her.

    His own 2,400 a year is below the disposable income of 20,000, so nobody at home is able. She gets
    1.3 × 5,000 = 6,500; dibao counts him only: 1 × 5,000 − 2,400 = 2,600. Together 9,100.
    """
    file = tmp_path / "pack.toml"
    file.write_text(PACK, encoding="utf-8")
    grandson = person(
        "head", "1990-01-01", disability_kind="limb", disability_grade=1, has_able_supporter=True,
        incomes=[{"kind": "transfer", "amount": 200, "per": "month"}],
    )  # fmt: skip
    grandmother = person("grandparent", "1940-01-01", has_able_supporter=False)
    plan = Desk(Rulebook.load([file])).plan(
        grandson, grandmother, region=ELSEWHERE, on=day("2022-09-01"), residence="rural", assets_within_limits=True
    )
    assert [member.category for member in plan.members] == ["dibao", "tekun"]
    assert (plan.category, plan.size, plan.income_year) == ("dibao", 1, Decimal(2400))
    assert support(plan, "living.tekun", 1).amount == Decimal("6500.00")
    assert support(plan, "living.dibao").amount == Decimal("2600.00")
    assert plan.totals.by_programme["living"] == Decimal("9100.00")


def test_whether_a_disabled_relative_is_able_waits_for_the_disposable_income(desk: Desk) -> None:
    """Yan'an's pack sets no disposable income, so the plan names the parameter."""
    grandson = person(
        "head", "1990-01-01", disability_kind="limb", disability_grade=3, has_able_supporter=True, incomes=[]
    ) | {"disability_kind": "hearing", "disability_grade": 1}
    grandmother = person("grandparent", "1940-01-01", has_able_supporter=False)
    plan = desk.plan(
        grandson, grandmother, region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True
    )
    assert plan.members[1].category is None
    assert "disposable_income.rural" in {unset.parameter for unset in plan.not_configured}


@pytest.mark.parametrize(("lost", "tier"), [(0, "able"), (1, "partial"), (3, "partial"), (4, "full"), (6, "full")])
def test_care_has_three_tiers_by_self_care(desk: Desk, lost: int, tier: str) -> None:
    """None lost, up to three, four or more; the amounts are set locally, so the parameter is named."""
    plan = alone(desk, "1950-01-01", self_care_lost=lost)
    statuses = {t: support(plan, f"living.tekun_care.{t}", 0).status for t in ("able", "partial", "full")}
    assert statuses == {t: Status.UNDETERMINED if t == tier else Status.INELIGIBLE for t in statuses}
    unset = {u.parameter: u.decides for u in plan.not_configured}
    assert unset[f"living.tekun_care.{tier}"] == (f"living.tekun_care.{tier}",)


def test_a_tekun_child_stays_so_while_at_school(desk: Desk) -> None:
    """Recognised before, now 17 and in vocational school: still without labour capacity (N3 art. 24)."""
    facts = {"school_stage": "vocational_secondary", "school_year": 2, "boarding": True}
    assert alone(desk, "2005-01-01", **facts).members[0].category == "dibao"
    kept = alone(desk, "2005-01-01", household={"recognised_as": "tekun"}, **facts)
    assert kept.members[0].category == "tekun"
    assert owed(kept, "living", 0) == Decimal("7020.00")


@pytest.mark.parametrize(
    ("born", "stage", "kept"),
    [
        ("2004-09-02", "none", True),  # 18 tomorrow
        ("2004-09-01", "none", False),  # 18 today
        ("2003-01-01", "primary", True),
        ("2003-01-01", "junior_secondary", True),
        ("2003-01-01", "senior_secondary", True),
        ("2003-01-01", "vocational_secondary", True),
        ("2003-01-01", "junior_college", False),
        ("2003-01-01", "undergraduate", False),
    ],
)
def test_who_is_18_stays_tekun_at_school_and_not_at_college(desk: Desk, born: str, stage: str, kept: bool) -> None:
    """Until 18, longer in compulsory, senior secondary or vocational school (N3 art. 24)."""
    plan = alone(desk, born, household={"recognised_as": "tekun"}, school_stage=stage)
    assert (plan.members[0].category == "tekun") is kept


def test_an_open_elder_beside_a_family_far_above_the_lines_leaves_no_dibao_candidate(desk: Desk) -> None:
    """With or without the grandmother 60,000 a year is above every line of two or three people."""
    plan = desk.plan(
        person("head", "1990-01-01", disability_kind="hearing", disability_grade=1, has_able_supporter=True,
               incomes=[{"kind": "transfer", "amount": 60000, "per": "year"}], employment="farming"),
        person("grandparent", "1940-01-01", has_able_supporter=False),
        region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True, expenses=[],
    )  # fmt: skip
    assert (plan.category, plan.candidates) == ("none", ("none",))
    assert plan.members[1].candidates == ("tekun", "none")
