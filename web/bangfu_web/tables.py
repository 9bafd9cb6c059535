"""The desk's own tables beside the registry's: made at start, and given the columns and indexes that came later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, MetaData, Table, inspect, text
from sqlalchemy.schema import CreateColumn


def make_tables(
    metadata: MetaData, engine: Engine, *, before_index: Callable[[Connection], None] | None = None
) -> None:
    """Make tables where there are none; what an older one lacks is added: columns with their default, indexes.

    ``before_index`` mends, in the same transaction, what a new index would not allow.
    """
    metadata.create_all(engine)
    for table in metadata.tables.values():
        there = {column["name"] for column in inspect(engine).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                declared = str(CreateColumn(column).compile(dialect=engine.dialect))
                with engine.begin() as connection:
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {declared}"))
        known = {index["name"] for index in inspect(engine).get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in known:
                with writing_alone(engine, table) as connection:
                    if before_index is not None:
                        before_index(connection)
                    index.create(connection)


@contextmanager
def writing_alone(engine: Engine, table: Table) -> Iterator[Connection]:
    """Give a transaction during which nobody else changes a table; what is counted in it is still so at its end."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
        yield connection
