"""Sessions: who is signed in, kept on the server, and for how long; the browser holds a random id and nothing else.

Of the id only a hash is stored. It is made at sign-in, never taken from the browser, and ends when idle, when old, at
sign-out, and when the user's password, rights or second factor change (``User.sign_in``). On SQLite sessions stand in
a file of their own beside the registry's, so that nobody waits for a long import to sign in; on PostgreSQL in a table
beside the others.

Who reads goes on reading where nothing can be written, on a full disk say. When somebody was last seen is then known to
the process that saw it alone: a session in use does not end early there, one that is not ends when it would have, and
every one when it is old, for that is reckoned from its beginning.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from attrs import field, frozen
from sqlalchemy import Column, ColumnElement, String, Table, Text, delete, insert, select, update

from bangfu import clock
from bangfu.messages import _
from bangfu_office.registry import DatabaseUnusableError, Registry
from bangfu_office.registry.chain import SMALL_STEP
from bangfu_office.registry.database import Database
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.second_factor import new_secret
from bangfu_office.registry.users import Role, User
from bangfu_office.sessions.own_tables import METADATA, hash_of, make_tables

NEED_A_FACTOR = {
    "nobody": frozenset[Role](),
    "reviewers": frozenset({Role.REVIEWER, Role.ADMINISTRATOR}),
    "everybody": frozenset(Role),
}
"""Who can be made to have a second factor: by default those who decide, about a county's households and its users."""

_sessions = Table(
    "web_sessions",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("user", String(100), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False),
    Column("stamp", String(64), nullable=False, server_default=""),
    Column("offered", Text),
)
"""``offered`` is the (sealed) secret that whoever has no second factor can make one of."""

_CONFINED = _("工作台要在登记库旁边记下谁已登录，而那里是只读的；请把登记库放到可以写入的文件夹，或只用命令行读取")
_SEEN_EVERY = timedelta(seconds=60)
"""How exactly it is noted when somebody was last seen."""


@frozen
class OfficeSettings:
    """Settings of an office.

    ``pages_an_hour``, ``reveals_an_hour`` and ``exports_a_day`` are what one user may ask for (``rate_limits``).
    ``second_factor`` are the roles that cannot work without one; the made-up users of a ``demo`` can.
    """

    demo: bool = False
    idle_minutes: int = 30
    longest_hours: int = 10
    second_factor: frozenset[Role] = NEED_A_FACTOR["reviewers"]
    pages_an_hour: int = 5_000
    reveals_an_hour: int = 300
    exports_a_day: int = 20

    def needs_factor(self, user: User) -> bool:
        """Return whether a user may work only with a second factor."""
        return user.role in self.second_factor and not self.demo

    def owed(self, user: User) -> str:
        """Return what a user has to see to before any work: "password", "factor", or nothing."""
        if user.must_change:
            return "password"
        return "factor" if self.needs_factor(user) and not user.has_factor else ""


@frozen
class Session:
    """Somebody's session: the user's name and stamp when it began, and the token every change must carry.

    ``id`` tells it from others and opens nothing; ``offered`` is a sealed secret for a second factor, for who has none.
    """

    id: str
    user: str
    csrf: str
    stamp: str
    made_at: str
    seen_at: str
    offered: str | None = field(default=None, repr=False)

    def is_of(self, user: User | None) -> bool:
        """Return whether it is still this user's: nothing changed that he or she signed in with."""
        return user is not None and self.stamp == user.sign_in


@frozen
class SessionStore:
    """All sessions of an office."""

    database: Database
    """Holds the desk's own tables: those of sessions, of tokens, of drafts."""
    encryption: FieldEncryption
    idle: timedelta
    longest: timedelta
    unnoted: dict[str, str] = field(factory=dict, init=False, repr=False)
    """When sessions were last seen of which that could not be written."""

    @classmethod
    def beside(cls, registry: Registry, settings: OfficeSettings) -> SessionStore:
        """Return the store that belongs to a registry, made where there is none.

        Raises:
            DatabaseUnusableError: it cannot be made, as where the registry lies where nothing can be written beside it.
        """
        if registry.database.is_confined:
            raise DatabaseUnusableError(_CONFINED)
        database = registry.database.beside(".sessions")
        make_tables(database)
        idle, longest = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.longest_hours)
        return cls(database, registry.encryption, idle, longest)

    def begin(self, user: User, old: str | None = None) -> str:
        """Sign a user in and return the new session's id; a session the browser had before ends."""
        now, key = clock.now(), secrets.token_urlsafe(32)
        row = {"id": hash_of(key), "user": user.name, "stamp": user.sign_in, "csrf": secrets.token_urlsafe(32)}
        row |= {"made_at": clock.stored(now), "seen_at": clock.stored(now)}
        offered = None if user.has_factor else self.encryption.seal(new_secret())
        with self.database.writing() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.made_at < clock.stored(now - self.longest)))
            if old:
                connection.execute(delete(_sessions).where(_sessions.c.id == hash_of(old)))
            connection.execute(insert(_sessions).values(**row, offered=offered))
        return key

    def find(self, key: str, *, used: bool = True) -> Session | None:
        """Return the session of an id, or None: unknown, idle for too long, or too old.

        It is ``used`` by this, unless only somebody looks whether it is still there.
        """
        found = self._lasting(_sessions.c.id == hash_of(key))
        if not found:
            return None
        if used:
            self._see(found[0])
        return found[0]

    def of_user(self, user: User) -> list[Session]:
        """Return a user's sessions that last, the newest first."""
        return [session for session in self._lasting(_sessions.c.user == user.name) if session.is_of(user)]

    def _lasting(self, which: ColumnElement[bool]) -> list[Session]:
        """Return sessions that are neither idle for too long nor too old, the newest first."""
        query = select(_sessions).where(which).order_by(_sessions.c.made_at.desc())
        with self.database.reading() as connection:
            found = [Session(**row) for row in connection.execute(query).mappings()]
        # One that begins in time to come was begun while the clock was wrong, and would last until then.
        now = clock.now()
        first, last = clock.stored(now - self.longest), clock.stored(now + SMALL_STEP)
        awake = clock.stored(now - self.idle)
        return [s for s in found if first <= s.made_at <= last and awake <= max(s.seen_at, self.unnoted.get(s.id, ""))]

    def _see(self, session: Session) -> None:
        """Note that somebody was seen; by ourselves where it cannot be written."""
        now = clock.now()
        if session.seen_at >= clock.stored(now - _SEEN_EVERY):
            return
        seen = update(_sessions).where(_sessions.c.id == session.id).values(seen_at=clock.stored(now))
        if self.database.note(seen):
            self.unnoted.pop(session.id, None)
            return
        self.unnoted[session.id] = clock.stored(now)
        for key, at in list(self.unnoted.items()):
            if at < clock.stored(now - self.idle):
                self.unnoted.pop(key, None)

    def end_one(self, user: str, session: str) -> None:
        """Sign a user out where a session of this ``Session.id`` is."""
        self._end(user, _sessions.c.id == session)

    def end_all(self, user: str, *, but: str = "") -> None:
        """Sign a user out everywhere, as after a change of password, ``but`` in the session of this ``Session.id``."""
        self._end(user, _sessions.c.id != but)

    def _end(self, user: str, which: ColumnElement[bool]) -> None:
        with self.database.writing() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.user == user, which))
