"""A registry with a little of everything, and somebody who edits its database with another program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, RowMapping, create_engine, delete, insert, make_url, select, text
from sqlalchemy.pool import NullPool

from bangfu_office.registry import FactChange, Registry
from bangfu_office.registry.schema import TABLES
from registry_people import CHILD, DAY, HEAD, SINGLE, WIFE, clerk, done, family

Tamper = Callable[[Connection], object]
ENTRIES = 10
FULL = 7
"""The number of an entry with something in every column."""


def fill(registry: Registry) -> None:
    """Write ten entries about two households, 甲 (people 1 to 3) and 乙 (4)."""
    done(registry, lambda work: work.add(family(HEAD, WIFE, CHILD, homes=1), "甲"))  # 1 to 4
    done(registry, lambda work: work.add(family(SINGLE), "乙"))  # 5 and 6
    by = clerk(evidence="照片 3", reason="更正")
    done(registry, lambda work: work.change("甲", [FactChange("relation", "other", member=3)]), by=by)  # 7
    done(registry, lambda work: work.recheck("乙", DAY, "年度复核"))  # 8
    done(registry, lambda work: work.note("looked_up", None, new={"for": "a letter"}))  # 9 and 10
    done(registry, lambda work: work.note("looked_up", None, new={"for": "another letter"}))


def contents(connection: Connection) -> list[Sequence[RowMapping]]:
    """Return all rows of all tables."""
    return [connection.execute(select(table)).mappings().all() for table in TABLES]


@contextmanager
def tampered(url: str, tamper: Tamper) -> Iterator[None]:
    """Edit a registry's database behind its back; put everything back in the end."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        before = contents(connection)
        tamper(connection)
        assert contents(connection) != before
    try:
        yield
    finally:
        with engine.begin() as connection:
            for table in reversed(TABLES):
                connection.execute(delete(table))
            for table, rows in zip(TABLES, before, strict=True):
                if rows:
                    connection.execute(insert(table), [dict(row) for row in rows])


def statement(sql: str) -> Tamper:
    """Return what runs a statement that edits one row."""

    def run(connection: Connection) -> None:
        assert connection.exec_driver_sql(sql).rowcount == 1

    return run


def stored(url: str) -> bytes:
    """Return all that lies in a database: a SQLite file with those beside it, every row of PostgreSQL as text."""
    if (file := make_url(url).database) and url.startswith("sqlite"):
        return b"".join(path.read_bytes() for path in Path(file).parent.glob(f"{Path(file).name}*"))
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        tables = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
        rows = [connection.scalars(text(f'select t::text from "{table}" t')).all() for table in tables]  # noqa: S608
    return "\n".join(row for table in rows for row in table).encode()
