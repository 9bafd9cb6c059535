"""What is asked of the two servers: the desk's list, plan and save; OpenFisca's calculation."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence

from attrs import define, field
from peer.population import DAY

from .families import Family
from .load import Request
from .served import PASSWORD, USER, Registered
from .visitor import Visitor, filled_in

DONE, MADE, SAVED, CONFLICT = 200, 201, 303, 409
MIX = {"list": 5, "plan": 4, "save": 1}
"""How often each is asked for when many work at once."""


@define
class Caseworker:
    """Somebody at the desk, with households to change that nobody else changes."""

    visitor: Visitor
    registered: Registered
    own: Sequence[str]
    _families: itertools.cycle[str] = field(init=False)
    _turn: itertools.cycle[str] = field(init=False)
    _forms: dict[str, dict[str, str]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._families = itertools.cycle(self.registered.families)
        self._turn = itertools.cycle(self.own)

    @classmethod
    def at(cls, url: str, registered: Registered, own: Sequence[str]) -> Caseworker:
        """Sign in, and open the forms of the households to be changed."""
        visitor = Visitor(url)
        visitor.sign_in(USER, PASSWORD)
        worker = cls(visitor, registered, own)
        for number in own:
            worker._forms[number] = filled_in(visitor.get(f"/households/{number}/edit")[1])
        visitor.close()  # as the desk does itself to a connection that nobody uses
        return worker

    def requests(self) -> Mapping[str, Request]:
        """Return the requests by kind."""
        return {"list": self.list, "plan": self.plan, "plan as JSON": self.plan_as_json, "save": self.save}

    def list(self) -> bool:
        """Look at the list."""
        status, page = self.visitor.get("/households")
        return status == DONE and 'id="found"' in page

    def plan(self) -> bool:
        """Look at the plan of a family."""
        number = next(self._families)
        status, page = self.visitor.get(f"/households/{number}/plan?on={DAY}")
        return status == DONE and 'id="plan"' in page and number in page

    def plan_as_json(self) -> bool:
        """Have the plan of a family as JSON."""
        status, plan = self.visitor.get(f"/api/households/{next(self._families)}/plan?on={DAY}")
        return status == DONE and "supports" in json.loads(plan)

    def save(self) -> bool:
        """Save the form of an own household with one fact changed."""
        number = next(self._turn)
        form = self._forms[number]
        form["h.homes"] = "2" if form["h.homes"] == "1" else "1"
        status, _ = self.visitor.post(f"/households/{number}/edit", form)
        if status == SAVED:
            form["version"] = str(int(form["version"]) + 1)
        return status == SAVED


def calculation(url: str, bodies: Sequence[bytes]) -> Request:
    """Return the request that has OpenFisca compute the families in turn."""
    visitor, turn = Visitor(url), itertools.cycle(bodies)

    def calculate() -> bool:
        status, answer = visitor.post_json("/calculate", next(turn))
        return status == DONE and "households" in json.loads(answer)

    return calculate


def bodies(families: Sequence[Family], asked: Callable[[Family], object]) -> list[bytes]:
    """Return what is posted to OpenFisca for each family."""
    return [json.dumps(asked(family)).encode() for family in families]
