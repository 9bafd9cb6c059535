"""What every piece of work on a registry does: read a household once, record entries, write all at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import define, field
from sqlalchemy import Connection, select

from bangfu import clock
from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog
from bangfu.messages import _
from bangfu_office.registry.chain import Head, append
from bangfu_office.registry.errors import ClosedHouseholdError, ConflictError, RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import Attribution, Entry, entries, readable
from bangfu_office.registry.record import checked_household
from bangfu_office.registry.schema import households, members
from bangfu_office.registry.serialization import text
from bangfu_office.registry.state import HouseholdState, MemberState
from bangfu_office.registry.tables import PreparedStatements, Writer, load, next_id, states

_NO_CHANGE = {"assessed", "seen"}
"""Operations after which nobody has to look at a household again before changing it."""
_BATCH = 2000
"""New households that are held before they are written."""
_MANY = 100
"""Lookups after which all numbers are read at once; nobody else adds any meanwhile."""


@define
class UnitOfWork:
    """States of the households that are worked on, and the entries that changed them."""

    connection: Connection
    catalog: Catalog
    encryption: FieldEncryption
    by: Attribution
    head: Head
    at: str
    _next_household: int = field(init=False)
    _next_member: int = field(init=False)
    _observed_on: str = field(init=False)
    _ids: dict[str, int] = field(factory=dict, init=False)
    _states: dict[str, HouseholdState] = field(factory=dict, init=False)
    _began: dict[str, HouseholdState] = field(factory=dict, init=False)
    """Each as it was stored, or empty."""
    _new: set[str] = field(factory=set, init=False)
    _entries: list[Entry] = field(factory=list, init=False)
    _undo: dict[str, HouseholdState | None] | None = field(default=None, init=False)
    """How households were before the operation that is going on; None: not there."""
    _looked_up: int = field(default=0, init=False)
    _stored: set[str] | None = field(default=None, init=False)
    _free: set[str] = field(factory=set, init=False)
    _sealed: dict[str, str] = field(factory=dict, init=False, repr=False)
    _prepared: dict[int, PreparedStatements] = field(factory=dict, init=False, repr=False)
    """By what statements are; kept with them, so that no others get their number."""

    def __attrs_post_init__(self) -> None:
        self._observed_on = self.by.observed_on.isoformat()
        self._next_household = next_id(self.connection, households)
        self._next_member = next_id(self.connection, members)

    def note(self, operation: str, number: str | None, *, new: Any = None, old: Any = None) -> None:
        """Write an entry of the registry's own doing: an assessment, a person looked up, a user."""
        if number is not None:
            self.state(number)
        self._record(operation, number, new=new, old=old)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Do an operation as a whole: where it is refused, the work stands as it did before."""
        if self._undo is not None:
            yield
            return
        if len(self._new) >= _BATCH:  # only between operations, for states are read again afterwards
            self.flush()
        done, undo = len(self._entries), dict[str, HouseholdState | None]()
        self._undo = undo
        try:
            yield
        except BaseException:
            del self._entries[done:]
            for number, state in undo.items():
                if state is not None:
                    self._states[number] = state
                else:
                    del self._states[number], self._ids[number], self._began[number]
                    self._new.discard(number)
            raise
        finally:
            self._undo = None

    def state(self, number: str) -> HouseholdState:
        """Return a household as it stands in this work; UnknownHouseholdError where there is none."""
        if number not in self._states:
            self._keep(*load(self.connection, number))
        return self._states[number]

    def fetch(self, numbers: Iterable[str]) -> dict[str, HouseholdState]:
        """Return those of some households that are registered, as they stand in this work.

        To ask for each alone takes thrice the time. They are kept until ``flush``.
        """
        wanted = list(numbers)
        unread = [number for number in wanted if number not in self._states]
        for i, state in states(self.connection, households.c.number.in_(unread)):
            self._keep(i, state)
        self._free.update(number for number in wanted if number not in self._states)
        return {number: self._states[number] for number in wanted if number in self._states}

    def _keep(self, i: int, state: HouseholdState) -> None:
        self._ids[state.number], self._states[state.number] = i, state
        self._began[state.number] = state.copy()

    def _begin(self, number: str) -> None:
        """Make a household of which nothing is stated yet."""
        self._ids[number] = self._next_household
        self._states[number], self._began[number] = HouseholdState(number), HouseholdState(number)
        self._next_household += 1
        self._new.add(number)
        if self._undo is not None:
            self._undo[number] = None

    def exists(self, number: str) -> bool:
        """Return whether a household of this number is stored, or made in this work."""
        if number in self._states:
            return True
        if number in self._free:
            return False
        self._looked_up += 1
        if self._looked_up < _MANY:
            found = self.connection.execute(select(households.c.id).where(households.c.number == number)).first()
            return found is not None
        if self._stored is None:
            self._stored = set(self.connection.execute(select(households.c.number)).scalars())
        return number in self._stored

    def flush(self) -> None:
        """Write what was done so far; it becomes visible to others at the end of the work."""
        writer = Writer(self.connection, self.catalog, self.encryption, self.at, self._prepared)
        touched = {entry.household for entry in self._entries} - self._new
        writer.replace([(self._ids[n], state, self._began[n]) for n, state in self._states.items() if n in touched])
        writer.add([(self._ids[n], state) for n, state in self._states.items() if n in self._new])
        self.head = append(self.connection, self.head, self._entries, self.at, self.encryption)
        if self._stored is not None:
            self._stored |= self._new
        self._entries, self._states, self._began, self._prepared = [], {}, {}, {}
        self._new, self._free = set(), set()

    def _open(self, number: str, version: int | None = None) -> HouseholdState:
        state = self.state(number)
        if state.closed is not None:
            raise ClosedHouseholdError(number)
        if version is not None and version != self._began[number].version:
            found = (entry for entry in entries(self.connection, [number]) if (entry.version or 0) > version)
            theirs = [readable(entry, self.encryption) for entry in found if entry.operation not in _NO_CHANGE]
            raise ConflictError(number, state.version, theirs)
        return state

    def _record(  # noqa: PLR0913 - by keyword
        self,
        operation: str,
        number: str | None,
        member: int | None = None,
        *,
        fact: str | None = None,
        old: Any = None,
        new: Any = None,
        source: str | None = None,
    ) -> None:
        state, version = None, None
        if number is not None:
            state = self.state(number)
            version = state.version if operation in _NO_CHANGE else self._began[number].version + 1
        entry = Entry(
            operation,
            self.by.who,
            number,
            version,
            member,
            fact,
            old=None if old is None else self._json(old),
            new=None if new is None else self._json(new),
            source=source or self.by.source.value,
            observed_on=self._observed_on,
            evidence=self.sealed(self.by.evidence),
            reason=self.sealed(self.by.reason),
        )
        if state is not None:
            if self._undo is not None and state.number not in self._undo:
                self._undo[state.number] = state.copy()
            state.take(entry, old, new)
        self._entries.append(entry)

    def _json(self, value: Any) -> str:
        """Return a value as JSON; of statements that were prepared it is there already."""
        stated = value.get("statements") if isinstance(value, dict) else None
        if id(stated) not in self._prepared:
            return text(value)
        place = f'"place":{value["place"]},' if "place" in value else ""
        return f'{{{place}"statements":{self._prepared[id(stated)].columns["statements"]}}}'

    def _join(self, number: str, place: int, statements: Mapping[str, Any]) -> int:
        member = self._next_member
        self._next_member += 1
        self._record("joined", number, member, new={"place": place, "statements": statements})
        return member

    def _present(self, state: HouseholdState, member: int) -> MemberState:
        found = state.members.get(member)
        if found is None or found.status != "present":
            raise RegistryError(_("家庭 {number} 没有编号为 {member} 的成员", number=state.number, member=member))
        return found

    def _hold_together(self, state: HouseholdState) -> None:
        """Refuse a household that no file could hold: two heads, a wrong ID number, nobody in it."""
        if "region" not in state.statements:
            raise InputError("registry", [Problem("region", _("没有写"), _("必填：行政区划代码"))])
        if not state.present:
            if state.closed is None and any(m.status == "dead" for m in state.members.values()):
                return
            raise RegistryError(_("家庭 {number} 将没有成员；最后一人迁出时请注销这一户", number=state.number))
        checked_household(state, self.catalog, self.encryption, max(self.by.observed_on, clock.today()))

    @staticmethod
    def _next_place(state: HouseholdState) -> int:
        return max((member.place for member in state.members.values()), default=-1) + 1

    def sealed(self, text: str) -> str | None:
        """Return a text in somebody's own words as it is stored, None for none: it may name whom it is about."""
        if text and text not in self._sealed:  # thousands of entries can have the same
            self._sealed[text] = self.encryption.seal(text)
        return self._sealed.get(text)
