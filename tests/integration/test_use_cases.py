"""What the office does to households and assessments: each use case refuses by itself who may not, and elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from litestar import Litestar

from bangfu_office.access import Actor, NotPermittedError, NotThereError
from bangfu_office.households import operations, views
from bangfu_office.households.operations import Asked
from bangfu_office.kept_assessments import operations as assessing
from bangfu_office.registry import FactChange, Query, Registry, Work
from bangfu_office.registry.users import Role, User
from web_desk import FAMILY, ON, SINGLE

pytest_plugins = ["web_desk"]

ASKED = Asked({"reason": "核对"})
MEMBER, HEAD = 3, ((3, "head"),)
CASES: Mapping[str, Callable[[Actor], Any]] = {
    "find": lambda actor: views.find(actor, Query(region="5227")),
    "show": lambda actor: views.show(actor, FAMILY),
    "reveal": lambda actor: views.reveal(actor, FAMILY, "核对"),
    "history": lambda actor: views.history(actor, FAMILY),
    "change": lambda actor: operations.change(actor, ASKED, FAMILY, [FactChange("homes", 1)]),
    "join": lambda actor: operations.arrive(actor, ASKED, FAMILY, Work.join, {"relation": "other"}),
    "born": lambda actor: operations.arrive(actor, ASKED, FAMILY, Work.born, {"sex": "female"}),
    "leave": lambda actor: operations.operate(actor, ASKED, FAMILY, Work.leave, MEMBER),
    "died": lambda actor: operations.operate(actor, ASKED, FAMILY, Work.died, MEMBER),
    "move": lambda actor: operations.operate_on_two(actor, ASKED, (FAMILY, SINGLE), Work.move, MEMBER, SINGLE, "other"),
    "split": lambda actor: operations.split(actor, ASKED, FAMILY, HEAD),
    "merge": lambda actor: operations.operate_on_two(actor, ASKED, (FAMILY, SINGLE), Work.merge, SINGLE, dict(HEAD)),
    "new_head": lambda actor: operations.operate(actor, ASKED, FAMILY, Work.new_head, MEMBER, {}),
    "close": lambda actor: operations.operate(actor, ASKED, FAMILY, Work.close, "迁出"),
    "recheck": lambda actor: operations.operate(actor, ASKED, FAMILY, Work.recheck, ON, "复核"),
    "rechecked": lambda actor: operations.rechecked(actor, ASKED, FAMILY, ON, "复核"),
    "plan_of": lambda actor: assessing.plan_of(actor, FAMILY, ON),
    "assess": lambda actor: assessing.assess(actor, ASKED, FAMILY, ON),
    "assessments": lambda actor: assessing.assessments(actor, FAMILY),
    "assessment": lambda actor: assessing.assessment(actor, FAMILY, 1),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("role", "region", "refusal"),
    [(Role.ADMINISTRATOR, "", NotPermittedError), (Role.CASEWORKER, "620102", NotThereError)],
)
def test_role_and_region_are_checked_where_it_is_done(
    name: str, role: Role, region: str, refusal: type[Exception], desk_app: Litestar, web_registry: Registry
) -> None:
    """Whatever a page or a route lets pass; nothing is written."""
    actor, before = Actor(desk_app.state["desk"].office, User("somebody", role, region)), web_registry.verify()
    with pytest.raises(refusal):
        CASES[name](actor)
    assert web_registry.verify() == before
