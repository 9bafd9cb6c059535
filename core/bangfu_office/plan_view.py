"""A household's plan as somebody may see it, grouped in the order in which a caseworker reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import evolve, frozen

from bangfu import Household, make_plan
from bangfu.engine import Ruleset
from bangfu.facts import Fact, Partly
from bangfu.plan import Plan, Status, Support, totals
from bangfu.show import ProgrammeSupports, Words
from bangfu_office.access import Actor, visible_facts
from bangfu_office.registry import Disclosure, Record


@frozen
class PlanView:
    """What a page shows of a plan; ``known`` are the declared facts.

    ``programme`` is the one whose part it is, for somebody who sees neither the household's means nor the others.
    """

    plan: Plan
    ruleset: Ruleset
    words: Words
    programmes: tuple[ProgrammeSupports, ...]
    replaced: tuple[Support, ...]
    undetermined: tuple[Support, ...]
    ineligible: tuple[Support, ...]
    known: Mapping[str, Fact]
    programme: str | None


def view_of(actor: Actor, record: Record, household: Household, cover: Disclosure) -> PlanView:
    """Return the view of the plan of a registered household, as it is or (``household``) would be."""
    ruleset = actor.office.rulebook.rules(household.region, household.on)
    plan = plan_seen(actor, record, make_plan(household, actor.office.rulebook, ruleset), cover)
    words = Words(plan, ruleset)
    return PlanView(
        plan,
        ruleset,
        words,
        tuple(words.due()),
        tuple(s for s in plan.supports if s.replaced_by is not None),
        tuple(s for s in plan.supports if s.status is Status.UNDETERMINED),
        tuple(s for s in plan.supports if s.status is Status.INELIGIBLE),
        ruleset.graph.catalog.by_name,
        actor.programme,
    )


def plan_seen(actor: Actor, record: Record, plan: Plan, cover: Disclosure) -> Plan:
    """Return a plan of a household as the actor may see it: an officer, the part of his or her programme alone."""
    shown, programme = cover.plan(plan), actor.programme
    return shown if programme is None else _of_programme(shown, programme, visible_facts(actor, record) or ())


def _of_programme(plan: Plan, programme: str, facts: Collection[str]) -> Plan:
    """Return a programme's part of a plan: the category stays, what it was worked out from goes."""
    supports = tuple(support for support in plan.supports if support.programme == programme)
    codes = {support.benefit.code for support in supports}
    return evolve(
        plan,
        members=tuple(evolve(member, reasons=()) for member in plan.members),
        income_year=None,
        income_bounds=Partly(),
        income_per_head_year=None,
        reasons=(),
        supports=supports,
        totals=totals(supports),
        missing=tuple(
            # What else is known of somebody's means is no business of the programme's.
            evolve(missing, decides=tuple(code for code in missing.decides if code in codes), entries=())
            for missing in plan.missing
            if codes.intersection(missing.decides)
        ),
        not_configured=tuple(
            evolve(unset, decides=tuple(code for code in unset.decides if code in codes))
            for unset in plan.not_configured
            if codes.intersection(unset.decides)
        ),
        near_misses=tuple(near for near in plan.near_misses if near.code in codes),
        presumed=tuple(presumed for presumed in plan.presumed if presumed.fact in facts),
    )
