"""Many households in one frame get what each gets by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given

from bangfu import Plan, Status, frames_of, make_plan
from households import CATALOG, RULEBOOK, Data, examples, explained, household_of, neighbours

_STATUS = {Status.ELIGIBLE: True, Status.INELIGIBLE: False, Status.UNDETERMINED: None}
Row = Mapping[str, Any]


def _supports(row: Row, codes: list[str]) -> dict[str, tuple[Any, Any]]:
    """Return a row's status and amount of every benefit; the amount only where it is due."""
    return {
        code: (row[f"status:{code}"], row.get(f"amount:{code}") if row[f"status:{code}"] else None) for code in codes
    }


def _planned(plan: Plan, recipient: int | str) -> dict[str, tuple[Any, Any]]:
    return {s.benefit.code: (_STATUS[s.status], s.amount) for s in plan.supports if s.recipient == recipient}


@examples(40)
@given(neighbours(most=4))
def test_screening_equals_plans(data: list[Data]) -> None:
    """The lazy run over a population gives the categories, statuses and amounts of the single plans."""
    households = [household_of(each) for each in data]
    ruleset = RULEBOOK.rules(households[0].region, households[0].on)
    frames = frames_of(households, CATALOG)
    of_households, of_members = ruleset.assess(frames.households.lazy(), frames.members.lazy())
    rows = of_households.collect().rows(named=True)
    members = of_members.collect().rows_by_key("household", named=True, include_key=True)
    for key, household in enumerate(households):
        plan, row = make_plan(household, RULEBOOK), rows[key]
        of_plan = _planned(plan, "household")
        assert (row["household"], row["category"], row["size"], row["income_year"]) == (
            key, plan.category, plan.size, plan.income_year,
        )  # fmt: skip
        assert _supports(row, [*of_plan]) == of_plan
        for member, of_member in zip(plan.members, members[key], strict=True):
            of_plan = _planned(plan, member.index)
            assert (of_member["member"], of_member["counted"], of_member["category"]) == (
                member.index, member.counted, member.category,
            )  # fmt: skip
            assert _supports(of_member, [*of_plan]) == of_plan


@examples(30)
@given(neighbours(most=4))
def test_explained_rows_equal_those_of_one_household(data: list[Data]) -> None:
    """Every column that plans are read from is the same for households run together and one by one."""
    households = [household_of(each) for each in data]
    together = [frame.drop("household").rows(named=True) for frame in explained(households)]
    single = [explained([household]) for household in households]
    for level in (0, 1):
        assert together[level] == [row for frames in single for row in frames[level].drop("household").rows(named=True)]
