"""One piece of work on a registry: some operations that are written together, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
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
from bangfu_office.registry.operations import ELSEWHERE, GREW, SHRANK
from bangfu_office.registry.prepared import Prepared, prepared, statements_of
from bangfu_office.registry.record import record_of
from bangfu_office.registry.serialization import checked, refuse_masked_people, with_identity
from bangfu_office.registry.sources import counting_value
from bangfu_office.registry.state import HouseholdState
from bangfu_office.registry.texts import UnfitTextError, kept

P = ParamSpec("P")
T = TypeVar("T")

_LONGEST_NUMBER, _LONGEST_REASON = 64, 200
_RECHECK_MONTHS = 3
_NOT_IN_NUMBERS = frozenset("/\\?#%")
_BATCH = 2000
"""New households that are held before they are written."""


def _whole(operation: Callable[Concatenate[Work, P], T]) -> Callable[Concatenate[Work, P], T]:
    """Make an operation one that leaves nothing half done where it is refused."""

    @wraps(operation)
    def done(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if not work.within:
            work.make_room()
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
        if number in self._states or number in self._new or self.exists(number):
            raise NumberTakenError(number)
        self._ids[number] = self._next_household
        self._next_household += 1
        self._new[number] = HouseholdState(number)
        if self._undo is not None:
            self._undo.created.add(number)
        self._began[number] = HouseholdState(number)
        stated = states or prepared(household, self.by, self.catalog, self.encryption)
        self._prepared.update((id(one.statements), one) for one in (stated.household, *stated.members))
        self._record("opened", number, new={"statements": stated.household.statements})
        for place, member in enumerate(stated.members):
            self._join(number, place, member.statements)
        return number

    def must_be_at(self, number: str, version: int) -> None:
        """Make sure that nobody changed a household since it was read at a version.

        Raises:
            ConflictError: somebody did.
        """
        self._open(number, version)

    @_whole
    def change(self, number: str, changes: Iterable[FactChange | Withdrawal], *, version: int | None = None) -> int:
        """Change facts of a household and its members on the word of this work's source; return its version.

        Args:
            number: the household's.
            changes: the new values; a value that the source states already is no change.
            version: what the household was when it was read; None: whatever it is now.

        Raises:
            InputError: a value does not fit, is older than what the same source states, or is withdrawn where a
                stronger source states it; or the household would not hold together.
            ConflictError: somebody changed the household since.
        """
        state = self._open(number, version)
        self._change(state, changes)
        self._hold_together(state)
        return state.version

    @_whole
    def join(self, number: str, facts: Mapping[str, Any], *, version: int | None = None) -> int:
        """Add a person with facts as a household file writes them; return the person's number."""
        state = self._open(number, version)
        member = self._newcomer(state, facts)
        self._hold_together(state)
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
    ) -> None:
        """Change facts of a household, let people join and leave it, as one operation: it has to hold together after.

        Args:
            number: the household's.
            changes: as in ``change``; of people who stay.
            joining: the facts of each newcomer.
            leaving: who leaves, and whether by death; after a death the household is due for a recheck.
            version: as in ``change``.

        Raises:
            InputError, ConflictError: as ``change``.
        """
        state, gone = self._open(number, version), leaving or {}
        for member, died in gone.items():
            self._let_go(state, member, died=died)
        self._change(state, changes)
        for facts in joining:
            self._newcomer(state, facts)
        self._hold_together(state)
        if any(gone.values()) and state.present:
            self.recheck(number, months_after(self.by.observed_on, _RECHECK_MONTHS), SHRANK)

    def _newcomer(self, state: HouseholdState, facts: Mapping[str, Any]) -> int:
        values = {name: checked(self.catalog, Level.MEMBER, name, value) for name, value in facts.items()}
        stated = statements_of(with_identity(values), self.by, self.catalog, self.encryption)
        return self._join(state.number, self._next_place(state), stated)

    @_whole
    def leave(self, number: str, member: int, *, died: bool = False, version: int | None = None) -> None:
        """Let a person leave a household for none that is registered, or die."""
        state = self._open(number, version)
        self._let_go(state, member, died=died)
        self._hold_together(state)

    def _let_go(self, state: HouseholdState, member: int, *, died: bool) -> None:
        self._present(state, member)
        self._record("left", state.number, member, new={"status": "dead" if died else "left"})

    @_whole
    def move(self, number: str, member: int, to: str, relation: str, *, version: int | None = None) -> None:
        """Move a person, with everything stated about him or her, to another household."""
        if number == to:
            raise RegistryError(_("这名成员已在家庭 {to}；请另选一户", to=to))
        self._move(self._open(number, version), member, self._open(to), relation)
        self._hold_together(self._states.get(number) or self._new[number])
        self._hold_together(self._states.get(to) or self._new[to])

    @_whole
    def split(self, number: str, relations: Mapping[int, str], new_number: str | None = None) -> str:
        """Make a household of some members, with their relations in it; return its number.

        It takes over the household's facts as they count, such as the region.
        """
        state = self._open(number)
        if not relations or len(relations) >= len(state.present):
            raise RegistryError(_("分户须分出至少一人，并至少留下一人"))
        record = record_of(state, self.catalog, self.encryption)
        shared = {name: value for name, value in record.facts.items() if name in ("region", "residence")}
        found = new_number or self._free_number(shared["region"])
        self.add(Household(self.by.observed_on, shared, ()), found)
        for member, relation in relations.items():
            self._move(state, member, self._new[found], relation)
        self._hold_together(state)
        self._hold_together(self._new[found])
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
        self.close(number, f"并入 {into}" if _region(state) == _region(target) else ELSEWHERE)
        self._hold_together(target)

    @_whole
    def born(self, number: str, facts: Mapping[str, Any]) -> int:
        """Add a child that was born; the household is due for a recheck within three months."""
        child = self.join(number, {"relation": "child", **facts})
        self.recheck(number, months_after(self.by.observed_on, _RECHECK_MONTHS), GREW)
        return child

    @_whole
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
        while self.exists(number := f"{region}-{place:06}") or number in self._new:
            place += 1
        return number

    def make_room(self) -> None:
        """Write what was added once it is a batch; only between operations, for states are read again."""
        if len(self._new) >= _BATCH:
            self.flush()

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


def _region(state: HouseholdState) -> str:
    """Return the division code that counts of a household; a code is never sealed."""
    return str(counting_value(state.statements["region"]))


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


def months_after(day: date, months: int) -> date:
    """Return the day so many months later; a month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
