"""Drafts of forms, kept beside the sessions until the form is saved; sealed like the registry's own values."""

from __future__ import annotations

import json

from attrs import frozen
from sqlalchemy import Column, Delete, Engine, MetaData, String, Table, Text, delete, insert, select

from bangfu import clock
from bangfu_web.desk import Desk

_metadata = MetaData()
_drafts = Table(
    "web_drafts",
    _metadata,
    Column("user", String(100), primary_key=True),
    Column("household", String(64), primary_key=True),
    Column("saved_at", String(32), nullable=False),
    Column("content", Text, nullable=False),
)
NEW = "new"
"""The household of a draft that has no number yet."""


@frozen
class Draft:
    """What somebody had filled in, and when."""

    saved_at: str
    values: dict[str, str]


def make_table(engine: Engine) -> None:
    """Make the table of drafts where there is none."""
    _metadata.create_all(engine)


def keep(desk: Desk, user: str, household: str, values: dict[str, str]) -> None:
    """Keep a form as it is, in place of an earlier draft."""
    kept = {name: value for name, value in values.items() if not name.startswith("_") and value}
    content = desk.registry.vault.seal(json.dumps(kept, ensure_ascii=False))
    now = clock.now().isoformat(timespec="seconds")
    with desk.sessions.database.writing() as connection:
        connection.execute(_own(user, household))
        row = {"user": user, "household": household, "saved_at": now, "content": content}
        connection.execute(insert(_drafts).values(row))


def find(desk: Desk, user: str, household: str) -> Draft | None:
    """Return somebody's draft of a household, or None."""
    query = select(_drafts).where(_drafts.c.user == user, _drafts.c.household == household)
    with desk.sessions.database.reading() as connection:
        row = connection.execute(query).first()
    return None if row is None else Draft(row.saved_at, json.loads(desk.registry.vault.open(row.content)))


def drop(desk: Desk, user: str, household: str) -> None:
    """Forget a draft."""
    with desk.sessions.database.writing() as connection:
        connection.execute(_own(user, household))


def _own(user: str, household: str) -> Delete:
    return delete(_drafts).where(_drafts.c.user == user, _drafts.c.household == household)
