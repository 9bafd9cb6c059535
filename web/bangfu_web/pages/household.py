"""One household: what is known of it and from whom, and the form in which it is registered and changed."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu import InputError
from bangfu.registry import COUNTING_RULE, AlreadyRegisteredError, ConflictError, Record, counting
from bangfu_web import drafts
from bangfu_web.brake import REVEALS, spend
from bangfu_web.desk import Visit, visit_of
from bangfu_web.forms import filled_in, values_of
from bangfu_web.forms.covering import covered, uncovered
from bangfu_web.forms.hidden import status_of
from bangfu_web.pages.form import Form, draw
from bangfu_web.pages.saving import register, save
from bangfu_web.permissions import Action, may
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.routing import get, post
from bangfu_web.scope import duplicates_of, visible_facts

_CONFLICT, _INVALID = 409, 422


@get("/households/new", may=Action.CHANGE)
def new(request: Req) -> Response[str]:
    """Show an empty form, or the draft of one."""
    visit = visit_of(request)
    draft = drafts.find(visit.desk, visit.user.name, drafts.NEW)
    empty = {"h.region": visit.user.region, "m0.relation": "head", "m0.name": ""}
    return draw(request, visit, Form(None, draft.values if draft else empty, draft=draft))


@post("/households/new", may=Action.CHANGE)
def create(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Register a household, or show the form again with what is wrong."""
    visit, values = visit_of(request), values_of(form)
    if "redraw" in values:
        return draw(request, visit, Form(None, values))
    try:
        number = register(visit, values)
    except InputError as error:
        return draw(request, visit, Form(None, values, problems=error.problems), status=_INVALID)
    except AlreadyRegisteredError as error:
        return draw(request, visit, Form(None, values, already=error.households), status=_CONFLICT)
    drafts.drop(visit.desk, visit.user.name, drafts.NEW)
    return Redirect(f"/households/{number}/plan", status_code=303)


@get("/households/{number:str}", may=Action.READ)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show what is known of a household, every source beside the others."""
    return _shown(request, visit_of(request), number, revealed=False)


@post("/households/{number:str}/reveal", status_code=200, may=Action.REVEAL, once=False)
def reveal(request: Req, number: FromPath[str]) -> Response[str]:
    """Show names and ID numbers in full, and write into the journal who looked."""
    visit = visit_of(request)
    visit.record(number)
    _note_look(visit, number)
    return _shown(request, visit, number, revealed=True)


def _note_look(visit: Visit, number: str) -> None:
    """Write into the journal that somebody looks at names and ID numbers in full.

    Raises:
        PermissionDeniedException: the user may not.
        BrakedError: the user did so again and again.
    """
    if not may(visit.user, Action.REVEAL):
        raise PermissionDeniedException
    spend(visit.desk, visit.user, REVEALS)
    with visit.desk.registry.work(visit.attribution(reason="页面查看")) as work:
        work.note("seen", number, new={"what": "identity"})


def _shown(request: Req, visit: Visit, number: str, *, revealed: bool) -> Response[str]:
    record = visit.record(number)
    return render(
        request,
        "household.html",
        record=record,
        revealed=revealed,
        rule=COUNTING_RULE,
        counting=counting,
        catalog=visit.desk.rulebook.catalog,
        facts=visible_facts(visit, record),
        disagreements=list(record.disagreements()),
        duplicates=duplicates_of(visit, record),
    )


@get("/households/{number:str}/edit", may=Action.CHANGE)
def edit(request: Req, number: FromPath[str]) -> Response[str]:
    """Show the form of a household, with the draft of an earlier change where there is one."""
    visit = visit_of(request)
    record = visit.record(number)
    draft = drafts.find(visit.desk, visit.user.name, number)
    values = covered(draft.values if draft else _registered(visit, record), record)
    return draw(request, visit, Form(record, {"version": str(record.version), **values}, draft=draft))


def _registered(visit: Visit, record: Record) -> dict[str, str]:
    people = tuple(person.id for person in record.members)
    return filled_in(record.data(), visit.desk.rulebook.catalog, people)


@post("/households/{number:str}/edit", may=Action.CHANGE)
def change(request: Req, number: FromPath[str], form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Save the changes of a form, or show it again with what is wrong or what others changed meanwhile."""
    visit, values = visit_of(request), values_of(form)
    record = visit.record(number)
    if values.get("redraw") == "reveal":
        _note_look(visit, number)
        return draw(request, visit, Form(record, uncovered(values, record)))
    if "redraw" in values:
        return draw(request, visit, Form(record, values))
    try:
        save(visit, record, values)
    except InputError as error:
        return draw(request, visit, Form(record, values, problems=error.problems), status=status_of(error))
    except AlreadyRegisteredError as error:
        return draw(request, visit, Form(record, values, already=error.households), status=_CONFLICT)
    except ConflictError as error:
        again = {**values, "version": str(error.version)}
        return draw(request, visit, Form(record, again, theirs=error.theirs), status=_CONFLICT)
    drafts.drop(visit.desk, visit.user.name, number)
    return Redirect(f"/households/{number}/plan", status_code=303)


@post("/drafts/{household:str}", status_code=204, may=Action.CHANGE, once=False)
def keep_draft(request: Req, household: FromPath[str], form: NamedDependency[FormMultiDict]) -> None:
    """Keep a form that is being filled in."""
    visit = visit_of(request)
    if household != drafts.NEW:
        visit.record(household)
    drafts.keep(visit.desk, visit.user.name, household, values_of(form))


@post("/drafts/{household:str}/drop", may=Action.CHANGE, once=False)
def drop_draft(request: Req, household: FromPath[str]) -> Redirect:
    """Throw a draft away and show the form as it is registered."""
    visit = visit_of(request)
    if household != drafts.NEW:
        visit.record(household)
    drafts.drop(visit.desk, visit.user.name, household)
    back = "/households/new" if household == drafts.NEW else f"/households/{household}/edit"
    return Redirect(back, status_code=303)


@get("/households/{number:str}/facts/{member:int}/{fact:str}", may=Action.READ)
def fact_history(request: Req, number: FromPath[str], member: FromPath[int], fact: FromPath[str]) -> Response[str]:
    """Show what every source states of a fact, and how it came to that; member 0 stands for the household."""
    visit = visit_of(request)
    record = visit.record(number)
    person = member or None
    subject = {p.id: p.statements for p in record.members} | {None: record.statements}
    declared = visit.desk.rulebook.catalog.by_name.get(fact)
    if person not in subject or fact not in subject[person]:
        raise NotFoundException
    if visible_facts(visit, record) is not None and fact not in (visible_facts(visit, record) or ()):
        raise PermissionDeniedException
    entries = [
        entry
        for entry in visit.desk.registry.history(number)
        if (entry.fact == fact and entry.member == person)
        or (entry.operation in ("opened", "joined") and entry.member == person)
    ]
    return render(
        request,
        "fact.html",
        record=record,
        person=person,
        fact=fact,
        declared=declared,
        stated=subject[person][fact],
        counts=counting(subject[person][fact]),
        rule=COUNTING_RULE,
        entries=entries,
    )


@get("/households/{number:str}/history", may=Action.READ)
def history(request: Req, number: FromPath[str]) -> Response[str]:
    """Show everything that was ever changed of a household, the newest first."""
    visit = visit_of(request)
    record = visit.record(number)
    if visible_facts(visit, record) is not None:
        raise PermissionDeniedException
    entries = visit.desk.registry.history(number)[::-1]
    return render(
        request,
        "history.html",
        record=record,
        entries=entries,
        # Members are known by their place on every other page, not by the registry's numbers.
        places={person.id: place for place, person in enumerate(record.members, start=1)},
        catalog=visit.desk.rulebook.catalog,
    )


ROUTES = (new, create, show, reveal, edit, change, keep_draft, drop_draft, fact_history, history)
