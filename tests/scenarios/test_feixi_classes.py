"""Feixi (S10): rural dibao of 2009 by three classes, 900 a head before 1 April, 1,000 from then."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bangfu import Plan, Status
from desk import Desk
from people import FEIXI, day, owed, person, support, wage

APRIL = "2009-04-01"


def couple(desk: Desk, each: str, on: str = APRIL, **facts: Any) -> Plan:
    """Return the plan of a healthy couple with this income a head and year."""
    people = [person("head", "1970-03-02", incomes=wage(each)), person("spouse", "1972-03-02", incomes=wage(each))]
    people[0] |= facts.pop("head", {})
    return desk.plan(
        *people, region=FEIXI, on=day(on), residence="rural", assets_within_limits=True, expenses=[], **facts
    )


@pytest.mark.parametrize(
    ("each", "sum_shown", "amount"),
    [
        ("950.00", "the floor: 2 × 100, since 2 × (1,000 − 950) = 100 is less", 200),
        ("900.00", "2 × (1,000 − 900) = 200, just the floor", 200),
        ("899.99", "2 × (1,000 − 899.99) = 200.02", "200.02"),
        ("400.00", "2 × (1,000 − 400) = 1,200", 1200),
        ("999.99", "the floor: 200", 200),
    ],
)
def test_class_three_gets_the_gap_but_the_floor_at_least(desk: Desk, each: str, sum_shown: str, amount: object) -> None:
    """Standard less income a head, at least 100 a head."""
    plan = couple(desk, each)
    assert support(plan, "living.dibao.class3").amount == Decimal(str(amount)), sum_shown
    assert owed(plan, "living") == Decimal(str(amount))


@pytest.mark.parametrize(
    ("on", "each", "on_dibao"),
    [
        ("2009-03-31", "899.99", True),
        ("2009-03-31", "900.00", False),
        ("2009-04-01", "900.00", True),
        ("2009-04-01", "999.99", True),
        ("2009-04-01", "1000.00", False),
    ],
)
def test_the_standard_rises_on_the_first_of_april(desk: Desk, on: str, each: str, on_dibao: bool) -> None:
    """900 a head until 31 March 2009, 1,000 from 1 April."""
    assert (couple(desk, each, on).category == "dibao") is on_dibao


def elderly(desk: Desk, **facts: Any) -> Plan:
    """Return the plan of a couple past 60 without income whom nobody can support (tekun came in 2014)."""
    alone = {"has_able_supporter": False}
    return desk.plan(
        person("head", "1940-01-01", **alone),
        person("spouse", "1942-01-01", **alone, **facts),
        region=FEIXI,
        on=day(APRIL),
        residence="rural",
        assets_within_limits=True,
        expenses=[],
    )


def test_class_one_gets_the_full_standard(desk: Desk) -> None:
    """Nobody can work, no income, nobody to support them: 2 × 1,000 = 2,000."""
    plan = elderly(desk)
    assert plan.category == "dibao"
    assert support(plan, "living.dibao.class1").amount == Decimal(2000)
    assert owed(plan, "living") == Decimal(2000)


@pytest.mark.parametrize(
    ("relation", "born", "class_one"),
    [
        ("spouse", "1949-04-01", True),  # 60 today
        ("spouse", "1949-04-02", False),  # 60 tomorrow
        ("grandchild", "1993-04-02", True),  # 16 tomorrow
        ("grandchild", "1993-04-01", False),  # 16 today
    ],
)
def test_who_cannot_work_by_age(desk: Desk, relation: str, born: str, class_one: bool) -> None:
    """From 60 and below 16 nobody is taken to be able to work, as long as nothing else is stated (N3 art. 5)."""
    alone = {"has_able_supporter": False, "school_stage": "none"}
    plan = desk.plan(
        person("head", "1940-01-01", **alone), person(relation, born, **alone),
        region=FEIXI, on=day(APRIL), residence="rural", assets_within_limits=True, expenses=[],
    )  # fmt: skip
    assert (support(plan, "living.dibao.class1").status is Status.ELIGIBLE) is class_one
    assert (support(plan, "living.dibao.class3").status is Status.ELIGIBLE) is not class_one


def test_who_does_not_count_changes_no_class(desk: Desk) -> None:
    """A son in prison who can work leaves his parents in class 1; an ill brother there makes no class 2."""
    away = {"whereabouts": "prison", "school_stage": "none", "has_able_supporter": True, "labour_capacity": "able"}
    alone = {"has_able_supporter": False}
    parents = desk.plan(
        person("head", "1940-01-01", **alone), person("spouse", "1942-01-01", **alone),
        person("child", "1975-01-01", **away, incomes=wage(9000)),
        region=FEIXI, on=day(APRIL), residence="rural", assets_within_limits=True, expenses=[],
    )  # fmt: skip
    assert support(parents, "living.dibao.class1").amount == Decimal(2000)
    healthy = desk.plan(
        person("head", "1970-03-02", incomes=wage("400")), person("spouse", "1972-03-02", incomes=wage("400")),
        person("sibling", "1975-01-01", **away, serious_illness=True),
        region=FEIXI, on=day(APRIL), residence="rural", assets_within_limits=True, expenses=[], appraised_amount=700,
    )  # fmt: skip
    assert support(healthy, "living.dibao.class2").status is Status.INELIGIBLE
    assert support(healthy, "living.dibao.class3").amount == Decimal(1200)


def test_class_one_goes_before_class_two(desk: Desk) -> None:
    """A gravely ill member does not lower a household of class 1 to an appraised amount."""
    plan = elderly(desk, serious_illness=True)
    assert support(plan, "living.dibao.class1").status is Status.ELIGIBLE
    assert support(plan, "living.dibao.class2").status is Status.INELIGIBLE


@pytest.mark.parametrize(
    ("appraised", "status"),
    [
        ("600.00", Status.INELIGIBLE),
        ("600.01", Status.ELIGIBLE),
        ("999.99", Status.ELIGIBLE),
        ("1000.00", Status.INELIGIBLE),
    ],
)
def test_class_two_is_appraised_within_its_bounds(desk: Desk, appraised: str, status: Status) -> None:
    """Above 600 and below the standard a head; 2 × what the committee set."""
    plan = couple(desk, "300", head={"serious_illness": True}, appraised_amount=appraised)
    class2 = support(plan, "living.dibao.class2")
    assert class2.status is status
    if status is Status.ELIGIBLE:
        assert class2.amount == 2 * Decimal(appraised)
    assert support(plan, "living.dibao.class3").status is Status.INELIGIBLE


def test_class_two_waits_for_the_committee(desk: Desk) -> None:
    """Without an appraised amount the support is open and the amount is asked for."""
    plan = couple(desk, "300", head={"disability_kind": "limb", "disability_grade": 2})
    assert support(plan, "living.dibao.class2").status is Status.UNDETERMINED
    assert "appraised_amount" in {missing.fact for missing in plan.missing}


def test_three_refusals_cost_ones_own_part_of_any_class(desk: Desk) -> None:
    """Class 3: 2 × (1,000 − 400) = 1,200, class 2: 2 × 700 = 1,400; N1 art. 45 takes a half."""
    refuses = {"employment": "unemployed", "job_refusals": 3}
    class3 = support(couple(desk, "400.00", head=refuses), "living.dibao.class3")
    assert class3.amount == Decimal(600)
    ill = couple(desk, "300", head=refuses | {"serious_illness": True}, appraised_amount=700)
    assert support(ill, "living.dibao.class2").amount == Decimal(700)


def test_a_single_parent_is_class_two(desk: Desk) -> None:
    """A mother alone with a child: 2 × 800 = 1,600."""
    plan = desk.plan(
        person("head", "1975-01-01", has_able_supporter=True),
        person("child", "2000-01-01", has_able_supporter=True),
        region=FEIXI, on=day(APRIL), residence="rural", assets_within_limits=True, appraised_amount=800,
    )  # fmt: skip
    assert support(plan, "living.dibao.class2").amount == Decimal(1600)


@pytest.mark.parametrize(
    ("others", "class_"),
    [
        ([], 3),  # alone, but no parent
        ([("child", "1991-04-01")], 3),  # 18 today
        ([("child", "1991-04-02")], 2),  # 18 tomorrow
        ([("child", "2000-01-01"), ("child", "2002-01-01")], 2),
        ([("spouse", "1976-01-01"), ("child", "2000-01-01")], 3),  # two parents
        ([("parent", "1950-01-01")], 3),
    ],
)
def test_who_is_a_single_parent(desk: Desk, others: list[tuple[str, str]], class_: int) -> None:
    """No spouse and a child who is not yet grown up; healthy people without either are class 3."""
    able = {"has_able_supporter": True, "school_stage": "none"}
    members = [person("head", "1975-01-01", **able), *(person(relation, born, **able) for relation, born in others)]
    plan = desk.plan(
        *members, region=FEIXI, on=day(APRIL), residence="rural", assets_within_limits=True, appraised_amount=800,
        expenses=[],
    )  # fmt: skip
    statuses = {n: support(plan, f"living.dibao.class{n}").status for n in (1, 2, 3)}
    assert statuses == {n: Status.ELIGIBLE if n == class_ else Status.INELIGIBLE for n in (1, 2, 3)}


def test_the_whole_household_is_covered(desk: Desk) -> None:
    """Dibao is one support for the household, never for the head without the spouse."""
    plan = couple(desk, "400.00")
    assert {s.recipient for s in plan.supports if s.benefit.code.startswith("living.dibao.class")} == {"household"}
    assert [member.category for member in plan.members] == ["dibao", "dibao"]
