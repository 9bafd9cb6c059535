"""The assessments of a household: what came out each time, made again, and two compared."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu.errors import BangfuError
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.access.scope import own_programme
from bangfu_office.households.reveals import looking
from bangfu_office.kept_assessments import Changes, Saying, changes, outcome
from bangfu_office.registry import Assessment, AssessmentSummary, Record, RegistryError, Replay
from bangfu_web.desk import actor_of
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.routing import get, post

_TWO = 2


@get("/households/{number:str}/assessments", may=Action.READ)
def listed(request: Req, number: FromPath[str]) -> Response[Any]:
    """List a household's assessments; with two ``chosen``, go on to their comparison."""
    actor, record = _seen(request, number)
    made = actor.office.registry.assessments(number)
    chosen = sorted({str(value) for value in request.query_params.getall("chosen", [])}, key=lambda v: (len(v), v))
    if len(chosen) == _TWO and {str(one.id) for one in made}.issuperset(chosen):
        return Redirect(f"/households/{number}/assessments/{chosen[0]}/{chosen[1]}", status_code=303)
    return render(
        request,
        "assessments.html",
        **looking(actor, record).context,
        made=[(one, _saying(actor, record, one).category(*_category(one))) for one in made],
        chosen=chosen,
    )


@get("/households/{number:str}/assessments/{key:int}", may=Action.READ)
def show(request: Req, number: FromPath[str], key: FromPath[int]) -> Response[str]:
    """Show one assessment as it was kept, with the reasons where they can be given."""
    actor, record = _seen(request, number)
    made = _one(actor, number, key)
    return _shown(request, actor, record, made, *_again(actor, made))


@post("/households/{number:str}/assessments/{key:int}/replay", status_code=200, may=Action.READ, once=False)
def replay(request: Req, number: FromPath[str], key: FromPath[int]) -> Response[str]:
    """Make an assessment again from what was kept with it, and say whether the same comes out; nothing is kept."""
    actor, record = _seen(request, number)
    made = _one(actor, number, key)
    again, failed = _again(actor, made)
    shown = looking(actor, record).cover.record
    told = None if again is None or again.same else _changes(actor, shown, made, again.made)
    return _shown(request, actor, record, made, again, failed, replayed=True, told=told)


@get("/households/{number:str}/assessments/{first:int}/{second:int}", may=Action.READ)
def compare(request: Req, number: FromPath[str], first: FromPath[int], second: FromPath[int]) -> Response[str]:
    """Show what changed from one assessment to another."""
    actor, record = _seen(request, number)
    before, after = _one(actor, number, first), _one(actor, number, second)
    seen = looking(actor, record)
    told = _changes(actor, seen.cover.record, before, after)
    return render(request, "assessments_compared.html", **seen.context, before=before, after=after, told=told)


def _seen(request: Req, number: str) -> tuple[Actor, Record]:
    """Return the actor and the household; an assessment holds every fact, so that no officer sees one."""
    actor = actor_of(request)
    record = actor.record(number)
    if own_programme(actor) is not None:
        raise PermissionDeniedException
    return actor, record


def _one(actor: Actor, number: str, key: int) -> Assessment:
    try:
        return actor.office.registry.assessment(number, key)
    except RegistryError:
        raise NotFoundException from None


def _again(actor: Actor, made: Assessment) -> tuple[Replay | None, str]:
    """Return the assessment made again, or None and why that is not possible."""
    try:
        return actor.office.registry.replay(made, actor.office.rulebook), ""
    except BangfuError as error:
        return None, error.text


def _shown(
    request: Req, actor: Actor, record: Record, made: Assessment, again: Replay | None, failed: str, **more: Any
) -> Response[str]:
    context = {"replayed": False, "told": None, "again": again, "failed": failed, **more}
    seen = looking(actor, record)
    told = outcome(made, again, _saying(actor, seen.cover.record, made))
    return render(request, "assessment.html", **seen.context, made=made, outcome=told, **context)


def _saying(actor: Actor, record: Record, made: AssessmentSummary) -> Saying:
    rules = actor.office.rulebook.rules(str(record.facts["region"]), made.on)
    return Saying(actor.office.rulebook.catalog, {p.code: p.name for p in rules.programmes}, record)


def _changes(actor: Actor, record: Record, before: Assessment, after: Assessment) -> Changes:
    found = actor.office.registry.compare(before, after)
    return changes(before, after, found, _saying(actor, record, after), actor.office.rulebook.parameters)


def _category(made: AssessmentSummary) -> tuple[str | None, list[str]]:
    return made.household["category"], made.household["candidates"]


ROUTES = (listed, show, replay, compare)
