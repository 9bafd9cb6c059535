"""The databases that tests are given: empty, real, and a server that can go away and come back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    create_engine,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from postgresql_server import GivenServer

METADATA = MetaData()
PAYMENTS = Table(
    "payments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("due", Date, nullable=False),
)
PAYMENT = {"name": "低保金", "amount": Decimal("1234.10"), "due": date(2026, 2, 28)}


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Yield a connection of its own, in a transaction."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def payments(connection: Connection) -> list[tuple[str, Decimal, date]]:
    """Return what stands in the table."""
    rows = connection.execute(select(PAYMENTS.c.name, PAYMENTS.c.amount, PAYMENTS.c.due))
    return [(row.name, row.amount, row.due) for row in rows]


@pytest.mark.parametrize("rows", [1, 2])
def test_a_fresh_database_keeps_what_is_written(database_url: str, rows: int) -> None:
    """Money and days come back as they went in; the second round finds nothing of the first."""
    with connected(database_url) as connection:
        assert not inspect(connection).get_table_names()
        METADATA.create_all(connection)
        connection.execute(insert(PAYMENTS), [PAYMENT] * rows)
    with connected(database_url) as connection:
        assert payments(connection) == [tuple(PAYMENT.values())] * rows


def test_a_server_goes_away_and_comes_back(postgresql: GivenServer, postgresql_url: str) -> None:
    """Open connections break, new ones are refused, and what was committed is there afterwards."""
    engine = create_engine(postgresql_url, poolclass=NullPool)
    with engine.connect() as connection:
        METADATA.create_all(connection)
        connection.execute(insert(PAYMENTS), PAYMENT)
        connection.commit()
        postgresql.stop()
        with pytest.raises(OperationalError):
            payments(connection)
    with pytest.raises(OperationalError), engine.connect():
        pass
    postgresql.start()
    with connected(postgresql_url) as connection:
        assert payments(connection) == [tuple(PAYMENT.values())]


def test_a_server_loses_nothing_that_was_committed(postgresql_url: str) -> None:
    """Tests that kill processes, or open many connections, rely on these settings."""
    with connected(postgresql_url) as connection:
        shown = [connection.scalar(text(f"SHOW {name}")) for name in ("fsync", "synchronous_commit", "max_connections")]
    assert shown[:2] == ["on", "on"]
    assert int(shown[2]) >= 100
