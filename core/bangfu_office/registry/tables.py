"""Between states and the tables: reading one household, writing what a piece of work changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import define, field
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, bindparam, delete, func, select, update

from bangfu.facts import Catalog
from bangfu_office.registry.bulk_insert import insert_many
from bangfu_office.registry.database_errors import undamaged
from bangfu_office.registry.errors import UnknownHouseholdError
from bangfu_office.registry.field_encryption import PLAIN, FieldEncryption
from bangfu_office.registry.json_encoding import text
from bangfu_office.registry.prepared import ColumnsOf, PreparedStatements, household_columns, indices, member_columns
from bangfu_office.registry.schema import households, members, rechecks
from bangfu_office.registry.sources import Stated, counting_value
from bangfu_office.registry.state import Facts, HouseholdState, MemberState, read_facts

_FINDING = frozenset({"name", "id_number"})
"""Personal facts by which somebody is found."""


def household_row(connection: Connection, number: str) -> RowMapping:
    """Return the row of a household.

    Raises:
        UnknownHouseholdError: there is none.
    """
    row = connection.execute(select(households).where(households.c.number == number)).mappings().first()
    if row is None:
        raise UnknownHouseholdError(number)
    return row


def load(connection: Connection, number: str) -> tuple[int, HouseholdState]:
    """Return a household's id and state.

    Raises:
        UnknownHouseholdError: there is none.
    """
    found = states(connection, households.c.number == number)
    if not found:
        raise UnknownHouseholdError(number)
    return found[0]


def states(connection: Connection, wanted: ColumnElement[bool]) -> list[tuple[int, HouseholdState]]:
    """Return the ids and states of the households that a condition on their table finds, by id."""
    with undamaged():
        return _states(connection, wanted)


def _states(connection: Connection, wanted: ColumnElement[bool]) -> list[tuple[int, HouseholdState]]:
    rows = connection.execute(select(households).where(wanted).order_by(households.c.id)).mappings().all()
    ids = [row["id"] for row in rows]
    people: dict[int, dict[int, MemberState]] = {i: {} for i in ids}
    for row in connection.execute(select(members).where(members.c.household_id.in_(ids))).mappings():
        people[row["household_id"]][row["id"]] = _member(row)
    due: dict[int, set[tuple[str, str]]] = {i: set() for i in ids}
    for row in connection.execute(select(rechecks).where(rechecks.c.household_id.in_(ids))).mappings():
        due[row["household_id"]].add((row["due"], row["reason"]))
    return [(row["id"], _state(row, people[row["id"]], due[row["id"]])) for row in rows]


def _state(row: RowMapping, people: dict[int, MemberState], due: set[tuple[str, str]]) -> HouseholdState:
    return HouseholdState(
        row["number"],
        row["version"],
        row["closed"],
        read_facts(row["statements"]),
        people,
        due,
        None if row["assessed"] is None else json.loads(row["assessed"]),
    )


def _member(row: RowMapping) -> MemberState:
    return MemberState(row["id"], row["place"], row["status"], read_facts(row["statements"]))


def people_of(connection: Connection, ids: Iterable[int]) -> list[MemberState]:
    """Return people by their numbers, in whatever household they are."""
    with undamaged():
        rows = connection.execute(select(members).where(members.c.id.in_(list(ids))).order_by(members.c.id))
        return [_member(row) for row in rows.mappings()]


def next_ids(connection: Connection) -> tuple[int, int]:
    """Return the next free ids of households and members; the caller holds the journal's head."""
    household = connection.execute(select(func.coalesce(func.max(households.c.id), 0))).scalar_one()
    member = connection.execute(select(func.coalesce(func.max(members.c.id), 0))).scalar_one()
    return household + 1, member + 1


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

    def replace(self, states: Sequence[tuple[int, HouseholdState, HouseholdState]], moved_away: Iterable[int]) -> None:
        """Write households, each beside what is stored of it; ``moved_away`` are members that no state holds now."""
        self._update(households, [self._household(i, state) for i, state, _ in states])
        known = {member for _, _, before in states for member in before.members}
        people = [self._person(i, member) for i, state, before in states for member in _altered(state, before)]
        self._update(members, [person for person in people if person["id"] in known])
        insert_many(self.connection, members, [person for person in people if person["id"] not in known])
        held = {member for _, state, _ in states for member in state.members}
        for gone in set(moved_away) - held:
            self.connection.execute(delete(members).where(members.c.id == gone))
        due = [(i, state) for i, state, before in states if state.rechecks != before.rechecks]
        for i, _ in due:
            self.connection.execute(delete(rechecks).where(rechecks.c.household_id == i))
        self._add_rechecks(due)

    def rows_of(self, i: int, state: HouseholdState) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the rows of a household and its people, as they are written."""
        return self._household(i, state), [self._person(i, member) for member in state.members.values()]

    def _update(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            known = update(table).where(table.c.id == bindparam("known"))
            self.connection.execute(known, [{**row, "known": row["id"]} for row in rows])

    def _add_rechecks(self, states: Sequence[tuple[int, HouseholdState]]) -> None:
        insert_many(
            self.connection,
            rechecks,
            [
                {"household_id": i, "due": due, "reason": reason}
                for i, state in states
                for due, reason in state.rechecks
            ],
        )

    def _household(self, i: int, state: HouseholdState) -> dict[str, Any]:
        present = state.present
        subjects = [state.statements, *(member.statements for member in present)]
        told = [facts for facts in subjects if id(facts) not in self.prepared]  # what was prepared has one source
        several = [stated for facts in told for stated in facts.values() if len(stated) > 1]
        known = self._written(state.statements, household_columns)
        return {
            "id": i,
            "number": state.number,
            "version": state.version,
            "closed": state.closed,
            "statements": known.text,
            **known.columns,
            "head": self._head(present),
            "size": len(present),
            "disagreements": sum(map(self._differ, several)),
            "assessed": None if state.assessed is None else text(state.assessed),
            "category": (state.assessed or {}).get("category"),
            "programmes": f" {' '.join((state.assessed or {}).get('programmes', ()))} ",
            "missing": (state.assessed or {}).get("missing", 0),
            "changed_at": self.at,
        }

    def _written(self, statements: Facts, columns_of: ColumnsOf) -> PreparedStatements:
        """Return what is written of statements; of personal values, what somebody is found by alone is opened."""
        known = self.prepared.get(id(statements))
        if known is not None:
            return known
        stored = _counting_values(statements)
        marked = (f for f, v in stored.items() if f in _FINDING or (type(v) is str and v.startswith(PLAIN)))
        opened = {**stored, **{fact: self.encryption.opened(stored[fact]) for fact in marked}}
        return PreparedStatements(
            statements, text(statements), columns_of(opened, stored, self.catalog, self.encryption)
        )

    def _differ(self, stated: Stated) -> bool:
        """Return whether the sources state different values."""
        first, *others = (self.encryption.opened(value) for value, _ in stated.values())
        return any(other != first for other in others)

    @staticmethod
    def _head(present: Sequence[MemberState]) -> str:
        heads = [member for member in present if _counts(member.statements, "relation") == "head"] or present
        return str(_counts(heads[0].statements, "name") or "") if heads else ""

    def _person(self, household: int, member: MemberState) -> dict[str, Any]:
        known = self._written(member.statements, member_columns)
        return {
            "id": member.id,
            "household_id": household,
            "place": member.place,
            "status": member.status,
            "statements": known.text,
            **known.columns,
        }


def found_by(facts: Facts, encryption: FieldEncryption) -> dict[str, str | None]:
    """Return what a person is found by, as the columns ``name_index`` and ``id_index``."""
    name, number = (_counts(facts, fact) for fact in ("name", "id_number"))
    return indices(encryption.opened(name), encryption.opened(number), encryption)


def _altered(state: HouseholdState, before: HouseholdState) -> list[MemberState]:
    """Return the people who are not as they were; their states are replaced and never changed in place."""
    return [member for member in state.members.values() if before.members.get(member.id) is not member]


def _counting_values(facts: Facts) -> dict[str, Any]:
    return {
        fact: counting_value(stated) if len(stated) > 1 else next(iter(stated.values()))[0]
        for fact, stated in facts.items()
    }


def _counts(facts: Facts, fact: str) -> Any:
    return counting_value(facts[fact]) if fact in facts else None
