"""What if: a household's plan with some facts changed, beside the real one. Nothing is stored."""

from __future__ import annotations

from litestar import Response
from litestar.params import FromPath

from bangfu_office.access import Action
from bangfu_office.forms import day_in
from bangfu_office.what_if import what_if, what_if_form
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.render import context_of, draw, render
from bangfu_web.routing import get, post

_INVALID = 422


@get("/households/{number:str}/what-if", may=Action.READ)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show the form for a day (``on``, default: today)."""
    return draw(request, "what_if.html", what_if_form(actor_of(request), number, day_in(request.query_params, "on")))


@post("/households/{number:str}/what-if", status_code=200, may=Action.READ, once=False)
def compare(request: Req, number: FromPath[str], values: Values) -> Response[str]:
    """Show both plans beside each other, or the form with one row more or less."""
    view = what_if(actor_of(request), number, values)
    return render(request, "what_if.html", status=_INVALID if view.input.errors else 200, **context_of(view))


ROUTES = (show, compare)
