"""Fixtures of fresh, empty databases: SQLite, PostgreSQL, or a test with each."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from postgresql_server import GivenServer, find_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[GivenServer]:
    """Yield a real PostgreSQL server; a test that stops it starts it again."""
    server = find_server()
    yield server
    server.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a SQLite file that does not exist yet."""
    return URL.create("sqlite", database=str(tmp_path / "registry.db")).render_as_string()


@pytest.fixture
def postgresql_url(postgresql: GivenServer) -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL database, dropped after the test."""
    name = f"test_{secrets.token_hex(8)}"
    postgresql.start()  # in case a failed test left it stopped
    yield postgresql.create(name)
    postgresql.start()
    postgresql.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database; the test runs once with SQLite and once with PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
