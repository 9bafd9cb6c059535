"""A plan as the pages show it: grouped, each part in the order in which a caseworker reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from attrs import frozen

from bangfu.engine import Ruleset
from bangfu.facts import Fact
from bangfu.plan import Missing, NearMiss, Plan, Reason, Status, Support
from bangfu.show import ProgrammeSupports, Words


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
    programmes: tuple[ProgrammeSupports, ...]
    replaced: tuple[Support, ...]
    undetermined: tuple[Support, ...]
    ineligible: tuple[Support, ...]
    questions: tuple[Question, ...]
    near: tuple[tuple[NearMiss, str], ...]
    programme: str | None = None
    """The one programme that is shown, to somebody who does not see the household's means and the others."""

    def bars(self) -> list[tuple[str, Decimal]]:
        """Return what each programme gives every year, in yuan, for a chart."""
        return [(view.name, view.year) for view in self.programmes if view.year]

    @staticmethod
    def why(support: Support, status: bool | None) -> list[Reason]:  # noqa: FBT001 - as templates call it
        """Return the reasons of a support that have a status."""
        return [reason for reason in support.reasons if reason.status is status]

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
    names = words.names
    by_name = ruleset.graph.catalog.by_name
    return PlanView(
        plan,
        ruleset,
        words,
        tuple(words.due(programme)),
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
        tuple((near, names[near.code]) for near in plan.near_misses if programme is None or near.code in codes),
        programme,
    )
