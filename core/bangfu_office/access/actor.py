"""The actor (经办人) of every use case: who acts, in which office; role and region are checked here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from attrs import field, frozen

from bangfu import Rulebook
from bangfu_office.access.errors import NotPermittedError, NotReadyError, NotThereError
from bangfu_office.access.permissions import Action, may
from bangfu_office.registry import Attribution, Record, Registry, Source, UnknownHouseholdError
from bangfu_office.registry.users import Role, User
from bangfu_office.sessions.login_throttle import Throttle
from bangfu_office.sessions.rate_limits import Budget, RateLimits
from bangfu_office.sessions.refusals import Refusals
from bangfu_office.sessions.security_log import note
from bangfu_office.sessions.settings import OfficeSettings
from bangfu_office.sessions.store import Session, SessionStore


@frozen
class Office:
    """What an office works with: its registry, the rules, who is signed in, how much anybody may ask for."""

    registry: Registry
    rulebook: Rulebook
    sessions: SessionStore
    settings: OfficeSettings
    throttle: Throttle = field(factory=Throttle)
    limits: RateLimits = field(factory=RateLimits)
    refusals: Refusals = field(factory=Refusals)

    def spend(self, user: User, budget: Budget, *, address: str = "", route: str = "") -> None:
        """Count something that a user asks for; where it comes from and goes to is for the log.

        Raises:
            TooManyRequestsError: it is too much.
        """
        most: int = getattr(self.settings, budget.setting)
        if wait := self.limits.wait(budget, most, user.name):
            self.refusals.note(f"too many: {budget.name}", user=user.name, address=address, route=route)
            raise budget.refused(most, wait)


@frozen
class Client:
    """Where a request comes from: its address, and the ids that its browser brings, whether or not we gave them.

    They are those of the session, of the browser (``known_browsers``) and of a sign-in without its code as yet
    (``pending_login``).
    """

    address: str = ""
    session: str = field(default="", repr=False)
    browser: str = field(default="", repr=False)
    pending: str = field(default="", repr=False)


@frozen
class Actor:
    """Somebody who does something in an office."""

    office: Office
    user: User
    session: Session | None = None
    """None for a machine that came with a token."""
    client: Client = Client()
    operator: bool = False
    """Whether it is whoever runs the machine itself, and is no user."""

    @classmethod
    def at_the_machine(cls, registry: Registry, rulebook: Rulebook, who: str) -> Self:
        """Return the actor of an operator at the command line, who may do everywhere what an administrator may."""
        # Nobody is signed in there, so nothing is kept beside the registry, which can lie where that cannot be.
        store = SessionStore(registry.database, registry.encryption, timedelta(), timedelta())
        office = Office(registry, rulebook, store, OfficeSettings())
        return cls(office, User(who, Role.ADMINISTRATOR, ""), operator=True)

    def must(self, action: Action, route: str = "") -> None:
        """Make sure that the actor may do something; the route it was asked for by is for the log.

        Raises:
            NotReadyError: the user has to change the password or set a second factor up before.
            NotPermittedError: the role may not.
        """
        if self.session and action is not Action.UNREADY and (owed := self.office.settings.owed(self.user)):
            raise NotReadyError(owed)
        if not may(self.user, action):
            note("refused: role", user=self.user.name, address=self.client.address, route=route)
            raise NotPermittedError

    def own_session(self, action: Action) -> Session:
        """Return the session of an actor who may do something, and is there in person.

        Raises:
            NotPermittedError: the role may not (``must``), or it is a machine with a token.
        """
        self.must(action)
        if self.session is None:
            raise NotPermittedError
        return self.session

    def attribution(self, source: Source = Source.DECLARED, on: date | None = None, **why: str) -> Attribution:
        """Return to whom changes are attributed."""
        return Attribution(self.user.name, source, on, why.get("evidence", ""), why.get("reason", ""))

    def reaches(self, number: str) -> bool:
        """Return whether there is a household of a number in the actor's region."""
        try:
            return self.user.covers(str(self.office.registry.household(number).facts["region"]))
        except UnknownHouseholdError:
            return False

    @property
    def programme(self) -> str | None:
        """The programme whose supports alone the actor sees; None for all of them."""
        return self.user.programme if self.user.role is Role.OFFICER else None

    def whole_record(self, number: str) -> Record:
        """Return a household to an actor who may see every fact of it.

        Raises:
            NotPermittedError: the role may not, or sees the facts of one programme alone.
            NotThereError: there is none in the actor's region.
        """
        self.must(Action.READ)
        record = self.record(number)
        if self.programme is not None:
            raise NotPermittedError
        return record

    def record(self, number: str) -> Record:
        """Return a household in the actor's region.

        Raises:
            NotThereError: there is none, or it lies elsewhere; which of both is not said.
        """
        try:
            record = self.office.registry.household(number)
        except UnknownHouseholdError:
            raise NotThereError from None
        if not self.user.covers(str(record.facts["region"])):
            note("refused: region", user=self.user.name)
            raise NotThereError
        return record
