"""The desk's own tables beside the registry's: made at start, and given the columns that came later."""

from __future__ import annotations

from sqlalchemy import Engine, MetaData, inspect, text
from sqlalchemy.schema import CreateColumn


def make_tables(metadata: MetaData, engine: Engine) -> None:
    """Make tables where there are none; a column that an older one lacks is added with its default."""
    metadata.create_all(engine)
    for table in metadata.tables.values():
        there = {column["name"] for column in inspect(engine).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                declared = str(CreateColumn(column).compile(dialect=engine.dialect))
                with engine.begin() as connection:
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {declared}"))
