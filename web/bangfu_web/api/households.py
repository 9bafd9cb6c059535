"""Registered households: found, registered, read, revealed, changed, rechecked, closed; their plans, made and kept."""

from __future__ import annotations

from litestar.params import FromQuery, JSONBody

from bangfu.show import PlanJson, plan_as_json
from bangfu_office.access import Action, Actor
from bangfu_office.households import Done, RegisteredHousehold, operations, views
from bangfu_office.kept_assessments import Assessed, Kept
from bangfu_office.kept_assessments import operations as kept_assessments
from bangfu_office.registry import FactChange, Query, Work
from bangfu_web.api import bodies
from bangfu_web.api.answers import Assessments, Found, History
from bangfu_web.api.declare import Once, get, patch, post
from bangfu_web.desk import Req, actor_of


@get("/households", Action.READ)
def households(
    request: Req,
    region: bodies.InRegion = "",
    category: bodies.InCategory = "",
    programme: bodies.InProgramme = "",
    attention: FromQuery[bodies.WithAttention | None] = None,
    closed: bodies.Closed = "0",
    page: bodies.PageNumber = 1,
    limit: bodies.Limit = 50,
) -> Found:
    """List households of the user's region, those that need attention first."""
    query = Query(region, "", category, programme, attention, closed == "1", (page - 1) * limit, limit)
    return _found(actor_of(request), query, page)


@post("/households/search", Action.READ)
def search(request: Req, data: JSONBody[bodies.Search]) -> Found:
    """Find households by number, name or ID number, which stand in no address."""
    wanted = (data.region, data.text, data.category, data.programme, data.attention, data.closed)
    return _found(actor_of(request), Query(*wanted, (data.page - 1) * data.limit, data.limit), data.page)


def _found(actor: Actor, query: Query, page: int) -> Found:
    found = views.find(actor, query)
    return Found(found.total, page, query.limit, found.households)


@post("/households", Action.CHANGE, status=201)
def register(request: Req, data: JSONBody[bodies.Registration], once: Once) -> Done:
    """Register a household."""
    return operations.register(actor_of(request), data.asked(once), data.data, data.number)


@get("/households/{number:str}", Action.READ)
def show(request: Req, number: bodies.InPath) -> RegisteredHousehold:
    """Read a household, names and ID numbers covered."""
    return views.show(actor_of(request), number)


@post("/households/{number:str}/reveal", Action.REVEAL)
def reveal(request: Req, number: bodies.InPath) -> RegisteredHousehold:
    """Read a household with names and ID numbers in full; who looked is written into the journal."""
    return views.reveal(actor_of(request), number, "接口查看")


@patch("/households/{number:str}", Action.CHANGE)
def change(request: Req, number: bodies.InPath, data: JSONBody[bodies.FactChanges], once: Once) -> Done:
    """Change facts of a household and its members, on the word of one source; all of them or none."""
    changes = [FactChange(row.fact, row.value, row.member) for row in data.changes]
    return operations.change(actor_of(request), data.asked(once), number, changes)


@post("/households/{number:str}/close", Action.CHANGE)
def close(request: Req, number: bodies.InPath, data: JSONBody[bodies.Closing], once: Once) -> Done:
    """Close a household; it stays readable and takes no more changes."""
    return operations.operate(actor_of(request), data.asked(once), number, Work.close, data.reason)


@post("/households/{number:str}/rechecks", Action.CHANGE, status=201)
def recheck(request: Req, number: bodies.InPath, data: JSONBody[bodies.Rechecking], once: Once) -> Done:
    """Note that a household has to be looked at again by a day."""
    return operations.operate(actor_of(request), data.asked(once), number, Work.recheck, data.due, data.reason)


@post("/households/{number:str}/rechecks/done", Action.CHANGE)
def rechecked(request: Req, number: bodies.InPath, data: JSONBody[bodies.Rechecking], once: Once) -> Done:
    """Note that a recheck was done; due day and reason say which."""
    return operations.rechecked(actor_of(request), data.asked(once), number, data.due, data.reason)


@get("/households/{number:str}/history", Action.READ)
def history(request: Req, number: bodies.InPath, after: bodies.After = 0) -> History:
    """List every change of a household, in order; values of personal facts are left out."""
    return History(views.history(actor_of(request), number, after))


@get("/households/{number:str}/plan", Action.READ)
def plan_of_household(request: Req, number: bodies.InPath, on: FromQuery[bodies.On | None] = None) -> PlanJson:
    """Work out the support plan of a household for a day; nothing is kept."""
    return plan_as_json(kept_assessments.plan_of(actor_of(request), number, on))


@post("/households/{number:str}/assessments", Action.ASSESS, status=201)
def assess(request: Req, number: bodies.InPath, data: JSONBody[bodies.Assessing], once: Once) -> Assessed:
    """Make the plan of a household and keep it, with everything it rests on."""
    return kept_assessments.assess(actor_of(request), data.asked(once), number, data.on)


@get("/households/{number:str}/assessments", Action.READ)
def assessments(request: Req, number: bodies.InPath) -> Assessments:
    """List a household's assessments, the newest first."""
    return Assessments(kept_assessments.assessments(actor_of(request), number))


@get("/households/{number:str}/assessments/{key:int}", Action.READ)
def assessment(request: Req, number: bodies.InPath, key: bodies.AssessmentId) -> Kept:
    """Read an assessment with the facts it rests on, its supports and, where the same comes out again, its plan."""
    return kept_assessments.assessment(actor_of(request), number, key)
