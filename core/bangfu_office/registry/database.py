"""The database behind a registry: SQLite as it comes, PostgreSQL by URL.

Writers take turns, on both: SQLite by ``BEGIN IMMEDIATE``, PostgreSQL by the lock on the journal's head,
the first thing every writer takes. So there are no deadlocks, and the journal is one line.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from attrs import field, frozen
from sqlalchemy import Connection, Engine, Executable, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError

from bangfu import unwritable
from bangfu.messages import _
from bangfu.private import make_private
from bangfu_office.registry.commits import count_commit
from bangfu_office.registry.database_errors import ERRORS, Step, explained, trouble_of
from bangfu_office.registry.errors import DatabaseUnusableError
from bangfu_office.registry.opening import bring_up_to_date, refuse_strangers
from bangfu_office.registry.read_only import Mark, address_of, companions_of, is_at_rest, is_confined, mark_of

_PATIENCE = 60
"""Seconds that a writer waits for its turn."""
_NOT_WORTH_MORE = 0.2
"""Seconds that somebody waits who writes only what may be lost."""
_GLANCE = 10
"""Milliseconds between two looks of a waiting writer whether SQLite is free."""
_BREATH = 0.001
"""Seconds between two tries where SQLite does not wait itself."""
_WRITES = "bangfu_writes"
_WRITERS_CACHE = 64_000
"""Kilobytes of a database that a writer holds; within the usual 2,000 an import reads its indexes again and again."""
_DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}


def _pool() -> Mapping[str, Any]:
    # Parameters are hidden: no name or ID number in a log or an error.
    return {"pool_size": 10, "max_overflow": 40, "pool_timeout": _PATIENCE, "hide_parameters": True}


@frozen
class Database:
    """An engine with its transactions; every error of the database comes out as ``DatabaseUnusableError``."""

    engine: Engine
    _others: list[Database] = field(factory=list, init=False, repr=False, eq=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one moment of the database."""
        with explained(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                yield connection
                _unchanged(connection)

    @property
    def is_confined(self) -> bool:
        """Whether it is a file in a place where nothing can be written beside it."""
        return self.engine.dialect.name == "sqlite" and is_confined(_file_of(self.engine))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end, or undone by any error; ``commits.counting`` counts it.

        Raises:
            DatabaseUnusableError: it could not be written, or (``unknown``) nobody can know whether it was.
        """
        try:
            with self._committed(_PATIENCE) as connection:
                yield connection
        except DatabaseUnusableError as error:
            if error.unknown:
                count_commit(unknown=True)
            raise
        count_commit()

    def note(self, statement: Executable) -> bool:
        """Write what may be lost, such as who was last seen, and return whether it is written.

        It does not wait for others who write, and where it fails, whatever it was noted of goes on.
        """
        try:
            with self._committed(_NOT_WORTH_MORE) as connection:
                connection.execute(statement)
        except DatabaseUnusableError:
            return False
        return True

    @contextmanager
    def _committed(self, lock_timeout: float) -> Iterator[Connection]:
        step = Step.WRITING
        try:
            with self.engine.connect() as connection:
                connection = connection.execution_options(**{_WRITES: lock_timeout})  # noqa: PLW2901
                with connection.begin():
                    if self.engine.dialect.name == "postgresql":
                        connection.execute(text(f"set local lock_timeout = '{round(lock_timeout * 1000)}ms'"))
                    yield connection
                    step = Step.COMMITTING
        except ERRORS as error:
            raise self._told(error, step) from None

    def _told(self, error: BaseException, step: Step) -> DatabaseUnusableError:
        trouble = trouble_of(error)
        if self.engine.dialect.name == "sqlite" and not trouble.full:
            # What went wrong may be over, and a fresh connection knows. On a full disk those that are open are kept:
            # SQLite needs room to open another, and who only reads can go on with them. Those of PostgreSQL are asked
            # before they are used again (``pool_pre_ping``).
            self.engine.dispose()
        return trouble.at(step)

    def beside(self, ending: str) -> Database:
        """Return the database for tables that are not the registry's own.

        On SQLite a file beside this one, with another ``ending`` to its name and made where there is none, so that its
        writers do not wait for an import; else this one. It is closed with this one.

        Raises:
            DatabaseUnusableError: it cannot be opened.
        """
        if self.engine.dialect.name != "sqlite":
            return self
        with explained():
            other = Database(_of_file(Path(f"{self.engine.url.database}{ending}")))
        self._others.append(other)
        return other

    def dispose(self) -> None:
        """Close all connections."""
        for one in (self, *self._others):
            one.engine.dispose()


def connect(url: str) -> Database:
    """Return the database at a URL or a file path, migrated to what this version reads.

    Raises:
        DatabaseUnusableError: it cannot be opened, is no registry, or is newer than this version.
    """
    parsed = _parsed(url)
    with explained():
        engine = _postgresql(parsed) if parsed.get_backend_name() == "postgresql" else _sqlite(parsed)
        try:
            bring_up_to_date(engine, {_WRITES: _PATIENCE})
        except BaseException:
            engine.dispose()
            raise
    return Database(engine)


def _parsed(url: str) -> URL:
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUnusableError(
            _("--database 不是数据库地址；应为文件路径，或 postgresql://用户@主机/库名")
        ) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in _DRIVERS:
        raise DatabaseUnusableError(
            _("不支持 {driver}；数据库地址应为文件路径，或 postgresql://用户@主机/库名", driver=parsed.drivername)
        )
    return parsed


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, **_pool())
    except ModuleNotFoundError:
        raise DatabaseUnusableError(_("没有安装 PostgreSQL 驱动；请 pip install 'bangfu[postgresql]'")) from None


def _sqlite(url: URL) -> Engine:
    """Return the engine of a file, which is made where there is none."""
    file = Path(url.database or "")
    if not url.database or not file.resolve().parent.is_dir():
        raise DatabaseUnusableError(_("没有文件夹 {parent}；请先建立，或改正 --database", parent=file.resolve().parent))
    refuse_strangers(file)
    return _of_file(file)


def _of_file(file: Path) -> Engine:
    _make(file)
    connection = _open(file)
    try:
        if not connection.at_rest and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            _as_soon_as_free(connection, "PRAGMA journal_mode = WAL", _PATIENCE)
    finally:
        connection.close()
    engine = create_engine(URL.create("sqlite", database=str(file)), creator=lambda: _open(file), **_pool())
    event.listen(engine, "checkout", lambda opened, _, __: _same_file(file, opened))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _file_of(engine: Engine) -> Path:
    return Path(engine.url.database or "")


def _make(file: Path) -> None:
    """Make a file that is no registry yet, where there is none; make sure that nobody else can read one that is."""
    try:
        make_private(file)
    except OSError as error:
        why = unwritable.reason_of(error) or _("请检查路径和文件夹的权限")
        raise DatabaseUnusableError(_("不能建立登记库文件：{why}", why=why)) from None


class _Opened(sqlite3.Connection):
    """A connection to a file, with what the file was when it was opened, and whether it is read at rest."""

    mark: Mark | None = None
    at_rest: bool = False


def _open(file: Path) -> _Opened:
    _free_companions(file)
    mark, at_rest = mark_of(file), is_at_rest(file)
    connection = sqlite3.connect(
        address_of(file, "rw", at_rest=at_rest),
        uri=True,
        timeout=_PATIENCE,
        check_same_thread=False,
        isolation_level=None,  # SQLAlchemy begins transactions itself (_begin_sqlite), so that DDL is part of them too
        factory=_Opened,
    )
    connection.mark, connection.at_rest = mark, at_rest
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _free_companions(file: Path) -> None:
    """Let the files beside a database be written like itself: those made while it was read-only are not."""
    for companion in companions_of(file):
        with suppress(OSError):
            if companion.stat().st_mode != file.stat().st_mode:
                companion.chmod(file.stat().st_mode & 0o777)


def _same_file(file: Path, opened: _Opened) -> None:
    """Let a connection go whose file was moved or replaced; what is written into it nobody would find.

    One to a file at rest is let go too when the file was written, or can be.
    """
    now = mark_of(file)
    same = now == opened.mark and is_at_rest(file) if opened.at_rest else _which(now) == _which(opened.mark)
    if not same:
        raise DisconnectionError


def _which(mark: Mark | None) -> tuple[int, int] | None:
    return None if mark is None else (mark.device, mark.number)


def _unchanged(connection: Connection) -> None:
    """Make sure that what was read at rest was one state of the registry.

    Raises:
        DatabaseUnusableError: somebody wrote into it meanwhile.
    """
    opened = connection.connection.dbapi_connection
    if isinstance(opened, _Opened) and opened.at_rest and mark_of(_file_of(connection.engine)) != opened.mark:
        raise DatabaseUnusableError(_("登记库正在被别处改写，读到的内容不可靠；请再试一次"))


def _begin_sqlite(connection: Connection) -> None:
    lock_timeout = connection.get_execution_options().get(_WRITES)
    if lock_timeout is not None:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_WRITERS_CACHE}")
        _take_turn(connection, lock_timeout)
    else:
        connection.exec_driver_sql("BEGIN")


def _take_turn(connection: Connection, lock_timeout: float) -> None:
    """Begin to write as soon as nobody else does.

    Who waits within SQLite looks only every tenth of a second whether it is free, and seldom sees the short pauses of
    somebody who writes part after part, such as an import. So it waits here, and looks ten times as often.
    """
    raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    _as_soon_as_free(raw, "BEGIN IMMEDIATE", lock_timeout)


def _as_soon_as_free(connection: sqlite3.Connection, statement: str, lock_timeout: float) -> None:
    """Execute a statement that others can be in the way of, again and again for some seconds.

    Where several change a new file to WAL at once, each in the way of the others, SQLite does not wait but says at once
    that it is busy.
    """
    until = time.monotonic() + lock_timeout
    connection.execute(f"PRAGMA busy_timeout = {_GLANCE}")
    try:
        while True:
            try:
                connection.execute(statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_BREATH)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
