"""Opening a database: is it a registry, how old; brought up to date; SQLite's files and how its writers take turns.

SQLite keeps files beside a registry that is in use, even to read it. Where they cannot be made (只读的登记库) it reads
the file as one that nobody changes (``immutable``), without locks. That nobody changes it is known by this: a program
that writes keeps its ``-wal`` or ``-journal`` beside the file as long as it may, and there is none; and whoever comes
later is noticed by the file, which is looked at before and after each transaction.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError

from bangfu import unwritable
from bangfu.messages import _
from bangfu.private import make_private
from bangfu_office.registry.errors import READ_ONLY, DatabaseUnusableError, trouble_of, undamaged
from bangfu_office.registry.schema import NOTHING, journal_head, metadata

REVISION = "0005"
"""The newest migration; what this version of bangfu reads and writes."""
_OURS = {"journal", "journal_head", "households", "members"}
_BEGINNING, _SMALLEST = b"SQLite format 3\x00", 512
_NO_REGISTRY = _("这个文件不是登记库（或已损坏）；请检查路径，或从备份恢复")
WRITES = "bangfu_writes"
"""The execution option of a transaction that writes: seconds that it waits for its turn."""
PATIENCE = 60
"""Seconds that a writer waits for its turn."""
POOL: Mapping[str, Any] = {"pool_size": 10, "max_overflow": 40, "pool_timeout": PATIENCE, "hide_parameters": True}
"""Parameters are hidden: no name or ID number in a log or an error."""
_GLANCE = 10
"""Milliseconds between two looks of a waiting writer whether SQLite is free."""
_BREATH = 0.001
"""Seconds between two tries where SQLite does not wait itself."""
_WRITERS_CACHE = 64_000
"""Kilobytes of a database that a writer holds; within the usual 2,000 an import reads its indexes again and again."""
_COMPANIONS = ("-wal", "-shm", "-journal")


def companions_of(file: Path) -> list[Path]:
    """Return the files that SQLite keeps beside a database in use, whether or not they are there."""
    real = file.resolve()
    return [real.with_name(f"{real.name}{end}") for end in _COMPANIONS]


def is_confined(file: Path) -> bool:
    """Return whether we can make no file beside a database."""
    effective = os.access in os.supports_effective_ids
    return not os.access(file.resolve().parent, os.W_OK, effective_ids=effective)


def is_at_rest(file: Path) -> bool:
    """Return whether a database is read as one that nobody changes: nothing can be made beside it, and nothing is."""
    return is_confined(file) and not any(companion.exists() for companion in companions_of(file))


def address_of(file: Path, mode: str, *, at_rest: bool) -> str:
    """Return the address by which SQLite opens a database in a mode; one at rest is read, whatever the mode."""
    how = "mode=ro&immutable=1" if at_rest else f"mode={mode}"
    return f"file:{quote(str(file.resolve()))}?{how}"


def engine_of(file: Path) -> Engine:
    """Return the engine of a file, which is made where there is none, and readable by its owner alone."""
    try:
        make_private(file)
    except OSError as error:
        why = unwritable.reason_of(error) or _("请检查路径和文件夹的权限")
        raise DatabaseUnusableError(_("不能建立登记库文件：{why}", why=why)) from None
    with closing(_open(file)) as connection:
        if not connection.at_rest and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            _as_soon_as_free(connection, "PRAGMA journal_mode = WAL", PATIENCE)
    engine = create_engine(URL.create("sqlite", database=str(file)), creator=lambda: _open(file), **POOL)
    event.listen(engine, "checkout", lambda opened, _, __: _same_file(file, opened))
    event.listen(engine, "begin", _begin)
    return engine


def must_be_unchanged(connection: Connection) -> None:
    """Raise DatabaseUnusableError where somebody wrote meanwhile into what was read at rest."""
    opened, file = connection.connection.dbapi_connection, Path(connection.engine.url.database or "")
    if isinstance(opened, _Opened) and opened.at_rest and _mark_of(file) != opened.mark:
        raise DatabaseUnusableError(_("登记库正在被别处改写，读到的内容不可靠；请再试一次"))


class _Opened(sqlite3.Connection):
    """A connection to a file, with what the file was when it was opened, and whether it is read at rest."""

    mark: tuple[int, ...] = ()
    at_rest: bool = False


def _open(file: Path) -> _Opened:
    for companion in companions_of(file):  # those made while the file was read-only can be written like it from now on
        with suppress(OSError):
            if companion.stat().st_mode != file.stat().st_mode:
                companion.chmod(file.stat().st_mode & 0o777)
    mark, at_rest = _mark_of(file), is_at_rest(file)
    connection = sqlite3.connect(
        address_of(file, "rw", at_rest=at_rest),
        uri=True,
        timeout=PATIENCE,
        check_same_thread=False,
        isolation_level=None,  # SQLAlchemy begins transactions itself (_begin), so that DDL is part of them too
        factory=_Opened,
    )
    connection.mark, connection.at_rest = mark, at_rest
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _mark_of(file: Path) -> tuple[int, ...]:
    """Return which file it is (device and number) and when it was last written (size and moment); empty: none."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _same_file(file: Path, opened: _Opened) -> None:
    """Let a connection go whose file was moved or replaced; at rest, also one whose file was written, or can be."""
    now = _mark_of(file)
    same = now == opened.mark and is_at_rest(file) if opened.at_rest else now[:2] == opened.mark[:2]
    if not same:
        raise DisconnectionError


def _begin(connection: Connection) -> None:
    """Begin to read, or to write as soon as nobody else does.

    Who waits within SQLite looks only every tenth of a second whether it is free, and seldom sees the short pauses of
    somebody who writes part after part, such as an import. So it waits here, and looks ten times as often.
    """
    lock_timeout = connection.get_execution_options().get(WRITES)
    if lock_timeout is None:
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_WRITERS_CACHE}")
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
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")


def refuse_strangers(file: Path) -> None:
    """Refuse a file that is no registry with DatabaseUnusableError, before anything of it is changed."""
    if any(companion.name.endswith("-journal") and companion.exists() for companion in companions_of(file)):
        # Whoever wrote last may have been killed halfway; SQLite puts back what was there when it may write.
        with suppress(sqlite3.Error):
            _tables_of(file, "rw")
    if not file.is_file() or not file.stat().st_size:
        return
    with file.open("rb") as opened:
        if opened.read(len(_BEGINNING)) != _BEGINNING or file.stat().st_size < _SMALLEST:
            raise DatabaseUnusableError(_NO_REGISTRY)
    _refuse_other_tables(_tables_of(file, "ro"))


@undamaged()
def _tables_of(file: Path, mode: str) -> set[str]:
    with closing(sqlite3.connect(address_of(file, mode, at_rest=is_at_rest(file)), uri=True)) as connection:
        return {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}


def _refuse_other_tables(tables: set[str]) -> None:
    if tables - {"alembic_version"} and not tables >= _OURS:
        other = min(tables - _OURS - {"alembic_version"}, default="alembic_version")
        raise DatabaseUnusableError(
            _("这个数据库不是 bangfu 登记库（其中有表 {other}）；请换一个空的数据库", other=other)
        )


def bring_up_to_date(engine: Engine) -> None:
    """Bring an empty or older database to this version's tables, in one transaction.

    DatabaseUnusableError where it holds other tables than a registry's, is newer, or is older and cannot be written.
    """
    with engine.connect() as connection, connection.begin():
        found = _revision(connection)
    if found == REVISION:
        return
    try:
        with engine.connect() as connection:
            writer = connection.execution_options(**{WRITES: PATIENCE})
            with writer.begin():
                if engine.dialect.name == "postgresql":
                    writer.execute(text("select pg_advisory_xact_lock(20200901)"))
                if (now := _revision(writer)) != REVISION:
                    _upgrade(writer, now)
    except SQLAlchemyError as error:
        if found is None or trouble_of(error) != READ_ONLY:
            raise
        raise DatabaseUnusableError(
            _(
                "登记库的版本（{found}）比本程序的（{revision}）旧，而它是只读的；请先在可以写入的地方用本程序打开一次",
                found=found,
                revision=REVISION,
            )
        ) from None


def _revision(connection: Connection) -> str | None:
    """Return the migration the database is at; None for an empty one."""
    tables = set(inspect(connection).get_table_names())
    _refuse_other_tables(tables)
    if "alembic_version" not in tables:
        return None
    revision = connection.execute(text("select version_num from alembic_version")).scalar()
    if revision is not None and str(revision) > REVISION:
        raise DatabaseUnusableError(
            _(
                "登记库的版本（{revision}）比本程序的（{revision2}）新；请升级 bangfu 后再打开",
                revision=revision,
                revision2=REVISION,
            )
        )
    return None if revision is None else str(revision)


def _upgrade(connection: Connection, found: str | None) -> None:
    """Make the tables in an empty database, or bring those of an earlier version up to date."""
    from alembic import command  # noqa: PLC0415 - heavy, and needed once in a database's life
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "bangfu_office:registry/migrations")
    config.attributes["connection"] = connection
    if found is None:
        metadata.create_all(connection, checkfirst=False)
        connection.execute(insert(journal_head).values(id=1, seq=0, hash=NOTHING, at=""))
        command.stamp(config, REVISION)
    else:
        command.upgrade(config, REVISION)
