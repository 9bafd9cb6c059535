"""Plans of registered households: made, kept as assessments, read again."""

from __future__ import annotations

from litestar.params import FromQuery, JSONBody

from bangfu.show import PlanJson, plan_as_json
from bangfu_office.access import Action
from bangfu_office.kept_assessments import Assessed, Kept, operations
from bangfu_web.api.answers import Assessments
from bangfu_web.api.bodies import Assessing, AssessmentId, InPath, On
from bangfu_web.api.declare import get, post
from bangfu_web.api.idempotency import Once
from bangfu_web.desk import Req, actor_of


@get("/households/{number:str}/plan", Action.READ)
def plan_of_household(request: Req, number: InPath, on: FromQuery[On | None] = None) -> PlanJson:
    """Work out the support plan of a household for a day; nothing is kept."""
    return plan_as_json(operations.plan_of(actor_of(request), number, on))


@post("/households/{number:str}/assessments", Action.ASSESS, status=201)
def assess(request: Req, number: InPath, data: JSONBody[Assessing], once: Once) -> Assessed:
    """Make the plan of a household and keep it, with everything it rests on."""
    return operations.assess(actor_of(request), data.asked(once), number, data.on)


@get("/households/{number:str}/assessments", Action.READ)
def assessments(request: Req, number: InPath) -> Assessments:
    """List a household's assessments, the newest first."""
    return Assessments(operations.assessments(actor_of(request), number))


@get("/households/{number:str}/assessments/{key:int}", Action.READ)
def assessment(request: Req, number: InPath, key: AssessmentId) -> Kept:
    """Read an assessment with the facts it rests on, its supports and, where the same comes out again, its plan."""
    return operations.assessment(actor_of(request), number, key)


ROUTES = (plan_of_household, assess, assessments, assessment)
