"""Plans of registered households: made for whoever may see them, kept as assessments, read again, compared.

An assessment holds every fact, so that nobody is shown one who sees the facts of one programme alone.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region or
has no such assessment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import field, frozen

from bangfu import BangfuError, clock, make_plan
from bangfu.plan import Plan
from bangfu.show import KeptSupportJson, PlanJson, Totals, category_said, plan_as_json
from bangfu_office.access import Action, Actor, NotThereError
from bangfu_office.households.operations import Asked, written
from bangfu_office.households.reveals import RevealedRecord, shown_to
from bangfu_office.kept_assessments.outcome import ChangeTable, KeptLabels, Outcome, changes, outcome, plan_kept
from bangfu_office.plan_view import plan_seen
from bangfu_office.registry import Assessment, AssessmentSummary, Record, RegistryError, Replay, Work
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


@frozen
class AssessmentList:
    """The assessments of a household, the newest first, each with its category in words."""

    shown: RevealedRecord
    made: tuple[tuple[AssessmentSummary, str], ...]


@frozen
class AssessmentView:
    """One assessment in words, and made ``again`` where that is possible; ``failed`` says why it is not.

    ``replayed`` says that somebody asked whether the same comes out; ``told`` is what differs, where anything does.
    """

    shown: RevealedRecord
    made: Assessment = field(repr=False)
    outcome: Outcome
    again: Replay | None
    failed: str
    replayed: bool
    told: list[ChangeTable] | None


@frozen
class AssessmentsCompared:
    """What changed from one assessment to another."""

    shown: RevealedRecord
    before: Assessment = field(repr=False)
    after: Assessment = field(repr=False)
    told: list[ChangeTable]


def plan_of(actor: Actor, number: str, on: date | None = None) -> Plan:
    """Return the plan of a household for a day (default: today): names masked, an officer's own programme alone.

    Raises:
        InputError: the facts do not fit together on that day.
    """
    actor.must(Action.READ)
    record = actor.record(number)
    plan = make_plan(record.household(on), actor.office.rulebook)
    return plan_seen(actor, record, plan, actor.office.registry.cover(record))


def assess(actor: Actor, asked: Asked, number: str, on: date | None = None) -> Assessed:
    """Make the plan of a household and keep it, with everything it rests on.

    Raises:
        ConflictError: somebody changed it since.
        InputError: the facts do not fit together on that day.
    """
    actor.must(Action.ASSESS)
    record = actor.record(number)

    def write(work: Work) -> Assessed:
        plan, made = keep(work, number, actor.office.rulebook, on or clock.today())
        seen = plan_seen(actor, record, plan, actor.office.registry.cover(record))
        return Assessed(**_summary(made), plan=plan_as_json(seen))

    return written(actor, asked, number, Assessed, write)


def assessments(actor: Actor, number: str) -> list[ListedAssessment]:
    """Return a household's assessments, the newest first."""
    actor.whole_record(number)
    return [ListedAssessment(**_summary(made)) for made in actor.office.registry.assessments(number)]


def assessment(actor: Actor, number: str, key: int) -> Kept:
    """Return an assessment of a household by its id."""
    actor.whole_record(number)
    made = _assessment(actor, number, key)
    rest: dict[str, Any] = {"facts": made.facts, "members": made.people, "supports": made.supports}
    again = None if made.outcome else _replay(actor, made)[0]
    return Kept(**_summary(made), **rest, plan=plan_kept(made, again))


def _summary(made: AssessmentSummary) -> dict[str, Any]:
    same = {name: getattr(made, name) for name in ("id", "on", "made_at", "who", "policy", "plugins", "totals")}
    return same | {"journal": made.seq} | {name: made.household[name] for name in ("category", "candidates")}


def list_assessments(actor: Actor, number: str) -> AssessmentList:
    """Return the assessments of a household."""
    record = actor.whole_record(number)
    made = actor.office.registry.assessments(number)
    return AssessmentList(
        shown_to(actor, record),
        tuple((one, category_said(one.household["category"], one.household["candidates"])) for one in made),
    )


def show_assessment(actor: Actor, number: str, key: int, *, replayed: bool = False) -> AssessmentView:
    """Return an assessment as it was kept, with the reasons where they can be given; ``replayed``: and what differs."""
    shown = shown_to(actor, actor.whole_record(number))
    made = _assessment(actor, number, key)
    again, failed = _replay(actor, made)
    differs = replayed and again is not None and not again.same
    told = _changes(actor, shown.record, made, again.made) if again is not None and differs else None
    words = outcome(made, again, _labels(actor, shown.record, made))
    return AssessmentView(shown, made, words, again, failed, replayed, told)


def compare_assessments(actor: Actor, number: str, first: int, second: int) -> AssessmentsCompared:
    """Return what changed from one assessment of a household to another."""
    shown = shown_to(actor, actor.whole_record(number))
    before, after = _assessment(actor, number, first), _assessment(actor, number, second)
    return AssessmentsCompared(shown, before, after, _changes(actor, shown.record, before, after))


def _assessment(actor: Actor, number: str, key: int) -> Assessment:
    try:
        return actor.office.registry.assessment(number, key)
    except RegistryError:
        raise NotThereError from None


def _replay(actor: Actor, made: Assessment) -> tuple[Replay | None, str]:
    """Return an assessment made again, or why it cannot be."""
    try:
        return actor.office.registry.replay(made, actor.office.rulebook), ""
    except BangfuError as error:
        return None, error.text


def _labels(actor: Actor, record: Record, made: AssessmentSummary) -> KeptLabels:
    rules = actor.office.rulebook.rules(str(record.facts["region"]), made.on)
    return KeptLabels(actor.office.rulebook, {p.code: p.name for p in rules.programmes}, record)


def _changes(actor: Actor, record: Record, before: Assessment, after: Assessment) -> list[ChangeTable]:
    found = actor.office.registry.compare(before, after)
    return changes(before, after, found, _labels(actor, record, after))
