"""Printed sheets of a household: the plan, the determination notice, the refusal; as pages and as PDF."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from litestar import MediaType, Response
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath

from bangfu import clock
from bangfu.messages import _
from bangfu.policy.sources import Clauses
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action, may
from bangfu_office.access.scope import own_programme
from bangfu_office.households.reveals import looking
from bangfu_office.notices import refusal, sheet
from bangfu_office.plan_view import PlanView
from bangfu_office.registry import Record
from bangfu_web.desk import actor_of
from bangfu_web.pages.plan import day_of, view_of
from bangfu_web.pdf import pdf_of
from bangfu_web.render import page
from bangfu_web.request import Req
from bangfu_web.routing import get, in_thread

PLAN, DETERMINATION, REFUSAL = "plan", "determination", "refusal"
TITLES = {PLAN: _("帮扶计划"), DETERMINATION: _("认定告知书"), REFUSAL: _("不予认定（不符合）告知书")}
_UNFIT = 409
_NONE = "none"


@frozen
class Printed:
    """A sheet as HTML; ``unfit`` where it cannot be issued, and the page says why."""

    html: str
    unfit: bool
    name: str


@get("/households/{number:str}/print/{kind:str}", may=Action.READ)
def show(request: Req, number: FromPath[str], kind: FromPath[str]) -> Response[str]:
    """Show a sheet as a page that prints on A4."""
    made = _printed(request, number, kind)
    return Response(made.html, media_type=MediaType.HTML, status_code=_UNFIT if made.unfit else 200)


@get("/households/{number:str}/print/{kind:str}/pdf", may=Action.READ)
async def download(request: Req, number: FromPath[str], kind: FromPath[str]) -> Response[Any]:
    """Return a sheet as PDF; where it cannot be issued, the page that says why."""
    made = await in_thread(_printed)(request, number, kind)
    if made.unfit:
        return Response(made.html, media_type=MediaType.HTML, status_code=_UNFIT)
    headers = {"content-disposition": f'attachment; filename="{made.name}"'}
    return Response(await pdf_of(made.html), media_type="application/pdf", headers=headers)


def _printed(request: Req, number: str, kind: str) -> Printed:
    actor = actor_of(request)
    record = actor.record(number)
    if kind not in TITLES:
        raise NotFoundException
    if kind != PLAN and not may(actor.user, Action.NOTICES):
        raise PermissionDeniedException
    on = day_of(request)
    seen = looking(actor, record)
    view = view_of(actor, record, on, seen.cover)
    context = {**_context(request, actor, record, kind, view), **seen.context}
    unfit = _unfit(kind, view, context)
    template = "print_unfit.html" if unfit else f"print_{kind}.html"
    html = page(request, template, unfit=unfit, clauses_used=lambda: context["clauses"].legend, **context)
    return Printed(html, bool(unfit), f"bangfu-{kind}-{on}.pdf")


def _context(request: Req, actor: Actor, record: Record, kind: str, view: PlanView) -> dict[str, Any]:
    clauses = Clauses(view.ruleset.policy.titles)
    asked = str(request.query_params.get("asked", ""))
    no = refusal(view, clauses, asked) if kind == REFUSAL else None
    if kind == REFUSAL and no is None:
        raise NotFoundException
    heads = [i for i, person in enumerate(record.members) if person.facts.get("relation") == "head"]
    programme = own_programme(actor)
    totals = view.plan.totals
    return {
        "kind": kind,
        "titles": TITLES if may(actor.user, Action.NOTICES) else {PLAN: TITLES[PLAN]},
        "view": view,
        "plan": view.plan,
        "programme": programme,
        "year": totals.by_programme.get(programme, 0) if programme else totals.year,
        "once": totals.once_by_programme.get(programme, 0) if programme else totals.once,
        "sheet": None if kind == REFUSAL else sheet(view, clauses),
        "no": no,
        "clauses": clauses,
        "head": view.plan.members[heads[0]].name or "" if heads else "",
        "on": view.plan.household.on,
        "printed_on": clock.today(),
    }


def _unfit(kind: str, view: PlanView, context: dict[str, Any]) -> str:
    """Return why a notice cannot be issued; empty where it can."""
    plan = view.plan
    alone = any(member.category not in {None, _NONE, plan.category} for member in plan.members)
    if kind == DETERMINATION and plan.category is None and not alone:
        return _("类别还不能确定，不能出具认定告知书；请先问清缺的事实")
    if kind == DETERMINATION and plan.category == _NONE and not alone:
        return _("这一户不属于任何一类，不能出具认定告知书；可以出具不予认定告知书")
    if kind == REFUSAL and context["no"].empty:
        return _("没有已能确定为不符合的，不能出具不予认定告知书")
    return ""


ROUTES = (show, download)
