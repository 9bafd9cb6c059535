"""From one household to its plan: run the ruleset, read the rows, tell the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from attrs import define

from bangfu.classification import HOUSEHOLD_ORDER, MEMBER_ORDER
from bangfu.engine import BoundBenefit, BoundRule, Ruleset
from bangfu.facts import Items, Level, Per
from bangfu.frames import frames_of
from bangfu.household import Household
from bangfu.plan.evidence import Evidence, Row
from bangfu.plan.model import (
    HOUSEHOLD,
    MemberResult,
    NearMiss,
    Number,
    Plan,
    Presumed,
    Reason,
    Status,
    Support,
    Totals,
)
from bangfu.plan.unknowns import unknowns
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rulebook import Rulebook
from bangfu.rules.criterion import Comparison

FEN = Decimal("0.01")
ZERO = Decimal("0.00")
_STATUS = {True: Status.ELIGIBLE, False: Status.INELIGIBLE, None: Status.UNDETERMINED}


def make_plan(household: Household, rulebook: Rulebook) -> Plan:
    """Return the support plan of a household under the policy of its region and day.

    Raises:
        PackError, RuleError: an added policy pack holds a benefit that cannot work.
    """
    ruleset = rulebook.rules(household.region, household.on)
    frames = frames_of([household], rulebook.catalog, only=ruleset.explained.inputs)
    households, members = ruleset.assess(frames.households, frames.members, explain=True)
    evidence = Evidence(ruleset, households.row(0, named=True), members.rows(named=True))
    return _Builder(household, ruleset, evidence).plan(rulebook)


@define
class _Builder:
    household: Household
    ruleset: Ruleset
    evidence: Evidence

    def plan(self, rulebook: Rulebook) -> Plan:
        row = self.evidence.household
        supports = tuple(self._supports())
        missing, not_configured = unknowns(self.evidence, supports)
        reasons = tuple(self._rule_reasons(self.ruleset.household_rules, None))
        members = tuple(self._member(i) for i in range(len(self.household.members)))
        income, size = row["income_year"], row["size"]
        return Plan(
            self.household,
            members,
            size,
            income,
            (income / size).quantize(FEN, ROUND_HALF_UP) if income is not None and size else None,
            row["category"],
            _candidates(row, HOUSEHOLD_ORDER),
            row["grace_until"] if row["rule.grace"] and row["category"] == "dibao" else None,
            reasons,
            supports,
            totals(supports),
            missing,
            not_configured,
            tuple(self._near_misses(supports)),
            tuple(self._presumed()),
            tuple(rulebook.left_out),
        )

    def _member(self, index: int) -> MemberResult:
        row = self.evidence.members[index]
        return MemberResult(
            index,
            self.household.members[index].get("name"),
            row["counted"],
            row["category"],
            _candidates(row, MEMBER_ORDER),
            (*self._grounds(index), *self._rule_reasons(self.ruleset.member_rules, index)),
        )

    def _grounds(self, index: int) -> Iterable[Reason]:
        """Return the reasons that decide whether a member counts: those that hold, else all that could."""
        counted = self.evidence.members[index]["counted"]
        excluding = self.evidence.reasons(self.ruleset.grounds.excluding, index, "counted")
        including = self.evidence.reasons(self.ruleset.grounds.including, index, "counted")
        if counted:
            return [r for r in including if r.status][:1]
        if counted is None:
            return [r for r in (*excluding, *including) if r.status is None]
        return [r for r in excluding if r.status] or including

    def _rule_reasons(self, rules: Iterable[BoundRule], member: int | None) -> Iterable[Reason]:
        for rule in rules:
            yield from self.evidence.reasons(rule.criteria, member, rule.code)

    def _supports(self) -> Iterable[Support]:
        for bound in self.ruleset.benefits:
            if bound.benefit.for_ is Level.HOUSEHOLD:
                yield self._support(bound, None)
            else:
                for index in range(len(self.household.members)):
                    yield self._support(bound, index)

    def _support(self, bound: BoundBenefit, member: int | None) -> Support:
        row = self.evidence.row(member)
        status = _STATUS[row[bound.status]]
        benefit = bound.benefit
        amount = full = None
        if bound.amount and status is Status.ELIGIBLE:
            full = benefit.fixed_amount if benefit.fixed_amount is not None else row[bound.amount]
            amount = row[bound.allowed] if bound.allowed else full
        numbers = self._numbers(bound, row) if status is Status.ELIGIBLE else ()
        return Support(
            benefit,
            bound.programme,
            HOUSEHOLD if member is None else member,
            status,
            amount,
            amount if benefit.per is Per.ONCE or amount is None else amount * benefit.times_a_year,
            benefit.verified,
            self.evidence.reasons(bound.criteria, member),
            numbers,
            row[bound.replaced_by] if bound.replaced_by and status is Status.ELIGIBLE else None,
            full if full != amount else None,
            row[benefit.until] if benefit.until and status is Status.ELIGIBLE else None,
        )

    def _numbers(self, bound: BoundBenefit, row: Row) -> tuple[Number, ...]:
        return tuple(self._number(bound.benefit.for_, column, row) for column in bound.numbers)

    def _number(self, level: Level, column: str, row: Row) -> Number:
        label = self.ruleset.labels.of_column(level, column)
        if column.startswith(POLICY):
            entry = self.ruleset.policy.entries[column.removeprefix(POLICY)]
            return Number(column, label, entry.year_value, entry.source, entry.verified)
        node = self.ruleset.graph.node(self.ruleset.graph.locate(level, column))
        return Number(column, label, row[column], node.source if node else "")

    def _near_misses(self, supports: Sequence[Support]) -> Iterable[NearMiss]:
        for support in supports:
            if support.status is Status.INELIGIBLE and (near := _single_failure(support.reasons)):
                yield NearMiss(support.benefit.code, support.recipient, near, distance(near))
        held = self.evidence.household["category"]
        better = HOUSEHOLD_ORDER[: HOUSEHOLD_ORDER.index(held)] if held else ()
        for rule in self.ruleset.household_rules:
            if rule.code in better:
                near = _single_failure(self.evidence.reasons(rule.criteria, None, rule.code))
                if near and distance(near) is not None:
                    yield NearMiss(rule.code, HOUSEHOLD, near, distance(near))

    def _presumed(self) -> Iterable[Presumed]:
        """Return every presumption on which a reason rests, household first."""
        used = self.evidence.all_presumed()
        catalog = self.ruleset.graph.catalog
        for name, member in sorted(used, key=lambda u: (-1 if u[1] is None else u[1], u[0])):
            fact = catalog.by_name[name]
            value: Any = () if isinstance(fact.type, Items) else self.evidence.row(member)[name]
            yield Presumed(name, member, value)


def _candidates(row: Row, order: Sequence[str]) -> tuple[str, ...]:
    if row["category"] is not None:
        return (row["category"],)
    return tuple(code for code in order if row[f"is_{code}"] is not False)


def _single_failure(reasons: Iterable[Reason]) -> Reason | None:
    """Return the only criterion that failed, where all others hold and it is one that can be just missed."""
    failed = [reason for reason in reasons if reason.status is not True]
    if len(failed) != 1 or failed[0].status is None:
        return None
    near = failed[0]
    yes_no = near.criterion.comparison is Comparison.HOLDS and isinstance(near.value, bool)
    return near if yes_no or distance(near) is not None else None


def distance(reason: Reason) -> Decimal | int | None:
    """Return how far a number is from its limit; days for dates; None for anything else."""
    value, limit = reason.value, reason.limit
    if isinstance(value, bool) or value is None or limit is None:
        return None
    if isinstance(limit, tuple):
        gaps: list[int] = [abs(value - part) for part in limit if isinstance(part, int) and isinstance(value, int)]
        return min(gaps, default=None)
    if isinstance(value, date) and isinstance(limit, date):
        return abs((value - limit).days)
    numbers = isinstance(value, int | Decimal) and isinstance(limit, int | Decimal)
    gap: Decimal | int | None = abs(value - limit) if numbers else None
    return gap


def totals(supports: Iterable[Support]) -> Totals:
    """Return the sums of the eligible supports that no other replaces."""
    year, once = ZERO, ZERO
    by_programme: dict[str, Decimal] = {}
    for support in supports:
        counts = support.status is Status.ELIGIBLE and support.replaced_by is None
        if not counts or support.year_amount is None:
            continue
        if support.benefit.per is Per.ONCE:
            once += support.year_amount
        else:
            year += support.year_amount
        by_programme[support.programme] = by_programme.get(support.programme, ZERO) + support.year_amount
    return Totals(year, once, by_programme)
