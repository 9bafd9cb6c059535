"""The database behind a registry: SQLite as it comes, PostgreSQL by URL.

Writers take turns, on both: SQLite by ``BEGIN IMMEDIATE``, PostgreSQL by the lock on the journal's head,
the first thing every writer takes. So there are no deadlocks, and the journal is one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from attrs import define, field, frozen
from sqlalchemy import Connection, Engine, Executable, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bangfu.messages import _
from bangfu_office.registry import opening
from bangfu_office.registry.errors import ERRORS, DatabaseUnusableError, Step, explained, trouble_of

_NOT_WORTH_MORE = 0.2
"""Seconds that somebody waits who writes only what may be lost."""
_DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}


@define
class Commits:
    """How many transactions were committed; ``unknown``: of one more nobody knows, for the answer got lost."""

    number: int = 0
    unknown: bool = False


_counted: ContextVar[Commits | None] = ContextVar("commits", default=None)


@contextmanager
def counting_commits() -> Iterator[Commits]:
    """Count what is committed in here, in threads that are begun with this context too."""
    commits = Commits()
    before = _counted.set(commits)
    try:
        yield commits
    finally:
        _counted.reset(before)


@frozen
class Database:
    """An engine with its transactions; every error of the database comes out as ``DatabaseUnusableError``."""

    engine: Engine
    _others: list[Database] = field(factory=list, init=False, repr=False, eq=False)

    @property
    def _is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def is_confined(self) -> bool:
        """Whether it is a file in a place where nothing can be written beside it."""
        return self._is_sqlite and opening.is_confined(Path(self.engine.url.database or ""))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one moment of the database."""
        with explained(), self.engine.connect() as connection:
            if not self._is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                yield connection
                opening.must_be_unchanged(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end, or undone by any error; ``counting_commits`` counts it.

        Raises:
            DatabaseUnusableError: it could not be written, or (``unknown``) nobody can know whether it was.
        """
        commits = _counted.get() or Commits()
        try:
            with self._committed(opening.PATIENCE) as connection:
                yield connection
        except DatabaseUnusableError as error:
            commits.unknown = commits.unknown or error.unknown
            raise
        commits.number += 1

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
                connection = connection.execution_options(**{opening.WRITES: lock_timeout})  # noqa: PLW2901
                with connection.begin():
                    if not self._is_sqlite:
                        connection.execute(text(f"set local lock_timeout = '{round(lock_timeout * 1000)}ms'"))
                    yield connection
                    step = Step.COMMITTING
        except ERRORS as error:
            trouble = trouble_of(error)
            if self._is_sqlite and not trouble.full:
                # What went wrong may be over, and a fresh connection knows. On a full disk those that are open are
                # kept: SQLite needs room to open another, and who only reads can go on with them. Those of PostgreSQL
                # are asked before they are used again (``pool_pre_ping``).
                self.engine.dispose()
            raise trouble.at(step) from None

    def beside(self, ending: str) -> Database:
        """Return the database for tables that are not the registry's own.

        On SQLite a file beside this one, with another ``ending`` to its name and made where there is none, so that its
        writers do not wait for an import; else this one. It is closed with this one.

        Raises:
            DatabaseUnusableError: it cannot be opened.
        """
        if not self._is_sqlite:
            return self
        with explained():
            other = Database(opening.engine_of(Path(f"{self.engine.url.database}{ending}")))
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
            opening.bring_up_to_date(engine)
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
        return create_engine(url, pool_pre_ping=True, **opening.POOL)
    except ModuleNotFoundError:
        raise DatabaseUnusableError(_("没有安装 PostgreSQL 驱动；请 pip install 'bangfu[postgresql]'")) from None


def _sqlite(url: URL) -> Engine:
    file = Path(url.database or "")
    if not url.database or not file.resolve().parent.is_dir():
        raise DatabaseUnusableError(_("没有文件夹 {parent}；请先建立，或改正 --database", parent=file.resolve().parent))
    opening.refuse_strangers(file)
    return opening.engine_of(file)
