"""The registry's tables. Texts and whole numbers only, so that both databases give back what went in.

Texts in somebody's own words (evidence, reasons) and personal values are sealed where the registry has a key. Days are
ISO dates, moments ISO times in UTC, statements and facts JSON. ``journal`` is the truth;
``households``, ``members`` and ``rechecks`` are what it adds up to, kept for reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from bangfu.regions import prefix_of, wider_alike

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
NOTHING = "0" * 64
"""What the journal's first entry is hashed over."""
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

households = sa.Table(
    "households",
    metadata,
    sa.Column("id", _ID, primary_key=True, autoincrement=False),
    sa.Column("number", sa.String(64), nullable=False, unique=True),
    sa.Column("region", sa.String(12), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("closed", sa.Text),
    sa.Column("statements", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("disagreements", sa.Integer, nullable=False),
    sa.Column("assessed", sa.Text),
    sa.Column("category", sa.String(32), index=True),
    sa.Column("programmes", sa.Text),
    sa.Column("missing", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
)
"""``head`` is the (sealed) name of the head, ``assessed`` what the last assessment said, as JSON.

``category``, ``programmes`` (codes between blanks) and ``missing`` (how many facts it lacked) are parts of it.
"""

members = sa.Table(
    "members",
    metadata,
    sa.Column("id", _ID, primary_key=True, autoincrement=False),
    sa.Column("household_id", sa.ForeignKey("households.id"), nullable=False, index=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("statements", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("name_index", sa.String(64), index=True),
    sa.Column("id_index", sa.String(64), index=True),
    sa.CheckConstraint("status in ('present', 'left', 'dead')", name="status"),
)
"""``name_index`` and ``id_index`` find a person by the whole name or ID number, also where both are sealed."""

rechecks = sa.Table(
    "rechecks",
    metadata,
    sa.Column("household_id", sa.ForeignKey("households.id"), primary_key=True),
    sa.Column("due", sa.String(10), primary_key=True, index=True),
    sa.Column("reason", sa.Text, primary_key=True),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("seq", _ID, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Column("operation", sa.String(32), nullable=False),
    sa.Column("household", sa.String(64)),
    sa.Column("version", sa.Integer),
    sa.Column("member", _ID),
    sa.Column("fact", sa.String(100)),
    sa.Column("old", sa.Text),
    sa.Column("new", sa.Text),
    sa.Column("source", sa.String(32)),
    sa.Column("observed_on", sa.String(10)),
    sa.Column("evidence", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index(None, "household", "seq"),
)

journal_head = sa.Table(
    "journal_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seq", _ID, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("key_check", sa.Text),
    sa.CheckConstraint("id = 1", name="single"),
)
"""The one row with the journal's last number, hash and moment; whoever writes holds it.

``key_check`` is what the registry keeps of its keys (``encryption``); null where it was begun without.
"""

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("fingerprint", sa.String(64), primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
)

assessments = sa.Table(
    "assessments",
    metadata,
    sa.Column("id", _ID, primary_key=True, autoincrement=False),
    sa.Column("household_id", sa.ForeignKey("households.id"), nullable=False, index=True),
    sa.Column("on", sa.String(10), nullable=False),
    sa.Column("made_at", sa.String(32), nullable=False),
    sa.Column("who", sa.String(100), nullable=False),
    sa.Column("seq", _ID, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("policy", sa.ForeignKey("policies.fingerprint"), nullable=False),
    sa.Column("plugins", sa.Text, nullable=False),
    sa.Column("category", sa.String(32)),
    sa.Column("household", sa.Text, nullable=False),
    sa.Column("totals", sa.Text, nullable=False),
    sa.Column("result", sa.String(64), nullable=False),
    sa.Column("outcome", sa.Text),
)
"""``seq`` is the journal's last entry when the facts were read, ``plugins`` the versions used, as JSON.

``household`` and ``totals`` are parts of the plan as JSON, ``result`` is its hash. ``outcome`` is all of it, where it
was made by a version that kept it whole.
"""

assessment_supports = sa.Table(
    "assessment_supports",
    metadata,
    sa.Column("assessment_id", sa.ForeignKey("assessments.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person", _ID),
    sa.Column("benefit", sa.Text, nullable=False),
    sa.Column("programme", sa.String(64), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("amount", sa.String(32)),
    sa.Column("per", sa.String(16), nullable=False),
    sa.Column("year_amount", sa.String(32)),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("verified", sa.Integer, nullable=False),
    sa.Column("until", sa.String(10)),
    sa.Column("replaced_by", sa.Text),
)
"""What an assessment found due or undetermined: ``person`` is the registry's number, null for the household."""

users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("region", sa.String(12), nullable=False),
    sa.Column("programme", sa.String(64)),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("disabled", sa.Integer, nullable=False),
    sa.Column("first_until", sa.String(32)),
    sa.Column("factor", sa.Text),
    sa.Column("recovery", sa.Text),
)
"""``first_until``: when a password that somebody else gave can be used no more; null for the user's own.

``factor`` is the (sealed) secret of the second factor, ``recovery`` the hashes of its recovery codes, as JSON.
"""

requests = sa.Table(
    "requests",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False, index=True),
)
"""Requests that were carried out lately, so that the same one sent twice is carried out once; no part of a backup."""

TABLES = (households, members, rechecks, journal, journal_head, policies, assessments, assessment_supports, users)


def within(region: str) -> sa.ColumnElement[bool]:
    """Return the condition that a household lies in a division; every household lies in ``""``."""
    here = households.c.region.startswith(prefix_of(region), autoescape=True)
    return sa.and_(here, households.c.region.notin_(wider)) if (wider := wider_alike(region)) else here


def insert_many(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns; SQLAlchemy's own way takes twice as long for an import's."""
    if not rows:
        return
    compiled = _insert(table, connection.dialect, tuple(rows[0]))
    if compiled.positiontup is None:
        connection.exec_driver_sql(compiled.string, [dict(row) for row in rows])
    else:
        connection.exec_driver_sql(compiled.string, list(map(itemgetter(*compiled.positiontup), rows)))


@lru_cache
def _insert(table: sa.Table, dialect: sa.Dialect, columns: tuple[str, ...]) -> SQLCompiler:
    return sa.insert(table).compile(dialect=dialect, column_keys=list(columns))
