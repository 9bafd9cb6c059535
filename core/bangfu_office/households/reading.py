"""A household as its pages show it: what is known and from whom, its plan, everything that was ever changed.

A plan is completed by answers and kept as an assessment. Each function raises NotPermittedError where a role may not,
NotThereError where a household is not in its region.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from bangfu import BangfuError, Catalog, Fact, InputError, Level
from bangfu.messages import _
from bangfu_office.access import Action, Actor, NotPermittedError, NotThereError, duplicates_of, visible_facts
from bangfu_office.forms.read import StaleFormError, day_in, fact_value, version_in
from bangfu_office.households.operations import Asked, written
from bangfu_office.households.reveals import RevealedRecord, shown_to
from bangfu_office.plan_view import PlanView, view_of
from bangfu_office.registry import AssessmentSummary, Disagreement, Duplicate, Entry, FactChange, Record
from bangfu_office.registry.assessing import assess
from bangfu_office.registry.sources import COUNTING_RULE, Statements

_LISTED = 20
"""Earlier assessments that come with a plan; all are in a list of their own."""


class UnansweredError(BangfuError):
    """An answer came without anything in it."""


@frozen
class HouseholdView:
    """What every source states of a household (0) and of each of its members, by the registry's numbers and by fact."""

    shown: RevealedRecord
    subjects: Mapping[int, Mapping[str, Statements]] = field(repr=False)
    known: Mapping[str, Fact]
    duplicates: list[Duplicate]
    rule: str = COUNTING_RULE


@frozen
class FactHistory:
    """What every source states of a fact, and the entries of the journal by which it came to that.

    ``declared`` is None where the fact's plugin is not installed.
    """

    shown: RevealedRecord
    name: str
    declared: Fact | None
    statements: Statements = field(repr=False)
    entries: list[Entry]
    rule: str = COUNTING_RULE


@frozen
class HouseholdHistory:
    """Everything that was ever changed of a household, the newest first.

    ``places`` are the members' places by the registry's numbers: by these they are known on every other page.
    """

    shown: RevealedRecord
    entries: list[Entry]
    places: Mapping[int, int]
    catalog: Catalog


@frozen
class HouseholdPlan:
    """The plan of a household for a day, and what belongs beside it; ``people`` are the registry's numbers.

    ``wrong`` says what is wrong with an answer, by person and fact, or (``""``) with everything that was sent.
    """

    shown: RevealedRecord
    view: PlanView
    on: date
    people: tuple[int, ...]
    disagreements: list[Disagreement] = field(repr=False)
    kept: list[AssessmentSummary]
    duplicates: list[Duplicate]
    wrong: Mapping[str, str]


def show_household(actor: Actor, number: str) -> HouseholdView:
    """Return what the actor may see of a household."""
    actor.must(Action.READ)
    record = actor.record(number)
    shown, visible = shown_to(actor, record), visible_facts(actor, record)
    subjects = {
        person: {name: statements for name, statements in facts.items() if visible is None or name in visible}
        for person, facts in _stated(shown.record).items()
    }
    return HouseholdView(shown, subjects, actor.office.rulebook.catalog.by_name, duplicates_of(actor, record))


def fact_history(actor: Actor, number: str, person: int, name: str) -> FactHistory:
    """Return the history of a fact of a member, by the registry's number, or (0) of the household.

    Raises:
        NotPermittedError: the role may not, or the fact is none that its programme works with.
        NotThereError: there is no such household in the actor's region, or nobody states this of it.
    """
    actor.must(Action.READ)
    record = actor.record(number)
    shown, visible = shown_to(actor, record), visible_facts(actor, record)
    statements = _stated(shown.record).get(person, {}).get(name)
    if statements is None:
        raise NotThereError
    if visible is not None and name not in visible:
        raise NotPermittedError
    entries = [
        shown.cover.entry(entry)
        for entry in actor.office.registry.history(number)
        if entry.member == (person or None) and (entry.fact == name or entry.operation in {"opened", "joined"})
    ]
    return FactHistory(shown, name, actor.office.rulebook.catalog.by_name.get(name), statements, entries)


def household_history(actor: Actor, number: str) -> HouseholdHistory:
    """Return everything that was ever changed of a household."""
    record = actor.whole_record(number)
    shown = shown_to(actor, record)
    entries = [shown.cover.entry(entry) for entry in reversed(actor.office.registry.history(number))]
    places = {person.id: place for place, person in enumerate(record.members, start=1)}
    return HouseholdHistory(shown, entries, places, actor.office.rulebook.catalog)


def _stated(record: Record) -> dict[int, Mapping[str, Statements]]:
    return {0: record.statements} | {person.id: person.statements for person in record.members}


def household_plan(
    actor: Actor, number: str, on: date, values: Mapping[str, str] | None = None, error: BangfuError | None = None
) -> HouseholdPlan:
    """Return the plan of a household for a day, and the ``error`` for which the form ``values`` was refused.

    Raises:
        InputError: what is registered does not fit together on that day.
    """
    actor.must(Action.READ)
    record = actor.record(number)
    shown, everything = shown_to(actor, record), actor.programme is None
    return HouseholdPlan(
        shown,
        view_of(actor, record, record.household(on), shown.cover),
        on,
        tuple(person.id for person in record.members),
        list(record.disagreements()) if everything else [],
        actor.office.registry.assessments(number, _LISTED) if everything else [],
        duplicates_of(actor, record),
        {} if error is None else _wrong(values or {}, error),
    )


def _wrong(values: Mapping[str, str], error: BangfuError) -> dict[str, str]:
    answered = "fact" in values and not isinstance(error, StaleFormError)
    key = f"{values.get('person', '')}:{values['fact']}" if answered else ""
    return {key: error.problems[0].said if isinstance(error, InputError) else error.text}


def answer_question(actor: Actor, number: str, values: Mapping[str, str]) -> None:
    """Write the answer to a question of a plan.

    Raises:
        NotThereError: as always, and where there is no such fact or member.
        UnansweredError: the form holds no answer.
        InputError: the answer cannot be taken as it is.
        ConflictError: somebody else changed the household since the form was opened.
    """
    actor.must(Action.CHANGE)
    record, name, person = actor.record(number), values.get("fact", ""), values.get("person", "")
    fact = actor.office.rulebook.catalog.by_name.get(name)
    people: dict[str, int | None] = {"": None} | {str(one.id): one.id for one in record.members}
    if fact is None or person not in people or (not person) is not (fact.level is Level.HOUSEHOLD):
        raise NotThereError
    value = fact_value(fact, "value", values)
    if value is None:
        raise UnansweredError(_("请先填写"))
    change, asked = FactChange(name, value, people[person]), Asked(values, version_in(values), sent=values)
    written(actor, asked, number, int, lambda work: work.change(number, [change]))


def keep_assessment(actor: Actor, number: str, values: Mapping[str, str]) -> int:
    """Keep the plan that was looked at as an assessment, with everything it rests on, and return its number.

    Raises:
        InputError: what is registered does not fit together on that day, or the form names no day or version.
        ConflictError: somebody else changed the household since the plan was looked at.
        ClosedHouseholdError: the household was closed.
    """
    actor.must(Action.ASSESS)
    actor.record(number)
    on, asked = day_in(values, "on"), Asked({"reason": values.get("reason", "")}, version_in(values), sent=values)
    return written(actor, asked, number, int, lambda work: assess(work, number, actor.office.rulebook, on)[1].id)
