"""A household's plan: looked at, completed in place, tried with other facts, kept as an assessment, printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import MediaType, Response
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu import BangfuError
from bangfu_office.access import Action
from bangfu_office.forms import StaleFormError, day_in
from bangfu_office.households import UnansweredError, answer_question, household_plan, keep_assessment
from bangfu_office.kept_assessments import compare_assessments, list_assessments, show_assessment
from bangfu_office.notices import PrintedSheet, printed_sheet
from bangfu_office.registry import ConflictError
from bangfu_office.what_if import what_if, what_if_form
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.pdf import pdf_of
from bangfu_web.render import REFUSED, context_of, draw, page, render
from bangfu_web.routing import get, in_thread, post


@get("/households/{number:str}/plan", may=Action.READ)
def plan(request: Req, number: FromPath[str]) -> Response[str]:
    """Show a household's plan for a day (``on``, default: today)."""
    return _plan(request, number, day_in(request.query_params, "on"))


@post("/households/{number:str}/answers", status_code=200, may=Action.CHANGE)
def answer(request: Req, number: FromPath[str], values: Values) -> Response[Any]:
    """Take the answer to a question and show the plan with it."""
    on = day_in(values, "on")
    try:
        answer_question(actor_of(request), number, values)
    except (UnansweredError, *REFUSED) as error:
        return _plan(request, number, on, values, error)
    if request.headers.get("hx-request"):
        return _plan(request, number, on)
    return Redirect(f"/households/{number}/plan?on={on}", status_code=303)


@post("/households/{number:str}/assess", may=Action.ASSESS)
def assess(request: Req, number: FromPath[str], values: Values) -> Response[Any]:
    """Keep the plan as an assessment, with everything it rests on; the one that was looked at, or none."""
    try:
        kept = keep_assessment(actor_of(request), number, values)
    except (StaleFormError, ConflictError) as error:
        return _plan(request, number, day_in(values, "on"), values, error)
    return Redirect(f"/households/{number}/assessments/{kept}", status_code=303)


def _plan(
    request: Req, number: str, on: date, values: Mapping[str, str] | None = None, error: BangfuError | None = None
) -> Response[str]:
    """Return the page of a plan, or only the plan where a part of the page asked for it."""
    template = "plan_body.html" if request.headers.get("hx-target") == "plan" else "plan.html"
    return draw(request, template, household_plan(actor_of(request), number, on, values, error), error)


@get("/households/{number:str}/what-if", may=Action.READ)
def what_if_empty(request: Req, number: FromPath[str]) -> Response[str]:
    """Show the form for a day (``on``, default: today)."""
    return draw(request, "what_if.html", what_if_form(actor_of(request), number, day_in(request.query_params, "on")))


@post("/households/{number:str}/what-if", status_code=200, may=Action.READ, once=False)
def what_if_tried(request: Req, number: FromPath[str], values: Values) -> Response[str]:
    """Show both plans beside each other, or the form with one row more or less."""
    view = what_if(actor_of(request), number, values)
    return render(request, "what_if.html", status=422 if view.input.errors else 200, **context_of(view))


@get("/households/{number:str}/assessments", may=Action.READ)
def assessments(request: Req, number: FromPath[str]) -> Response[Any]:
    """List a household's assessments; with two ``chosen``, go on to their comparison."""
    view = list_assessments(actor_of(request), number)
    chosen = sorted({str(value) for value in request.query_params.getall("chosen", [])}, key=lambda v: (len(v), v))
    match chosen:
        case [first, second] if {str(one.id) for one, _ in view.made}.issuperset(chosen):
            return Redirect(f"/households/{number}/assessments/{first}/{second}", status_code=303)
    return render(request, "assessments.html", **context_of(view), chosen=chosen)


@get("/households/{number:str}/assessments/{key:int}", may=Action.READ)
def assessment(request: Req, number: FromPath[str], key: FromPath[int]) -> Response[str]:
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


@get("/households/{number:str}/print/{kind:str}", may=Action.READ)
def sheet(request: Req, number: FromPath[str], kind: FromPath[str]) -> Response[str]:
    """Show a sheet as a page that prints on A4."""
    return _sheet(*_printed(request, number, kind))


@get("/households/{number:str}/print/{kind:str}/pdf", may=Action.READ)
async def sheet_as_pdf(request: Req, number: FromPath[str], kind: FromPath[str]) -> Response[Any]:
    """Return a sheet as PDF; where it cannot be issued, the page that says why."""
    printed, html = await in_thread(_printed)(request, number, kind)
    if printed.unfit:
        return _sheet(printed, html)
    headers = {"content-disposition": f'attachment; filename="bangfu-{kind}-{printed.on}.pdf"'}
    return Response(await pdf_of(html), media_type="application/pdf", headers=headers)


def _printed(request: Req, number: str, kind: str) -> tuple[PrintedSheet, str]:
    """Return a sheet, and its page: where it cannot be issued, the one that says why."""
    on, asked = day_in(request.query_params, "on"), str(request.query_params.get("asked", ""))
    printed = printed_sheet(actor_of(request), number, kind, on, asked)
    return printed, page(request, "print_unfit.html" if printed.unfit else f"print_{kind}.html", **context_of(printed))


def _sheet(printed: PrintedSheet, html: str) -> Response[str]:
    return Response(html, media_type=MediaType.HTML, status_code=409 if printed.unfit else 200)
