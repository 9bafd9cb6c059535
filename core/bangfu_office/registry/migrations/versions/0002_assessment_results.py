"""What an assessment found stands as rows; plans that were kept whole stay, for the journal vouches for them.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MANY = 200
_SUPPORT = (
    "benefit", "programme", "name", "status", "amount", "per", "year_amount",
    "kind", "source", "verified", "until", "replaced_by",
)  # fmt: skip
_assessments = sa.table(
    "assessments",
    *(sa.column(name) for name in ("id", "facts", "outcome", "category", "household", "totals", "result")),
)
_supports = sa.table(
    "assessment_supports", *(sa.column(name) for name in ("assessment_id", "place", "person", *_SUPPORT))
)


def upgrade() -> None:
    """Make the rows, and fill them from the plans that were kept."""
    with op.batch_alter_table("assessments") as table:
        table.alter_column("outcome", existing_type=sa.Text(), nullable=True)
        table.add_column(sa.Column("category", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("household", sa.Text(), nullable=True))
        table.add_column(sa.Column("totals", sa.Text(), nullable=True))
        table.add_column(sa.Column("result", sa.String(length=64), nullable=True))
    _fill(op.get_bind(), _add_result)
    with op.batch_alter_table("assessments") as table:  # before anything refers to it, for SQLite makes it anew
        for name, kind in (("household", sa.Text()), ("totals", sa.Text()), ("result", sa.String(length=64))):
            table.alter_column(name, existing_type=kind, nullable=False)
    op.create_table(
        "assessment_supports",
        sa.Column("assessment_id", _ID, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", _ID, nullable=True),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.String(length=32), nullable=True),
        sa.Column("per", sa.String(length=16), nullable=False),
        sa.Column("year_amount", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("replaced_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_supports_assessment_id")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "place", name=op.f("pk_assessment_supports")),
    )
    _fill(op.get_bind(), _add_supports)


def _fill(connection: sa.Connection, fill: Callable[[sa.Connection, list[dict[str, Any]]], None]) -> None:
    """Go through all assessments, some at a time: a plan is large."""
    keys = connection.execute(sa.select(_assessments.c.id).order_by(_assessments.c.id)).scalars().all()
    for start in range(0, len(keys), _MANY):
        wanted = sa.select(_assessments).where(_assessments.c.id.in_(keys[start : start + _MANY]))
        fill(connection, [dict(row) for row in connection.execute(wanted).mappings()])


def _add_result(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    known = sa.update(_assessments).where(_assessments.c.id == sa.bindparam("known"))
    connection.execute(known, [_result(row) for row in rows])


def _add_supports(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if supports := [support for row in rows for support in _supports_of(row)]:
        connection.execute(sa.insert(_supports), supports)


def _result(row: Mapping[str, Any]) -> dict[str, Any]:
    outcome = json.loads(row["outcome"])
    household = {name: part for name, part in outcome["household"].items() if name != "reasons"}
    household["members"] = [{k: v for k, v in m.items() if k != "reasons"} for m in household["members"]]
    return {
        "known": row["id"],
        "category": household["category"],
        "household": _text(household),
        "totals": _text(outcome["totals"]),
        "result": hashlib.sha256(row["outcome"].encode()).hexdigest(),
    }


def _supports_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    people = json.loads(row["facts"])["people"]
    kept = [support for support in json.loads(row["outcome"])["supports"] if support["status"] != "ineligible"]
    return [
        {
            **{name: support[name] for name in _SUPPORT},
            "verified": int(support["verified"]),
            "assessment_id": row["id"],
            "place": place,
            "person": None if support["recipient"] == "household" else people[support["recipient"]],
        }
        for place, support in enumerate(kept)
    ]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
