"""The support plan of a household: shown for a day, completed by answers, kept as an assessment.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from bangfu import Catalog, Household, InputError, Level, make_plan
from bangfu.errors import BangfuError
from bangfu.messages import _
from bangfu_office.access import Action, Actor, NotThereError, duplicates_of, once
from bangfu_office.forms.hidden import StaleFormError, version_in
from bangfu_office.forms.read import day_in, fact_value
from bangfu_office.households.reveals import RevealedRecord, shown_to
from bangfu_office.households.saving import attributed
from bangfu_office.plan_view import PlanView, plan_view
from bangfu_office.registry import AssessmentSummary, Disagreement, Disclosure, Duplicate, FactChange
from bangfu_office.registry.assessing import assess

_LISTED = 20
"""Earlier assessments that come with a plan; all are in a list of their own."""


class UnansweredError(BangfuError):
    """An answer came without anything in it."""


@frozen
class HouseholdPlan:
    """The plan of a household for a day, and what belongs beside it; ``people`` are the registry's numbers.

    ``wrong`` says what is wrong with an answer, by person and fact, or (``""``) with everything that was sent.
    """

    shown: RevealedRecord
    view: PlanView
    on: date
    people: tuple[int, ...]
    catalog: Catalog
    disagreements: list[Disagreement] = field(repr=False)
    kept: list[AssessmentSummary]
    duplicates: list[Duplicate]
    wrong: Mapping[str, str]


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
        view_of(actor, record.household(on), shown.cover),
        on,
        tuple(person.id for person in record.members),
        actor.office.rulebook.catalog,
        list(record.disagreements()) if everything else [],
        actor.office.registry.assessments(number, _LISTED) if everything else [],
        duplicates_of(actor, record),
        {} if error is None else _wrong(values or {}, error),
    )


def view_of(actor: Actor, household: Household, cover: Disclosure) -> PlanView:
    """Return the view of a household's plan, of the actor's own programme where it sees no other."""
    ruleset = actor.office.rulebook.rules(household.region, household.on)
    plan = cover.plan(make_plan(household, actor.office.rulebook, ruleset))
    return plan_view(plan, ruleset, actor.programme)


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
    change, version = FactChange(name, value, people[person]), version_in(values)
    with actor.office.registry.work(attributed(actor, values)) as work:
        once(actor, work, values, lambda: str(work.change(number, [change], version=version)))


def keep_assessment(actor: Actor, number: str, values: Mapping[str, str]) -> str:
    """Keep the plan that was looked at as an assessment, with everything it rests on, and return its number.

    Raises:
        InputError: what is registered does not fit together on that day, or the form names no day or version.
        ConflictError: somebody else changed the household since the plan was looked at.
        ClosedHouseholdError: the household was closed.
    """
    actor.must(Action.ASSESS)
    actor.record(number)
    on = day_in(values, "on")

    def keep() -> str:
        work.must_be_at(number, version_in(values))
        return str(assess(work, number, actor.office.rulebook, on)[1].id)

    with actor.office.registry.work(actor.attribution(reason=values.get("reason", ""))) as work:
        return once(actor, work, values, keep)
