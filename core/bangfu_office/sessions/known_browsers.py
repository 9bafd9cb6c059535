"""Known browsers: those a user signed in with before, so that strangers who try the name do not keep the user out.

A browser holds a random id, of which a hash is kept with the users who signed in with it. It is no password: it only
says whose failures count (``throttle``). It is another one after every sign-in, is forgotten when it was not used for
half a year, and what it says of a user is over when the password, the rights or the second factor change.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import Column, MetaData, String, Table, delete, insert, select, update

from bangfu import clock
from bangfu_office.registry.database import Database
from bangfu_office.registry.users import User
from bangfu_office.sessions.own_tables import hash_of, make_tables

LASTS = timedelta(days=180)

_metadata = MetaData()
_browsers = Table(
    "web_browsers",
    _metadata,
    Column("id", String(64), primary_key=True),
    Column("user", String(100), primary_key=True),
    Column("stamp", String(64), nullable=False),
    Column("used_at", String(32), nullable=False),
)


def make_table(database: Database) -> None:
    """Make the table of known browsers where there is none."""
    make_tables(_metadata, database)


def known_as(database: Database, key: str, user: User | None) -> str:
    """Return what a browser's failures with a user's name are counted by; empty: the user never signed in with it."""
    if not key or user is None:
        return ""
    query = select(_browsers.c.used_at).where(
        _browsers.c.id == hash_of(key), _browsers.c.user == user.name, _browsers.c.stamp == user.sign_in
    )
    with database.reading() as connection:
        used_at = connection.execute(query).scalar()
    return f"{hash_of(key)} {user.name}" if used_at is not None and used_at >= clock.stored(clock.now() - LASTS) else ""


def remember(database: Database, old: str, user: User) -> str:
    """Return the new id of a browser that a user signed in with; for its other users it takes the old one's place."""
    key = secrets.token_urlsafe(32)
    with database.writing() as connection:
        connection.execute(delete(_browsers).where(_browsers.c.used_at < clock.stored(clock.now() - LASTS)))
        if old:
            mine = (_browsers.c.id == hash_of(old), _browsers.c.user == user.name)
            connection.execute(delete(_browsers).where(*mine))
            connection.execute(update(_browsers).where(_browsers.c.id == hash_of(old)).values(id=hash_of(key)))
        row = {"id": hash_of(key), "user": user.name, "stamp": user.sign_in, "used_at": clock.stored(clock.now())}
        connection.execute(insert(_browsers).values(**row))
    return key
