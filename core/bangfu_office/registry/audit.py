"""The tables held against the journal: whoever edits them behind its back is found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from attrs import define, field
from sqlalchemy import Connection, Select, select

from bangfu.facts import Catalog
from bangfu.messages import _
from bangfu_office.registry.assessments import digest_of, fingerprint, rows_of_whole, supports_query
from bangfu_office.registry.bulk_read import id_batches
from bangfu_office.registry.chain import Head
from bangfu_office.registry.errors import SOUND, JournalError, RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import entries
from bangfu_office.registry.passwords import password_digest
from bangfu_office.registry.schema import assessments, households, members, policies, rechecks, users
from bangfu_office.registry.second_factor import factor_digest
from bangfu_office.registry.state import HouseholdState, replayed
from bangfu_office.registry.tables import Writer

Rows = list[dict[str, Any]]
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

    @_open_facts.default
    def _without_personal(self) -> frozenset[str]:
        return frozenset(self.catalog.by_name) - self.catalog.personal

    def tables(self) -> None:
        """Compare all tables, with JournalError where one of them holds what the journal does not say."""
        stored = {number for ids in id_batches(self.connection) for number in self._households(ids)}
        opened = {entry.household for entry in entries(self.connection, operation="opened") if entry.household}
        for number in sorted(opened - stored):
            self._wrong(_("日志中的家庭 {number} 不在登记中", number=number))
        self._assessments()
        for row in self._rows(select(policies)):
            if fingerprint(row["content"]) != row["fingerprint"]:
                self._wrong(_("政策 {row} 的内容被改动", row=row["fingerprint"][:12]))
        self._users()

    def _wrong(self, what: str) -> NoReturn:
        raise JournalError(self.head.seq, _("{sound}，但{what}", sound=SOUND, what=what)) from None

    def _households(self, ids: Sequence[int]) -> list[str]:
        """Compare some households, their people and rechecks; return their numbers."""
        found = self._rows(select(households).where(households.c.id.in_(ids)))
        numbers = [row["number"] for row in found]
        history = list(entries(self.connection, numbers))
        replay, moments = replayed(history), {entry.household: entry.at for entry in history}
        people = _by("household_id", self._rows(select(members).where(members.c.household_id.in_(ids))))
        due = _by("household_id", self._rows(select(rechecks).where(rechecks.c.household_id.in_(ids))))
        for row, number in zip(found, numbers, strict=True):
            here, noted = people.get(row["id"], ()), due.get(row["id"], ())
            stored = self._known(row), {p["id"]: self._known(p) for p in here}, {(d["due"], d["reason"]) for d in noted}
            if number not in replay or self._expected(row["id"], replay[number], moments[number]) != stored:
                self._wrong(_("家庭 {row} 的登记与日志不符", row=number))
        return numbers

    def _expected(self, i: int, state: HouseholdState, at: str) -> tuple[Any, ...]:
        """Return the rows that follow from a state, people by id; nothing where none do."""
        writer = Writer(self.connection, self.catalog, self.encryption, at)
        try:
            household, people = writer.rows_of(i, state)
        except (RegistryError, KeyError, ValueError, TypeError):
            return ()
        return self._known(household), {person["id"]: self._known(person) for person in people}, state.rechecks

    def _known(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row with the facts that are declared now: others were worked out when their plugin was there."""
        try:
            facts = json.loads(row["facts"])
            known = {name: value for name, value in facts.items() if name in self._open_facts}
        except (ValueError, AttributeError):
            known = row["facts"]
        return {**row, "facts": known}

    def _rows(self, query: Select[Any]) -> Rows:
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def _assessments(self) -> None:
        """Compare each assessment with the digest the journal has of it."""
        noted = {}
        for entry in entries(self.connection, operation="assessed"):
            made = json.loads(entry.new or "{}")
            noted[made["id"]] = (entry.household, made["digest"])
        numbers = {row.id: row.number for row in self.connection.execute(select(households.c.id, households.c.number))}
        keys = self.connection.execute(select(assessments.c.id).order_by(assessments.c.id)).scalars()
        for some in keys.partitions(_PAGE):
            supports = _by("assessment_id", self._rows(supports_query(some)))
            for row in self._rows(select(assessments).where(assessments.c.id.in_(some))):
                own = supports.get(row["id"], [])
                vouched = noted.pop(row["id"], None) == (numbers.get(row["household_id"]), digest_of(row, own))
                if not vouched or (row["outcome"] is not None and rows_of_whole(row) != (row, own)):
                    self._wrong(_("评估 {row} 与日志不符", row=row["id"]))
        for key in sorted(noted):
            self._wrong(_("日志中的评估 {key} 不见了", key=key))

    def _users(self) -> None:
        """Compare the users with what was journalled of them; of passwords and second factors, their digests."""
        noted: dict[str, dict[str, Any]] = {}
        for operation in ("user", "password", "factor"):
            for entry in entries(self.connection, operation=operation):
                new = json.loads(entry.new or "{}")
                noted.setdefault(new["name"], dict(_AT_FIRST)).update(new)
        found = {row["name"]: self._user(row) for row in self._rows(select(users))}
        for name in sorted({*noted, *found}):
            if noted.get(name) != found.get(name):
                self._wrong(_("用户 {name} 的登记与日志不符", name=name))

    def _user(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a user as the journal notes one."""
        name = row["name"]
        try:
            factor = None if row["factor"] is None else factor_digest(self.encryption.open(row["factor"]))
            recovery = None if row["recovery"] is None else json.loads(row["recovery"])
        except (RegistryError, ValueError):
            self._wrong(_("用户 {name} 的登记与日志不符", name=name))
        digest = password_digest(row["password"])
        return {**row, "password": digest, "disabled": bool(row["disabled"]), "factor": factor, "recovery": recovery}


def _by(column: str, rows: Rows) -> dict[Any, Rows]:
    found: dict[Any, Rows] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
