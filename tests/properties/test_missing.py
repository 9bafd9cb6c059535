"""What a plan asks for is all that can still change it: no other fact does, whatever its value."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bangfu import Plan
from households import households
from rulebooks import CATALOG, Data, examples, plan_of
from test_more_facts import Path, removable, without

Fact = tuple[str, int | None]


def _fact_at(path: Path) -> Fact:
    """Return the fact that stands at a place in a household's data, with its member."""
    if path[0] == "members":
        return str(path[2]), int(path[1])
    return str(path[0]), None


@st.composite
def _with_gaps(draw: st.DrawFn) -> tuple[Data, list[set[Path]]]:
    """Draw a household of which little is unknown, and what else is to be, in several ways."""
    data = draw(households(complete=True))
    few = st.sets(st.sampled_from(removable(data)), min_size=1, max_size=4)
    return data, draw(st.lists(few, min_size=8, max_size=8))


def _statuses(plan: Plan) -> dict[Any, Any]:
    """Return everything that a plan decides, or not."""
    found: dict[Any, Any] = {(s.benefit.code, s.recipient): s.status for s in plan.supports}
    found |= {("category", m.index): m.category for m in plan.members} | {("category", None): plan.category}
    return found | {("counted", m.index): m.counted for m in plan.members}


@examples(40)
@given(_with_gaps())
def test_no_fact_that_is_not_asked_for_changes_a_status(case: tuple[Data, list[set[Path]]]) -> None:
    """With all other gaps filled, and only what was asked for (or presumed) left out, every status is the same."""
    data, ways = case
    for gaps in ways:
        plan = plan_of(without(data, gaps))
        asked = {(missing.fact, missing.member) for missing in plan.missing}
        kept_open = {
            gap for gap in gaps if (fact := _fact_at(gap)) in asked or CATALOG.by_name[fact[0]].presumption is not None
        }
        if kept_open != gaps:
            assert _statuses(plan_of(without(data, kept_open))) == _statuses(plan)
