"""Guiding county (S1): what a pupil of a registered-poor family is owed, by school stage."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bangfu import Plan, Status
from desk import Desk
from people import GUIDING, day, owed, person, support


def pupil(desk: Desk, *, poor: bool = True, **facts: Any) -> Plan:
    """Return the plan of a mother and her child at school."""
    head = person("head", "1978-03-02")
    child = person("child", facts.pop("born", "2004-03-02"), **facts)
    return desk.plan(head, child, region=GUIDING, on=day("2020-09-01"), registered_poor=poor)


@pytest.mark.parametrize(
    ("school", "parts", "total"),
    [
        (
            {"school_stage": "senior_secondary", "boarding": True},
            (
                2000,
                1000,
                760,
                400,
                500,
            ),
            4660,
        ),
        (
            {"school_stage": "senior_secondary", "boarding": False},
            (
                2000,
                1000,
                760,
                400,
            ),
            4160,
        ),
        (
            {"school_stage": "vocational_secondary", "school_year": 1, "boarding": True},
            (2000, 2000, 1000, 400, 500),
            5900,
        ),
        (
            {"school_stage": "vocational_secondary", "school_year": 2, "boarding": True},
            (2000, 2000, 1000, 400, 500),
            5900,
        ),
        (
            {"school_stage": "vocational_secondary", "school_year": 3, "boarding": True},
            (
                2000,
                1000,
                400,
                500,
            ),
            3900,
        ),
        (
            {"school_stage": "vocational_secondary", "school_year": 4, "boarding": True},
            (
                1000,
                400,
                500,
            ),
            1900,
        ),
        (
            {"school_stage": "undergraduate", "boarding": True},
            (
                3000,
                1000,
                3830,
            ),
            7830,
        ),
        (
            {"school_stage": "junior_college", "boarding": True},
            (
                3000,
                1000,
                3500,
            ),
            7500,
        ),
        ({"school_stage": "postgraduate", "boarding": True}, (0,), 0),
        (
            {"school_stage": "primary", "boarding": True},
            (
                1000,
                100,
                4 * 200,
            ),
            1900,
        ),
        ({"school_stage": "primary", "boarding": False}, (4 * 200,), 800),
        (
            {"school_stage": "junior_secondary", "boarding": True},
            (
                1250,
                100,
                4 * 200,
            ),
            2150,
        ),
        ({"school_stage": "preschool", "school_kind": "public", "boarding": False}, (200,), 200),
        ({"school_stage": "preschool", "school_kind": "inclusive_private", "boarding": False}, (200,), 200),
        ({"school_stage": "preschool", "school_kind": "private", "boarding": False}, (0,), 0),
    ],
)
def test_a_registered_poor_pupil_is_owed_the_sum_of_the_row(
    desk: Desk, school: dict[str, Any], parts: tuple[int, ...], total: int
) -> None:
    """Each stage's rows add up to the figure of S1's table."""
    assert sum(parts) == total
    plan = pupil(desk, **school)
    assert owed(plan, "education", 1) == Decimal(total)
    assert plan.totals.by_programme.get("education", Decimal(0)) == Decimal(total)


@pytest.mark.parametrize(
    ("ground", "status"),
    [
        ({}, Status.INELIGIBLE),
        ({"orphan": True}, Status.ELIGIBLE),
        ({"martyr_child": True}, Status.ELIGIBLE),
        ({"disability_kind": "limb", "disability_grade": 4}, Status.ELIGIBLE),
    ],
)
def test_the_kindergarten_allowance_is_open_to_four_groups(desk: Desk, ground: dict[str, Any], status: Status) -> None:
    """Registered-poor children, orphans, children of martyrs and disabled children alike."""
    plan = pupil(desk, poor=False, born="2016-05-01", school_stage="preschool", school_kind="public", **ground)
    assert support(plan, "education.preschool.living", 1).status is status


def test_free_compulsory_schooling_is_for_everyone(desk: Desk) -> None:
    """The two waivers ask for no poverty; the boarder's allowance does."""
    plan = pupil(desk, poor=False, school_stage="junior_secondary", boarding=True)
    waivers = support(plan, "education.compulsory.two_waivers", 1)
    assert (waivers.status, waivers.benefit.kind, waivers.amount) == (Status.ELIGIBLE, "in_kind", None)
    assert support(plan, "education.junior_secondary.boarder", 1).status is Status.INELIGIBLE


def test_whether_a_pupil_boards_is_asked_where_it_decides(desk: Desk) -> None:
    """Unknown boarding leaves the lodging waiver open and the rest decided."""
    plan = pupil(desk, school_stage="senior_secondary")
    assert support(plan, "education.senior_secondary.lodging", 1).status is Status.UNDETERMINED
    assert owed(plan, "education", 1) == 2000 + 1000 + 760 + 400
    asked = {missing.fact: missing for missing in plan.missing if missing.member == 1}
    assert asked["boarding"].decides == ("education.senior_secondary.lodging",)


def test_the_fee_reduction_waits_for_the_kindergartens_word(desk: Desk) -> None:
    """Special hardship is a fact of the education plugin; unknown, it is asked for."""
    facts = {"born": "2016-05-01", "school_stage": "preschool", "school_kind": "public"}
    plan = pupil(desk, **facts)
    assert support(plan, "education.preschool.fee_reduction", 1).status is Status.UNDETERMINED
    assert "special_hardship" in {missing.fact for missing in plan.missing}


def test_a_registered_poor_status_that_is_not_stated_is_presumed_and_shown(desk: Desk) -> None:
    """Without a word on the register the family is taken not to be on it, and the plan says so."""
    head, child = person("head", "1978-03-02"), person("child", "2004-03-02", school_stage="senior_secondary")
    plan = desk.plan(head, child, region=GUIDING, on=day("2020-09-01"))
    grant = support(plan, "education.senior_secondary.national_grant", 1)
    assert grant.status is Status.INELIGIBLE
    assert "registered_poor" in grant.reasons[-1].presumed
    assert ("registered_poor", None, False) in {(p.fact, p.member, p.value) for p in plan.presumed}
