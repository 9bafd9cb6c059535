"""What is killed (``kill -9``): the desk and an import, or the PostgreSQL server below them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psutil
from attrs import frozen
from peer.population import DAY

from .requests import SAVED
from .served import DATABASE, PASSWORD, USER, Server, surroundings
from .visitor import ServerError, Visitor

if TYPE_CHECKING:
    from postgresql_server import GivenServer, PrivateServer

_PATIENCE = 120


class Victim(Protocol):
    """What is killed in a round."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    def kill(self, server: Server, taking: subprocess.Popen[bytes]) -> None:
        """Kill it; what stays alive, and what can be started again by itself, answers when this returns."""


@frozen
class DeskAndImport:
    """The desk and the import, at once."""

    name: str = "desk and import"

    def kill(self, server: Server, taking: subprocess.Popen[bytes]) -> None:
        """Kill all their processes."""
        desk = psutil.Process(server.process)
        for process in (desk, *desk.children(recursive=True)):
            process.kill()
        taking.kill()


@frozen
class Connection:
    """A process of PostgreSQL that serves a connection: the server takes all others down with it, and recovers."""

    postgresql: PrivateServer
    name: str = "a PostgreSQL connection"

    def kill(self, server: Server, taking: subprocess.Popen[bytes]) -> None:
        """Kill one; wait until the import has ended, whichever way, and the desk answers again."""
        self.postgresql.kill_one(DATABASE)
        taking.wait(_PATIENCE)
        wait_until_it_answers(server)


@frozen
class Postmaster:
    """PostgreSQL's first process; the server is started again."""

    postgresql: PrivateServer
    name: str = "PostgreSQL"

    def kill(self, server: Server, taking: subprocess.Popen[bytes]) -> None:
        """Kill it; start it again, and wait until the import has ended, whichever way, and the desk answers again."""
        self.postgresql.kill()
        self.postgresql.start()
        taking.wait(_PATIENCE)
        wait_until_it_answers(server)


def victims(postgresql: GivenServer | None) -> Sequence[Victim]:
    """Return what is killed in turn: on a PostgreSQL server of our own, that too."""
    if postgresql is None or not postgresql.ours:
        return (DeskAndImport(),)
    return (DeskAndImport(), Connection(postgresql), Postmaster(postgresql))


def wait_until_it_answers(server: Server) -> None:
    """Wait until the desk, whose database was away, lets somebody in again.

    Raises:
        SystemExit: it does not within two minutes.
    """
    visitor, end = Visitor(server.url), time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with suppress(ServerError):
            if visitor.post("/login", {"name": USER, "password": PASSWORD})[0] == SAVED:
                return
        time.sleep(0.1)
    raise SystemExit("the desk answers no more since its database was away")


def importing(database: str, workbook: Path) -> subprocess.Popen[bytes]:
    """Start the command that takes a workbook into the registry."""
    command = [sys.executable, "-m", "bangfu", "import", str(workbook), "--database", database, "--on", str(DAY)]
    return subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings()
    )
