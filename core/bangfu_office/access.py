"""Access (权限): who acts, in which office; what that role may, in which region, and what of a household it sees."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from attrs import field, frozen

from bangfu import BangfuError, Rulebook, clock
from bangfu.engine import facts_read
from bangfu.messages import _, joined
from bangfu_office.registry import Attribution, Duplicate, Record, Registry, Source, UnknownHouseholdError, Work
from bangfu_office.registry.duplicates import answered, remember
from bangfu_office.registry.users import Role, User
from bangfu_office.sessions.own_tables import hash_of
from bangfu_office.sessions.rate_limits import Budget, RateLimits, Throttle
from bangfu_office.sessions.security_log import Refusals, note
from bangfu_office.sessions.store import OfficeSettings, Session, SessionStore


class Action(StrEnum):
    """What a route lets somebody do."""

    ANYBODY = "anybody"
    UNREADY = "unready"
    """Whoever is signed in, even with a first password or without the second factor that is needed."""
    SIGNED_IN = "signed_in"
    READ = "read"
    CHANGE = "change"
    REVEAL = "reveal"
    ASSESS = "assess"
    NOTICES = "notices"
    EXCHANGE = "exchange"
    JOURNAL = "journal"
    USERS = "users"


_READERS = {Action.READ}
_FIELD = {Action.READ, Action.CHANGE, Action.REVEAL}
_OFFICE = _FIELD | {Action.ASSESS, Action.NOTICES, Action.EXCHANGE}

MAY: dict[Role, frozenset[Action]] = {
    role: frozenset(actions | {Action.SIGNED_IN, Action.UNREADY})
    for role, actions in {
        Role.ASSISTANT: _FIELD,
        Role.CASEWORKER: _OFFICE,
        Role.REVIEWER: _OFFICE,
        Role.OFFICER: _READERS,
        Role.AUDITOR: _READERS | {Action.JOURNAL, Action.REVEAL, Action.NOTICES},
        Role.ADMINISTRATOR: {Action.USERS},
    }.items()
}
"""Actions by role. Whatever is not here is refused; the region of the user limits it further."""


def may(user: User | None, action: Action) -> bool:
    """Return whether a user (None: nobody signed in) may do something in his or her region."""
    return action is Action.ANYBODY or (user is not None and not user.disabled and action in MAY[user.role])


class NotPermittedError(BangfuError):
    """The actor's role may not do this."""

    def __init__(self) -> None:
        super().__init__(_("您的角色不能办理这一项"))


class NotReadyError(NotPermittedError):
    """The actor has to do something of the own account first; ``owed`` says what (``OfficeSettings.owed``)."""

    def __init__(self, owed: str) -> None:
        self.owed = owed
        super().__init__()


class NotThereError(BangfuError):
    """There is no such thing in the actor's region; whether there is one elsewhere is not said."""

    def __init__(self, text: str = _("没有这一户，或不在您所管的地区")) -> None:
        super().__init__(text)


class FormError(BangfuError):
    """What somebody filled in cannot be taken; ``fields`` says why, by the field's name, "" for the whole.

    ``wait`` is for how many seconds no further try is looked at.
    """

    def __init__(self, fields: Mapping[str, str], wait: int = 0) -> None:
        self.fields, self.wait = dict(fields), wait
        super().__init__(joined("；", self.fields.values()))


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

    They are those of the session, of the browser, and of a sign-in without its code as yet (``sessions.browsers``).
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


_OFFICERS = frozenset({"region", "residence", "name", "relation"})
"""What a department officer sees beside the facts that his or her programme works with."""


def visible_facts(actor: Actor, record: Record) -> frozenset[str] | None:
    """Return the facts the user may see of a household; None for all of them."""
    if actor.programme is None:
        return None
    ruleset = actor.office.rulebook.rules(str(record.facts["region"]), clock.today())
    return _OFFICERS | facts_read(ruleset, actor.programme)


def duplicates_of(actor: Actor, record: Record) -> list[Duplicate]:
    """Return the ID numbers of a household's people that are registered again, as far as the user may know.

    Households beyond the user's region are not named; an officer who does not work with ID numbers is told nothing.
    """
    facts = visible_facts(actor, record)
    if facts is not None and "id_number" not in facts:
        return []
    return actor.office.registry.duplicates(record.number, allowed=actor.user.covers)


def once(actor: Actor, work: Work, sent: Mapping[str, Any], write: Callable[[], str]) -> str:
    """Return what ``write`` returns, or returned when the same came before from the same user.

    Two clicks on a button are one intention, as are two tries of a program. ``sent`` is all that was sent, the token
    among it: a form that was gone back to and filled in otherwise is another one.
    """
    key = hash_of(json.dumps([actor.user.name, sorted(sent.items())], ensure_ascii=False, default=str))
    if (before := answered(work, key)) is not None:
        return before
    answer = write()
    remember(work, key, answer)
    return answer
