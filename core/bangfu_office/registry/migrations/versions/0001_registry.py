"""The registry's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, with an empty journal."""
    op.create_table(
        "households",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("number", sa.String(64), nullable=False, unique=True),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Text()),
        sa.Column("statements", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("disagreements", sa.Integer(), nullable=False),
        sa.Column("assessed", sa.Text()),
        sa.Column("category", sa.String(32)),
        sa.Column("programmes", sa.Text()),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
    )
    op.create_index(op.f("ix_households_category"), "households", ["category"])
    op.create_index(op.f("ix_households_region"), "households", ["region"])
    op.create_table(
        "journal",
        sa.Column("seq", _ID, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("operation", sa.String(32), nullable=False),
        sa.Column("household", sa.String(64)),
        sa.Column("version", sa.Integer()),
        sa.Column("member", _ID),
        sa.Column("fact", sa.String(100)),
        sa.Column("old", sa.Text()),
        sa.Column("new", sa.Text()),
        sa.Column("source", sa.String(32)),
        sa.Column("observed_on", sa.String(10)),
        sa.Column("evidence", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index(op.f("ix_journal_household_seq"), "journal", ["household", "seq"])
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("seq", _ID, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("key_check", sa.Text()),
        sa.CheckConstraint("id = 1", name=op.f("ck_journal_head_single")),
    )
    op.create_table(
        "policies",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("programme", sa.String(64)),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Integer(), nullable=False),
    )
    op.create_table(
        "assessments",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("household_id", _ID, sa.ForeignKey("households.id"), nullable=False),
        sa.Column("on", sa.String(10), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("seq", _ID, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(64), sa.ForeignKey("policies.fingerprint"), nullable=False),
        sa.Column("plugins", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
    )
    op.create_index(op.f("ix_assessments_household_id"), "assessments", ["household_id"])
    op.create_table(
        "members",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("household_id", _ID, sa.ForeignKey("households.id"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("statements", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("name_index", sa.String(64)),
        sa.Column("id_index", sa.String(64)),
        sa.CheckConstraint("status in ('present', 'left', 'dead')", name=op.f("ck_members_status")),
    )
    op.create_index(op.f("ix_members_household_id"), "members", ["household_id"])
    op.create_index(op.f("ix_members_id_index"), "members", ["id_index"])
    op.create_index(op.f("ix_members_name_index"), "members", ["name_index"])
    op.create_table(
        "rechecks",
        sa.Column("household_id", _ID, sa.ForeignKey("households.id"), primary_key=True),
        sa.Column("due", sa.String(10), primary_key=True),
        sa.Column("reason", sa.String(200), primary_key=True),
    )
    op.create_index(op.f("ix_rechecks_due"), "rechecks", ["due"])
    head = sa.table("journal_head", sa.column("id"), sa.column("seq"), sa.column("hash"), sa.column("at"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64, "at": ""}])
