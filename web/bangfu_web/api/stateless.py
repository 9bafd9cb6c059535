"""What works without storing anything: a household in, its plan or what is wrong with it out; and what is known."""

from __future__ import annotations

from litestar.params import FromQuery, JSONBody

from bangfu import InputError, clock, household_from, make_plan, show
from bangfu_office.access import Action
from bangfu_web.api.answers import Problems, problems_as_json
from bangfu_web.api.bodies import On, Place, PlaceDay
from bangfu_web.api.declare import get, post
from bangfu_web.api.reading import HouseholdBody
from bangfu_web.desk import Req, actor_of

_NATION = "000000"


@post("/plan", Action.SIGNED_IN)
def plan(request: Req, data: JSONBody[HouseholdBody], on: FromQuery[On | None] = None) -> show.PlanJson:
    """Work out the support plan of a household, given as a household file holds it; nothing is stored."""
    rulebook = actor_of(request).office.rulebook
    household = household_from(data, source="request", on=on, catalog=rulebook.catalog)
    return show.plan_as_json(make_plan(household, rulebook))


@post("/check", Action.SIGNED_IN)
def check(request: Req, data: JSONBody[HouseholdBody]) -> Problems:
    """Say everything that is wrong with a household, given as a household file holds it; nothing is stored."""
    try:
        household_from(data, source="request", catalog=actor_of(request).office.rulebook.catalog)
    except InputError as error:
        return {"problems": problems_as_json(error.problems)}
    return {"problems": []}


@get("/facts", Action.SIGNED_IN)
def facts(request: Req) -> list[show.FactJson]:
    """List every declared fact: level, type, choices, what is presumed where it is absent."""
    return show.fact_rows(actor_of(request).office.rulebook.catalog)


@get("/programmes", Action.SIGNED_IN)
def programmes(request: Req, region: Place = _NATION, on: FromQuery[PlaceDay | None] = None) -> list[show.ProgrammeRow]:
    """List the programmes in a place on a day, each with its benefits."""
    return show.programme_rows(actor_of(request).office.rulebook.rules(region, on or clock.today()))


@get("/policy", Action.SIGNED_IN)
def policy(request: Req, region: Place = _NATION, on: FromQuery[PlaceDay | None] = None) -> list[show.ParameterRow]:
    """List the parameters in force in a place on a day: value, unit, clause, pack, whether verified."""
    return show.policy_rows(actor_of(request).office.rulebook.policy(region, on or clock.today()))
