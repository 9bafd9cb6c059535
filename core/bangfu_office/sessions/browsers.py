"""Browsers: with which ones users signed in before, and in which ones somebody gave the password and owes the code.

A known browser keeps strangers who try a user's name from keeping the user out: its id is no password, it only says
whose failures count (``rate_limits``). It is another one after every sign-in, and is forgotten when it was not used for
half a year. Who owes a code has no session, and opens no page. Of both ids a hash is kept, and both are over when the
user's password, rights or second factor change.

Beside them stands which codes were used, so that none is used twice; in the desk's own store, so that nobody waits for
a long import to sign in.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import BigInteger, Column, Integer, String, Table, delete, insert, select, update

from bangfu import clock
from bangfu_office.registry.chain import SMALL_STEP
from bangfu_office.registry.database import Database
from bangfu_office.registry.users import User
from bangfu_office.sessions.own_tables import METADATA, hash_of, inserted

KNOWN_FOR, CODE_WITHIN = timedelta(days=180), timedelta(minutes=5)
_STEPS_KEPT = 10
"""Steps after which a code is over in any case, and need not be remembered."""

_browsers = Table(
    "web_browsers",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("user", String(100), primary_key=True),
    Column("stamp", String(64), nullable=False),
    Column("used_at", String(32), nullable=False),
)
_halves = Table(
    "web_half_signed_in",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("user", String(100), nullable=False),
    Column("stamp", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
)
_used = Table(
    "web_used_codes",
    METADATA,
    Column("user", String(100), primary_key=True),
    Column("step", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
)


def known_as(database: Database, key: str, user: User | None) -> str:
    """Return what a browser's failures with a user's name are counted by; empty: the user never signed in with it."""
    if not key or user is None:
        return ""
    known = (_browsers.c.id == hash_of(key), _browsers.c.user == user.name, _browsers.c.stamp == user.sign_in)
    lasts = _browsers.c.used_at >= clock.stored(clock.now() - KNOWN_FOR)
    with database.reading() as connection:
        found = connection.execute(select(_browsers.c.id).where(*known, lasts)).scalar()
    return f"{found} {user.name}" if found else ""


def remember(database: Database, old: str, user: User) -> str:
    """Return the new id of a browser that a user signed in with; for its other users it takes the old one's place."""
    key, now, same = secrets.token_urlsafe(32), clock.now(), _browsers.c.id == hash_of(old)
    with database.writing() as connection:
        connection.execute(delete(_browsers).where(_browsers.c.used_at < clock.stored(now - KNOWN_FOR)))
        if old:
            connection.execute(delete(_browsers).where(same, _browsers.c.user == user.name))
            connection.execute(update(_browsers).where(same).values(id=hash_of(key)))
        row = {"id": hash_of(key), "user": user.name, "stamp": user.sign_in, "used_at": clock.stored(now)}
        connection.execute(insert(_browsers).values(**row))
    return key


def await_code(database: Database, user: User) -> str:
    """Note that a user gave the right password; return the id by which the browser comes back with the code."""
    key, now = secrets.token_urlsafe(32), clock.now()
    row = {"id": hash_of(key), "user": user.name, "stamp": user.sign_in, "made_at": clock.stored(now)}
    with database.writing() as connection:
        connection.execute(delete(_halves).where(_halves.c.made_at < clock.stored(now - CODE_WITHIN)))
        connection.execute(insert(_halves).values(**row))
    return key


def awaited(database: Database, key: str) -> tuple[str, str] | None:
    """Return the name and stamp of the user of an id, or None: unknown, or too long ago."""
    now = clock.now()
    # One of a moment to come was begun while the clock was wrong.
    lasts = _halves.c.made_at.between(clock.stored(now - CODE_WITHIN), clock.stored(now + SMALL_STEP))
    with database.reading() as connection:
        row = connection.execute(select(_halves).where(_halves.c.id == hash_of(key), lasts)).first()
    return None if row is None else (row.user, row.stamp)


def await_no_more(database: Database, key: str) -> None:
    """Forget an id."""
    with database.writing() as connection:
        connection.execute(delete(_halves).where(_halves.c.id == hash_of(key)))


def use_code(database: Database, user: str, step: int) -> bool:
    """Return whether a user's code of this half minute was not used yet; it is used now."""
    with database.writing() as connection:
        connection.execute(delete(_used).where(_used.c.step < step - _STEPS_KEPT))
        return inserted(connection, _used, {"user": user, "step": step})
