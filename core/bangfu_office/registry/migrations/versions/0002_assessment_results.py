"""What an assessment found stands as rows; plans that were kept whole stay, for the journal vouches for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from bangfu_office.registry.assessments import rows_of_whole

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MANY = 200
_ADDED = ("category", "household", "totals", "result")
_KEPT = ("id", "household_id", "on", "made_at", "who", "seq", "facts", "policy", "plugins", "outcome")
_assessments = sa.table("assessments", *(sa.column(name) for name in (*_KEPT, *_ADDED)))


def upgrade() -> None:
    """Make the rows, and fill them from the plans that were kept."""
    connection = op.get_bind()
    with op.batch_alter_table("assessments") as table:
        table.alter_column("outcome", existing_type=sa.Text(), nullable=True)
        table.add_column(sa.Column("category", sa.String(32)))
        table.add_column(sa.Column("household", sa.Text()))
        table.add_column(sa.Column("totals", sa.Text()))
        table.add_column(sa.Column("result", sa.String(64)))
    known = sa.update(_assessments).where(_assessments.c.id == sa.bindparam("known"))
    for rows, _ in _made_whole(connection):
        connection.execute(known, [{"known": row["id"], **{name: row[name] for name in _ADDED}} for row in rows])
    with op.batch_alter_table("assessments") as table:  # before anything refers to it, for SQLite makes it anew
        for name, kind in (("household", sa.Text()), ("totals", sa.Text()), ("result", sa.String(64))):
            table.alter_column(name, existing_type=kind, nullable=False)
    supports = op.create_table(
        "assessment_supports",
        sa.Column("assessment_id", _ID, sa.ForeignKey("assessments.id"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("person", _ID),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("programme", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("amount", sa.String(32)),
        sa.Column("per", sa.String(16), nullable=False),
        sa.Column("year_amount", sa.String(32)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("until", sa.String(10)),
        sa.Column("replaced_by", sa.Text()),
    )
    for _, found in _made_whole(connection):
        if found:
            connection.execute(sa.insert(supports), found)


def _made_whole(connection: sa.Connection) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Yield the rows of all assessments and of their supports, some at a time: a plan is large."""
    keys = connection.execute(sa.select(_assessments.c.id).order_by(_assessments.c.id)).scalars().all()
    for start in range(0, len(keys), _MANY):
        wanted = _assessments.c.id.in_(keys[start : start + _MANY])
        found = connection.execute(sa.select(*(_assessments.c[name] for name in _KEPT)).where(wanted)).mappings()
        made = [rows_of_whole(dict(row)) for row in found]
        yield [row for row, _ in made], [support for _, own in made for support in own]
