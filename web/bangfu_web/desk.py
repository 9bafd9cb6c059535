"""Everything a request works with: the registry, the rules, the sessions. Made once, at start."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bangfu import Rulebook
from bangfu_office.registry import Attribution, Record, Registry, Source, UnknownHouseholdError
from bangfu_office.registry.users import User
from bangfu_web.brake import Brake
from bangfu_web.refusals import Refusals
from bangfu_web.request import Req
from bangfu_web.security_log import note
from bangfu_web.sessions import Session, SessionStore
from bangfu_web.settings import Settings
from bangfu_web.throttle import Throttle
from bangfu_web.turns import Turns

__all__ = ["Desk", "FromPath", "Visit", "visit_of"]


@frozen
class Desk:
    """The parts of a running desk."""

    registry: Registry
    rulebook: Rulebook
    sessions: SessionStore
    settings: Settings
    throttle: Throttle = field(factory=Throttle)
    turns: Turns = field(factory=Turns)
    brake: Brake = field(factory=Brake)
    refusals: Refusals = field(factory=Refusals)


@frozen
class Visit:
    """One request of somebody signed in, to one desk."""

    desk: Desk
    user: User
    session: Session | None
    """None for a machine that came with a token."""

    def attribution(self, source: Source = Source.DECLARED, on: date | None = None, **why: str) -> Attribution:
        """Return to whom changes made by this request are attributed."""
        return Attribution(self.user.name, source, on, why.get("evidence", ""), why.get("reason", ""))

    def reaches(self, number: str) -> bool:
        """Return whether there is a household of a number in the user's region."""
        try:
            return self.user.covers(str(self.desk.registry.household(number).facts["region"]))
        except UnknownHouseholdError:
            return False

    def record(self, number: str) -> Record:
        """Return a household in the user's region.

        Raises:
            NotFoundException: there is none, or it lies elsewhere; which of both is not said.
        """
        try:
            record = self.desk.registry.household(number)
        except UnknownHouseholdError:
            raise NotFoundException from None
        if not self.user.covers(str(record.facts["region"])):
            note("refused: region", user=self.user.name)
            raise NotFoundException
        return record


def visit_of(request: Req) -> Visit:
    """Return the visit of a request that a guard let pass for somebody signed in."""
    user = request.scope["user"]
    if user is None:
        raise NotFoundException
    return Visit(request.app.state["desk"], user, request.scope.get("auth"))
