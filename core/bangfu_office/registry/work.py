"""One piece of work on a registry: some operations that are written together, or not at all."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from attrs import define

from bangfu.errors import InputError, Problem
from bangfu.facts import Level
from bangfu.files import holds_id_number
from bangfu.households import Household
from bangfu.messages import _
from bangfu_office.registry.corrections import Corrections, FactChange, Withdrawal
from bangfu_office.registry.errors import NumberTakenError, RegistryError
from bangfu_office.registry.journal import ELSEWHERE, GREW, SHRANK
from bangfu_office.registry.serialization import UnfitTextError, checked, kept, refuse_masked_people, with_identity
from bangfu_office.registry.sources import counting_value
from bangfu_office.registry.state import HouseholdState
from bangfu_office.registry.tables import Prepared, prepared, statements_of

P = ParamSpec("P")
T = TypeVar("T")

_LONGEST_NUMBER, _LONGEST_REASON = 64, 200
_RECHECK_MONTHS = 3
_NOT_IN_NUMBERS = frozenset("/\\?#%")


def _whole(operation: Callable[Concatenate[Work, P], T]) -> Callable[Concatenate[Work, P], T]:
    """Make an operation one that leaves nothing half done where it is refused."""

    @wraps(operation)
    def done(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with work.whole():
            return operation(work, *args, **kwargs)

    return done


@define
class Work(Corrections):
    """Operations on households; ``bangfu_office.registry.Registry.work`` opens one and writes it at the end."""

    @_whole
    def add(self, household: Household, number: str | None = None, states: Prepared | None = None) -> str:
        """Register a household and return its number; without one it gets the next of its region.

        Args:
            household: the facts.
            number: the household's.
            states: the same facts by ``prepared``, where that was done before.

        Raises:
            NumberTakenError: another household has the number.
            RegistryError: the number cannot stand in addresses of pages.
            InputError: the number is an ID number, or a name is masked.
        """
        refuse_masked_people(self.catalog, household.members)
        number = usable_number(number) if number else self._free_number(household.region)
        if self.exists(number):
            raise NumberTakenError(number)
        self._begin(number)
        first, *people = stated = states or prepared(household, self.by, self.catalog, self.encryption)
        self._prepared.update((id(one.statements), one) for one in stated)
        self._record("opened", number, new={"statements": first.statements})
        for place, member in enumerate(people):
            self._join(number, place, member.statements)
        return number

    def must_be_at(self, number: str, version: int) -> None:
        """Raise ConflictError where somebody changed a household since it was read at a version."""
        self._open(number, version)

    def change(self, number: str, changes: Iterable[FactChange | Withdrawal], *, version: int | None = None) -> int:
        """Change facts of a household and its members, as ``revise``; return its version."""
        self.revise(number, changes, version=version)
        return self.state(number).version

    def join(self, number: str, facts: Mapping[str, Any], *, version: int | None = None) -> int:
        """Add a person with facts as a household file writes them; return the person's number."""
        (member,) = self.revise(number, (), [facts], version=version)
        return member

    @_whole
    def revise(
        self,
        number: str,
        changes: Iterable[FactChange | Withdrawal],
        joining: Iterable[Mapping[str, Any]] = (),
        leaving: Mapping[int, bool] | None = None,
        *,
        version: int | None = None,
    ) -> list[int]:
        """Change facts of a household, let people join and leave it, as one operation; return the newcomers' numbers.

        Args:
            number: the household's.
            changes: new values, on the word of this work's source, of the household and people who stay; a value that
                the source states already is no change.
            joining: the facts of each newcomer.
            leaving: who leaves, and whether by death; after a death the household is due for a recheck.
            version: what the household was when it was read; None: whatever it is now.

        Raises:
            InputError: a value does not fit, is older than what the same source states, or is withdrawn where a
                stronger source states it; or the household would not hold together.
            ConflictError: somebody changed the household since.
        """
        state, gone = self._open(number, version), leaving or {}
        for member, died in gone.items():
            self._present(state, member)
            self._record("left", number, member, new={"status": "dead" if died else "left"})
        self._change(state, changes)
        newcomers = [self._newcomer(state, facts) for facts in joining]
        self._hold_together(state)
        if any(gone.values()) and state.present:
            self.recheck(number, _months_after(self.by.observed_on, _RECHECK_MONTHS), SHRANK)
        return newcomers

    def _newcomer(self, state: HouseholdState, facts: Mapping[str, Any]) -> int:
        values = {name: checked(self.catalog, Level.MEMBER, name, value) for name, value in facts.items()}
        stated = statements_of(with_identity(values), self.by, self.catalog, self.encryption)
        return self._join(state.number, self._next_place(state), stated)

    def leave(self, number: str, member: int, *, version: int | None = None) -> None:
        """Let a person leave a household for none that is registered."""
        self.revise(number, (), leaving={member: False}, version=version)

    @_whole
    def move(self, number: str, member: int, to: str, relation: str, *, version: int | None = None) -> None:
        """Move a person, with everything stated about him or her, to another household."""
        if number == to:
            raise RegistryError(_("这名成员已在家庭 {to}；请另选一户", to=to))
        self._move(self._open(number, version), member, self._open(to), relation)
        self._hold_together(self.state(number))
        self._hold_together(self.state(to))

    def _move(self, state: HouseholdState, member: int, to: HouseholdState, relation: str) -> None:
        person, place = self._present(state, member), self._next_place(to)
        self._record("left", state.number, member, new={"status": "moved", "to": to.number})
        self._record("joined", to.number, member, new={"place": place, "statements": person.statements})
        self._settle(to, member, "relation", checked(self.catalog, Level.MEMBER, "relation", relation))

    @_whole
    def split(self, number: str, relations: Mapping[int, str], new_number: str | None = None) -> str:
        """Make a household of some members, with their relations in it; return its number.

        It takes over the household's facts as they count, such as the region.
        """
        state = self._open(number)
        if not relations or len(relations) >= len(state.present):
            raise RegistryError(_("分户须分出至少一人，并至少留下一人"))
        stated = {fact: state.statements[fact] for fact in ("region", "residence") if fact in state.statements}
        shared = {fact: self.encryption.opened(counting_value(said)) for fact, said in stated.items()}
        found = new_number or self._free_number(shared["region"])
        self.add(Household(self.by.observed_on, shared, ()), found)
        for member, relation in relations.items():
            self._move(state, member, self.state(found), relation)
        self._hold_together(state)
        self._hold_together(self.state(found))
        return found

    @_whole
    def merge(self, number: str, into: str, relations: Mapping[int, str]) -> None:
        """Move everybody of a household into another, with their relations there, and close it."""
        if number == into:
            raise RegistryError(_("家庭 {number} 不能并入自己；请另选一户", number=number))
        state, target = self._open(number), self._open(into)
        missing = [member.id for member in state.present if member.id not in relations]
        if missing:
            raise RegistryError(_("并户须写明每个人与新户主的关系；还缺 {n} 人", n=len(missing)))
        for member in state.present:
            self._move(state, member.id, target, relations[member.id])
        # Who reads why a household was closed may be of its own place alone.
        regions = {counting_value(one.statements["region"]) for one in (state, target)}
        self.close(number, f"并入 {into}" if len(regions) == 1 else ELSEWHERE)
        self._hold_together(target)

    @_whole
    def born(self, number: str, facts: Mapping[str, Any]) -> int:
        """Add a child that was born; the household is due for a recheck within three months."""
        child = self.join(number, {"relation": "child", **facts})
        self.recheck(number, _months_after(self.by.observed_on, _RECHECK_MONTHS), GREW)
        return child

    def died(self, number: str, member: int) -> None:
        """Note a death; the household is due for a recheck within three months."""
        self.revise(number, (), leaving={member: True})

    @_whole
    def new_head(self, number: str, member: int, relations: Mapping[int, str]) -> None:
        """Make a member the head; ``relations`` says what everybody whose relation changes is to the new head."""
        state = self._open(number)
        self._present(state, member)
        for other, relation in relations.items():
            self._present(state, other)
            self._settle(state, other, "relation", checked(self.catalog, Level.MEMBER, "relation", relation))
        self._settle(state, member, "relation", "head")
        self._hold_together(state)

    def _free_number(self, region: str) -> str:
        """Return the next number of a region that no household has."""
        place = self._next_household
        while self.exists(number := f"{region}-{place:06}"):
            place += 1
        return number

    @_whole
    def close(self, number: str, reason: str) -> None:
        """Close a household; it stays readable and takes no more changes."""
        self._open(number)
        self._record("closed", number, new={"reason": self.sealed(kept(reason, _("销户原因"), _LONGEST_REASON))})

    @_whole
    def recheck(self, number: str, due: date, reason: str) -> None:
        """Note that a household has to be looked at again by a day."""
        kept(reason, _("复核原因"), _LONGEST_REASON)
        if self._noted(number, due, reason) is None:
            self._record("recheck", number, new={"due": due.isoformat(), "reason": self.encryption.seal(reason)})

    @_whole
    def rechecked(self, number: str, due: date, reason: str) -> None:
        """Note that a recheck was done."""
        noted = self._noted(number, due, reason)
        if noted is None:
            raise RegistryError(_("家庭 {number} 没有 {due} 到期的这项复核", number=number, due=due))
        self._record("rechecked", number, old={"due": due.isoformat(), "reason": noted})

    def _noted(self, number: str, due: date, reason: str) -> str | None:
        """Return the reason of a recheck as it is stored; None where there is no such recheck."""
        on_that_day = (stored for day, stored in self._open(number).rechecks if day == due.isoformat())
        return next((stored for stored in on_that_day if self.encryption.open(stored) == reason), None)


def usable_number(number: str) -> str:
    """Return a household's number, which stands in addresses of pages and in tables.

    Raises:
        UnfitTextError: it is too long, or holds characters that cannot stand there.
        InputError: it holds somebody's ID number, which would stand there for all to see.
    """
    if holds_id_number(number):
        raise InputError("registry", [id_number_as_number("number")])
    if not _NOT_IN_NUMBERS.isdisjoint(number) or "".join(number.split()) != number or set(number) == {"."}:
        raise UnfitTextError(_("户编号中不能有空格和 / \\ ? # % 这些符号"), _("请换一个编号"))
    return kept(number, _("户编号"), _LONGEST_NUMBER)


def id_number_as_number(path: str) -> Problem:
    """Return what is wrong with an ID number as a household's number; it is not repeated."""
    hint = _("留空由登记库编号，或用户口簿上的户号")
    return Problem(path, _("用公民身份号码作户编号（会露在列表和网址里）"), _("不含公民身份号码的编号"), hint)


def _months_after(day: date, months: int) -> date:
    """Return the day so many months later; a month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
