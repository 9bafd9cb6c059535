"""Opening a database: is it a registry, whose, how old; brought up to date before anything else."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bangfu.messages import _
from bangfu_office.registry.errors import READ_ONLY, DatabaseUnusableError, trouble_of
from bangfu_office.registry.sqlite import PATIENCE, WRITES, address_of, companions_of, is_at_rest

REVISION = "0005"
"""The newest migration; what this version of bangfu reads and writes."""

_OURS = {"journal", "journal_head", "households", "members"}
_BEGINNING, _SMALLEST = b"SQLite format 3\x00", 512
_NO_REGISTRY = _("这个文件不是登记库（或已损坏）；请检查路径，或从备份恢复")


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

    Raises:
        DatabaseUnusableError: it holds other tables than a registry's, is newer than this version, or is older
            and cannot be written.
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
                if _revision(writer) != REVISION:
                    _upgrade(writer)
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


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and needed once in a database's life
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "bangfu_office:registry/migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
