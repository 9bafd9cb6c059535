"""Who may do what with a household: every use case of the office, for every role, inside and outside of its region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import frozen
from litestar import Litestar

from bangfu import BangfuError, InputError
from bangfu_office.access import Actor, NotPermittedError, NotThereError, Office
from bangfu_office.forms import filled_in
from bangfu_office.households import (
    NEW,
    answer_question,
    drop_draft,
    fact_history,
    find_households,
    household_form,
    household_history,
    household_plan,
    keep_assessment,
    keep_draft,
    reveal,
    save_household,
    show_household,
)
from bangfu_office.kept_assessments import compare_assessments, list_assessments, show_assessment
from bangfu_office.life_events import life_event_forms, record_life_event
from bangfu_office.notices.sheet import printed_sheet
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User
from bangfu_office.what_if.trying import what_if, what_if_form
from web_desk import FAMILY, GUIDING, LANZHOU, ON

pytest_plugins = ["web_desk"]

ASSISTANT, CASEWORKER, REVIEWER, OFFICER, AUDITOR, ADMINISTRATOR = (
    Role.ASSISTANT,
    Role.CASEWORKER,
    Role.REVIEWER,
    Role.OFFICER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
READERS = {ASSISTANT, CASEWORKER, REVIEWER, OFFICER, AUDITOR}
WRITERS = {ASSISTANT, CASEWORKER, REVIEWER}


@frozen
class Desk:
    """Somebody who acts, and the family's form as it is registered."""

    actor: Actor
    form: Mapping[str, str]

    def sent(self, **values: Any) -> dict[str, str]:
        """Return a small form about the family, drawn now."""
        return {"version": self.form["version"], "on": str(ON), **{name: str(value) for name, value in values.items()}}

    @property
    def kept(self) -> list[int]:
        """The family's assessments."""
        return [made.id for made in self.actor.office.registry.assessments(FAMILY)]

    @property
    def child(self) -> str:
        """The daughter's number."""
        return self.form["m2.person"]


@frozen
class Case:
    """A use case, and which roles it is for."""

    roles: set[Role]
    act: Callable[[Desk], object]
    everywhere: bool = False
    """Whether it is about no household that lies in a region."""


def new_form(desk: Desk) -> dict[str, str]:
    """Return the form of a household nobody has registered."""
    return {"h.region": desk.form["h.region"], "h.residence": "rural", "m0.relation": "head", "m0.name": "罗小平"}


CASES = {
    "find": Case(READERS, lambda d: find_households(d.actor, {}), everywhere=True),
    "show": Case(READERS, lambda d: show_household(d.actor, FAMILY)),
    "fact": Case(READERS, lambda d: fact_history(d.actor, FAMILY, int(d.child), "school_stage")),
    "fact of no programme": Case(READERS - {OFFICER}, lambda d: fact_history(d.actor, FAMILY, int(d.child), "incomes")),
    "history": Case(READERS - {OFFICER}, lambda d: household_history(d.actor, FAMILY)),
    "reveal": Case(WRITERS | {AUDITOR}, lambda d: reveal(d.actor, FAMILY)),
    "new form": Case(WRITERS, lambda d: household_form(d.actor, NEW), everywhere=True),
    "form": Case(WRITERS, lambda d: household_form(d.actor, FAMILY)),
    "save": Case(WRITERS, lambda d: save_household(d.actor, FAMILY, {**d.form, "h.homes": "1"})),
    "keep draft": Case(WRITERS, lambda d: keep_draft(d.actor, FAMILY, d.form)),
    "drop draft": Case(WRITERS, lambda d: drop_draft(d.actor, FAMILY)),
    "keep new draft": Case(WRITERS, lambda d: keep_draft(d.actor, NEW, new_form(d)), everywhere=True),
    "drop new draft": Case(WRITERS, lambda d: drop_draft(d.actor, NEW), everywhere=True),
    "life events": Case(WRITERS, lambda d: life_event_forms(d.actor, FAMILY)),
    "life event": Case(
        WRITERS,
        lambda d: record_life_event(d.actor, FAMILY, d.sent(event="died") | {"died.person": d.child}),
    ),
    "plan": Case(READERS, lambda d: household_plan(d.actor, FAMILY, ON)),
    "answer": Case(WRITERS, lambda d: answer_question(d.actor, FAMILY, d.sent(fact="dwelling_grade", value="C"))),
    "assess": Case({CASEWORKER, REVIEWER}, lambda d: keep_assessment(d.actor, FAMILY, d.sent())),
    "assessments": Case(READERS - {OFFICER}, lambda d: list_assessments(d.actor, FAMILY)),
    "assessment": Case(READERS - {OFFICER}, lambda d: show_assessment(d.actor, FAMILY, d.kept[0])),
    "replay": Case(READERS - {OFFICER}, lambda d: show_assessment(d.actor, FAMILY, d.kept[0], replayed=True)),
    "compare": Case(READERS - {OFFICER}, lambda d: compare_assessments(d.actor, FAMILY, *d.kept)),
    "what-if form": Case(READERS, lambda d: what_if_form(d.actor, FAMILY, ON)),
    "what if": Case(READERS, lambda d: what_if(d.actor, FAMILY, d.sent() | {"insured.person": d.child})),
    "print plan": Case(READERS, lambda d: printed_sheet(d.actor, FAMILY, "plan", ON)),
    "print determination": Case(
        {CASEWORKER, REVIEWER, AUDITOR}, lambda d: printed_sheet(d.actor, FAMILY, "determination", ON)
    ),
    "print refusal": Case({CASEWORKER, REVIEWER, AUDITOR}, lambda d: printed_sheet(d.actor, FAMILY, "refusal", ON)),
}
SEEN_WHOLE = {"fact of no programme", "history", "assessments", "assessment", "replay", "compare"}
"""What an officer may not see, because it sees the household in part alone: outside its region it is not there."""


@pytest.fixture
def desk_of(desk_app: Litestar, web_registry: Registry, request: pytest.FixtureRequest) -> Callable[..., Desk]:
    """Return a function that lets somebody act: ``desk_of(role, region)``; with two assessments where they matter."""
    office: Office = desk_app.state["desk"].office
    for _ in range(2 if request.node.callspec.params.get("name") in SEEN_WHOLE else 0):
        web_registry.assess(FAMILY, office.rulebook, Attribution("王办事员", on=ON), ON)
    record = web_registry.household(FAMILY)
    people = tuple(person.id for person in record.members)
    form = filled_in(record.data(), office.rulebook.catalog, people) | {"version": str(record.version)}

    def made(role: Role, region: str) -> Desk:
        user = User(f"{role.value}-{region}", role, region, "education" if role is OFFICER else None)
        session = office.sessions.find(office.sessions.begin(user))
        return Desk(Actor(office, user, session), form)

    return made


def outcome(case: Case, desk: Desk) -> type[BangfuError] | None:
    """Return how somebody is refused; None for not at all."""
    try:
        case.act(desk)
    except (NotPermittedError, NotThereError) as error:
        return type(error)
    return None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", CASES)
def test_who_may_do_it_and_where(name: str, role: Role, desk_of: Callable[..., Desk], web_registry: Registry) -> None:
    """Inside the region by role alone; outside it is not there, and nothing is written."""
    case = CASES[name]
    in_part = name in SEEN_WHOLE and role is OFFICER
    permitted = role in case.roles or in_part
    refused = None if case.everywhere else NotThereError
    outside = desk_of(role, LANZHOU[:6])
    number = len(web_registry.history())
    assert outcome(case, outside) is (refused if permitted else NotPermittedError)
    assert len(web_registry.history()) == number
    inside = outcome(case, desk_of(role, GUIDING[:6]))
    assert inside is (None if role in case.roles else NotPermittedError)


@pytest.mark.parametrize("role", Role)
def test_who_registers_a_household_and_where(role: Role, desk_of: Callable[..., Desk]) -> None:
    """In the own region alone: of another one, it is the code in the form that is wrong."""
    inside, outside = desk_of(role, GUIDING[:6]), desk_of(role, LANZHOU[:6])
    if role not in WRITERS:
        for desk in (inside, outside):
            with pytest.raises(NotPermittedError):
                save_household(desk.actor, NEW, new_form(desk))
        return
    with pytest.raises(InputError):
        save_household(outside.actor, NEW, new_form(outside))
    assert inside.actor.reaches(save_household(inside.actor, NEW, new_form(inside)))


@pytest.mark.parametrize("name", ["show", "form", "plan", "assessment", "print plan"])
def test_names_are_masked_until_they_are_revealed(name: str, desk_of: Callable[..., Desk]) -> None:
    """What is returned holds no more than may be shown; after a reveal, for that session, everything."""
    desk = desk_of(CASEWORKER, GUIDING[:6])

    def head() -> str:
        view: Any = CASES[name].act(desk)
        return str(view.shown.record.members[0].facts["name"])

    assert head() == "石**"
    reveal(desk.actor, FAMILY)
    assert head() == "石大山"
