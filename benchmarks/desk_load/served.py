"""The two servers, each one worker in a process of its own: the desk on a registry, OpenFisca's web API."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING

from attrs import frozen
from peer.population import DAY, PACK, REGION, rulebook

from bangfu import household_from
from bangfu.generate import generated_households
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User, add_user

from .families import Family
from .visitor import Visitor

if TYPE_CHECKING:
    from postgresql_server import GivenServer

DATABASE = "desk_benchmark"
"""The database on a PostgreSQL server."""
USER, ATTACKER, PASSWORD = "benchmark", "somebody-else", "a made-up password"
"""A caseworker; another one, for what one user asks for waits for what the same user asks for; the password of both."""
_PLACES = tuple(f"{REGION}{place}" for place in ("102201", "103202", "104203"))
_CHUNK = 1_000
_TESTS = Path(__file__).resolve().parents[2] / "tests"
_HERE = str(Path(__file__).resolve().parents[1])


@frozen
class Registered:
    """What stands in the registry: the families that are computed, and households to be changed."""

    families: tuple[str, ...]
    others: tuple[str, ...]


@frozen
class Server:
    """A running server: its address and its process."""

    url: str
    process: int


def filled(url: str, computed: Sequence[Family], others: int) -> Registered:
    """Fill an empty registry with the families and with so many other made-up households."""
    catalog = rulebook().catalog
    drawn = generated_households(others, seed=1, regions=_PLACES, on=DAY, catalog=catalog)
    with Registry.open(url, catalog=catalog, key="") as registry:
        with registry.work(Attribution("benchmark", on=DAY)) as work:
            for name in (USER, ATTACKER):
                add_user(work, User(name, Role.CASEWORKER, REGION), PASSWORD)
            families = [work.add(family.household) for family in computed]
        numbers = []
        for first in range(0, others, _CHUNK):
            with registry.work(Attribution("benchmark", on=DAY)) as work:
                made = (household_from(data, on=DAY, catalog=catalog) for data in drawn[first : first + _CHUNK])
                numbers += [work.add(household) for household in made]
    return Registered(tuple(families), tuple(numbers))


@contextmanager
def desk(database: str) -> Iterator[Server]:
    """Serve the desk on a registry, with the comparison's own policy."""
    # A few connections of one user ask for what a thousand people would.
    free = [f"--{brake}={10**9}" for brake in ("pages-an-hour", "reveals-an-hour", "exports-a-day")]
    serve = ["-m", "bangfu", "serve", "--database", database, "--policy", str(PACK), *free]
    with _server(serve, "/login") as server:
        yield server


def openfisca_serves() -> bool:
    """Return whether OpenFisca-core and what its web API needs are installed."""
    return all(find_spec(name) for name in ("openfisca_core", "flask", "gunicorn"))


@contextmanager
def openfisca() -> Iterator[Server]:
    """Serve OpenFisca's web API with the same rules."""
    program = "from openfisca_core.scripts.openfisca_command import main; main()"
    serve = ["-c", program, "serve", "--country-package", "peer.openfisca_rules", "--workers", "1"]
    with _server(serve, "/spec") as server:
        yield server


@contextmanager
def postgresql_server() -> Iterator[GivenServer]:
    """Give a PostgreSQL server with an empty database (``DATABASE``); it is thrown away at the end."""
    sys.path.append(str(_TESTS))
    from postgresql_server import find_server  # noqa: PLC0415 - the tests' own, needed where it is asked for

    server = find_server()
    try:
        server.create(DATABASE)
        yield server
    finally:
        server.drop(DATABASE)
        server.close()


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the URL of an empty database on a PostgreSQL server that is thrown away at the end."""
    with postgresql_server() as server:
        yield server.url(DATABASE)


@contextmanager
def empty(folder: Path, *, on_postgresql: bool) -> Iterator[tuple[str, str]]:
    """Give the name of a kind of database and the URL of an empty one: in a folder, or on a server thrown away."""
    if on_postgresql:
        with postgresql() as url:
            yield "PostgreSQL", url
    else:
        yield "SQLite", str(folder / "registry.db")


def surroundings() -> dict[str, str]:
    """Return the environment of every process of bangfu here: the benchmarks importable, and no key."""
    path = os.pathsep.join(filter(None, [_HERE, os.environ.get("PYTHONPATH")]))
    return {name: value for name, value in os.environ.items() if name != "BANGFU_KEY"} | {"PYTHONPATH": path}


@contextmanager
def _server(arguments: Sequence[str], ready: str) -> Iterator[Server]:
    """Run a server on a free port until it answers at a path; stop it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, *arguments, "--port", str(port)]
    with TemporaryFile() as said, TemporaryDirectory() as folder:
        # Files that wait to be fetched lie in a folder for temporary ones: of many thousand, none is left behind.
        environment = {**surroundings(), "TMPDIR": folder}
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)  # noqa: S603
        server = Server(f"http://127.0.0.1:{port}", process.pid)
        try:
            if not _answers(server, process, ready):
                said.seek(0)
                raise SystemExit(f"the server did not start\n{said.read().decode()}")
            yield server
        finally:
            process.terminate()
            process.wait(120)


def _answers(server: Server, process: subprocess.Popen[bytes], path: str) -> bool:
    """Return whether a server answers within a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        visitor = Visitor(server.url)
        try:
            visitor.get(path)
        except OSError:
            time.sleep(0.1)
        else:
            return True
        finally:
            visitor.close()
    return False
