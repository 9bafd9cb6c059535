"""The assessments of a household: what came out each time, made again, and two compared."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu.errors import BangfuError
from bangfu_office.registry import Assessment, AssessmentSummary, Record, RegistryError, Replay
from bangfu_web.desk import Visit, visit_of
from bangfu_web.kept import Changes, Saying, changes, outcome
from bangfu_web.looks import looking
from bangfu_web.permissions import Action
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.routing import get, post
from bangfu_web.scope import own_programme

_TWO = 2


@get("/households/{number:str}/assessments", may=Action.READ)
def listed(request: Req, number: FromPath[str]) -> Response[Any]:
    """List a household's assessments; with two ``chosen``, go on to their comparison."""
    visit, record = _seen(request, number)
    made = visit.desk.registry.assessments(number)
    chosen = sorted({str(value) for value in request.query_params.getall("chosen", [])}, key=lambda v: (len(v), v))
    if len(chosen) == _TWO and {str(one.id) for one in made}.issuperset(chosen):
        return Redirect(f"/households/{number}/assessments/{chosen[0]}/{chosen[1]}", status_code=303)
    return render(
        request,
        "assessments.html",
        **looking(visit, record).context,
        made=[(one, _saying(visit, record, one).category(*_category(one))) for one in made],
        chosen=chosen,
    )


@get("/households/{number:str}/assessments/{key:int}", may=Action.READ)
def show(request: Req, number: FromPath[str], key: FromPath[int]) -> Response[str]:
    """Show one assessment as it was kept, with the reasons where they can be given."""
    visit, record = _seen(request, number)
    made = _one(visit, number, key)
    return _shown(request, visit, record, made, *_again(visit, made))


@post("/households/{number:str}/assessments/{key:int}/replay", status_code=200, may=Action.READ, once=False)
def replay(request: Req, number: FromPath[str], key: FromPath[int]) -> Response[str]:
    """Make an assessment again from what was kept with it, and say whether the same comes out; nothing is kept."""
    visit, record = _seen(request, number)
    made = _one(visit, number, key)
    again, failed = _again(visit, made)
    shown = looking(visit, record).cover.record
    told = None if again is None or again.same else _changes(visit, shown, made, again.made)
    return _shown(request, visit, record, made, again, failed, replayed=True, told=told)


@get("/households/{number:str}/assessments/{first:int}/{second:int}", may=Action.READ)
def compare(request: Req, number: FromPath[str], first: FromPath[int], second: FromPath[int]) -> Response[str]:
    """Show what changed from one assessment to another."""
    visit, record = _seen(request, number)
    before, after = _one(visit, number, first), _one(visit, number, second)
    seen = looking(visit, record)
    told = _changes(visit, seen.cover.record, before, after)
    return render(request, "assessments_compared.html", **seen.context, before=before, after=after, told=told)


def _seen(request: Req, number: str) -> tuple[Visit, Record]:
    """Return the visit and the household; an assessment holds every fact, so that no officer sees one."""
    visit = visit_of(request)
    record = visit.record(number)
    if own_programme(visit) is not None:
        raise PermissionDeniedException
    return visit, record


def _one(visit: Visit, number: str, key: int) -> Assessment:
    try:
        return visit.desk.registry.assessment(number, key)
    except RegistryError:
        raise NotFoundException from None


def _again(visit: Visit, made: Assessment) -> tuple[Replay | None, str]:
    """Return the assessment made again, or None and why that is not possible."""
    try:
        return visit.desk.registry.replay(made, visit.desk.rulebook), ""
    except BangfuError as error:
        return None, error.text


def _shown(
    request: Req, visit: Visit, record: Record, made: Assessment, again: Replay | None, failed: str, **more: Any
) -> Response[str]:
    context = {"replayed": False, "told": None, "again": again, "failed": failed, **more}
    seen = looking(visit, record)
    told = outcome(made, again, _saying(visit, seen.cover.record, made))
    return render(request, "assessment.html", **seen.context, made=made, outcome=told, **context)


def _saying(visit: Visit, record: Record, made: AssessmentSummary) -> Saying:
    rules = visit.desk.rulebook.rules(str(record.facts["region"]), made.on)
    return Saying(visit.desk.rulebook.catalog, {p.code: p.name for p in rules.programmes}, record)


def _changes(visit: Visit, record: Record, before: Assessment, after: Assessment) -> Changes:
    found = visit.desk.registry.compare(before, after)
    return changes(before, after, found, _saying(visit, record, after), visit.desk.rulebook.parameters)


def _category(made: AssessmentSummary) -> tuple[str | None, list[str]]:
    return made.household["category"], made.household["candidates"]


ROUTES = (listed, show, replay, compare)
