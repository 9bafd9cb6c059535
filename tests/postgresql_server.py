"""A PostgreSQL server for tests: a private one that can be taken away and brought back, or one given by its URL."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import NoReturn

import psutil
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

INSTALLED = Path("/usr/lib/postgresql")
NOBODY = 65534  # PostgreSQL refuses to run as root
_LONGEST_END = 30
"""Seconds until the processes of a killed server have noticed, at most."""
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "listen_addresses": "",  # a Unix socket alone: no port to find free, no stranger to let in
}


def unavailable(reason: str) -> NoReturn:
    """Skip the test visibly; on CI, where nothing may be skipped, fail it."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (CI must not skip this)", pytrace=False)
    pytest.skip(reason)


class GivenServer:
    """A server that somebody else runs: databases come and go, the server stays."""

    ours = False
    """Whether it may be stopped and killed."""

    def __init__(self, address: URL) -> None:
        self._address = address.set(drivername="postgresql+psycopg")

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database on this server."""
        return self._address.set(database=name).render_as_string(hide_password=False)

    def create(self, name: str) -> str:
        """Create an empty database and return its URL."""
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Skip the test: this server is not ours to stop."""
        unavailable("the server of TEST_DATABASE_URL cannot be stopped; unset it to test with a private one")

    def start(self) -> None:
        """Do nothing: this server runs."""

    def close(self) -> None:
        """Do nothing: this server outlives the tests."""

    def _own(self) -> str:
        """Return the address of the database that every server has, as psycopg takes it."""
        address = self._address.set(drivername="postgresql", database=self._address.database or "postgres")
        return address.render_as_string(hide_password=False)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._own(), autocommit=True) as connection:
            connection.execute(statement)


class PrivateServer(GivenServer):
    """A server of our own in a temporary folder, gone with the process that started it."""

    ours = True

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._user = NOBODY if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="bangfu-pg-"))
        if self._user is not None:
            os.chown(self._folder, self._user, self._user)
        super().__init__(
            URL.create(
                "postgresql",
                username="postgres",
                port=5432,
                database="postgres",
                query={"host": str(self._folder)},
            )
        )
        self._guard = self._stand_guard()
        try:
            self._make_cluster()
            self.start()
        except BaseException:
            self.close()
            raise

    def stop(self) -> None:
        """Shut the server down, cutting off whoever is connected; a stopped server stays stopped."""
        if self._runs():
            self._run("pg_ctl", "stop", "--mode=fast", "--wait")

    def start(self) -> None:
        """Start the server and wait until it answers; a running server stays as it is."""
        if not self._runs():
            self._run("pg_ctl", "start", "--wait", f"--log={self._folder / 'log'}")

    def kill(self) -> None:
        """Kill the server's first process, and wait until the others have noticed and are gone too."""
        first = self._first()
        others = first.children(recursive=True)
        first.kill()
        _, left = psutil.wait_procs([first, *others], timeout=_LONGEST_END)
        for process in left:
            process.kill()

    def kill_one(self, name: str) -> None:
        """Kill a process that serves a connection to a database, one that is at work if any is; the server recovers.

        Raises:
            LookupError: nobody is connected to the database.
        """
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = %s ORDER BY state = 'idle' LIMIT 1"
        with psycopg.connect(self._own(), autocommit=True) as connection:
            found = connection.execute(asked, [name]).fetchone()
        if found is None:
            raise LookupError(f"nobody is connected to {name}")
        psutil.Process(found[0]).kill()

    def _first(self) -> psutil.Process:
        return psutil.Process(int((self._folder / "data" / "postmaster.pid").read_text().split()[0]))

    def close(self) -> None:
        """Stop the server and remove all it wrote."""
        self._guard.communicate(timeout=60)

    def _make_cluster(self) -> None:
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        settings = SETTINGS | {"port": "5432", "unix_socket_directories": str(self._folder)}
        with (self._folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def _stand_guard(self) -> subprocess.Popen[bytes]:
        """Return a process that removes the server once our end of its pipe closes, be it by our own sudden death."""
        stop_and_remove = 'cat; "$1" stop --mode=immediate -D "$0/data"; rm -rf "$0"'
        return subprocess.Popen(
            ["/bin/sh", "-c", stop_and_remove, self._folder, self._binaries / "pg_ctl"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )

    def _runs(self) -> bool:
        return self._call("pg_ctl", "status").returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        done = self._call(program, *arguments)
        if done.returncode != 0:
            log = self._folder / "log"
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}{log.read_text() if log.exists() else ''}")

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._binaries / program, *arguments, "-D", self._folder / "data"],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )


def find_server() -> GivenServer:
    """Return the server of ``TEST_DATABASE_URL``, else a private one of the newest PostgreSQL installed."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return GivenServer(make_url(given))
    if found := list(INSTALLED.glob("*/bin/initdb")):
        newest = max(found, key=lambda initdb: float(initdb.parts[-3]))
        return PrivateServer(newest.parent)
    unavailable(f"no PostgreSQL: neither TEST_DATABASE_URL nor {INSTALLED}/*/bin/initdb (apt install postgresql)")
