"""The list of households: find one, see what needs attention."""

from __future__ import annotations

from attrs import evolve
from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from bangfu import clock
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.registry import Attention, Query
from bangfu_office.registry.listing import counts
from bangfu_office.registry.users import Role
from bangfu_web.desk import actor_of
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post

PAGE = 50
_LAST_PAGE = 100_000


@get("/households", may=Action.READ)
def households(request: Req) -> Response[str]:
    """List the households of the user's region."""
    return _found(request, {name: str(value) for name, value in request.query_params.items() if name != "text"})


@post("/households/find", status_code=200, may=Action.READ, once=False)
def find(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """List what a search finds; names and ID numbers go by form, so that they stand in no address or log."""
    return _found(request, values_of(form))


def _found(request: Req, asked: dict[str, str]) -> Response[str]:
    actor = actor_of(request)
    page = min(max(1, _whole(asked.get("page", "1"))), _LAST_PAGE)
    query = _query(actor, asked, page)
    found = actor.office.registry.find(query, clock.today())
    with actor.office.registry.database.reading() as connection:
        signs = counts(connection, evolve(query, attention=None), actor.office.registry.encryption, clock.today())
    programmes = actor.office.rulebook.rules((query.region or "000000").ljust(6, "0"), clock.today()).programmes
    return render(
        request,
        "households_found.html" if request.headers.get("hx-target") == "found" else "households.html",
        query=query,
        elsewhere=bool(_region(asked)) and not actor.user.covers(_region(asked)),
        found=actor.office.registry.masked_page(found),
        signs=signs,
        page=page,
        pages=max(1, -(-found.total // PAGE)),
        programmes={programme.code: programme.name for programme in programmes},
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004


def _region(asked: dict[str, str]) -> str:
    return asked.get("region", "").strip()


def _query(actor: Actor, asked: dict[str, str], page: int) -> Query:
    attention = asked.get("attention", "")
    own = actor.user.programme if actor.user.role is Role.OFFICER else asked.get("programme", "")
    return Query(
        region=_region(asked) if actor.user.covers(_region(asked)) else actor.user.region,
        text=asked.get("text", "").strip()[:100],
        category=asked.get("category", ""),
        programme=own or "",
        attention=Attention(attention) if attention in set(Attention) else None,
        closed=asked.get("closed") == "1",
        offset=(page - 1) * PAGE,
        limit=PAGE,
    )


ROUTES = (households, find)
