"""First passwords that are soon over, second factors and their recovery codes.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; passwords there are their users' own."""
    op.add_column("users", sa.Column("first_until", sa.String(length=32), nullable=True))
    op.add_column("users", sa.Column("factor", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("recovery", sa.Text(), nullable=True))
