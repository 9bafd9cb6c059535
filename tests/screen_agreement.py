"""What a screened population says, held against the plan of each of its households."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bangfu import Household, Plan, Rulebook, make_plan
from bangfu.lists import list_frames_of
from bangfu.screen import Screened, screen_partition

REGIONS = ("522723102201", "340123", "610625101201", "211382", "450102", "620102", "110101")
DAYS = (date(2021, 6, 30), date(2009, 4, 1), date(2024, 2, 29), date(2026, 3, 1))
"""Places and days whose policies differ."""


def screened(households: Sequence[Household], rulebook: Rulebook, **more: Any) -> Screened:
    """Return what screening says of households, numbered from 0."""
    frames = list_frames_of(households, rulebook.catalog)
    return screen_partition(frames.households, frames.members, rulebook, **more)


def disagreements(households: Sequence[Household], rulebook: Rulebook) -> list[Any]:
    """Screen households together; return each pair of results that differ, of screening and of a household's plan."""
    result = screened(households, rulebook, ineligible=True)
    assert result.rejects.is_empty()
    assessments = result.assessments.rows_by_key("household", named=True)
    supports = result.supports.rows_by_key("household", named=True)
    pairs = [
        pair
        for key, household in enumerate(households)
        for pair in zip(
            (_assessed(assessments[key]), _supported(supports[key])), _planned(household, rulebook), strict=True
        )
    ]
    return [pair for pair in pairs if pair[0] != pair[1]]


def _assessed(rows: Sequence[dict[str, Any]]) -> list[Any]:
    return [
        (
            row["member"], row["region"], row["on"], row["category"], row["candidates"], row["size"],
            row["income_year"], row["year"], row["once"],
        )
        for row in rows
    ]  # fmt: skip


def _supported(rows: Sequence[dict[str, Any]]) -> list[Any]:
    return [tuple(row.values()) for row in rows]


def _planned(household: Household, rulebook: Rulebook) -> tuple[list[Any], list[Any]]:
    """Return what a plan says in the form of the two tables' rows."""
    plan = make_plan(household, rulebook)
    assessed = [(None, plan.category, plan.candidates, plan.size, plan.income_year)]
    assessed += [(member.index, member.category, member.candidates, None, None) for member in plan.members]
    order = {bound.benefit.code: i for i, bound in enumerate(rulebook.rules(household.region, household.on).benefits)}
    supported = sorted(
        (
            (
                None if support.recipient == "household" else support.recipient,
                support.benefit.code,
                support.programme,
                support.status.value,
                support.amount,
                support.benefit.per.value,
                support.year_amount,
                support.replaced_by,
            )
            for support in plan.supports
        ),
        key=lambda row: (-1 if row[0] is None else int(row[0]), order[row[1]]),
    )
    return (
        [
            (who, household.region, household.on, category, list(candidates), size, income, *_sums(plan, who))
            for who, category, candidates, size, income in assessed
        ],
        supported,
    )


def _sums(plan: Plan, member: int | None) -> tuple[Any, Any]:
    """Return the totals of a household, or those of one member's own supports."""
    if member is None:
        return plan.totals.year, plan.totals.once
    own = [
        support
        for support in plan.supports
        if support.recipient == member and support.status.value == "eligible" and support.replaced_by is None
    ]
    sums = {
        once: sum(s.year_amount or 0 for s in own if (s.benefit.per.value == "once") is once) for once in (False, True)
    }
    return sums[False], sums[True]
