"""Plans of registered households: made, kept as assessments, read again; and what was ever changed."""

from __future__ import annotations

from typing import Any

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath

from bangfu import BangfuError, clock, make_plan
from bangfu.facts import Integer
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.access.scope import own_programme
from bangfu_office.registry import Assessment, Record, RegistryError, Work
from bangfu_office.registry.assessing import assess as keep
from bangfu_web.api.changing import BECAUSE, LARGEST_ID, VERSION, Answer, changed
from bangfu_web.api.declare import Doc, get, post
from bangfu_web.api.errors import entry_as_json
from bangfu_web.api.sent import Sent, asked
from bangfu_web.api.shapes import Key
from bangfu_web.api.stateless import ON
from bangfu_web.api.views import assessment_as_json, plan_of_record
from bangfu_web.desk import actor_of
from bangfu_web.request import Req

_ASSESS = {**ON, **VERSION, "reason": BECAUSE["reason"]}
_AFTER = {"after": Key(Integer(0, LARGEST_ID), "只列序号大于此数的")}


@get("/households/{number:str}/plan", may=Action.READ, doc=Doc("Plan", query=ON))
def plan_of_household(request: Req, number: FromPath[str]) -> dict[str, Any]:
    """Work out the support plan of a household for a day; nothing is kept."""
    actor = actor_of(request)
    record, on = actor.record(number), asked(request, ON).get("on", clock.today())
    return plan_of_record(actor, record, make_plan(record.household(on), actor.office.rulebook))


@post("/households/{number:str}/assessments", may=Action.ASSESS, doc=Doc("Assessed", takes=_ASSESS, status=201))
def assess(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Make the plan of a household and keep it, with everything it rests on."""
    actor, given = actor_of(request), sent.read(_ASSESS)
    record = actor.record(number)

    def write(work: Work) -> Answer:
        made_plan, made = keep(work, number, actor.office.rulebook, given.get("on", clock.today()))
        return {**assessment_as_json(made), "plan": plan_of_record(actor, record, made_plan)}

    return changed(request, given, write, record)


@get("/households/{number:str}/assessments", may=Action.READ, doc=Doc("Assessments"))
def assessments(request: Req, number: FromPath[str]) -> dict[str, Any]:
    """List a household's assessments, the newest first."""
    actor = actor_of(request)
    _whole(actor, number)
    return {"assessments": [assessment_as_json(made) for made in actor.office.registry.assessments(number)]}


@get("/households/{number:str}/assessments/{key:int}", may=Action.READ, doc=Doc("Kept"))
def assessment(request: Req, number: FromPath[str], key: FromPath[int]) -> dict[str, Any]:
    """Read an assessment with the facts it rests on, its supports and, where the same comes out again, its plan."""
    actor = actor_of(request)
    _whole(actor, number)
    try:
        made = actor.office.registry.assessment(number, key)
    except RegistryError:
        raise NotFoundException from None
    kept = {"facts": made.facts, "members": list(made.people), "supports": list(made.supports)}
    return {**assessment_as_json(made), **kept, "plan": _plan_of(actor, made)}


def _plan_of(actor: Actor, made: Assessment) -> Any:
    """Return the plan an assessment was, made again where it was not kept whole; None where another comes out."""
    if made.outcome is not None:
        return made.outcome
    try:
        again = actor.office.registry.replay(made, actor.office.rulebook)
    except BangfuError:
        return None
    return again.outcome if again.same_result else None


@get("/households/{number:str}/history", may=Action.READ, doc=Doc("History", query=_AFTER))
def history(request: Req, number: FromPath[str]) -> dict[str, Any]:
    """List every change of a household, in order; values of personal facts are left out."""
    actor = actor_of(request)
    _whole(actor, number)
    entries = actor.office.registry.history(number, after=asked(request, _AFTER).get("after", 0))
    shown = actor.office.registry.masked(entries)
    return {"entries": [entry_as_json(entry, actor.office.rulebook.catalog, actor.reaches) for entry in shown]}


def _whole(actor: Actor, number: str) -> Record:
    """Return a household to somebody who may see all of it, not one programme alone."""
    record = actor.record(number)
    if own_programme(actor) is not None:
        raise PermissionDeniedException
    return record


ROUTES = (plan_of_household, assess, assessments, assessment, history)
