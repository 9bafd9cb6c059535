"""Asking about one household (就一户提问): what a column is and why, and what would be if some facts were others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from bangfu.engine import Ruleset
from bangfu.engine.one import Program
from bangfu.errors import NotInPlanError
from bangfu.facts import Level
from bangfu.households import Household
from bangfu.plan.build import make_plan
from bangfu.plan.difference import PlanDifference, difference
from bangfu.plan.evidence import Evidence
from bangfu.plan.model import HOUSEHOLD, Number, Recipient
from bangfu.plan.origins import FACT, PARAMETER
from bangfu.plan.workings import Workings
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rulebook import Rulebook


@frozen
class Value:
    """What a column is for one household or member, and why.

    ``value`` is as results show it: yuan a year as ``Decimal``, a day, a word, true or false; what is known of it in
    part (``Partly``), or None. ``sum`` is how it was worked out, ``source`` the clause; ``missing`` are the facts, with
    the place of their member, and ``not_configured`` the parameters for which it is not known.
    """

    column: str
    recipient: Recipient
    label: str
    value: Any
    source: str
    sum: tuple[str | Number, ...]
    missing: tuple[tuple[str, int | None], ...]
    not_configured: tuple[str, ...]

    def __repr__(self) -> str:
        why = f", missing {', '.join(fact for fact, _ in self.missing)}" if self.missing else ""
        return f"Value({self.column!r}, {self.recipient!r}, {self.value!r}{why})"


def value(household: Household, column: str, rulebook: Rulebook, who: Recipient = HOUSEHOLD) -> Value:
    """Return what a fact, a column or a parameter is for the household, or for a member (by place), and why.

    Raises:
        RuleError: nothing has that name; says which known one looks most like it.
        PackError: an added policy pack holds a benefit that cannot work.
        NotInPlanError: there is no such member.
    """
    places = range(len(household.members))
    if who != HOUSEHOLD and (isinstance(who, bool) or who not in places):
        raise NotInPlanError(f"nobody is {who!r}; it is {HOUSEHOLD!r} or a member's place, 0 to {len(places) - 1}")
    member = None if who == HOUSEHOLD else int(who)
    level = Level.HOUSEHOLD if member is None else Level.MEMBER
    ruleset = rulebook.rules(household.region, household.on)
    reference = ruleset.graph.locate(level, column)
    if reference.parameter:
        return _of_parameter(ruleset, reference.name.removeprefix(POLICY), who)
    # What is presumed, and what the plan's own columns say, is worked out with it.
    asked = Program(ruleset.graph, [*ruleset.explained_keys(), reference.key], ruleset.parameters)
    evidence = Evidence(ruleset, asked.run(household))
    workings = Workings(evidence)
    sources = evidence.trace(level, column, member)
    number = workings.number(level, column, member)
    return Value(
        column,
        who,
        number.label,
        number.value,
        number.source,
        workings.sum_of_column(level, column, member),
        tuple(sorted((name, of) for kind, name, of in sources if kind == FACT)),
        tuple(sorted(name for kind, name, _ in sources if kind == PARAMETER)),
    )


def _of_parameter(ruleset: Ruleset, name: str, who: Recipient) -> Value:
    parameter, found = ruleset.policy.parameters[name], ruleset.policy.value(name)
    unset = () if found is not None else (name,)
    return Value(name, who, parameter.label, found, ruleset.policy.source(name, ""), (), (), unset)


def what_if(
    household: Household, changes: Mapping[str, Any], rulebook: Rulebook, *, on: date | None = None
) -> PlanDifference:
    """Return what another plan gives if some facts were others, by path as ``Household.with_`` takes them.

    Raises:
        InputError: the household cannot be like that.
        PackError, RuleError: an added policy pack holds a benefit that cannot work.
    """
    day = {} if on is None else {"on": on}
    other = household.with_({**changes, **day}, catalog=rulebook.catalog)
    return difference(make_plan(household, rulebook), make_plan(other, rulebook))
