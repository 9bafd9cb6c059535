"""Learning more decides more and changes nothing that was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bangfu import Expression, Items, Level, Plan, Reason, Status
from bangfu.facts.declare import Partly
from bangfu.rules.language import expression_of, names_in
from bangfu.rules.language import given as value_of
from households import REGIONS, households
from rulebooks import CATALOG, LAST_DAY, RULEBOOK, Data, examples, explained, household_of, plan_of

Path = tuple[str | int, ...]
"""Where a value stands in a household's data: ``("members", 0, "incomes", 1, "amount")``."""


def _presumed_by_absence() -> dict[str, str]:
    """Return each fact whose very absence decides a presumption, with the fact that is presumed.

    So is a disability's kind presumed where no grade would tell of one: a grade stated later may take back what was
    presumed, so that less is decided than before.
    """
    bare = {"region": REGIONS[0], "on": LAST_DAY, "members": [{"relation": "head"}]}
    rows = [frame.row(0, named=True) for frame in explained([household_of(bare)])]
    presumed = [
        (fact, fact.presumption)
        for level, row in zip(Level, rows, strict=True)
        for fact in CATALOG.at(level)
        if fact.presumption and row.get(fact.presumed_columns[0]) is not None
    ]
    return {
        root.name: fact.name
        for fact, presumption in presumed
        for root in names_in(_formula(presumption.value))
        if root.name in CATALOG.by_column
    }


def _formula(value: Any) -> Expression:
    return expression_of(value) if isinstance(value, str) else value_of(value)


_PRESUMED_BY_ABSENCE = _presumed_by_absence()


def _unpresumed(row: Data, at: Path) -> Iterator[Path]:
    """Yield where the facts and parts of facts stand whose absence nothing is presumed from."""
    for name, value in row.items():
        fact = CATALOG.by_name.get(name)
        if fact is None or fact.required:
            continue
        if fact.presumption is None and _PRESUMED_BY_ABSENCE.get(name, name) in row:
            yield *at, name
        if isinstance(fact.type, Items):
            optional = {field.name for field in fact.type.fields if not field.required}
            yield from ((*at, name, i, key) for i, entry in enumerate(value) for key in entry if key in optional)


def removable(data: Data) -> list[Path]:
    """Return where the facts stand that can be left out without presuming anything."""
    of_members = (path for i, member in enumerate(data["members"]) for path in _unpresumed(member, ("members", i)))
    return [*_unpresumed(data, ()), *of_members]


def without(value: Any, gone: set[Path], at: Path = ()) -> Any:
    """Return the data less what stands at the given places."""
    match value:
        case dict():
            return {key: without(part, gone, (*at, key)) for key, part in value.items() if (*at, key) not in gone}
        case list():
            return [without(part, gone, (*at, i)) for i, part in enumerate(value)]
        case _:
            return value


@st.composite
def _fuller_and_poorer(draw: st.DrawFn, times: int) -> tuple[Data, list[Data]]:
    """Draw a household of which little is unknown, and so many times the same one with more unknown."""
    fuller = draw(households(complete=True))
    places = st.sets(st.sampled_from(removable(fuller)), min_size=1, max_size=6)
    return fuller, [without(fuller, gone) for gone in draw(st.lists(places, min_size=times, max_size=times))]


def _ruled(data: Data, level: Level) -> set[str]:
    """Return the columns that rules make; which of several supports stays is chosen among those known to be due."""
    nodes = RULEBOOK.rules(data["region"], data["on"]).graph.nodes
    return {name for (at, name), node in nodes.items() if at is level and node.owner != "combination"}


@examples(150)
@given(_fuller_and_poorer(times=16))
def test_a_further_fact_changes_no_column_that_was_decided(case: tuple[Data, list[Data]]) -> None:
    """Whatever any rule made of fewer facts, in any column, stays as it is when more are known."""
    fuller, poorer = case
    told = [household_of(data) for data in (fuller, *poorer)]
    for level, frame in zip(Level, explained(told), strict=True):
        rows = frame.select(_ruled(fuller, level) & {*frame.columns}).rows(named=True)
        size = len(rows) // len(told)
        for i, row in enumerate(rows[size:]):
            decided = {column: value for column, value in row.items() if value is not None}
            assert {column: rows[i % size][column] for column in decided} == decided


def _of_reasons(reasons: Iterable[Reason], at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for reason in reasons:
        key = (*at, reason.rule, reason.criterion.label, reason.criterion.source)
        yield (*key, "status"), reason.status
        yield (*key, "value"), reason.value
        yield (*key, "limit"), reason.limit
        yield from _of_reasons(reason.parts, key)


def _outcomes(plan: Plan) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield every outcome of a plan under a key of its own, None where it is not decided."""
    for name in ("category", "size", "income_year", "income_per_head_year", "grace_until"):
        yield (name,), getattr(plan, name)
    yield from _of_reasons(plan.reasons, ("household",))
    for member in plan.members:
        yield ("counted", member.index), member.counted
        yield ("category", member.index), member.category
        yield from _of_reasons(member.reasons, ("member", member.index))
    for support in plan.supports:
        key = (support.benefit.code, support.recipient)
        yield (*key, "status"), None if support.status is Status.UNDETERMINED else support.status
        yield (*key, "amount"), support.before_cap or support.amount
        yield from _of_reasons(support.reasons, key)


def _is_within(value: Any, known: Any) -> bool:
    """Return whether a value is what was known of it; where that was bounds, within them."""
    if not isinstance(known, Partly):
        return bool(value == known)
    low, high = (value.low, value.high) if isinstance(value, Partly) else (value, value)
    above = known.low is None or (low is not None and low >= known.low)
    return above and (known.high is None or (high is not None and high <= known.high))


@examples(40)
@given(_fuller_and_poorer(times=1))
def test_a_further_fact_changes_nothing_decided_in_a_plan(case: tuple[Data, list[Data]]) -> None:
    """What a plan with fewer facts had decided stays as it is, and no category comes up that was no candidate."""
    data, (less,) = case
    fuller, poorer = plan_of(data), plan_of(less)
    more = dict(_outcomes(fuller))
    # Which grounds for counting are shown depends on the outcome; all else is shown in both plans.
    decided = {key: value for key, value in _outcomes(poorer) if value is not None and key in more}
    assert [(key, value, more[key]) for key, value in decided.items() if not _is_within(more[key], value)] == []
    assert set(fuller.candidates) <= set(poorer.candidates)
    for before, after in zip(poorer.members, fuller.members, strict=True):
        assert set(after.candidates) <= set(before.candidates)
