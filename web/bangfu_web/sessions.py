"""Sessions: who is signed in, kept on the server; the browser holds a random id and nothing else.

Of the id only a hash is stored. It is made at sign-in, never taken from the browser, and ends when idle, when old, at
sign-out, and when the user's password or rights change (``User.stamp``). On SQLite sessions stand in a file of their
own beside the registry's, so that nobody waits for a long import to sign in; on PostgreSQL in a table beside the
others.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from attrs import frozen
from sqlalchemy import (
    Column,
    Engine,
    MetaData,
    Row,
    String,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.pool import NullPool

from bangfu import clock
from bangfu.registry import Registry
from bangfu.registry.users import User
from bangfu_web.settings import Settings
from bangfu_web.tables import make_tables

_metadata = MetaData()
_sessions = Table(
    "web_sessions",
    _metadata,
    Column("id", String(64), primary_key=True),
    Column("user", String(100), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False),
    Column("stamp", String(64), nullable=False, server_default=""),
)
_SEEN_EVERY = timedelta(seconds=60)
"""How exactly it is noted when somebody was last seen."""


@frozen
class Session:
    """Somebody's session: the user's name and stamp when it began, and the token every change must carry."""

    user: str
    csrf: str
    stamp: str
    made_at: str
    seen_at: str
    id: str
    """The hash of what the browser holds."""

    def is_of(self, user: User | None) -> bool:
        """Return whether it is still this user's: nothing changed that he or she signed in with."""
        return user is not None and self.stamp == user.stamp


@frozen
class SessionStore:
    """All sessions of a desk."""

    engine: Engine
    idle: timedelta
    longest: timedelta

    @classmethod
    def beside(cls, registry: Registry, settings: Settings) -> SessionStore:
        """Return the store that belongs to a registry, made where there is none."""
        engine = registry.database.engine
        if engine.dialect.name == "sqlite" and engine.url.database:
            url = engine.url.set(database=f"{engine.url.database}.sessions", query={})
            engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, poolclass=NullPool)
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA journal_mode = WAL"))
        make_tables(_metadata, engine)
        return cls(engine, timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.longest_hours))

    def begin(self, user: User, old: str | None = None) -> str:
        """Sign a user in and return the new session's id; a session the browser had before ends."""
        now = _now()
        key = secrets.token_urlsafe(32)
        with self.engine.begin() as connection:
            past = delete(_sessions).where(_sessions.c.made_at < _text(now - self.longest))
            connection.execute(past)
            if old:
                connection.execute(delete(_sessions).where(_sessions.c.id == _hash(old)))
            row = {"id": _hash(key), "user": user.name, "stamp": user.stamp, "csrf": secrets.token_urlsafe(32)}
            connection.execute(insert(_sessions).values(**row, made_at=_text(now), seen_at=_text(now)))
        return key

    def find(self, key: str) -> Session | None:
        """Return the session of an id, or None: unknown, idle for too long, or too old."""
        now = _now()
        with self.engine.connect() as connection:
            row = connection.execute(select(_sessions).where(_sessions.c.id == _hash(key))).first()
        if row is None or not self._lasts(row, now):
            return None
        if row.seen_at < _text(now - _SEEN_EVERY):
            with self.engine.begin() as connection:
                connection.execute(update(_sessions).where(_sessions.c.id == row.id).values(seen_at=_text(now)))
        return _session(row)

    def of_user(self, user: User) -> list[Session]:
        """Return a user's sessions that last, the newest first."""
        now = _now()
        query = select(_sessions).where(_sessions.c.user == user.name).order_by(_sessions.c.made_at.desc())
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [_session(row) for row in rows if self._lasts(row, now) and row.stamp == user.stamp]

    def _lasts(self, row: Row[tuple[str, ...]], now: datetime) -> bool:
        return bool(row.made_at >= _text(now - self.longest) and row.seen_at >= _text(now - self.idle))

    def end(self, key: str) -> None:
        """Sign a session out."""
        with self.engine.begin() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.id == _hash(key)))

    def end_all(self, user: str, *, but: str | None = None) -> None:
        """Sign a user out everywhere, as after a change of password."""
        gone = delete(_sessions).where(_sessions.c.user == user)
        with self.engine.begin() as connection:
            connection.execute(gone if but is None else gone.where(_sessions.c.id != _hash(but)))


def _session(row: Row[tuple[str, ...]]) -> Session:
    return Session(row.user, row.csrf, row.stamp, row.made_at, row.seen_at, row.id)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> datetime:
    return clock.now()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
