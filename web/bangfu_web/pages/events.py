"""What happens to a household and its people: births, deaths, moves, splits, mergers, its end."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu import InputError
from bangfu_office.access import Action
from bangfu_office.life_events import life_event_forms, needs_head, record_life_event
from bangfu_office.registry import RegistryError
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.render import draw
from bangfu_web.routing import get, post


@get("/households/{number:str}/events", may=Action.CHANGE)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show a form for every event."""
    return draw(request, "events.html", life_event_forms(actor_of(request), number))


@post("/households/{number:str}/events", may=Action.CHANGE)
def record(request: Req, number: FromPath[str], values: Values) -> Response[Any]:
    """Record an event, all of it or nothing, or show its form again with what is wrong."""
    actor = actor_of(request)
    if values.get("redraw") == "reveal":
        return draw(request, "events.html", life_event_forms(actor, number, values))
    try:
        household = record_life_event(actor, number, values)
    except (InputError, RegistryError) as error:
        return draw(request, "events.html", life_event_forms(actor, number, values, error), error)
    page = f"/households/{household.number}"
    return Redirect(f"{page}/events" if needs_head(household) else page, status_code=303)


ROUTES = (show, record)
