"""The registry's tables. Texts and whole numbers only, so that both databases give back what went in.

Texts in somebody's own words (evidence, reasons) and personal values are sealed where the registry has a key. Days are
ISO dates, moments ISO times in UTC, statements and facts JSON. ``journal`` is the truth;
``households``, ``members`` and ``rechecks`` are what it adds up to, kept for reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    insert,
)

from bangfu.regions import prefix_of, wider_alike

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
_ID = BigInteger().with_variant(Integer, "sqlite")

households = Table(
    "households",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("number", String(64), nullable=False, unique=True),
    Column("region", String(12), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("closed", Text),
    Column("statements", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("disagreements", Integer, nullable=False),
    Column("assessed", Text),
    Column("category", String(32), index=True),
    Column("programmes", Text),
    Column("missing", Integer, nullable=False),
    Column("changed_at", String(32), nullable=False),
)
"""``head`` is the (sealed) name of the head, ``assessed`` what the last assessment said, as JSON.

``category``, ``programmes`` (codes between blanks) and ``missing`` (how many facts it lacked) are parts of it.
"""

members = Table(
    "members",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("household_id", ForeignKey("households.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("statements", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("name", Text),
    Column("name_index", String(64), index=True),
    Column("id_index", String(64), index=True),
    CheckConstraint("status in ('present', 'left', 'dead')", name="status"),
)
"""``name_index`` and ``id_index`` find a person by the whole name or ID number, also where both are sealed."""

rechecks = Table(
    "rechecks",
    metadata,
    Column("household_id", ForeignKey("households.id"), primary_key=True),
    Column("due", String(10), primary_key=True, index=True),
    Column("reason", Text, primary_key=True),
)

journal = Table(
    "journal",
    metadata,
    Column("seq", _ID, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("who", String(100), nullable=False),
    Column("operation", String(32), nullable=False),
    Column("household", String(64)),
    Column("version", Integer),
    Column("member", _ID),
    Column("fact", String(100)),
    Column("old", Text),
    Column("new", Text),
    Column("source", String(32)),
    Column("observed_on", String(10)),
    Column("evidence", Text),
    Column("reason", Text),
    Column("hash", String(64), nullable=False),
    Index(None, "household", "seq"),
)

journal_head = Table(
    "journal_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", _ID, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("key_check", Text),
    CheckConstraint("id = 1", name="single"),
)
"""The one row with the journal's last number, hash and moment; whoever writes holds it.

``key_check`` is what the registry keeps of its keys (``encryption``); null where it was begun without.
"""

policies = Table(
    "policies",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("content", Text, nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("household_id", ForeignKey("households.id"), nullable=False, index=True),
    Column("on", String(10), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("who", String(100), nullable=False),
    Column("seq", _ID, nullable=False),
    Column("facts", Text, nullable=False),
    Column("policy", ForeignKey("policies.fingerprint"), nullable=False),
    Column("plugins", Text, nullable=False),
    Column("category", String(32)),
    Column("household", Text, nullable=False),
    Column("totals", Text, nullable=False),
    Column("result", String(64), nullable=False),
    Column("outcome", Text),
)
"""``seq`` is the journal's last entry when the facts were read, ``plugins`` the versions used, as JSON.

``household`` and ``totals`` are parts of the plan as JSON, ``result`` is its hash. ``outcome`` is all of it, where it
was made by a version that kept it whole.
"""

assessment_supports = Table(
    "assessment_supports",
    metadata,
    Column("assessment_id", ForeignKey("assessments.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("person", _ID),
    Column("benefit", Text, nullable=False),
    Column("programme", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("amount", String(32)),
    Column("per", String(16), nullable=False),
    Column("year_amount", String(32)),
    Column("kind", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("verified", Integer, nullable=False),
    Column("until", String(10)),
    Column("replaced_by", Text),
)
"""What an assessment found due or undetermined: ``person`` is the registry's number, null for the household."""

users = Table(
    "users",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("role", String(32), nullable=False),
    Column("region", String(12), nullable=False),
    Column("programme", String(64)),
    Column("password", Text, nullable=False),
    Column("disabled", Integer, nullable=False),
    Column("first_until", String(32)),
    Column("factor", Text),
    Column("recovery", Text),
)
"""``first_until``: when a password that somebody else gave can be used no more; null for the user's own.

``factor`` is the (sealed) secret of the second factor, ``recovery`` the hashes of its recovery codes, as JSON.
"""

requests = Table(
    "requests",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("answer", Text, nullable=False),
    Column("at", String(32), nullable=False, index=True),
)
"""Requests that were carried out lately, so that the same one sent twice is carried out once; no part of a backup."""

TABLES = (households, members, rechecks, journal, journal_head, policies, assessments, assessment_supports, users)


def within(region: str) -> ColumnElement[bool]:
    """Return the condition that a household lies in a division; every household lies in ``""``."""
    here = households.c.region.startswith(prefix_of(region), autoescape=True)
    return and_(here, households.c.region.notin_(wider)) if (wider := wider_alike(region)) else here


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns; SQLAlchemy's own way takes twice as long for an import's.

    Raises:
        SQLAlchemyError: the database refuses them.
    """
    if not rows:
        return
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    if compiled.positiontup is None:
        connection.exec_driver_sql(compiled.string, [dict(row) for row in rows])
    else:
        connection.exec_driver_sql(compiled.string, list(map(itemgetter(*compiled.positiontup), rows)))
