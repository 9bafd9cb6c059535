"""The registry's first tables; an empty database gets those of today at once (``opening``)."""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make nothing: whatever is at this revision has them."""
