"""One household: what is known of it and from whom, and the form in which it is registered and changed."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE

from bangfu import InputError
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.access.scope import duplicates_of, visible_facts
from bangfu_office.forms import filled_in
from bangfu_office.forms.covering import StandIns
from bangfu_office.forms.hidden import status_of
from bangfu_office.households import drafts
from bangfu_office.households.reveals import look, looking
from bangfu_office.households.saving import register, save
from bangfu_office.registry import COUNTING_RULE, AlreadyRegisteredError, ConflictError, Record, counting
from bangfu_web.desk import actor_of
from bangfu_web.pages.form import Form, draw
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, page_under, post

_CONFLICT, _INVALID = 409, 422


@get("/households/new", may=Action.CHANGE)
def new(request: Req) -> Response[str]:
    """Show an empty form, or the draft of one."""
    actor = actor_of(request)
    draft = drafts.find(actor.office, actor.user.name, drafts.NEW)
    empty = {"h.region": actor.user.region, "m0.relation": "head", "m0.name": ""}
    return draw(request, actor, Form(None, draft.values if draft else empty, draft=draft))


@post("/households/new", may=Action.CHANGE)
def create(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Register a household, or show the form again with what is wrong."""
    actor, values = actor_of(request), values_of(form)
    if "redraw" in values:
        return draw(request, actor, Form(None, values))
    try:
        number = register(actor, values)
    except InputError as error:
        return draw(request, actor, Form(None, values, problems=error.problems), status=_INVALID)
    except AlreadyRegisteredError as error:
        return draw(request, actor, Form(None, values, already=error.households), status=_CONFLICT)
    drafts.drop(actor.office, actor.user.name, drafts.NEW)
    return Redirect(f"/households/{number}/plan", status_code=303)


@get("/households/{number:str}", may=Action.READ)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show what is known of a household, every source beside the others."""
    actor = actor_of(request)
    record = actor.record(number)
    seen = looking(actor, record)
    return render(
        request,
        "household.html",
        **seen.context,
        rule=COUNTING_RULE,
        counting=counting,
        catalog=actor.office.rulebook.catalog,
        facts=visible_facts(actor, record),
        duplicates=duplicates_of(actor, record),
    )


@post("/households/{number:str}/reveal", may=Action.REVEAL, once=False)
def reveal(request: Req, number: FromPath[str], form: NamedDependency[FormMultiDict]) -> Redirect:
    """Begin a look, which the journal notes, and go back to the page of the household one came from."""
    actor, values = actor_of(request), values_of(form)
    actor.record(number)
    look(actor, number)
    return Redirect(page_under(f"/households/{number}", values.get("back", "")), status_code=303)


@get("/households/{number:str}/edit", may=Action.CHANGE)
def edit(request: Req, number: FromPath[str]) -> Response[str]:
    """Show the form of a household, with the draft of an earlier change where there is one."""
    actor = actor_of(request)
    record = actor.record(number)
    draft = drafts.find(actor.office, actor.user.name, number)
    values = draft.values if draft else _registered(actor, record)
    return draw(request, actor, Form(record, {"version": str(record.version), **values}, draft=draft))


def _registered(actor: Actor, record: Record) -> dict[str, str]:
    people = tuple(person.id for person in record.members)
    return filled_in(record.data(), actor.office.rulebook.catalog, people)


@post("/households/{number:str}/edit", may=Action.CHANGE)
def change(request: Req, number: FromPath[str], form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Save the changes of a form, or show it again with what is wrong or what others changed meanwhile."""
    actor, values = actor_of(request), values_of(form)
    record = actor.record(number)
    if values.get("redraw") == "reveal":
        look(actor, number)
    if "redraw" in values:
        return draw(request, actor, Form(record, values))
    try:
        save(actor, record, values)
    except InputError as error:
        return draw(request, actor, Form(record, values, problems=error.problems), status=status_of(error))
    except AlreadyRegisteredError as error:
        return draw(request, actor, Form(record, values, already=error.households), status=_CONFLICT)
    except ConflictError as error:
        again = {**values, "version": str(error.version)}
        return draw(request, actor, Form(record, again, theirs=error.theirs), status=_CONFLICT)
    drafts.drop(actor.office, actor.user.name, number)
    return Redirect(f"/households/{number}/plan", status_code=303)


@post("/drafts/{household:str}", status_code=204, may=Action.CHANGE, once=False)
def keep_draft(request: Req, household: FromPath[str], form: NamedDependency[FormMultiDict]) -> None:
    """Keep a form that is being filled in.

    Raises:
        HTTPException: it is too large (413).
    """
    actor, values = actor_of(request), values_of(form)
    if household != drafts.NEW:
        values = StandIns.of(actor, actor.record(household)).kept(values)
    try:
        drafts.keep(actor.office, actor.user.name, household, values)
    except drafts.DraftTooLargeError:
        raise HTTPException(status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE) from None


@post("/drafts/{household:str}/drop", may=Action.CHANGE, once=False)
def drop_draft(request: Req, household: FromPath[str]) -> Redirect:
    """Throw a draft away and show the form as it is registered."""
    actor = actor_of(request)
    if household != drafts.NEW:
        actor.record(household)
    drafts.drop(actor.office, actor.user.name, household)
    back = "/households/new" if household == drafts.NEW else f"/households/{household}/edit"
    return Redirect(back, status_code=303)


@get("/households/{number:str}/facts/{member:int}/{fact:str}", may=Action.READ)
def fact_history(request: Req, number: FromPath[str], member: FromPath[int], fact: FromPath[str]) -> Response[str]:
    """Show what every source states of a fact, and how it came to that; member 0 stands for the household."""
    actor = actor_of(request)
    record = actor.record(number)
    person = member or None
    subject = {p.id: p.statements for p in record.members} | {None: record.statements}
    declared = actor.office.rulebook.catalog.by_name.get(fact)
    if person not in subject or fact not in subject[person]:
        raise NotFoundException
    if visible_facts(actor, record) is not None and fact not in (visible_facts(actor, record) or ()):
        raise PermissionDeniedException
    seen = looking(actor, record)
    entries = [
        seen.cover.entry(entry)
        for entry in actor.office.registry.history(number)
        if (entry.fact == fact and entry.member == person)
        or (entry.operation in ("opened", "joined") and entry.member == person)
    ]
    shown = {p.id: p.statements for p in seen.cover.record.members} | {None: seen.cover.record.statements}
    return render(
        request,
        "fact.html",
        **seen.context,
        fact=fact,
        declared=declared,
        stated=shown[person][fact],
        counts=counting(shown[person][fact]),
        rule=COUNTING_RULE,
        entries=entries,
    )


@get("/households/{number:str}/history", may=Action.READ)
def history(request: Req, number: FromPath[str]) -> Response[str]:
    """Show everything that was ever changed of a household, the newest first."""
    actor = actor_of(request)
    record = actor.record(number)
    if visible_facts(actor, record) is not None:
        raise PermissionDeniedException
    seen = looking(actor, record)
    entries = actor.office.registry.history(number)[::-1]
    return render(
        request,
        "history.html",
        **seen.context,
        entries=[seen.cover.entry(entry) for entry in entries],
        # Members are known by their place on every other page, not by the registry's numbers.
        places={person.id: place for place, person in enumerate(record.members, start=1)},
        catalog=actor.office.rulebook.catalog,
    )


ROUTES = (new, create, show, reveal, edit, change, keep_draft, drop_draft, fact_history, history)
