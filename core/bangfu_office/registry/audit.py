"""The tables held against the journal: whoever edits them behind its back is found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from attrs import define, field
from sqlalchemy import Connection, RowMapping, Table, select

from bangfu.facts import Catalog
from bangfu.messages import _
from bangfu_office.registry.assessments import digest_of, rows_of_whole, supports_query
from bangfu_office.registry.bulk_read import id_batches
from bangfu_office.registry.chain import Head
from bangfu_office.registry.errors import SOUND, JournalError, RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import Entry, entries, household_numbers
from bangfu_office.registry.kept_policy import fingerprint
from bangfu_office.registry.passwords import password_digest
from bangfu_office.registry.schema import assessments, households, members, policies, rechecks, users
from bangfu_office.registry.second_factor import factor_digest
from bangfu_office.registry.state import HouseholdState, replayed
from bangfu_office.registry.tables import Writer

Rows = list[Mapping[str, Any]]
_PAGE = 500
_AT_FIRST = {"disabled": False, "first_until": None, "factor": None, "recovery": None}
"""A user of whom the journal says no more."""


@define
class Audit:
    """Compares every table with what a sound journal adds up to."""

    connection: Connection
    catalog: Catalog
    encryption: FieldEncryption
    head: Head
    _open_facts: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._open_facts = frozenset(fact.name for fact in self.catalog.facts if not fact.personal)

    def tables(self) -> None:
        """Compare all tables.

        Raises:
            JournalError: one of them holds what the journal does not say.
        """
        stored: set[str] = set()
        for ids in id_batches(self.connection):
            stored.update(self._households(ids))
        for number in sorted(household_numbers(self.connection) - stored):
            self._wrong(_("日志中的家庭 {number} 不在登记中", number=number))
        self._assessments()
        self._policies()
        self._users()

    def _wrong(self, what: str) -> NoReturn:
        raise JournalError(self.head.seq, _("{sound}，但{what}", sound=SOUND, what=what)) from None

    def _households(self, ids: Sequence[int]) -> list[str]:
        """Compare some households, their people and rechecks; return their numbers."""
        found = {row["id"]: row for row in self._rows(households, households.c.id.in_(ids))}
        numbers = [row["number"] for row in found.values()]
        history = list(entries(self.connection, numbers))
        replay = replayed(history)
        moments = {entry.household: entry.at for entry in history}
        people = _by(self._rows(members, members.c.household_id.in_(ids)), "household_id")
        due = _by(self._rows(rechecks, rechecks.c.household_id.in_(ids)), "household_id")
        for i, row in found.items():
            state = replay.get(row["number"])
            if state is None or self._expected(i, state, moments[row["number"]]) != (
                self._known(dict(row)),
                _sorted((self._known(person) for person in people.get(i, ())), "id"),
                _sorted(due.get(i, ()), "due", "reason"),
            ):
                self._wrong(_("家庭 {row} 的登记与日志不符", row=row["number"]))
        return numbers

    def _expected(self, i: int, state: HouseholdState, at: str) -> tuple[dict[str, Any], Rows, Rows]:
        writer = Writer(self.connection, self.catalog, self.encryption, at)
        try:
            household, people = writer.rows_of(i, state)
        except (RegistryError, KeyError, ValueError, TypeError):
            self._wrong(_("家庭 {number} 的登记与日志不符", number=state.number))
        due = [{"household_id": i, "due": day, "reason": reason} for day, reason in state.rechecks]
        known = [self._known(person) for person in people]
        return self._known(household), _sorted(known, "id"), _sorted(due, "due", "reason")

    def _known(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row with the facts that are declared now: others were worked out when their plugin was there."""
        try:
            facts = json.loads(row["facts"])
            known = {name: value for name, value in facts.items() if name in self._open_facts}
        except (ValueError, AttributeError):
            known = row["facts"]
        return {**row, "facts": known}

    def _rows(self, table: Table, condition: Any = None) -> list[RowMapping]:
        query = select(table) if condition is None else select(table).where(condition)
        return list(self.connection.execute(query).mappings())

    def _assessments(self) -> None:
        """Compare each assessment with the digest the journal has of it."""
        noted = {}
        for entry in entries(self.connection, operation="assessed"):
            made = json.loads(entry.new or "{}")
            noted[made["id"]] = (entry.household, made["digest"])
        numbers = {row.id: row.number for row in self.connection.execute(select(households.c.id, households.c.number))}
        keys = self.connection.execute(select(assessments.c.id).order_by(assessments.c.id)).scalars().all()
        for start in range(0, len(keys), _PAGE):
            some = keys[start : start + _PAGE]
            supports = _by(self.connection.execute(supports_query(some)).mappings(), "assessment_id")
            for row in map(dict, self._rows(assessments, assessments.c.id.in_(some))):
                own = supports.get(row["id"], [])
                vouched = noted.pop(row["id"], None) == (numbers.get(row["household_id"]), digest_of(row, own))
                if not vouched or (row["outcome"] is not None and rows_of_whole(row) != (row, own)):
                    self._wrong(_("评估 {row} 与日志不符", row=row["id"]))
        for key in sorted(noted):
            self._wrong(_("日志中的评估 {key} 不见了", key=key))

    def _policies(self) -> None:
        for row in self._rows(policies):
            if fingerprint(row["content"]) != row["fingerprint"]:
                self._wrong(_("政策 {row} 的内容被改动", row=row["fingerprint"][:12]))

    def _users(self) -> None:
        """Compare the users with what was journalled of them; of passwords and second factors, their digests."""
        noted: dict[str, dict[str, Any]] = {}
        for operation in ("user", "password", "factor"):
            for entry in entries(self.connection, operation=operation):
                _note(noted, entry)
        found = {row["name"]: self._user(row) for row in self._rows(users)}
        for name in sorted({*noted, *found}):
            if noted.get(name) != found.get(name):
                self._wrong(_("用户 {name} 的登记与日志不符", name=name))

    def _user(self, row: RowMapping) -> dict[str, Any]:
        """Return a user as the journal notes one."""
        name = row["name"]
        try:
            factor = None if row["factor"] is None else factor_digest(self.encryption.open(row["factor"]))
            recovery = None if row["recovery"] is None else json.loads(row["recovery"])
        except (RegistryError, ValueError):
            self._wrong(_("用户 {name} 的登记与日志不符", name=name))
        digest = password_digest(row["password"])
        return {**row, "password": digest, "disabled": bool(row["disabled"]), "factor": factor, "recovery": recovery}


def _note(noted: dict[str, dict[str, Any]], entry: Entry) -> None:
    new = json.loads(entry.new or "{}")
    noted.setdefault(new["name"], dict(_AT_FIRST)).update(new)


def _by(rows: Iterable[RowMapping], column: str) -> dict[Any, Rows]:
    found: dict[Any, Rows] = {}
    for row in rows:
        found.setdefault(row[column], []).append(dict(row))
    return found


def _sorted(rows: Iterable[Mapping[str, Any]], *columns: str) -> Rows:
    return sorted((dict(row) for row in rows), key=lambda row: [row[column] for column in columns])
