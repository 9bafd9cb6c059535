"""The comparison of a population's frames with single plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bangfu import Household, Plan, Rulebook, Status, frames_of, make_plan
from bangfu.engine import BoundBenefit

_STATUS = {Status.ELIGIBLE: True, Status.INELIGIBLE: False, Status.UNDETERMINED: None}
Row = Mapping[str, Any]


def _support(row: Row, bound: BoundBenefit) -> tuple[bool | None, Any, Any]:
    """Return what a row of screening says of a benefit: whether due, and where it is, how much and what replaces it."""
    due = row[f"status:{bound.benefit.code}"]
    if not due:
        return due, None, None
    amount = row[bound.allowed or bound.amount] if bound.amount else None
    return due, amount, row[bound.replaced_by] if bound.replaced_by else None


def _differences(plan: Plan, row: Row, members: Sequence[Row], benefits: Sequence[BoundBenefit]) -> list[Any]:
    """Return each pair of results that differ, of frames and of the plan."""
    pairs: list[tuple[Any, Any]] = [
        ((row["category"], row["size"], row["income_year"]), (plan.category, plan.size, plan.income_year))
    ]
    for member, of_member in zip(plan.members, members, strict=True):
        found = (of_member["member"], of_member["counted"], of_member["category"])
        pairs.append((found, (member.index, member.counted, member.category)))
    by_code = {bound.benefit.code: bound for bound in benefits}
    for support in plan.supports:
        of_recipient = row if isinstance(support.recipient, str) else members[support.recipient]
        found = _support(of_recipient, by_code[support.benefit.code])
        pairs.append((found, (_STATUS[support.status], support.amount, support.replaced_by)))
    return [pair for pair in pairs if pair[0] != pair[1]]


def differences(households: Sequence[Household], rulebook: Rulebook) -> list[Any]:
    """Screen households of one region and day together; return what differs from their single plans."""
    ruleset = rulebook.rules(households[0].region, households[0].on)
    frames = frames_of(households, rulebook.catalog)
    of_households, of_members = ruleset.assess(frames.households, frames.members)
    rows = of_households.rows(named=True)
    members = of_members.rows_by_key("household", named=True)
    assert [row["household"] for row in rows] == [*range(len(households))]
    return [
        difference
        for key, household in enumerate(households)
        for difference in _differences(make_plan(household, rulebook), rows[key], members[key], ruleset.benefits)
    ]
