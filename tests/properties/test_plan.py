"""What holds of every plan by itself: its sums, what it asks for, its form as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bangfu import Items, Level, Per, Status
from bangfu.show import plan_as_json
from households import households
from rulebooks import CATALOG, CONFIGURED, RULEBOOK, Data, examples, plan_of

_AMOUNT = re.compile(r"-?\d+\.\d\d")
_AMOUNT_KEYS = {"amount", "year_amount", "income_year", "income_per_head_year", "year", "once"}


@examples(50)
@given(households())
def test_totals_are_sums_of_what_counts(data: Data) -> None:
    """The totals are the sums of the eligible supports that no other replaces, a year's apart from single ones."""
    plan = plan_of(data)
    year, once = dict[str, Decimal](), dict[str, Decimal]()
    for support in plan.supports:
        assert support.amount is None or support.status is Status.ELIGIBLE
        if support.status is not Status.ELIGIBLE or support.replaced_by or support.amount is None:
            continue
        single = support.benefit.per is Per.ONCE
        sums = once if single else year
        counts = support.amount if single else support.amount * support.benefit.times_a_year
        sums[support.programme] = sums.get(support.programme, Decimal(0)) + counts
    assert (plan.totals.by_programme, plan.totals.once_by_programme) == (year, once)
    assert (plan.totals.year, plan.totals.once) == (sum(year.values()), sum(once.values()))


@examples(50)
@given(households(complete=False))
def test_what_is_undetermined_says_why(data: Data) -> None:
    """For every undetermined support there is something to ask or to set, and for every undecided category too."""
    plan = plan_of(data)
    explained = {code for missing in plan.missing for code in missing.decides}
    explained |= {code for unset in plan.not_configured for code in unset.decides}
    assert {s.benefit.code for s in plan.supports if s.status is Status.UNDETERMINED} == explained
    undecided = plan.category is None or any(m.category is None or m.counted is None for m in plan.members)
    for_category = [m.decides_category for m in plan.missing] + [u.decides_category for u in plan.not_configured]
    assert any(for_category) == undecided


@examples(50)
@given(households())
def test_only_what_was_not_stated_is_asked_or_presumed(data: Data) -> None:
    """A plan asks for facts that are not stated (or not completely), and presumes only such facts."""
    plan = plan_of(data)
    for missing in plan.missing:
        row = data if missing.member is None else data["members"][missing.member]
        assert missing.fact not in row or _incomplete(missing.fact, row[missing.fact])
    for presumed in plan.presumed:
        assert presumed.fact not in (data if presumed.member is None else data["members"][presumed.member])


def _incomplete(name: str, value: Any) -> bool:
    """Return whether a list leaves something out, or has an amount by the day: of how many days, nobody has said."""
    kind = CATALOG.by_name[name].type
    return isinstance(kind, Items) and any(
        entry.get("per") == Per.DAY or any(field.name not in entry for field in kind.fields) for entry in value
    )


@examples(30)
@given(st.sampled_from(sorted(CONFIGURED)).flatmap(lambda region: households(complete=True, region=region)))
def test_where_every_parameter_is_set_none_is_called_unset(data: Data) -> None:
    """A place that sets every parameter is never told that one is not configured."""
    assert plan_of(data).not_configured == ()


@examples(50)
@given(households())
def test_json_form(data: Data) -> None:
    """A plan as JSON survives writing and reading, with one support a benefit and recipient, amounts as strings."""
    plan = plan_as_json(plan_of(data))
    assert json.loads(json.dumps(plan, ensure_ascii=False)) == plan
    amounts = [*_under(plan, _AMOUNT_KEYS), *plan["totals"]["by_programme"].values()]
    amounts += plan["totals"]["once_by_programme"].values()
    assert all(amount is None or _AMOUNT.fullmatch(amount) for amount in amounts)
    recipients = {level: [*range(len(data["members"]))] if level is Level.MEMBER else ["household"] for level in Level}
    by_code = {bound.benefit.code: bound.benefit.for_ for bound in RULEBOOK.rules(data["region"], data["on"]).benefits}
    expected = [(code, recipient) for code, level in by_code.items() for recipient in recipients[level]]
    assert [(support["benefit"], support["recipient"]) for support in plan["supports"]] == expected


def _under(data: Any, keys: set[str]) -> Iterator[Any]:
    """Yield every value that stands under one of the keys, at any depth."""
    if isinstance(data, dict):
        yield from (value for key, value in data.items() if key in keys)
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _under(part, keys)
