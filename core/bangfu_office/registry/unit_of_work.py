"""What every piece of work on a registry does: read a household once, record entries, write all at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from attrs import define, field
from sqlalchemy import Connection, select

from bangfu import clock
from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog, Level
from bangfu.messages import _
from bangfu_office.registry.chain import Head, append
from bangfu_office.registry.errors import ClosedHouseholdError, ConflictError, RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import Attribution, Entry, entries, readable
from bangfu_office.registry.json_encoding import text
from bangfu_office.registry.prepared import PreparedStatements
from bangfu_office.registry.record import checked_household
from bangfu_office.registry.schema import households
from bangfu_office.registry.serialization import checked
from bangfu_office.registry.sources import Source
from bangfu_office.registry.state import HouseholdState, MemberState
from bangfu_office.registry.tables import Writer, load, next_ids, states

_NO_CHANGE = {"assessed", "seen"}
"""Operations after which nobody has to look at a household again before changing it."""


_MANY = 100
"""Lookups after which all numbers are read at once; nobody else adds any meanwhile."""


@define
class _Undo:
    """How everything was before an operation: the number of entries, the households it changed, those it made."""

    entries: int
    states: dict[str, HouseholdState] = field(factory=dict)
    created: set[str] = field(factory=set)
    touched: set[str] = field(factory=set)
    moved: set[int] = field(factory=set)


@define
class UnitOfWork:
    """States of the households that are worked on, and the entries that changed them."""

    connection: Connection
    catalog: Catalog
    encryption: FieldEncryption
    by: Attribution
    head: Head
    at: str
    _next_household: int = 0
    _next_member: int = 0
    _ids: dict[str, int] = field(factory=dict)
    _states: dict[str, HouseholdState] = field(factory=dict)
    _new: dict[str, HouseholdState] = field(factory=dict)
    _began: dict[str, HouseholdState] = field(factory=dict)
    _moved: set[int] = field(factory=set)
    _touched: set[str] = field(factory=set)
    _undo: _Undo | None = None
    _looked_up: int = 0
    _stored: set[str] | None = None
    _free: set[str] = field(factory=set)
    _entries: list[Entry] = field(factory=list)
    _observed_on: str = field(init=False)
    _sealed: dict[str, str] = field(factory=dict, init=False, repr=False)
    _prepared: dict[int, PreparedStatements] = field(factory=dict, init=False, repr=False)
    """By what statements are; kept with them, so that no others get their number."""

    def __attrs_post_init__(self) -> None:
        self._observed_on = self.by.observed_on.isoformat()
        self._next_household, self._next_member = next_ids(self.connection)

    def note(self, operation: str, number: str | None, *, new: Any = None, old: Any = None) -> None:
        """Write an entry of the registry's own doing: an assessment, a person looked up, a user."""
        if number is not None:
            self.state(number)
        self._record(operation, number, new=new, old=old)

    @property
    def within(self) -> bool:
        """Whether an operation is going on."""
        return self._undo is not None

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Do an operation as a whole: where it is refused, the work stands as it did before."""
        if self._undo is not None:
            yield
            return
        undo = self._undo = _Undo(len(self._entries))
        try:
            yield
        except BaseException:
            del self._entries[undo.entries :]
            for number in undo.created:
                del self._new[number], self._ids[number], self._began[number]
            for number, state in undo.states.items():
                (self._states if number in self._states else self._new)[number] = state
            self._touched -= undo.touched
            self._moved -= undo.moved
            raise
        finally:
            self._undo = None

    def state(self, number: str) -> HouseholdState:
        """Return a household as it stands in this work.

        Raises:
            UnknownHouseholdError: there is none.
        """
        known = self._states.get(number) or self._new.get(number)
        if known is None:
            i, known = load(self.connection, number)
            self._keep(i, known)
        return known

    def fetch(self, numbers: Iterable[str]) -> dict[str, HouseholdState]:
        """Return those of some households that are registered, as they stand in this work.

        To ask for each alone takes thrice the time. They are kept until ``flush``.
        """
        wanted = list(numbers)
        unread = [number for number in wanted if number not in self._states and number not in self._new]
        for i, state in states(self.connection, households.c.number.in_(unread)):
            self._keep(i, state)
        found = {number: known for number in wanted if (known := self._states.get(number) or self._new.get(number))}
        self._free.update(number for number in wanted if number not in found)
        return found

    def _keep(self, i: int, state: HouseholdState) -> None:
        self._ids[state.number], self._states[state.number] = i, state
        self._began[state.number] = state.copy()

    def id_of(self, number: str) -> int:
        """Return a household's id in the tables."""
        self.state(number)
        return self._ids[number]

    def exists(self, number: str) -> bool:
        """Return whether a household of this number is stored."""
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
        changed = [number for number in self._states if number in self._touched]
        writer.replace([(self._ids[n], self._states[n], self._began[n]) for n in changed], self._moved)
        writer.add([(self._ids[number], state) for number, state in self._new.items()])
        self.head = append(self.connection, self.head, self._entries, self.at, self.encryption)
        if self._stored is not None:
            self._stored.update(self._new)
        self._entries, self._states, self._new, self._began = [], {}, {}, {}
        self._moved, self._touched, self._free, self._prepared = set(), set(), set(), {}

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
        source: Source | None = None,
    ) -> None:
        entry = Entry(
            operation,
            self.by.who,
            household=number,
            version=None if number is None else self._version(number, operation),
            member=member,
            fact=fact,
            old=None if old is None else self._json(old),
            new=None if new is None else self._json(new),
            source=(source or self.by.source).value,
            observed_on=self._observed_on,
            evidence=self.sealed(self.by.evidence),
            reason=self.sealed(self.by.reason),
        )
        if number is not None:
            state = self.state(number)
            self._remember(number, state)
            state.take(entry, old, new)
        self._entries.append(entry)

    def _json(self, value: Any) -> str:
        """Return a value as JSON; of statements that were prepared it is there already."""
        stated = value.get("statements") if isinstance(value, dict) else None
        if id(stated) not in self._prepared:
            return text(value)
        place = f'"place":{value["place"]},' if "place" in value else ""
        return f'{{{place}"statements":{self._prepared[id(stated)].text}}}'

    def _remember(self, number: str, state: HouseholdState) -> None:
        """Note a household as changed, and how it was before the operation that is going on."""
        undo = self._undo
        if undo is not None:
            if number not in undo.states and number not in undo.created:
                undo.states[number] = state.copy()
            if number not in self._touched:
                undo.touched.add(number)
        self._touched.add(number)

    def _version(self, number: str, operation: str) -> int:
        state = self.state(number)
        return state.version if operation in _NO_CHANGE else self._began[number].version + 1

    def _join(self, number: str, place: int, statements: Mapping[str, Any]) -> int:
        member = self._next_member
        self._next_member += 1
        self._record("joined", number, member, new={"place": place, "statements": statements})
        return member

    def _move(self, state: HouseholdState, member: int, to: HouseholdState, relation: str) -> None:
        person, place = self._present(state, member), self._next_place(to)
        self._record("left", state.number, member, new={"status": "moved", "to": to.number})
        self._record("joined", to.number, member, new={"place": place, "statements": person.statements})
        if self._undo is not None and member not in self._moved:
            self._undo.moved.add(member)
        self._moved.add(member)
        self._settle(to, member, "relation", checked(self.catalog, Level.MEMBER, "relation", relation))

    def _settle(self, state: HouseholdState, member: int | None, fact: str, value: Any) -> None:
        """Record a fact that holds from now on, whatever any source said before; None: nobody states it any more."""
        if member is not None:
            self._present(state, member)
        stated = state.subject(member).get(fact, {})
        self._withdraw(state, member, fact, [Source(source) for source in stated if source != self.by.source])
        stored, day = stated.get(self.by.source, (None, None))
        if value != self.encryption.opened(stored) or day != self.by.observed_on.isoformat():
            self._record("fact", state.number, member, fact=fact, old=stored, new=self._kept(fact, value))

    def _withdraw(self, state: HouseholdState, member: int | None, fact: str, sources: Iterable[Source]) -> None:
        """Record that sources state nothing of a fact any more."""
        for source in sources:
            stated, _ = state.subject(member)[fact][source]
            self._record("fact", state.number, member, fact=fact, old=stated, source=source)

    def _state_fact(self, state: HouseholdState, member: int | None, fact: str, value: Any) -> date | None:
        """Record what this source states of a fact from now on, unless it states that already.

        Return the day of a newer observation of the same source that says something else: nothing is recorded then.
        """
        if member is not None:
            self._present(state, member)
        today = self.by.observed_on.isoformat()
        stored, day = state.subject(member).get(fact, {}).get(self.by.source, (None, None))
        newer = day is not None and day > today
        if value == self.encryption.opened(stored) and (value is None or newer or day == today):
            return None
        if newer:
            return date.fromisoformat(day)
        self._record("fact", state.number, member, fact=fact, old=stored, new=self._kept(fact, value))
        return None

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

    def _kept(self, fact: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return self.encryption.seal(value) if fact in self.catalog.personal else self.encryption.plain(value)
