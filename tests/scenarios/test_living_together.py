"""Who counts as living together (N2 art. 7), each with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from bangfu import Plan
from desk import Desk
from people import YANAN, day, person, wage


def beside_the_head(desk: Desk, relation: str, born: str | None, **facts: Any) -> Plan:
    """Return the plan of a head of 44 with one other person, on 1 September 2022."""
    other = person(relation, born or "2000-01-01", **facts)
    if born is None:
        del other["birth_date"]
    return desk.plan(person("head", "1978-03-02"), other, region=YANAN, on=day("2022-09-01"), residence="rural")


@pytest.mark.parametrize(
    ("relation", "born", "facts", "counted"),
    [
        ("spouse", "1980-01-01", {"lives_together": False}, True),
        ("spouse", "1980-01-01", {"whereabouts": "away_working", "lives_together": False}, True),
        ("spouse", "1980-01-01", {"whereabouts": "prison"}, False),
        ("spouse", "1980-01-01", {"whereabouts": "compulsory_rehabilitation"}, False),
        ("spouse", "1980-01-01", {"whereabouts": "missing"}, False),
        ("child", "2004-09-02", {"lives_together": False, "school_stage": "none"}, True),  # 18 tomorrow
        ("child", "2004-09-01", {"lives_together": False, "school_stage": "none"}, False),  # 18 today
        ("child", "2002-01-01", {"lives_together": False, "school_stage": "undergraduate"}, True),
        ("child", "1998-01-01", {"lives_together": False, "school_stage": "postgraduate"}, False),
        ("child", "1990-01-01", {"lives_together": False, "labour_capacity": "none"}, True),
        ("child", "1962-09-01", {"lives_together": False}, False),  # 60 today: old, not dependent
        ("child", "1962-09-02", {"lives_together": False}, False),  # 60 tomorrow
        ("child", "1962-09-01", {"lives_together": False, "labour_capacity": "none"}, True),
        ("child", "1962-09-01", {"lives_together": False, "disability_kind": "limb", "disability_grade": 2}, True),
        ("child", "1962-09-01", {"lives_together": False, "disability_kind": "limb", "disability_grade": 3}, False),
        ("child", "1962-09-01", {"lives_together": False, "disability_kind": "limb"}, None),
        (
            "child",
            "1990-01-01",
            {"lives_together": False, "disability_kind": "mental", "disability_grade": 3, "labour_capacity": "partial"},
            False,  # what is stated goes before what a certificate lets presume
        ),
        ("child", "1990-01-01", {"lives_together": False}, False),
        ("child", "1990-01-01", {}, True),
        ("child", None, {"lives_together": False, "school_stage": "none", "labour_capacity": "able"}, None),
        ("parent", "1950-01-01", {}, True),
        ("parent", "1950-01-01", {"lives_together": False}, False),
        ("grandchild", "2015-01-01", {"lives_together": False}, False),
        ("sibling", "1985-01-01", {}, True),
        ("other", "1985-01-01", {}, False),  # no legal duty of support
        ("sibling", "1985-01-01", {"whereabouts": "clergy_away", "away_since": "2019-09-01"}, False),  # 3 years today
        ("sibling", "1985-01-01", {"whereabouts": "clergy_away", "away_since": "2019-09-02"}, True),
        ("sibling", "1985-01-01", {"whereabouts": "clergy_away"}, None),
    ],
)
def test_who_counts(desk: Desk, relation: str, born: str | None, facts: dict[str, Any], counted: bool | None) -> None:
    """Each ground of article 7 on both sides of its line."""
    member = beside_the_head(desk, relation, born, **facts).members[1]
    assert member.counted is counted
    reasons = [reason for reason in member.reasons if reason.rule == "counted"]
    assert reasons, "every member has a reason for being counted or not"
    assert all(reason.criterion.source == "N2 art. 7" for reason in reasons)


def test_a_sons_sixtieth_birthday_changes_nothing_for_his_mother(desk: Desk) -> None:
    """She has 3,000 a year, below 5,400; her son lives elsewhere on 12,000. She stays a household of one."""
    for born in ("1962-09-02", "1962-09-01"):  # 60 tomorrow, 60 today
        plan = desk.plan(
            person("head", "1938-03-02", incomes=wage(3000)),
            person("child", born, lives_together=False, incomes=wage(12000)),
            region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True,
            expenses=[],
        )  # fmt: skip
        assert (plan.size, plan.income_year, plan.members[1].counted) == (1, 3000, False)


def test_the_size_of_the_household_is_the_number_counted(desk: Desk) -> None:
    """Two of three: the brother in prison does not count."""
    plan = desk.plan(
        person("head", "1978-03-02"),
        person("spouse", "1980-03-02"),
        person("sibling", "1985-03-02", whereabouts="prison"),
        region=YANAN, on=day("2022-09-01"), residence="rural", assets_within_limits=True,
    )  # fmt: skip
    assert plan.size == 2
    assert [member.category for member in plan.members] == ["dibao", "dibao", "none"]


@pytest.mark.parametrize(
    ("born", "presumed"),
    [
        ("2019-09-02", True),  # 2, and 3 tomorrow
        ("2019-09-01", False),  # 3 today
        ("1997-09-02", False),  # 24, and 25 tomorrow
        ("1997-09-01", True),  # 25 today
    ],
)
def test_who_is_taken_not_to_be_at_school(desk: Desk, born: str, presumed: bool) -> None:
    """Below 3 and above 24 nobody is asked; between, the stage is asked for."""
    plan = beside_the_head(desk, "child", born, employment="not_working")
    assert (("school_stage", 1) in {(p.fact, p.member) for p in plan.presumed}) is presumed
    assert (("school_stage", 1) in {(m.fact, m.member) for m in plan.missing}) is not presumed


def test_the_day_since_which_a_cleric_is_away_is_asked_for(desk: Desk) -> None:
    """Whether three years have passed decides; so the day is missing."""
    plan = beside_the_head(desk, "sibling", "1985-01-01", whereabouts="clergy_away")
    assert ("away_since", 1) in {(missing.fact, missing.member) for missing in plan.missing}
