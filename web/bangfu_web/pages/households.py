"""Households: found; one of them, what is known of it and from whom; registered, changed, and what happens to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu import InputError
from bangfu_office import households as office
from bangfu_office.access import Action
from bangfu_office.life_events import life_event_forms, needs_head, record_life_event
from bangfu_office.registry import RegistryError
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.render import REFUSED, draw
from bangfu_web.routing import get, page_under, post


@get("/households", may=Action.READ)
def households(request: Req) -> Response[str]:
    """List the households of the user's region."""
    return _found(request, {name: str(value) for name, value in request.query_params.items() if name != "text"})


@post("/households/find", status_code=200, may=Action.READ, once=False)
def find(request: Req, values: Values) -> Response[str]:
    """List what a search finds; names and ID numbers go by form, so that they stand in no address or log."""
    return _found(request, values)


def _found(request: Req, asked: Mapping[str, str]) -> Response[str]:
    template = "households_found.html" if request.headers.get("hx-target") == "found" else "households.html"
    return draw(request, template, office.find_households(actor_of(request), asked))


@get("/households/new", may=Action.CHANGE)
def new(request: Req) -> Response[str]:
    """Show an empty form, or the draft of one."""
    return draw(request, "form.html", office.household_form(actor_of(request), office.NEW))


@post("/households/new", may=Action.CHANGE)
def create(request: Req, values: Values) -> Response[Any]:
    """Register a household, or show the form again with what is wrong."""
    return _saved(request, office.NEW, values)


@get("/households/{number:str}/edit", may=Action.CHANGE)
def edit(request: Req, number: FromPath[str]) -> Response[str]:
    """Show the form of a household, with the draft of an earlier change where there is one."""
    return draw(request, "form.html", office.household_form(actor_of(request), number))


@post("/households/{number:str}/edit", may=Action.CHANGE)
def change(request: Req, number: FromPath[str], values: Values) -> Response[Any]:
    """Save the changes of a form, or show it again with what is wrong or what others changed meanwhile."""
    return _saved(request, number, values)


def _saved(request: Req, number: str, values: Values) -> Response[Any]:
    actor = actor_of(request)
    if "redraw" in values:
        return draw(request, "form.html", office.household_form(actor, number, values))
    try:
        saved = office.save_household(actor, number, values)
    except REFUSED as error:
        return draw(request, "form.html", office.household_form(actor, number, values, error), error)
    return Redirect(f"/households/{saved}/plan", status_code=303)


@get("/households/{number:str}", may=Action.READ)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show what is known of a household, every source beside the others."""
    return draw(request, "household.html", office.show_household(actor_of(request), number))


@post("/households/{number:str}/reveal", may=Action.REVEAL, once=False)
def show_in_full(request: Req, number: FromPath[str], values: Values) -> Redirect:
    """Show names and ID numbers from now on, and go back to the page of the household one came from."""
    office.reveal(actor_of(request), number)
    return Redirect(page_under(f"/households/{number}", values.get("back", "")), status_code=303)


@post("/drafts/{household:str}", status_code=204, may=Action.CHANGE, once=False)
def save_draft(request: Req, household: FromPath[str], values: Values) -> None:
    """Keep a form that is being filled in."""
    office.keep_draft(actor_of(request), household, values)


@post("/drafts/{household:str}/drop", may=Action.CHANGE, once=False)
def forget_draft(request: Req, household: FromPath[str]) -> Redirect:
    """Throw a draft away and show the form as it is registered."""
    office.drop_draft(actor_of(request), household)
    return Redirect(f"/households/{household}{'' if household == office.NEW else '/edit'}", status_code=303)


@get("/households/{number:str}/facts/{member:int}/{fact:str}", may=Action.READ)
def show_fact(request: Req, number: FromPath[str], member: FromPath[int], fact: FromPath[str]) -> Response[str]:
    """Show what every source states of a fact, and how it came to that; member 0 stands for the household."""
    return draw(request, "fact.html", office.fact_history(actor_of(request), number, member, fact))


@get("/households/{number:str}/history", may=Action.READ)
def show_history(request: Req, number: FromPath[str]) -> Response[str]:
    """Show everything that was ever changed of a household, the newest first."""
    return draw(request, "history.html", office.household_history(actor_of(request), number))


@get("/households/{number:str}/events", may=Action.CHANGE)
def events(request: Req, number: FromPath[str]) -> Response[str]:
    """Show a form for every event."""
    return draw(request, "events.html", life_event_forms(actor_of(request), number))


@post("/households/{number:str}/events", may=Action.CHANGE)
def record_event(request: Req, number: FromPath[str], values: Values) -> Response[Any]:
    """Record an event, all of it or nothing, or show its form again with what is wrong."""
    actor = actor_of(request)
    if values.get("redraw") == "reveal":
        return draw(request, "events.html", life_event_forms(actor, number, values))
    try:
        household = record_life_event(actor, number, values)
    except (InputError, RegistryError) as error:
        return draw(request, "events.html", life_event_forms(actor, number, values, error), error)
    page = f"/households/{household.number}"
    return Redirect(f"{page}/events" if needs_head(household) else page, status_code=303)
