"""First passwords that are soon over, second factors and their recovery codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; passwords there are their users' own."""
    op.add_column("users", sa.Column("first_until", sa.String(32)))
    op.add_column("users", sa.Column("factor", sa.Text()))
    op.add_column("users", sa.Column("recovery", sa.Text()))
