"""The database behind a registry: SQLite as it comes, PostgreSQL by URL.

Writers take turns, on both: SQLite by ``BEGIN IMMEDIATE``, PostgreSQL by the lock on the journal's head,
the first thing every writer takes. So there are no deadlocks, and the journal is one line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from bangfu.registry.errors import DatabaseUnusableError

REVISION = "0001"
"""The newest migration; what this version of bangfu reads and writes."""

_PATIENCE = 60
"""Seconds that a writer waits for its turn."""
_WRITES = "bangfu_writes"
_POOL: Mapping[str, Any] = {
    "pool_size": 10,
    "max_overflow": 40,
    "pool_timeout": _PATIENCE,
    "hide_parameters": True,  # no name or ID number in a log or an error
}


@frozen
class Database:
    """An engine with its transactions; every error of the database comes out as ``DatabaseUnusableError``."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one moment of the database."""
        with _explained(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end, or undone by any error."""
        with _explained(), self.engine.connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})  # noqa: PLW2901
            with connection.begin():
                yield connection

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def connect(url: str) -> Database:
    """Return the database at a URL or a file path, migrated to what this version reads.

    Raises:
        DatabaseUnusableError: it cannot be opened, is no registry, or is newer than this version.
    """
    with _explained():
        parsed = _parsed(url)
        file = parsed.database if parsed.drivername.startswith("sqlite") else None
        if file and not Path(file).resolve().parent.is_dir():
            raise DatabaseUnusableError(f"没有文件夹 {Path(file).resolve().parent}；请先建立，或改正 --database")
        engine = _engine(parsed)
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    return Database(engine)


def _parsed(url: str) -> URL:
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseUnusableError("--database 不是数据库地址；应为文件路径，或 postgresql://用户@主机/库名") from None
    if parsed.drivername in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise DatabaseUnusableError(f"不支持 {parsed.drivername} 数据库；应为 sqlite 或 postgresql")
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=40, pool_timeout=_PATIENCE
        )
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": _PATIENCE, "check_same_thread": False},
        pool_size=10,
        max_overflow=40,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy begins transactions itself (_begin_sqlite), so that DDL is part of them too.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    """Bring an empty or older database to this version's tables, in one transaction."""
    with engine.connect() as connection, connection.begin():
        found = _revision(connection)
    if found == REVISION:
        return
    with engine.connect() as connection:
        writer = connection.execution_options(**{_WRITES: True})
        with writer.begin():
            if engine.dialect.name == "postgresql":
                writer.execute(text("select pg_advisory_xact_lock(20200901)"))
            if _revision(writer) == REVISION:
                return
            _upgrade(writer)


def _revision(connection: Connection) -> str | None:
    """Return the migration the database is at; None for an empty one.

    Raises:
        DatabaseUnusableError: it holds other tables than a registry's, or is newer than this version.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        revision = connection.execute(text("select version_num from alembic_version")).scalar()
        if revision is not None and str(revision) > REVISION:
            raise DatabaseUnusableError(f"登记库的版本（{revision}）比本程序的（{REVISION}）新；请升级 bangfu 后再打开")
        return None if revision is None else str(revision)
    if tables:
        raise DatabaseUnusableError(f"这个数据库不是 bangfu 登记库（其中有表 {min(tables)}）；请换一个空的数据库")
    return None


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and needed once in a database's life
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "bangfu:registry/migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


_REASONS = (
    ("disk is full", "磁盘已满，什么也没有写入；请腾出空间后再试"),
    ("No space left", "磁盘已满，什么也没有写入；请腾出空间后再试"),
    ("readonly database", "登记库是只读的，不能写入；请检查文件和文件夹的权限"),
    ("read-only", "登记库是只读的，不能写入；请检查权限"),
    ("unable to open database file", "打不开登记库文件；请检查路径和权限"),
    ("file is not a database", "这个文件不是登记库（或已损坏）；请检查路径，或从备份恢复"),
    ("disk image is malformed", "登记库文件已损坏；请从备份恢复"),
    ("disk I/O error", "磁盘读写出错，什么也没有写入；请检查磁盘后再试"),
    ("database is locked", f"等了 {_PATIENCE} 秒仍轮不到写入；请关闭占用登记库的其他程序后再试"),
    ("QueuePool limit", "同时使用登记库的人太多；请稍后再试"),
    ("connection", "连不上数据库；请检查数据库是否在运行、地址和口令是否正确"),
)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn an error of the database into one that a clerk can act on, without the values of the statement."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        said = str(getattr(error, "orig", None) or error)
        for sign, reason in _REASONS:
            if sign.lower() in said.lower():
                raise DatabaseUnusableError(reason) from None
        if isinstance(error, NoSuchModuleError | ModuleNotFoundError):
            raise DatabaseUnusableError("没有安装 PostgreSQL 驱动；请 pip install 'bangfu[postgresql]'") from None
        if isinstance(error, DBAPIError):
            raise DatabaseUnusableError(f"数据库出错（{type(error.orig).__name__}）；什么也没有写入") from None
        raise
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("psycopg"):
            raise DatabaseUnusableError("没有安装 PostgreSQL 驱动；请 pip install 'bangfu[postgresql]'") from None
        raise
