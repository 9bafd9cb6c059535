"""Reasons of rechecks can be sealed, and are longer then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Widen the column; SQLite keeps texts of any length anyway."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("rechecks", "reason", type_=sa.Text(), existing_nullable=False)
