"""From one household to its plan: run the ruleset, read the rows, tell the reasons."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from attrs import define, evolve, field

from bangfu.classification import HOUSEHOLD_ORDER, MEMBER_ORDER
from bangfu.engine import BoundBenefit, BoundRule, Ruleset
from bangfu.engine.bound import Due
from bangfu.engine.values import bounds_of
from bangfu.facts import Items, Level, Per
from bangfu.facts.declare import Partly
from bangfu.households import Household
from bangfu.messages import _
from bangfu.plan.evidence import Evidence
from bangfu.plan.model import HOUSEHOLD, MemberResult, NearMiss, Number, Plan, Presumed, Reason, Status, Support, Totals
from bangfu.plan.possible import candidates, household_candidates, unknowns
from bangfu.plan.workings import Workings
from bangfu.rulebook import Rulebook
from bangfu.rules import SupportKind
from bangfu.rules.criterion import Comparison
from bangfu.rules.language.kinds import MONEY

FEN = Decimal("0.01")
ZERO = Decimal("0.00")


def make_plan(household: Household, rulebook: Rulebook, ruleset: Ruleset | None = None) -> Plan:
    """Return the support plan of a household under the policy of its region and day, or under a given ruleset.

    Raises:
        PackError, RuleError: an added policy pack holds a benefit that cannot work.
    """
    ruleset = ruleset or rulebook.rules(household.region, household.on)
    evidence = Evidence(ruleset, ruleset.explaining_one.run(household))
    return _Builder(household, ruleset, evidence).plan(rulebook)


@define
class _Builder:
    household: Household
    ruleset: Ruleset
    evidence: Evidence
    workings: Workings = field(init=False)
    possible: tuple[str, ...] = field(init=False)
    """The categories the household can still be in."""

    def __attrs_post_init__(self) -> None:
        self.workings = Workings(self.evidence)
        self.possible = household_candidates(self.household, self.ruleset, self.evidence.rows)

    def plan(self, rulebook: Rulebook) -> Plan:
        evidence = self.evidence
        supports, near = self._supports()
        missing, not_configured = unknowns(self.household, self.evidence, supports)
        reasons = tuple(self._rule_reasons(self.ruleset.household_rules, None))
        members = tuple(self._member(i) for i in range(len(self.household.members)))
        income, size = evidence.value("income_year", None), evidence.exactly("size", None)
        category = evidence.exactly("category", None)
        in_grace = evidence.truth("rule.grace", None) and category == "dibao"
        return Plan(
            self.household,
            members,
            size,
            None if isinstance(income, Partly) else income,
            bounds_of(evidence.known("income_year", None), MONEY),
            per_head(income, size),
            category,
            self.possible,
            evidence.exactly("grace_until", None) if in_grace else None,
            reasons,
            supports,
            totals(supports),
            missing,
            not_configured,
            (*near, *self._near_better_categories()),
            tuple(self._presumed()),
            (*rulebook.left_out, *self.ruleset.left_out),
        )

    def _member(self, index: int) -> MemberResult:
        counted, category = self.evidence.truth("counted", index), self.evidence.exactly("category", index)
        own = {"tekun", "dibao_single", category, *self.possible} | ({"none"} if counted is not True else set())
        of_column = candidates(self.evidence.rows.members[index]["category"], MEMBER_ORDER)
        return MemberResult(
            index,
            self.household.members[index].get("name"),
            counted,
            category,
            tuple(code for code in of_column if code in own),
            (*self._grounds(index), *self._rule_reasons(self.ruleset.member_rules, index)),
        )

    def _grounds(self, index: int) -> Iterable[Reason]:
        """Return the reasons that decide whether a member counts: those that hold, else all that could."""
        counted = self.evidence.truth("counted", index)
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

    def _supports(self) -> tuple[tuple[Support, ...], tuple[NearMiss, ...]]:
        """Return every support, and how near those were that are not due for one criterion alone."""
        members = range(len(self.household.members))
        found = [
            self._support(due, member)
            for due in self.ruleset.due
            for member in ((None,) if due.bound.benefit.for_ is Level.HOUSEHOLD else members)
        ]
        return tuple([support for support, _ in found]), tuple([near for _, near in found if near])

    def _support(self, due: Due, member: int | None) -> tuple[Support, NearMiss | None]:
        told, holds = self.evidence.told(due.criteria, member), self.evidence.at(due.status, member)
        bound, recipient = due.bound, HOUSEHOLD if member is None else member
        if holds:
            return self._due(bound, member, told.reasons), None
        if holds is False:
            found = told.not_due.get((due, recipient))
            if found is None:
                found = told.not_due[due, recipient] = self._not_due(bound, recipient, told.reasons)
            return found
        reasons = told.reasons
        if all(reason.status for reason in reasons):
            reasons = (*reasons, self._open_amount(bound, member))
        return _without_amount(bound, recipient, Status.UNDETERMINED, reasons), None

    def _not_due(
        self, bound: BoundBenefit, recipient: int | str, reasons: tuple[Reason, ...]
    ) -> tuple[Support, NearMiss | None]:
        near = _single_failure(reasons, self.ruleset.graph.catalog.by_name)
        missed = NearMiss(bound.benefit.code, recipient, near, distance(near)) if near else None
        return _without_amount(bound, recipient, Status.INELIGIBLE, reasons), missed

    def _due(self, bound: BoundBenefit, member: int | None, reasons: tuple[Reason, ...]) -> Support:
        evidence, benefit = self.evidence, bound.benefit
        amount = full = None
        if bound.amount:
            full = benefit.fixed_amount if benefit.fixed_amount is not None else evidence.value(bound.amount, member)
            amount = evidence.exactly(bound.allowed, member) if bound.allowed else full
        in_a_year = amount  # of a single payment the payment
        if amount is not None and benefit.per is not Per.ONCE:
            in_a_year = amount * benefit.times_a_year
        worked_out = self.workings.sum_of(bound, member)
        shown = (self.workings.number(benefit.for_, column, member) for column in benefit.shows)
        numbers = tuple(dict.fromkeys((*(piece for piece in worked_out if isinstance(piece, Number)), *shown)))
        return Support(
            benefit,
            bound.programme,
            HOUSEHOLD if member is None else member,
            Status.ELIGIBLE,
            amount,
            year_amount=None if benefit.kind is SupportKind.FIGURE else in_a_year,  # a figure nobody gets
            verified=self.workings.verified(bound, member),
            reasons=reasons,
            numbers=numbers,
            sum=worked_out,
            replaced_by=(evidence.value(bound.replaced_by, member) or None) if bound.replaced_by else None,
            before_cap=full if full != amount else None,
            until=evidence.exactly(benefit.until, member) if benefit.until else None,
        )

    def _open_amount(self, bound: BoundBenefit, member: int | None) -> Reason:
        """Return the reason of a support whose criteria hold and whose amount is not known."""
        reason = self.evidence.reason_of_amount(bound, member)
        amount = self.evidence.exactly(bound.amount, member) if bound.amount else None
        if amount is None:
            return reason
        if amount < 0:
            return evolve(reason, because=_("算得的金额小于零：{amount:,.2f}", amount=amount))
        return evolve(reason, because=_("算得的金额过大：{amount:,.2f}", amount=amount))

    def _near_better_categories(self) -> Iterable[NearMiss]:
        """Yield the better categories that one number alone keeps the household out of."""
        facts = self.ruleset.graph.catalog.by_name
        held = self.evidence.exactly("category", None) or HOUSEHOLD_ORDER[-1]
        better = HOUSEHOLD_ORDER[: HOUSEHOLD_ORDER.index(held)]
        for rule in self.ruleset.household_rules:
            if rule.code in better:
                near = _single_failure(self.evidence.reasons(rule.criteria, None, rule.code), facts)
                if near and distance(near) is not None:
                    yield NearMiss(rule.code, HOUSEHOLD, near, distance(near))

    def _presumed(self) -> Iterable[Presumed]:
        """Return every presumption on which a reason rests, household first."""
        in_grace = self.evidence.truth("rule.grace", None) is not False
        used = self.evidence.all_presumed(without="" if in_grace else "grace")
        catalog = self.ruleset.graph.catalog
        for name, member in sorted(used, key=lambda u: (-1 if u[1] is None else u[1], u[0])):
            fact = catalog.by_name[name]
            value: Any = () if isinstance(fact.type, Items) else self.evidence.value(name, member)
            yield Presumed(name, member, value)


def _without_amount(bound: BoundBenefit, recipient: int | str, status: Status, reasons: tuple[Reason, ...]) -> Support:
    benefit = bound.benefit
    return Support(benefit, bound.programme, recipient, status, None, None, benefit.verified, reasons)


def per_head(income: Any, size: int | None) -> Decimal | None:
    """Return a known income for each of those who are counted; None where either is not known, or nobody is."""
    known = isinstance(income, Decimal) and size
    return (income / size).quantize(FEN, ROUND_HALF_UP) if known else None


def _single_failure(reasons: Iterable[Reason], stated: Container[str | None]) -> Reason | None:
    """Return the only criterion that failed, if it can just be missed: a number, an age by one, a ``stated`` yes/no."""
    failed = [reason for reason in reasons if reason.status is not True]
    if len(failed) != 1 or failed[0].status is None:
        return None
    near = failed[0]
    if near.criterion.value == "age":
        return near if distance(near) == 1 else None
    yes_no = near.criterion.comparison is Comparison.HOLDS and near.criterion.value in stated
    return near if yes_no or distance(near) is not None else None


def distance(reason: Reason) -> Decimal | int | None:
    """Return how far a number is from its limit; days for dates; None for anything else."""
    value, limit = reason.value, reason.limit
    if isinstance(value, bool) or value is None or limit is None:
        return None
    if isinstance(limit, tuple) and isinstance(value, int):
        return min((abs(value - part) for part in limit if isinstance(part, int)), default=None)
    if isinstance(value, date) and isinstance(limit, date):
        return abs((value - limit).days)
    numbers = isinstance(value, int | Decimal) and isinstance(limit, int | Decimal)
    gap: Decimal | int | None = abs(value - limit) if numbers else None
    return gap


def totals(supports: Iterable[Support]) -> Totals:
    """Return the sums of the eligible supports that no other replaces; a programme without such a sum is left out."""
    by_programme: dict[str, Decimal] = {}
    once_by_programme: dict[str, Decimal] = {}
    for support in supports:
        if not support.is_due or support.year_amount is None:
            continue
        sums = once_by_programme if support.benefit.per is Per.ONCE else by_programme
        sums[support.programme] = sums.get(support.programme, ZERO) + support.year_amount
    year, once = (sum(sums.values(), ZERO) for sums in (by_programme, once_by_programme))
    return Totals(year, once, by_programme, once_by_programme)
