"""The desk's own tables beside the registry's: made at start, and given the columns and indexes that came later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, MetaData, Table, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateColumn

from bangfu_office.registry.database import Database

METADATA = MetaData()
"""The tables, whichever file declares them. Of one whose ``info`` has ``before_index``, that mends on a connection what
an index that came later would not allow."""


def make_tables(database: Database) -> None:
    """Make the tables where there are none; what an older one lacks is added: columns with their default, indexes."""
    engine = database.engine
    METADATA.create_all(engine)
    for table in METADATA.tables.values():
        there = {column["name"] for column in inspect(engine).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                declared = str(CreateColumn(column).compile(dialect=engine.dialect))
                with database.writing() as connection:
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {declared}"))
        known = {index["name"] for index in inspect(engine).get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in known:
                with writing_alone(database, table) as connection:
                    if mend := table.info.get("before_index"):
                        mend(connection)
                    index.create(connection)


@contextmanager
def writing_alone(database: Database, table: Table) -> Iterator[Connection]:
    """Give a transaction during which nobody else changes a table; what is counted in it is still so at its end."""
    with database.writing() as connection:
        if connection.dialect.name != "sqlite":  # whose writers take turns anyway
            connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
        yield connection


def inserting(connection: Connection, table: Table, row: Mapping[str, Any]) -> Any:
    """Return the statement that inserts a row, to be told what to do where it is there already (``on_conflict_…``)."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table).values(row)


def inserted(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row, and return whether it is there by this: of those who do so at the same time, it is for one."""
    statement = inserting(connection, table, row).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement).first() is not None


def hash_of(secret: str) -> str:
    """Return what is kept of a random secret that somebody else holds: SHA-256, in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
