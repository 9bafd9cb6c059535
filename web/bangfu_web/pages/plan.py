"""The support plan: looked at, questioned, completed in place, kept, and tried with other facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu import InputError, Level, clock, make_plan
from bangfu.errors import Problem
from bangfu.files.values import Wrong, read_day
from bangfu.messages import _
from bangfu_office.access.actor import Actor
from bangfu_office.access.once import once
from bangfu_office.access.permissions import Action
from bangfu_office.access.scope import duplicates_of, own_programme
from bangfu_office.forms.hidden import STATUS, StaleFormError, version_in
from bangfu_office.forms.read import fact_value
from bangfu_office.households.reveals import looking
from bangfu_office.households.saving import attributed
from bangfu_office.plan_view import PlanView, plan_view
from bangfu_office.registry import Change, ConflictError, Disclosure, Record
from bangfu_office.registry.assessing import assess as keep_assessment
from bangfu_web.desk import actor_of
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post

_INVALID, _CONFLICT = 422, 409
_LISTED = 20
"""Earlier assessments that a plan's page links to; all are on a page of their own."""


@get("/households/{number:str}/plan", may=Action.READ)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show a household's plan for a day (``on``, default: today)."""
    actor = actor_of(request)
    return draw(request, actor, actor.record(number), day_of(request))


def day_of(request: Req) -> date:
    """Return the day a page is asked for; today where none is named.

    Raises:
        InputError: it is no day.
    """
    return day_in(str(request.query_params.get("on") or ""))


def day_in(text: str) -> date:
    """Return the day in a text; today for none.

    Raises:
        InputError: it is no day.
    """
    try:
        return read_day(text) if text else clock.today()
    except Wrong as wrong:
        raise InputError("on", [Problem("on", wrong.found, wrong.expected)]) from None


def view_of(actor: Actor, record: Record, on: date, cover: Disclosure) -> PlanView:
    """Return the view of a household's plan for a day, as its cover shows it.

    Raises:
        InputError: what is registered does not fit together on that day.
    """
    household = record.household(on)
    ruleset = actor.office.rulebook.rules(household.region, on)
    plan = cover.plan(make_plan(household, actor.office.rulebook, ruleset))
    return plan_view(plan, ruleset, own_programme(actor))


def draw(
    request: Req, actor: Actor, record: Record, on: date, *, status: int = 200, wrong: dict[str, str] | None = None
) -> Response[str]:
    """Return the page of a plan, or only the plan where a part of the page asked for it."""
    seen = looking(actor, record)
    view = view_of(actor, record, on, seen.cover)
    return render(
        request,
        "plan_body.html" if request.headers.get("hx-target") == "plan" else "plan.html",
        status=status,
        **seen.context,
        view=view,
        on=on,
        wrong=wrong or {},
        people=[person.id for person in record.members],
        catalog=actor.office.rulebook.catalog,
        disagreements=list(record.disagreements()) if own_programme(actor) is None else [],
        kept=actor.office.registry.assessments(record.number, _LISTED) if own_programme(actor) is None else [],
        duplicates=duplicates_of(actor, record),
    )


@post("/households/{number:str}/answers", status_code=200, may=Action.CHANGE)
def answer(request: Req, number: FromPath[str], form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Take the answer to a question and show the plan with it."""
    actor, values = actor_of(request), values_of(form)
    record = actor.record(number)
    name = values.get("fact", "")
    fact = actor.office.rulebook.catalog.by_name.get(name)
    people: dict[str, int | None] = {str(person.id): person.id for person in record.members} | {"": None}
    if fact is None or values.get("person", "") not in people:
        raise NotFoundException
    member = people[values.get("person", "")]
    if (member is None) is not (fact.level is Level.HOUSEHOLD):
        raise NotFoundException
    on = day_in(values.get("on", ""))
    key = f"{values.get('person', '')}:{name}"
    value = fact_value(fact, "value", values)
    if value is None:
        return draw(request, actor, record, on, status=_INVALID, wrong={key: _("请先填写")})
    try:
        version = version_in(values)
        with actor.office.registry.work(attributed(actor, values)) as work:
            once(actor, work, values, lambda: str(work.change(number, [Change(name, value, member)], version=version)))
    except StaleFormError as error:
        return _stale(request, actor, record, on, error)
    except InputError as error:
        return draw(request, actor, record, on, status=_INVALID, wrong={key: _said(error)})
    except ConflictError as error:
        return draw(request, actor, actor.record(number), on, status=_CONFLICT, wrong={key: error.text})
    if request.headers.get("hx-request"):
        return draw(request, actor, actor.record(number), on)
    return Redirect(f"/households/{number}/plan?on={on}", status_code=303)


@post("/households/{number:str}/assess", may=Action.ASSESS)
def assess(request: Req, number: FromPath[str], form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Keep the plan as an assessment, with everything it rests on; the one that was looked at, or none."""
    actor, values = actor_of(request), values_of(form)
    record = actor.record(number)
    on = day_in(values.get("on", ""))

    def keep() -> str:
        work.must_be_at(number, version_in(values))
        return str(keep_assessment(work, number, actor.office.rulebook, on)[1].id)

    try:
        with actor.office.registry.work(actor.attribution(reason=values.get("reason", ""))) as work:
            kept = once(actor, work, values, keep)
    except StaleFormError as error:
        return _stale(request, actor, record, on, error)
    except ConflictError as error:
        return draw(request, actor, actor.record(number), on, status=_CONFLICT, wrong={"": error.text})
    return Redirect(f"/households/{number}/assessments/{kept}", status_code=303)


def _stale(request: Req, actor: Actor, record: Record, on: date, error: StaleFormError) -> Response[str]:
    """Show the plan as it is now, with forms of its own, and say that the one that came was none of them."""
    return draw(request, actor, record, on, status=STATUS, wrong={"": _said(error)})


def _said(error: InputError) -> str:
    return error.problems[0].said


ROUTES = (show, answer, assess)
