"""An office's work at the desk for minutes or hours on one worker: do threads, memory and open files level off?

Run ``python benchmarks/mixed_load.py`` (ten minutes on SQLite; ``--seconds 3600`` an hour, ``--postgresql`` on a server
that is thrown away too). Pages, forms, imports with and without rejects, PDFs, assessments and the API are asked for
by some connections at once, while the server is watched. It exits with 1 where an answer was 500 or above, none came,
or it was not what was asked for.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from desk_load import report
from desk_load.families import families
from desk_load.load import Load, at_once
from desk_load.office import MIX, Office
from desk_load.requests import Caseworker
from desk_load.served import desk, empty, filled
from desk_load.watch import Sample, watched
from peer.population import rulebook
from peer.report import fill
from sqlalchemy import func, select

from bangfu_office.registry import Registry
from bangfu_office.registry.schema import assessments, households

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_OWN = 2
"""Households that each connection changes."""


@frozen
class Measured:
    """A load, how the server was meanwhile, and how many households and assessments there were before and after."""

    load: Load
    samples: Sequence[Sample]
    before: tuple[int, int]
    after: tuple[int, int]


def measured(database: str, arguments: argparse.Namespace, folder: Path) -> Measured:
    """Fill a registry, serve it, and let an office work at it."""
    registered = filled(database, families(arguments.families), arguments.households)
    before = _size(database)
    with desk(database) as server:
        offices = [
            Office.of(Caseworker.at(server.url, registered, registered.others[_OWN * i : _OWN * (i + 1)]), i, folder)
            for i in range(arguments.connections)
        ]
        mixes = [{kind: (MIX[kind], request) for kind, request in one.requests().items()} for one in offices]
        with watched(server.process) as samples:
            load = at_once(server.process, mixes, arguments.seconds)
    return Measured(load, samples, before, _size(database))


def _size(database: str) -> tuple[int, int]:
    with (
        Registry.open(database, catalog=rulebook().catalog, key="") as registry,
        registry.database.reading() as connection,
    ):
        counts = (select(func.count()).select_from(table) for table in (households, assessments))
        of_households, of_assessments = (connection.execute(count).scalar_one() for count in counts)
    return of_households, of_assessments


def paragraphs(found: dict[str, Measured], arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the paragraphs of the report."""
    yield report.at_once({name: one.load for name, one in found.items()}, arguments.connections, arguments.seconds)
    for name, one in found.items():
        yield f"{name}: {report.faults(one.load)}."
        yield report.course(name, one.samples)
        (h1, a1), (h2, a2) = one.before, one.after
        yield f"{name}: from {h1:,} households and {a1:,} assessments to {h2:,} and {a2:,}."
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    yield (
        f"bangfu {version('bangfu')}, litestar {version('litestar')}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, one worker; load average at the end {loads}."
    )


def main() -> None:
    """Load, watch, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--households", type=int, default=2_000, help="in the registry, beside the families")
    parser.add_argument("--families", type=int, default=20, help="households of four that are looked at")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server thrown away at the end")
    parser.add_argument("--write", type=Path, nargs="?", const=PAGE, help=f"into a page too ({PAGE.name})")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder, empty(Path(folder), on_postgresql=arguments.postgresql) as (name, database):
        found = {name: measured(database, arguments, Path(folder))}
    text = "\n\n".join(paragraphs(found, arguments))
    print(text)
    if arguments.write:
        fill(arguments.write, f"mixed load {name}, {arguments.seconds:g} s", text)
    sys.exit(1 if any(one.load.errors for one in found.values()) else 0)


if __name__ == "__main__":
    main()
