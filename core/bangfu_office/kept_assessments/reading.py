"""The assessments of a household: what came out each time, made again, and two compared.

An assessment holds every fact, so that nobody is shown one who sees the facts of one programme alone.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

from attrs import field, frozen

from bangfu.errors import BangfuError
from bangfu.show import category_said
from bangfu_office.access import Actor, NotThereError
from bangfu_office.households.reveals import RevealedRecord, shown_to
from bangfu_office.kept_assessments.changes import Changes, changes
from bangfu_office.kept_assessments.labels import KeptLabels
from bangfu_office.kept_assessments.outcome import Outcome, outcome
from bangfu_office.registry import Assessment, AssessmentSummary, Record, RegistryError, Replay


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
    told: Changes | None


@frozen
class AssessmentsCompared:
    """What changed from one assessment to another."""

    shown: RevealedRecord
    before: Assessment = field(repr=False)
    after: Assessment = field(repr=False)
    told: Changes


def list_assessments(actor: Actor, number: str) -> AssessmentList:
    """Return the assessments of a household."""
    record = actor.whole_record(number)
    made = actor.office.registry.assessments(number)
    return AssessmentList(
        shown_to(actor, record),
        tuple((one, category_said(one.household["category"], one.household["candidates"])) for one in made),
    )


def show_assessment(actor: Actor, number: str, key: int, *, replayed: bool = False) -> AssessmentView:
    """Return an assessment as it was kept, with the reasons where they can be given; ``replayed``: and what differs.

    Raises:
        NotThereError: as always, and where the household has no such assessment.
    """
    shown = shown_to(actor, actor.whole_record(number))
    made = _assessment(actor, number, key)
    again, failed = None, ""
    try:
        again = actor.office.registry.replay(made, actor.office.rulebook)
    except BangfuError as error:
        failed = error.text
    differs = replayed and again is not None and not again.same
    told = _changes(actor, shown.record, made, again.made) if again is not None and differs else None
    return AssessmentView(
        shown, made, outcome(made, again, _saying(actor, shown.record, made)), again, failed, replayed, told
    )


def compare_assessments(actor: Actor, number: str, first: int, second: int) -> AssessmentsCompared:
    """Return what changed from one assessment of a household to another.

    Raises:
        NotThereError: as always, and where the household has no such assessments.
    """
    shown = shown_to(actor, actor.whole_record(number))
    before, after = _assessment(actor, number, first), _assessment(actor, number, second)
    return AssessmentsCompared(shown, before, after, _changes(actor, shown.record, before, after))


def _assessment(actor: Actor, number: str, key: int) -> Assessment:
    try:
        return actor.office.registry.assessment(number, key)
    except RegistryError:
        raise NotThereError from None


def _saying(actor: Actor, record: Record, made: AssessmentSummary) -> KeptLabels:
    rules = actor.office.rulebook.rules(str(record.facts["region"]), made.on)
    return KeptLabels(actor.office.rulebook.catalog, {p.code: p.name for p in rules.programmes}, record)


def _changes(actor: Actor, record: Record, before: Assessment, after: Assessment) -> Changes:
    found = actor.office.registry.compare(before, after)
    return changes(before, after, found, _saying(actor, record, after), actor.office.rulebook.parameters)
