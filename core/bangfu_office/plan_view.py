"""A plan as the pages show it: grouped, each part in the order in which a caseworker reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from attrs import frozen

from bangfu.engine import Ruleset
from bangfu.facts import Fact
from bangfu.plan import Missing, NearMiss, Plan, Reason, Status, Support
from bangfu.plan.model import MemberResult
from bangfu.show import RULE_LABELS, Words


@frozen
class ProgrammeView:
    """One programme's supports that are due, and what they come to, by the year and paid once (None: no such money)."""

    code: str
    name: str
    department: str
    year: Decimal | None
    once: Decimal | None
    supports: tuple[Support, ...]


@frozen
class Question:
    """A fact to ask for: its declaration, about whom, what it would decide, which stated entries leave it open."""

    missing: Missing
    fact: Fact
    who: str
    decides: str
    entries: tuple[str, ...] = ()


@frozen
class PlanView:
    """What a page shows of a plan; of one ``programme`` alone where one is given."""

    plan: Plan
    ruleset: Ruleset
    words: Words
    programmes: tuple[ProgrammeView, ...]
    replaced: tuple[Support, ...]
    undetermined: tuple[Support, ...]
    ineligible: tuple[Support, ...]
    questions: tuple[Question, ...]
    near: tuple[tuple[NearMiss, str], ...]
    programme: str | None = None
    """The one programme that is shown, to somebody who does not see the household's means and the others."""

    @property
    def names(self) -> dict[str, str]:
        """The names of benefits and categories by code."""
        return {s.benefit.code: s.benefit.name for s in self.plan.supports} | RULE_LABELS

    def bars(self) -> list[tuple[str, Decimal]]:
        """Return what each programme gives every year, in yuan, for a chart."""
        return [(view.name, view.year) for view in self.programmes if view.year]

    @staticmethod
    def why(support: Support, status: bool | None) -> list[Reason]:  # noqa: FBT001 - as templates call it
        """Return the reasons of a support that have a status."""
        return [reason for reason in support.reasons if reason.status is status]

    @staticmethod
    def counted(member: MemberResult) -> list[Reason]:
        """Return why a member is counted or not; of the many ways to be counted, those that hold."""
        return [r for r in member.reasons if r.rule == "counted" and (r.status or member.counted is None)]

    def presumed(self) -> list[tuple[str, str, Any]]:
        """Return who, which fact, and the value that is presumed."""
        by_name = self.ruleset.graph.catalog.by_name
        return [
            (self.words.who(p.member), by_name[p.fact].label, (by_name[p.fact], p.value)) for p in self.plan.presumed
        ]


def plan_view(plan: Plan, ruleset: Ruleset, programme: str | None = None) -> PlanView:
    """Return the view of a plan."""
    words = Words(plan, ruleset)
    supports = [s for s in plan.supports if programme in (None, s.programme)]
    codes = {support.benefit.code for support in supports}
    due = [s for s in supports if s.is_due]
    names = {support.benefit.code: support.benefit.name for support in supports} | RULE_LABELS
    shown = [
        ProgrammeView(
            p.code,
            p.name,
            p.department,
            plan.totals.by_programme.get(p.code),
            plan.totals.once_by_programme.get(p.code),
            tuple(support for support in due if support.programme == p.code),
        )
        for p in ruleset.programmes
    ]
    by_name = ruleset.graph.catalog.by_name
    return PlanView(
        plan,
        ruleset,
        words,
        tuple(view for view in shown if view.supports),
        tuple(s for s in supports if s.replaced_by is not None),
        tuple(s for s in supports if s.status is Status.UNDETERMINED),
        tuple(s for s in supports if s.status is Status.INELIGIBLE),
        tuple(
            Question(
                missing,
                by_name[missing.fact],
                words.who(missing.member),
                words.decides(missing),
                tuple(words.open_entries(missing)) if programme is None else (),
            )
            for missing in plan.missing
            if programme is None or codes.intersection(missing.decides)
        ),
        tuple(
            (near, names[near.code])
            for near in plan.near_misses
            if near.code in names and (programme is None or near.code in codes)
        ),
        programme,
    )
