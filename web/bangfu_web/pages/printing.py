"""Printed sheets of a household: the plan, the determination notice, the refusal; as pages and as PDF."""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Response
from litestar.params import FromPath

from bangfu_office.access import Action
from bangfu_office.forms import day_in
from bangfu_office.notices import PrintedSheet, printed_sheet
from bangfu_web.desk import Req, actor_of
from bangfu_web.pdf import pdf_of
from bangfu_web.render import context_of, page
from bangfu_web.routing import get, in_thread

_UNFIT = 409


@get("/households/{number:str}/print/{kind:str}", may=Action.READ)
def show(request: Req, number: FromPath[str], kind: FromPath[str]) -> Response[str]:
    """Show a sheet as a page that prints on A4."""
    return _page(*_printed(request, number, kind))


@get("/households/{number:str}/print/{kind:str}/pdf", may=Action.READ)
async def download(request: Req, number: FromPath[str], kind: FromPath[str]) -> Response[Any]:
    """Return a sheet as PDF; where it cannot be issued, the page that says why."""
    sheet, html = await in_thread(_printed)(request, number, kind)
    if sheet.unfit:
        return _page(sheet, html)
    headers = {"content-disposition": f'attachment; filename="bangfu-{kind}-{sheet.on}.pdf"'}
    return Response(await pdf_of(html), media_type="application/pdf", headers=headers)


def _printed(request: Req, number: str, kind: str) -> tuple[PrintedSheet, str]:
    """Return a sheet, and its page: where it cannot be issued, the one that says why."""
    on, asked = day_in(request.query_params, "on"), str(request.query_params.get("asked", ""))
    sheet = printed_sheet(actor_of(request), number, kind, on, asked)
    return sheet, page(request, "print_unfit.html" if sheet.unfit else f"print_{kind}.html", **context_of(sheet))


def _page(sheet: PrintedSheet, html: str) -> Response[str]:
    return Response(html, media_type=MediaType.HTML, status_code=_UNFIT if sheet.unfit else 200)


ROUTES = (show, download)
