"""Spreadsheets: the empty form, households taken in from a workbook, households given out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bangfu import InputError, clock
from bangfu.errors import Problem
from bangfu.files.values import Wrong, read_day
from bangfu.registry import Source
from bangfu.sheets import Report, SheetProblem, export_workbook, import_workbook, write_template
from bangfu.unwritable import reason_of
from bangfu_web.brake import EXPORTS, spend
from bangfu_web.desk import Visit, visit_of
from bangfu_web.forms import values_of
from bangfu_web.lines import WORKBOOKS
from bangfu_web.pages import handed_back
from bangfu_web.permissions import Action
from bangfu_web.received import WORKBOOK, Upload
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.routing import get, post

_INVALID = 422
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_NAME = 100
_SUFFIX = re.compile(r"\.[0-9A-Za-z]{1,8}$")
MOST_SHOWN = 500
KINDS: Mapping[str, str] = {"full": "全部内容（可再导入，含姓名和证件号码）", "roster": "花名册（类别和帮扶，只写姓）"}


@get("/sheets", may=Action.EXCHANGE)
def sheets(request: Req) -> Response[str]:
    """Show what can be done with spreadsheets."""
    with suppress(OSError):  # what is due is removed; that it cannot be now is no reason to show no page
        handed_back.sweep()
    return _page(request, visit_of(request))


@get("/sheets/template.xlsx", may=Action.EXCHANGE)
def template(request: Req) -> Response[bytes]:
    """Give the empty form."""
    visit = visit_of(request)
    with handed_back.workplace() as folder:
        path = folder / "template.xlsx"
        write_template(path, visit.desk.rulebook.catalog)
        return _file(path.read_bytes(), "登记表.xlsx")


@post("/sheets/import", status_code=200, may=Action.EXCHANGE, takes=WORKBOOK, line=WORKBOOKS)
def take_in(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Take the households of a workbook into the registry, or say by sheet, row and column what is wrong."""
    visit, values = visit_of(request), values_of(form)
    upload = form.get("file")
    errors, on = {}, None
    if not isinstance(upload, Upload):
        errors["file"] = "请选择一个 .xlsx 文件"
    try:
        on = _day(values.get("on", ""))
    except Wrong as wrong:
        errors["on"] = f"{wrong.found}；应为：{wrong.expected}"
    if errors or not isinstance(upload, Upload):
        return _page(request, visit, values=values, errors=errors)
    partial = values.get("partial") == "1"
    with handed_back.workplace() as folder:
        path, rejects = folder / f"upload{_suffix(upload.name)}", folder / "rejects.xlsx"
        with path.open("wb") as file, upload.file as sent:
            shutil.copyfileobj(sent, file)
        try:
            report = _imported(visit, path, _named(upload.name), on, rejects if partial else None)
        except InputError as error:
            return _page(request, visit, values=values, refused=error.problems)
        key, lost = "", ""
        if rejects.exists():
            try:
                key = handed_back.keep(visit.user.name, rejects.read_bytes())
            except OSError as error:
                # What was right is stored already; what was wrong stands on the page.
                lost = reason_of(error) or str(error.strerror)
    return _page(request, visit, values=values, report=report, rejects=key, lost=lost)


def _imported(visit: Visit, path: Path, name: str, on: date | None, rejects: Path | None) -> Report:
    """Import a workbook into the user's region.

    Raises:
        InputError: nothing of it was taken.
    """
    return import_workbook(
        visit.desk.registry,
        path,
        visit.attribution(Source.IMPORTED, on, evidence=name),
        partial=rejects is not None,
        rejects=rejects,
        allowed=visit.user.covers if visit.user.region else None,
    )


def _day(text: str) -> date | None:
    """Return the day of a form, None for today.

    Raises:
        Wrong: it is none, or not here yet.
    """
    day = read_day(text) if text else None
    if day is not None and day > clock.today():
        raise Wrong(str(day), "不晚于今天的日期")
    return day


def _named(file: str) -> str:
    """Return the name of an uploaded file as evidence: without folders, whatever system it comes from."""
    name = file.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable())[:_LONGEST_NAME]


def _suffix(file: str) -> str:
    """Return how the name of an uploaded file ends, which has to fit what it holds; no more of the name is used."""
    found = _SUFFIX.search(file)
    return found[0] if found else ""


@get("/sheets/rejects/{key:str}", may=Action.EXCHANGE)
def rejected(request: Req, key: FromPath[str]) -> Response[bytes]:
    """Give back the rows that were not taken, the reason beside each; to whoever imported them, for an hour."""
    content = handed_back.fetch(visit_of(request).user.name, key)
    if content is None:
        raise NotFoundException
    return _file(content, "退回的户.xlsx")


@post("/sheets/export", status_code=200, may=Action.EXCHANGE, line=WORKBOOKS, once=False)
def give_out(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Give the households of a region as a workbook, and write into the journal who took them."""
    visit, values = visit_of(request), values_of(form)
    region = values.get("region", "")
    kind: Literal["full", "roster"] = "roster" if values.get("kind") == "roster" else "full"
    if not visit.user.covers(region) or (region and not (region.isascii() and region.isdigit())):
        wrong = f"应为您所管地区（{visit.user.region or '全部'}）内的代码，或其前几位"
        return _page(request, visit, values=values, errors={"region": wrong})
    desk = visit.desk
    spend(desk, visit.user, EXPORTS)
    with handed_back.workplace() as folder:
        path = folder / "export.xlsx"
        try:
            done = export_workbook(desk.registry, path, kind=kind, region=region, rulebook=desk.rulebook)
        except InputError as error:
            return _page(request, visit, values=values, errors={"region": error.problems[0].found})
        content = path.read_bytes()
    with desk.registry.work(visit.attribution()) as work:
        work.note("seen", None, new={"what": kind, "region": region or "全部", "households": done.households})
    return _file(content, f"{'花名册' if kind == 'roster' else '家庭'}-{region or '全部'}-{clock.today()}.xlsx")


def _file(content: bytes, name: str) -> Response[bytes]:
    headers = {"content-disposition": f"attachment; filename=\"bangfu.xlsx\"; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=_WORKBOOK, headers=headers)


def _page(
    request: Req,
    visit: Visit,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    refused: tuple[Problem, ...] = (),
    report: Report | None = None,
    rejects: str = "",
    lost: str = "",
) -> Response[str]:
    problems = report.problems if report else refused
    return render(
        request,
        "sheets.html",
        status=_INVALID if errors or refused else 200,
        values={"region": visit.user.region, "on": clock.today().isoformat(), **(values or {})},
        errors=errors or {},
        refused=bool(refused),
        partly=not any(isinstance(problem, SheetProblem) and problem.stops for problem in refused),
        report=report,
        problems=problems[:MOST_SHOWN],
        more=max(0, len(problems) - MOST_SHOWN),
        rejects=rejects,
        lost=lost,
        kinds=KINDS,
    )


ROUTES = (sheets, template, take_in, rejected, give_out)
