"""Asking about one household (就一户提问): what another plan gives, what would be if, what a column is and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any

from attrs import frozen

from bangfu.differences import changed_values
from bangfu.engine import Ruleset
from bangfu.engine.one import Program
from bangfu.errors import NotInPlanError
from bangfu.facts import Level
from bangfu.households import Household
from bangfu.plan.build import make_plan
from bangfu.plan.evidence import Evidence
from bangfu.plan.model import HOUSEHOLD, Number, Plan, Reason, Recipient, Status, Support
from bangfu.plan.origins import FACT, PARAMETER
from bangfu.plan.workings import Workings
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rulebook import Rulebook


class ChangeKind(StrEnum):
    """What happens to a support from one plan to the other."""

    GAINED = "gained"
    LOST = "lost"
    MORE = "more"
    LESS = "less"
    OPEN = "open"
    CLOSED = "closed"
    OTHER = "other"


@frozen
class Cause:
    """A reason, or a number, that is another: as it was and as it is; None stands in one plan alone."""

    before: Reason | Number | None
    after: Reason | Number | None


@frozen
class Change:
    """One support that is another: ``by`` is how many yuan more a year (of a single payment: the payment), if known."""

    kind: ChangeKind
    before: Support | None
    after: Support | None
    by: Decimal | None
    causes: tuple[Cause, ...]

    @property
    def support(self) -> Support:
        """The support as it is in the second plan, or where it has none in the first."""
        found = self.after or self.before
        if found is None:
            raise AssertionError
        return found


@frozen
class PlanDifference:
    """Everything in which a second plan differs from a first; ``category`` are the reasons of categories."""

    before: Plan
    after: Plan
    category: tuple[Cause, ...]
    changes: tuple[Change, ...]

    @property
    def year(self) -> Decimal:
        """How many yuan more the second gives every year."""
        return self.after.totals.year - self.before.totals.year

    @property
    def once(self) -> Decimal:
        """How many yuan more the second gives once."""
        return self.after.totals.once - self.before.totals.once

    def __repr__(self) -> str:
        kinds = ", ".join(f"{change.kind} {change.support.benefit.code}" for change in self.changes[:3])
        more = ", …" if len(self.changes) > 3 else ""  # noqa: PLR2004 - fits a line
        return f"PlanDifference({self.year:+} a year, {self.once:+} once: {kinds or 'no support'}{more})"


def difference(before: Plan, after: Plan) -> PlanDifference:
    """Return what differs from one plan to another; supports in the order of the plans."""
    return PlanDifference(before, after, tuple(_categories(before, after)), tuple(_changes(before, after)))


def increase(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Return how much more an amount is than before; None where it is the same, or either is unknown."""
    return None if before is None or after is None else (after - before) or None


def _categories(before: Plan, after: Plan) -> Iterator[Cause]:
    old, new = ({(r.rule, r.criterion.label): r for r in plan.reasons} for plan in (before, after))
    for found in changed_values(old, new, by=attrgetter("status")):
        yield Cause(found.before, found.after)


def _changes(before: Plan, after: Plan) -> Iterator[Change]:
    old, new = ({(s.benefit.code, s.recipient): s for s in plan.supports} for plan in (before, after))
    for found in changed_values(old, new, by=attrgetter("status", "replaced_by", "year_amount")):
        was, now = found.before, found.after
        kind = _kind(was, now)
        if kind is not None:
            yield Change(kind, was, now, increase(_amount(was), _amount(now)), tuple(_causes(was, now)))


def _kind(old: Support | None, new: Support | None) -> ChangeKind | None:
    had, has = (support is not None and support.is_due for support in (old, new))
    if had and has:
        before, after = _amount(old), _amount(new)
        if before == after:
            return None
        if before is None or after is None:
            return ChangeKind.OTHER
        return ChangeKind.MORE if after > before else ChangeKind.LESS
    if has:
        return ChangeKind.GAINED
    open_before, open_now = (s is not None and s.status is Status.UNDETERMINED for s in (old, new))
    if had:
        return ChangeKind.OPEN if open_now else ChangeKind.LOST
    if open_before == open_now:
        return None
    return ChangeKind.OPEN if open_now else ChangeKind.CLOSED


def _amount(support: Support | None) -> Decimal | None:
    return support.year_amount if support is not None and support.is_due else Decimal(0)


def _causes(old: Support | None, new: Support | None) -> Iterator[Cause]:
    before, after = (
        {(reason.criterion.label, reason.source): reason for reason in support.reasons} if support else {}
        for support in (old, new)
    )
    for found in changed_values(before, after, by=lambda reason: (reason.status,)):
        was, now = found.before, found.after
        # A reason that stands in one plan alone says nothing where it holds.
        if (was and now) or found.either.status is not True:
            yield Cause(was, now)
    if old is not None and new is not None and old.is_due and new.is_due:
        values = {number.column: number for number in old.numbers}
        for number in new.numbers:
            earlier = values.get(number.column)
            if earlier is not None and earlier.value != number.value:
                yield Cause(earlier, number)


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
    label, found = ruleset.policy.parameters[name].label, ruleset.policy.value(name)
    return Value(name, who, label, found, ruleset.policy.source(name, ""), (), (), (name,) if found is None else ())


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
