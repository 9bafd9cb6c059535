"""Plans of registered households (认定): made for whoever may see them, kept as assessments, read again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve, field, frozen

from bangfu import BangfuError, clock, make_plan
from bangfu.facts import Partly
from bangfu.plan import Plan, totals
from bangfu.show import KeptSupportJson, PlanJson, Totals, plan_as_json
from bangfu_office.access import Action, Actor, NotThereError, visible_facts
from bangfu_office.households.operations import Asked, written
from bangfu_office.households.views import may_see
from bangfu_office.registry import Assessment, AssessmentSummary, Record, RegistryError, Work
from bangfu_office.registry.assessing import assess as keep


@frozen
class ListedAssessment:
    """An assessment as lists show it; ``journal`` is the journal's last entry when the facts were read."""

    id: int
    on: date
    made_at: str
    who: str
    journal: int
    policy: str
    plugins: Mapping[str, str]
    category: str | None
    candidates: Sequence[str]
    totals: Totals = field(repr=False)


@frozen
class Assessed(ListedAssessment):
    """An assessment that was just made, with its plan as JSON."""

    plan: PlanJson = field(repr=False)


@frozen
class Kept(ListedAssessment):
    """An assessment with the facts it rests on, its supports and, where the same comes out again, its plan as JSON."""

    facts: Mapping[str, Any] = field(repr=False)
    members: Sequence[int]
    supports: Sequence[KeptSupportJson] = field(repr=False)
    plan: PlanJson | None = field(repr=False)


def plan_of(actor: Actor, number: str, on: date | None = None) -> Plan:
    """Return the plan of a household for a day (default: today): names masked, an officer's own programme alone.

    Raises:
        NotPermittedError: the role may not.
        NotThereError: there is no such household in the actor's region.
        InputError: the facts do not fit together on that day.
    """
    actor.must(Action.READ)
    record = actor.record(number)
    return _seen(actor, record, make_plan(record.household(on), actor.office.rulebook))


def assess(actor: Actor, asked: Asked, number: str, on: date | None = None) -> Assessed:
    """Make the plan of a household and keep it, with everything it rests on.

    Raises:
        NotPermittedError: the role may not.
        NotThereError: there is no such household in the actor's region.
        ConflictError: somebody changed it since.
        InputError: the facts do not fit together on that day.
    """
    actor.must(Action.ASSESS)
    record = actor.record(number)

    def write(work: Work) -> Assessed:
        plan, made = keep(work, number, actor.office.rulebook, on or clock.today())
        return Assessed(**_summary(made), plan=plan_as_json(_seen(actor, record, plan)))

    return written(actor, asked, number, Assessed, write)


def assessments(actor: Actor, number: str) -> list[ListedAssessment]:
    """Return a household's assessments, the newest first; raises as ``assessment``."""
    actor.whole_record(number)
    return [ListedAssessment(**_summary(made)) for made in actor.office.registry.assessments(number)]


def assessment(actor: Actor, number: str, key: int) -> Kept:
    """Return an assessment of a household by its id.

    Raises:
        NotPermittedError: the role may not, or sees one programme alone.
        NotThereError: there is no such household in the actor's region, or it has no such assessment.
    """
    actor.whole_record(number)
    try:
        made = actor.office.registry.assessment(number, key)
    except RegistryError:
        raise NotThereError from None
    rest: dict[str, Any] = {"facts": made.facts, "members": made.people, "supports": made.supports}
    return Kept(**_summary(made), **rest, plan=_plan_kept(actor, made))


def _plan_kept(actor: Actor, made: Assessment) -> Any:
    """Return the plan an assessment was, made again where it was not kept whole; None where another comes out."""
    if made.outcome is not None:
        return made.outcome
    try:
        again = actor.office.registry.replay(made, actor.office.rulebook)
    except BangfuError:
        return None
    return again.outcome if again.same_result else None


def _summary(made: AssessmentSummary) -> dict[str, Any]:
    same = {name: getattr(made, name) for name in ("id", "on", "made_at", "who", "policy", "plugins", "totals")}
    return same | {"journal": made.seq} | {name: made.household[name] for name in ("category", "candidates")}


def _seen(actor: Actor, record: Record, plan: Plan) -> Plan:
    """Return a plan as the actor may see it."""
    shown, programme = actor.office.registry.cover(record).plan(plan), actor.programme
    return shown if programme is None else _of_programme(shown, programme, visible_facts(actor, record))


def _of_programme(plan: Plan, programme: str, facts: Collection[str] | None) -> Plan:
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
        presumed=tuple(presumed for presumed in plan.presumed if may_see(facts, presumed.fact)),
    )
