"""Between states and the tables: reading a household, writing what a piece of work changed.

What is written of statements (陈述) can be worked out before anybody waits for the database (``prepared``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import define, field, frozen
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    RowMapping,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    func,
    select,
    update,
)

from bangfu.facts import Catalog
from bangfu.households import Household
from bangfu_office.registry.errors import UnknownHouseholdError, undamaged
from bangfu_office.registry.field_encryption import PLAIN, FieldEncryption
from bangfu_office.registry.journal import Attribution
from bangfu_office.registry.schema import households, insert_many, members, rechecks
from bangfu_office.registry.serialization import AS_THEY_ARE, text, with_identity, written
from bangfu_office.registry.sources import Stated, counting_value
from bangfu_office.registry.state import Facts, HouseholdState, MemberState, read_facts

_BATCH = 2000
_FINDING = frozenset({"name", "id_number"})
"""Personal facts by which somebody is found."""
Columns = dict[str, Any]
ColumnsOf = Callable[[Mapping[str, Any], Mapping[str, Any], Catalog, FieldEncryption], Columns]
"""What follows for a row from values as they are worked with, and as they are stored."""


@frozen
class PreparedStatements:
    """Statements, and the columns of a row that follow from them alone, their JSON among them."""

    statements: Facts = field(repr=False)
    columns: Columns = field(repr=False)


Prepared = tuple[PreparedStatements, ...]
"""A new household, and its members in order."""


def prepared(household: Household, by: Attribution, catalog: Catalog, encryption: FieldEncryption) -> Prepared:
    """Return what a new household states on somebody's word."""

    def ready(facts: Mapping[str, Any], columns_of: ColumnsOf) -> PreparedStatements:
        opened, stored = _values(facts, catalog, encryption)
        statements = _stated(stored, by)
        columns = columns_of(opened, stored, catalog, encryption)
        return PreparedStatements(statements, {"statements": text(statements), **columns})

    return ready(household.facts, household_columns), *(ready(facts, member_columns) for facts in household.members)


def statements_of(facts: Mapping[str, Any], by: Attribution, catalog: Catalog, encryption: FieldEncryption) -> Facts:
    """Return facts as one source states them, personal ones sealed."""
    return _stated(_values(facts, catalog, encryption)[1], by)


def _stated(stored: Mapping[str, Any], by: Attribution) -> Facts:
    source, day = by.source.value, by.observed_on.isoformat()
    return {fact: {source: [value, day]} for fact, value in stored.items()}


def _values(facts: Mapping[str, Any], catalog: Catalog, encryption: FieldEncryption) -> tuple[Columns, Columns]:
    """Return the values of facts as JSON has them, and as they are stored: texts marked, or sealed."""
    opened, stored, personal = {}, {}, catalog.personal
    for fact in sorted(facts):  # an import has millions
        value = facts[fact]
        if type(value) not in AS_THEY_ARE:
            value = written(value)
        opened[fact] = stored[fact] = value
        if type(value) is str:
            stored[fact] = encryption.seal(value) if fact in personal else encryption.plain(value)
    return opened, stored


def household_columns(
    opened: Mapping[str, Any], stored: Mapping[str, Any], catalog: Catalog, _encryption: FieldEncryption
) -> Columns:
    """Return the region and the facts of a household, personal ones as they are stored."""
    facts = {fact: stored[fact] if fact in catalog.personal else value for fact, value in opened.items()}
    return {"region": opened["region"], "facts": text(facts)}


def member_columns(
    opened: Mapping[str, Any], stored: Mapping[str, Any], catalog: Catalog, encryption: FieldEncryption
) -> Columns:
    """Return the facts of a member that frames are made of, the name as it is stored, and what he or she is found by.

    What an ID number says of age and sex is among the facts.
    """
    personal, name, number = catalog.personal, opened.get("name"), opened.get("id_number")
    facts = {fact: value for fact, value in opened.items() if fact not in personal}
    if number is not None:
        facts = with_identity({**facts, "id_number": number})
        del facts["id_number"]
    return {"facts": text(facts), "name": stored.get("name"), **indices(name, number, encryption)}


def indices(name: str | None, number: str | None, encryption: FieldEncryption) -> dict[str, str | None]:
    """Return what a person is found by: of the name and the ID number."""
    return {
        "name_index": None if name is None else encryption.index(name),
        "id_index": None if number is None else encryption.index(number),
    }


def id_of(connection: Connection, number: str) -> int:
    """Return a household's id; UnknownHouseholdError where there is none."""
    found = connection.execute(select(households.c.id).where(households.c.number == number)).scalar()
    if found is None:
        raise UnknownHouseholdError(number)
    return int(found)


def load(connection: Connection, number: str) -> tuple[int, HouseholdState]:
    """Return a household's id and state; UnknownHouseholdError where there is none."""
    found = states(connection, households.c.number == number)
    if not found:
        raise UnknownHouseholdError(number)
    return found[0]


@undamaged()
def states(connection: Connection, wanted: ColumnElement[bool]) -> list[tuple[int, HouseholdState]]:
    """Return the ids and states of the households that a condition on their table finds, by id."""
    found: dict[int, HouseholdState] = {}
    for row in connection.execute(select(households).where(wanted).order_by(households.c.id)).mappings():
        facts, assessed = read_facts(row["statements"]), row["assessed"] and json.loads(row["assessed"])
        found[row["id"]] = HouseholdState(row["number"], row["version"], row["closed"], facts, assessed=assessed)
    for row in connection.execute(select(members).where(members.c.household_id.in_(found))).mappings():
        found[row["household_id"]].members[row["id"]] = _member(row)
    for row in connection.execute(select(rechecks).where(rechecks.c.household_id.in_(found))).mappings():
        found[row["household_id"]].rechecks.add((row["due"], row["reason"]))
    return list(found.items())


def _member(row: RowMapping) -> MemberState:
    return MemberState(row["id"], row["place"], row["status"], read_facts(row["statements"]))


@undamaged()
def people_of(connection: Connection, ids: Iterable[int]) -> list[MemberState]:
    """Return people by their numbers, in whatever household they are."""
    rows = connection.execute(select(members).where(members.c.id.in_(list(ids))).order_by(members.c.id))
    return [_member(row) for row in rows.mappings()]


def next_id(connection: Connection, table: Table) -> int:
    """Return the next free id of a table; the caller holds the journal's head."""
    return 1 + int(connection.execute(_last(table)).scalar_one())


# Statements take longer to make than to look up: these are made once.


@cache
def _last(table: Table) -> Select[int]:
    return select(func.coalesce(func.max(table.c.id), 0))


@cache
def _known(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("known"))


@cache
def _gone(table: Table, column: str) -> Delete:
    return delete(table).where(table.c[column] == bindparam("gone"))


@define
class Writer:
    """Writes states to the tables, new ones in batches."""

    connection: Connection
    catalog: Catalog
    encryption: FieldEncryption
    at: str
    prepared: Mapping[int, PreparedStatements] = field(factory=dict, repr=False)

    def add(self, states: Sequence[tuple[int, HouseholdState]]) -> None:
        """Write new households with all their people."""
        insert_many(self.connection, households, [self._household(i, state) for i, state in states])
        people = [self._person(i, member) for i, state in states for member in state.members.values()]
        insert_many(self.connection, members, people)
        self._add_rechecks(states)

    def replace(self, states: Sequence[tuple[int, HouseholdState, HouseholdState]]) -> None:
        """Write households, each beside what is stored of it."""
        self._update(households, [self._household(i, state) for i, state, _ in states])
        known = {member for _, _, before in states for member in before.members}
        held = {member for _, state, _ in states for member in state.members}
        people = [self._person(i, member) for i, state, before in states for member in _altered(state, before)]
        self._update(members, [person for person in people if person["id"] in known])
        insert_many(self.connection, members, [person for person in people if person["id"] not in known])
        self._delete(members, "id", known - held)
        due = [(i, state) for i, state, before in states if state.rechecks != before.rechecks]
        self._delete(rechecks, "household_id", [i for i, _ in due])
        self._add_rechecks(due)

    def rows_of(self, i: int, state: HouseholdState) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the rows of a household and its people, as they are written."""
        return self._household(i, state), [self._person(i, member) for member in state.members.values()]

    def _update(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self.connection.execute(_known(table), [{**row, "known": row["id"]} for row in rows])

    def _delete(self, table: Table, column: str, values: Collection[int]) -> None:
        if values:
            self.connection.execute(_gone(table, column), [{"gone": value} for value in values])

    def _add_rechecks(self, states: Sequence[tuple[int, HouseholdState]]) -> None:
        rows = [{"household_id": i, "due": due, "reason": why} for i, state in states for due, why in state.rechecks]
        insert_many(self.connection, rechecks, rows)

    def _household(self, i: int, state: HouseholdState) -> dict[str, Any]:
        present, assessed = state.present, state.assessed or {}
        subjects = [state.statements, *(member.statements for member in present)]
        told = [facts for facts in subjects if id(facts) not in self.prepared]  # what was prepared has one source
        several = [stated for facts in told for stated in facts.values() if len(stated) > 1]
        return {
            "id": i,
            "number": state.number,
            "version": state.version,
            "closed": state.closed,
            **self._columns(state.statements, household_columns),
            "head": _head(present),
            "size": len(present),
            "disagreements": sum(map(self._differ, several)),
            "assessed": None if state.assessed is None else text(state.assessed),
            "category": assessed.get("category"),
            "programmes": f" {' '.join(assessed.get('programmes', ()))} ",
            "missing": assessed.get("missing", 0),
            "changed_at": self.at,
        }

    def _person(self, household: int, member: MemberState) -> dict[str, Any]:
        return {
            "id": member.id,
            "household_id": household,
            "place": member.place,
            "status": member.status,
            **self._columns(member.statements, member_columns),
        }

    def _columns(self, statements: Facts, columns_of: ColumnsOf) -> Columns:
        """Return what follows from statements; of personal values, what somebody is found by alone is opened."""
        if known := self.prepared.get(id(statements)):
            return known.columns
        stored = {fact: counting_value(stated) for fact, stated in statements.items()}
        marked = (f for f, v in stored.items() if f in _FINDING or (type(v) is str and v.startswith(PLAIN)))
        opened = {**stored, **{fact: self.encryption.opened(stored[fact]) for fact in marked}}
        return {"statements": text(statements), **columns_of(opened, stored, self.catalog, self.encryption)}

    def _differ(self, stated: Stated) -> bool:
        """Return whether the sources state different values."""
        first, *others = (self.encryption.opened(value) for value, _ in stated.values())
        return any(other != first for other in others)


def _head(present: Sequence[MemberState]) -> str:
    """Return the name of the head as it is stored; of the first person where nobody is head."""
    heads = [member for member in present if _counts(member.statements, "relation") == "head"] or present
    return str(_counts(heads[0].statements, "name") or "") if heads else ""


def _counts(facts: Facts, fact: str) -> Any:
    return counting_value(facts[fact]) if fact in facts else None


def _altered(state: HouseholdState, before: HouseholdState) -> list[MemberState]:
    """Return the people who are not as they were; their states are replaced and never changed in place."""
    return [member for member in state.members.values() if before.members.get(member.id) is not member]


def index_again(connection: Connection, encryption: FieldEncryption) -> None:
    """Write what people are found by anew, for it is a keyed hash."""
    known = update(members).where(members.c.id == bindparam("known"))
    ids = connection.execute(select(members.c.id).order_by(members.c.id)).scalars().all()
    for start in range(0, len(ids), _BATCH):
        wanted = select(members.c.id, members.c.statements).where(members.c.id.in_(ids[start : start + _BATCH]))
        rows = [(row.id, read_facts(row.statements)) for row in connection.execute(wanted)]
        connection.execute(known, [{"known": i, **_found_by(facts, encryption)} for i, facts in rows])


def _found_by(facts: Facts, encryption: FieldEncryption) -> dict[str, str | None]:
    name, number = (encryption.opened(counting_value(facts.get(fact, {}))) for fact in ("name", "id_number"))
    return indices(name, number, encryption)
