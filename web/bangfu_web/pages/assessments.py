"""The assessments of a household: what came out each time, made again, and two compared."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu_office.access import Action
from bangfu_office.kept_assessments import compare_assessments, list_assessments, show_assessment
from bangfu_web.desk import Req, actor_of
from bangfu_web.render import context_of, draw, render
from bangfu_web.routing import get, post

_TWO = 2


@get("/households/{number:str}/assessments", may=Action.READ)
def listed(request: Req, number: FromPath[str]) -> Response[Any]:
    """List a household's assessments; with two ``chosen``, go on to their comparison."""
    view = list_assessments(actor_of(request), number)
    chosen = sorted({str(value) for value in request.query_params.getall("chosen", [])}, key=lambda v: (len(v), v))
    if len(chosen) == _TWO and {str(one.id) for one, _ in view.made}.issuperset(chosen):
        return Redirect(f"/households/{number}/assessments/{chosen[0]}/{chosen[1]}", status_code=303)
    return render(request, "assessments.html", **context_of(view), chosen=chosen)


@get("/households/{number:str}/assessments/{key:int}", may=Action.READ)
def show(request: Req, number: FromPath[str], key: FromPath[int]) -> Response[str]:
    """Show one assessment as it was kept, with the reasons where they can be given."""
    return draw(request, "assessment.html", show_assessment(actor_of(request), number, key))


@post("/households/{number:str}/assessments/{key:int}/replay", status_code=200, may=Action.READ, once=False)
def replay(request: Req, number: FromPath[str], key: FromPath[int]) -> Response[str]:
    """Make an assessment again from what was kept with it, and say whether the same comes out; nothing is kept."""
    return draw(request, "assessment.html", show_assessment(actor_of(request), number, key, replayed=True))


@get("/households/{number:str}/assessments/{first:int}/{second:int}", may=Action.READ)
def compare(request: Req, number: FromPath[str], first: FromPath[int], second: FromPath[int]) -> Response[str]:
    """Show what changed from one assessment to another."""
    return draw(request, "assessments_compared.html", compare_assessments(actor_of(request), number, first, second))


ROUTES = (listed, show, replay, compare)
