"""The support plan: looked at, questioned, completed in place, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu import BangfuError
from bangfu_office.access import Action
from bangfu_office.forms import StaleFormError, day_in
from bangfu_office.households import UnansweredError, answer_question, household_plan, keep_assessment
from bangfu_office.registry import ConflictError
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.render import REFUSED, draw
from bangfu_web.routing import get, post


@get("/households/{number:str}/plan", may=Action.READ)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show a household's plan for a day (``on``, default: today)."""
    return _draw(request, number, day_in(request.query_params, "on"))


@post("/households/{number:str}/answers", status_code=200, may=Action.CHANGE)
def answer(request: Req, number: FromPath[str], values: Values) -> Response[Any]:
    """Take the answer to a question and show the plan with it."""
    on = day_in(values, "on")
    try:
        answer_question(actor_of(request), number, values)
    except (UnansweredError, *REFUSED) as error:
        return _draw(request, number, on, values, error)
    if request.headers.get("hx-request"):
        return _draw(request, number, on)
    return Redirect(f"/households/{number}/plan?on={on}", status_code=303)


@post("/households/{number:str}/assess", may=Action.ASSESS)
def assess(request: Req, number: FromPath[str], values: Values) -> Response[Any]:
    """Keep the plan as an assessment, with everything it rests on; the one that was looked at, or none."""
    try:
        kept = keep_assessment(actor_of(request), number, values)
    except (StaleFormError, ConflictError) as error:
        return _draw(request, number, day_in(values, "on"), values, error)
    return Redirect(f"/households/{number}/assessments/{kept}", status_code=303)


def _draw(
    request: Req, number: str, on: date, values: Mapping[str, str] | None = None, error: BangfuError | None = None
) -> Response[str]:
    """Return the page of a plan, or only the plan where a part of the page asked for it."""
    template = "plan_body.html" if request.headers.get("hx-target") == "plan" else "plan.html"
    return draw(request, template, household_plan(actor_of(request), number, on, values, error), error)


ROUTES = (show, answer, assess)
