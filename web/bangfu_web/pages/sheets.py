"""Spreadsheets: the empty form, households taken in from a workbook, households given out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bangfu import InputError, clock
from bangfu.messages import _
from bangfu_office.access import Action, FormError
from bangfu_office.sheets import KINDS, InMemory, SheetProblem, Taken, empty_form, give_out, rejected_rows, take_in
from bangfu_web.desk import Form, Req, Values, actor_of
from bangfu_web.render import render
from bangfu_web.request_bodies import WORKBOOK, Upload
from bangfu_web.routing import get, post
from bangfu_web.work_queues import EXPORTS, IMPORTS

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 500


def _page(
    request: Req,
    error: FormError | InputError | None = None,
    *,
    values: Mapping[str, str],
    taken: Taken | None = None,
) -> Response[str]:
    refused = error.problems if isinstance(error, InputError) else ()
    problems = taken.report.problems if taken else refused
    return render(
        request,
        "sheets.html",
        status=422 if error else 200,
        values={"region": actor_of(request).user.region, "on": clock.today().isoformat(), **values},
        errors=error.fields if isinstance(error, FormError) else {},
        refused=bool(refused),
        partly=not any(isinstance(problem, SheetProblem) and problem.stops for problem in refused),
        taken=taken,
        problems=problems[:MOST_SHOWN],
        more=max(0, len(problems) - MOST_SHOWN),
        kinds=KINDS,
    )


@get("/sheets", may=Action.EXCHANGE)
def sheets(request: Req) -> Response[str]:
    """Show what can be done with spreadsheets."""
    return _page(request, values={})


@get("/sheets/template.xlsx", may=Action.EXCHANGE)
def template(request: Req) -> Response[bytes]:
    """Give the empty form."""
    return _file(empty_form(actor_of(request)), "登记表.xlsx")


@post("/sheets/import", status_code=200, may=Action.EXCHANGE, takes=WORKBOOK, queue=IMPORTS, again=_page)
def take(request: Req, form: Form, values: Values) -> Response[str]:
    """Take the households of a workbook into the registry, or say by sheet, row and column what is wrong."""
    actor, upload, file = actor_of(request), form.get("file"), None
    if isinstance(upload, Upload):
        with upload.file as sent:  # it has no name on the disk, and a copy of it is given none
            file = InMemory(upload.name, sent.read())
    partial, session = values.get("partial") == "1", actor.client.session
    try:
        taken = take_in(actor, file, values.get("on", ""), partial=partial, session=session)
    except InputError as error:
        return _page(request, error, values=values)
    return _page(request, values=values, taken=taken)


@get("/sheets/rejects/{name:str}", may=Action.EXCHANGE)
def rejected(request: Req, name: FromPath[str]) -> Response[bytes]:
    """Give back the rows that were not taken, the reason beside each; in the same session, for an hour."""
    actor = actor_of(request)
    content = rejected_rows(actor, name, session=actor.client.session)
    if content is None:
        raise NotFoundException
    return _file(content, "退回的户.xlsx")


@post("/sheets/export", status_code=200, may=Action.EXCHANGE, queue=EXPORTS, once=False, again=_page)
def give(request: Req, values: Values) -> Response[Any]:
    """Give the households of a region as a workbook, and write into the journal who took them."""
    region, roster = values.get("region", ""), values.get("kind") == "roster"
    content = give_out(actor_of(request), region, roster=roster)
    what = _("花名册") if roster else _("家庭")
    return _file(content, f"{what}-{region or _('全部')}-{clock.today()}.xlsx")


def _file(content: bytes, name: str) -> Response[bytes]:
    headers = {"content-disposition": f"attachment; filename=\"bangfu.xlsx\"; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=_XLSX, headers=headers)
