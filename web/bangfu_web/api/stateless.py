"""What works without storing anything: a household in, its plan or what is wrong with it out; and what is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from litestar import MediaType, Response
from litestar.di import NamedDependency

from bangfu import InputError, clock, household_from, make_plan
from bangfu.commands.lists import fact_lines, policy_lines, programme_lines
from bangfu.facts import Day, Digits
from bangfu.show import plan_as_json
from bangfu_office.access.permissions import Action
from bangfu_web.api.declare import Doc, get, post
from bangfu_web.api.errors import problems_as_json
from bangfu_web.api.sent import Sent, asked
from bangfu_web.api.shapes import Key
from bangfu_web.desk import actor_of
from bangfu_web.request import Req

ON = {"on": Key(Day(), "评估日，默认取内容中的 on，再默认今天")}
_PLACE = {
    "region": Key(Digits((6, 9, 12)), "行政区划代码，默认全国（000000）"),
    "on": Key(Day(), "哪一天，默认今天"),
}
_NATION = "000000"


@post("/plan", may=Action.SIGNED_IN, doc=Doc("Plan", takes="Household", query=ON))
def plan(request: Req, sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Work out the support plan of a household, given as a household file holds it; nothing is stored."""
    rulebook = actor_of(request).office.rulebook
    household = household_from(sent.data, source="request", on=asked(request, ON).get("on"), catalog=rulebook.catalog)
    return plan_as_json(make_plan(household, rulebook))


@post("/check", may=Action.SIGNED_IN, doc=Doc("Problems", takes="Household"))
def check(request: Req, sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Say everything that is wrong with a household, given as a household file holds it; nothing is stored."""
    try:
        household_from(sent.data, source="request", catalog=actor_of(request).office.rulebook.catalog)
    except InputError as error:
        return {"problems": problems_as_json(error.problems)}
    return {"problems": []}


@get("/facts", may=Action.SIGNED_IN, doc=Doc("Facts"))
def facts(request: Req) -> Response[bytes]:
    """List every declared fact: level, type, choices, what is presumed where it is absent."""
    return _listed(fact_lines(actor_of(request).office.rulebook.catalog, as_json=True))


@get("/programmes", may=Action.SIGNED_IN, doc=Doc("Programmes", query=_PLACE))
def programmes(request: Req) -> Response[bytes]:
    """List the programmes in a place on a day, each with its benefits."""
    region, on = _place(request)
    return _listed(programme_lines(actor_of(request).office.rulebook.rules(region, on), as_json=True))


@get("/policy", may=Action.SIGNED_IN, doc=Doc("Policy", query=_PLACE))
def policy(request: Req) -> Response[bytes]:
    """List the parameters in force in a place on a day: value, unit, clause, pack, whether verified."""
    region, on = _place(request)
    rulebook = actor_of(request).office.rulebook
    return _listed(policy_lines(rulebook.policy(region, on), rulebook.packs, region, as_json=True))


def _place(request: Req) -> tuple[str, date]:
    given = asked(request, _PLACE)
    return given.get("region", _NATION), given.get("on", clock.today())


def _listed(lines: Iterable[str]) -> Response[bytes]:
    """Return a list that the commands write as JSON."""
    return Response("\n".join(lines).encode(), media_type=MediaType.JSON)


ROUTES = (plan, check, facts, programmes, policy)
