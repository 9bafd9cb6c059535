"""The names of columns that are no facts (列名): whose a row is, of which day, what is known of it in part."""

from __future__ import annotations

HOUSEHOLD_KEY = "household"
MEMBER_KEY = "member"
DAY = "on"
AT_LEAST, AT_MOST = "at_least:", "at_most:"
"""Before a fact column's name: the bounds of what is not known exactly, where the column itself is null."""
