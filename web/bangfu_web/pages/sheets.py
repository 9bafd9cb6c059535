"""Spreadsheets: the empty form, households taken in from a workbook, households given out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bangfu import BangfuError, InputError, clock
from bangfu.errors import Problem
from bangfu.files.values import Wrong, read_day
from bangfu.messages import _
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.accounts.rate_limits import TAKEN_OUT
from bangfu_office.registry import Source
from bangfu_office.sheets import (
    InMemory,
    Report,
    SheetProblem,
    export_workbook,
    import_workbook,
    kept_rejects,
    write_template,
)
from bangfu_web.desk import actor_of
from bangfu_web.lines import EXPORTS, IMPORTS
from bangfu_web.received import WORKBOOK, Upload
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post

_INVALID = 422
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_NAME = 100
MOST_SHOWN = 500
KINDS: Mapping[str, str] = {
    "full": _("全部内容（可再导入，含姓名和证件号码）"),
    "roster": _("花名册（类别和帮扶，只写姓）"),
}


@get("/sheets", may=Action.EXCHANGE)
def sheets(request: Req) -> Response[str]:
    """Show what can be done with spreadsheets."""
    return _page(request, actor_of(request))


@get("/sheets/template.xlsx", may=Action.EXCHANGE)
def template(request: Req) -> Response[bytes]:
    """Give the empty form."""
    actor = actor_of(request)
    made = BytesIO()
    write_template(made, actor.office.rulebook.catalog)
    return _file(made.getvalue(), "登记表.xlsx")


@post("/sheets/import", status_code=200, may=Action.EXCHANGE, takes=WORKBOOK, line=IMPORTS)
def take_in(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Take the households of a workbook into the registry, or say by sheet, row and column what is wrong."""
    actor, values = actor_of(request), values_of(form)
    upload = form.get("file")
    errors, on = {}, None
    if not isinstance(upload, Upload):
        errors["file"] = _("请选择一个 .xlsx 文件")
    try:
        on = _day(values.get("on", ""))
    except Wrong as wrong:
        errors["on"] = wrong.said
    if errors or not isinstance(upload, Upload):
        return _page(request, actor, values=values, errors=errors)
    wrong_ones = BytesIO() if values.get("partial") == "1" else None
    with upload.file as sent:  # it has no name on the disk, and a copy of it is given none
        given = InMemory(_named(upload.name), sent.read())
    try:
        report = _imported(actor, given, on, wrong_ones)
    except InputError as error:
        return _page(request, actor, values=values, refused=error.problems)
    name, lost = "", ""
    if wrong_ones is not None and wrong_ones.tell():
        try:
            name = kept_rejects.keep(actor.office, actor.user.name, actor.client.session, wrong_ones.getvalue())
        except BangfuError as error:
            lost = error.text  # what was right is stored already; what was wrong stands on the page
    return _page(request, actor, values=values, report=report, rejected=name, lost=lost)


def _imported(actor: Actor, given: InMemory, on: date | None, wrong_ones: BytesIO | None) -> Report:
    """Import a workbook into the user's region; rows that were not taken are written to a file in memory.

    Raises:
        InputError: nothing of it was taken.
    """
    return import_workbook(
        actor.office.registry,
        given,
        actor.attribution(Source.IMPORTED, on, evidence=given.name),
        partial=wrong_ones is not None,
        rejects=wrong_ones,
        allowed=actor.user.covers if actor.user.region else None,
    )


def _day(text: str) -> date | None:
    """Return the day of a form, None for today.

    Raises:
        Wrong: it is none, or not here yet.
    """
    day = read_day(text) if text else None
    if day is not None and day > clock.today():
        raise Wrong(str(day), _("不晚于今天的日期"))
    return day


def _named(file: str) -> str:
    """Return the name of an uploaded file as evidence: without folders, whatever system it comes from."""
    name = "".join(c for c in file.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    ending = Path(name).suffix  # is held against what the file holds
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - len(ending)]}{ending}"[-_LONGEST_NAME:]


@get("/sheets/rejects/{name:str}", may=Action.EXCHANGE)
def rejected(request: Req, name: FromPath[str]) -> Response[bytes]:
    """Give back the rows that were not taken, the reason beside each; in the same session, for an hour."""
    actor = actor_of(request)
    content = kept_rejects.fetch(actor.office, actor.user.name, actor.client.session, name)
    if content is None:
        raise NotFoundException
    return _file(content, "退回的户.xlsx")


@post("/sheets/export", status_code=200, may=Action.EXCHANGE, line=EXPORTS, once=False)
def give_out(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Give the households of a region as a workbook, and write into the journal who took them."""
    actor, values = actor_of(request), values_of(form)
    region = values.get("region", "")
    kind: Literal["full", "roster"] = "roster" if values.get("kind") == "roster" else "full"
    if not actor.user.covers(region) or (region and not (region.isascii() and region.isdigit())):
        wrong = _("应为您所管地区（{a}）内的代码，或其前几位", a=actor.user.region or _("全部"))
        return _page(request, actor, values=values, errors={"region": wrong})
    office = actor.office
    office.spend(actor.user, TAKEN_OUT)
    made, by = BytesIO(), actor.attribution()
    try:
        export_workbook(office.registry, made, kind=kind, region=region, rulebook=office.rulebook, by=by)
    except InputError as error:
        return _page(request, actor, values=values, errors={"region": error.problems[0].found})
    return _file(
        made.getvalue(), f"{_('花名册') if kind == 'roster' else _('家庭')}-{region or _('全部')}-{clock.today()}.xlsx"
    )


def _file(content: bytes, name: str) -> Response[bytes]:
    headers = {"content-disposition": f"attachment; filename=\"bangfu.xlsx\"; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=_WORKBOOK, headers=headers)


def _page(
    request: Req,
    actor: Actor,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    refused: tuple[Problem, ...] = (),
    report: Report | None = None,
    rejected: str = "",
    lost: str = "",
) -> Response[str]:
    problems = report.problems if report else refused
    return render(
        request,
        "sheets.html",
        status=_INVALID if errors or refused else 200,
        values={"region": actor.user.region, "on": clock.today().isoformat(), **(values or {})},
        errors=errors or {},
        refused=bool(refused),
        partly=not any(isinstance(problem, SheetProblem) and problem.stops for problem in refused),
        report=report,
        problems=problems[:MOST_SHOWN],
        more=max(0, len(problems) - MOST_SHOWN),
        rejects=rejected,
        lost=lost,
        kinds=KINDS,
    )


ROUTES = (sheets, template, take_in, rejected, give_out)
