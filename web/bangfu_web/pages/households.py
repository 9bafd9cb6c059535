"""The list of households: find one, see what needs attention."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response

from bangfu_office.access import Action
from bangfu_office.households import find_households
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.render import draw
from bangfu_web.routing import get, post


@get("/households", may=Action.READ)
def households(request: Req) -> Response[str]:
    """List the households of the user's region."""
    return _found(request, {name: str(value) for name, value in request.query_params.items() if name != "text"})


@post("/households/find", status_code=200, may=Action.READ, once=False)
def find(request: Req, values: Values) -> Response[str]:
    """List what a search finds; names and ID numbers go by form, so that they stand in no address or log."""
    return _found(request, values)


def _found(request: Req, asked: Mapping[str, str]) -> Response[str]:
    part = request.headers.get("hx-target") == "found"
    return draw(
        request, "households_found.html" if part else "households.html", find_households(actor_of(request), asked)
    )


ROUTES = (households, find)
