"""Between the password and the code: who gave the right password and owes the code; no session, and opens no page.

Beside it stands which codes were used, so that none is used twice; in the desk's own store, so that nobody waits for a
long import to sign in.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, delete, insert, select

from bangfu import clock
from bangfu_office.registry.chain import SMALL_STEP
from bangfu_office.registry.database import Database
from bangfu_office.registry.users import User
from bangfu_office.sessions.own_tables import hash_of, inserted, make_tables

LASTS = timedelta(minutes=5)

_metadata = MetaData()
_halves = Table(
    "web_half_signed_in",
    _metadata,
    Column("id", String(64), primary_key=True),
    Column("user", String(100), nullable=False),
    Column("stamp", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
)
_used = Table(
    "web_used_codes",
    _metadata,
    Column("user", String(100), primary_key=True),
    Column("step", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
)
_KEPT = 10
"""Steps after which a code is over in any case, and need not be remembered."""


def make_table(database: Database) -> None:
    """Make the tables where there are none."""
    make_tables(_metadata, database)


def begin(database: Database, user: User) -> str:
    """Note that a user gave the right password; return the id by which the browser comes back with the code."""
    key = secrets.token_urlsafe(32)
    row = {"id": hash_of(key), "user": user.name, "stamp": user.sign_in, "made_at": clock.stored(clock.now())}
    with database.writing() as connection:
        connection.execute(delete(_halves).where(_halves.c.made_at < clock.stored(clock.now() - LASTS)))
        connection.execute(insert(_halves).values(**row))
    return key


def find(database: Database, key: str) -> tuple[str, str] | None:
    """Return the name and stamp of the user of an id, or None: unknown, or too long ago."""
    with database.reading() as connection:
        row = connection.execute(select(_halves).where(_halves.c.id == hash_of(key))).first()
    # One of a moment to come was begun while the clock was wrong.
    return (
        None
        if row is None or not clock.stored(clock.now() - LASTS) <= row.made_at <= clock.stored(clock.now() + SMALL_STEP)
        else (row.user, row.stamp)
    )


def end(database: Database, key: str) -> None:
    """Forget an id."""
    with database.writing() as connection:
        connection.execute(delete(_halves).where(_halves.c.id == hash_of(key)))


def use(database: Database, user: str, step: int) -> bool:
    """Return whether a user's code of this half minute was not used yet; it is used now."""
    with database.writing() as connection:
        connection.execute(delete(_used).where(_used.c.step < step - _KEPT))
        return inserted(connection, _used, {"user": user, "step": step})
