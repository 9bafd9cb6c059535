"""The web desk's speed on one worker, on both databases, beside OpenFisca's web API computing the same households.

Run ``python benchmarks/desk.py --postgresql`` (a throw-away server; ``--database URL`` for an empty database on
another); without either, SQLite alone. OpenFisca takes part where it is installed (``pip install 'bangfu[peer]'``).
First the desk's plans and OpenFisca's answers are compared; only where they agree is any time taken. Every server is
a process of its own with one worker; this process is all of its visitors.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from desk_load import report
from desk_load.families import Family, families
from desk_load.load import Load, at_once, one_at_a_time
from desk_load.requests import MIX, Caseworker, bodies, calculation
from desk_load.served import Registered, desk, filled, openfisca, openfisca_serves, postgresql
from peer.population import DAY
from peer.report import fill

LEGEND = """\
Families of four with every fact stated, all five programmes; *list*: the page with the first 50 households; *plan*: the
page with every reason; *save*: the household's form with one fact changed, journalled. OpenFisca computes the same
families' categories, statuses and amounts, without reasons, from and to JSON; it keeps nothing. *server's CPU*: of all
processes of the server, per request. *longest silence*: the longest time in which none of the connections got an
answer. Times are a visitor's, on the same machine."""
PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_OWN = 2
"""Households that each connection changes."""
_WARM_UP = 30

Measured = tuple[dict[str, Load], Load]


def of_desk(database: str, computed: Sequence[Family], arguments: argparse.Namespace) -> Measured:
    """Return the desk's loads on a database: one at a time, and many at once."""
    registered = filled(database, computed, arguments.households)
    with desk(database) as server:
        workers = [
            Caseworker.at(server.url, registered, registered.others[_OWN * i : _OWN * (i + 1)])
            for i in range(arguments.connections)
        ]
        if openfisca_serves():
            agree(workers[0], computed, registered)
        alone = one_at_a_time(server.process, workers[0].requests(), arguments.runs, _WARM_UP)
        mixes = [{kind: (weight, worker.requests()[kind]) for kind, weight in MIX.items()} for worker in workers]
        return alone, at_once(server.process, mixes, arguments.seconds)


def agree(worker: Caseworker, computed: Sequence[Family], registered: Registered) -> None:
    """Compare the desk's plans with OpenFisca's answers.

    Raises:
        SystemExit: they disagree; the message says on what.
    """
    from desk_load.agreement import asked, differences  # noqa: PLC0415 - not everybody has OpenFisca
    from desk_load.visitor import Visitor  # noqa: PLC0415 - as above

    with openfisca() as server:
        visitor = Visitor(server.url)
        for family, number in zip(computed, registered.families, strict=True):
            plan = json.loads(worker.visitor.get(f"/api/households/{number}/plan?on={DAY}")[1])
            answer = json.loads(visitor.post_json("/calculate", json.dumps(asked(family)).encode())[1])
            if found := list(differences(plan, answer)):
                raise SystemExit(f"the desk and OpenFisca disagree on {', '.join(found)}; no time is taken")


def of_openfisca(computed: Sequence[Family], arguments: argparse.Namespace) -> Measured:
    """Return the loads of OpenFisca's web API: one at a time, and many at once."""
    from desk_load.agreement import asked  # noqa: PLC0415 - not everybody has it

    sent = bodies(computed, asked)
    with openfisca() as server:
        kind = "calculate"
        alone = one_at_a_time(server.process, {kind: calculation(server.url, sent)}, arguments.runs, _WARM_UP)
        mixes = [{kind: (1, calculation(server.url, sent))} for _ in range(arguments.connections)]
        return alone, at_once(server.process, mixes, arguments.seconds)


def measured(arguments: argparse.Namespace) -> dict[str, Measured]:
    """Return the loads of each server by its name."""
    computed = families(arguments.families)
    gc.collect()
    gc.freeze()  # no visitor has to wait while this process looks through the rules and households that it holds
    with TemporaryDirectory() as folder, ExitStack() as stack:
        databases = {"SQLite": str(Path(folder, "registry.db"))}
        if arguments.postgresql:
            databases["PostgreSQL"] = stack.enter_context(postgresql())
        elif arguments.database:
            databases["PostgreSQL"] = arguments.database
        found = {}
        for name, database in databases.items():
            found[f"desk, {name}"] = of_desk(database, computed, arguments)
            print(f"  desk, {name}: done", file=sys.stderr)
    if openfisca_serves():
        found["OpenFisca's web API"] = of_openfisca(computed, arguments)
    return found


def circumstances(arguments: argparse.Namespace) -> str:
    """Return what the figures hang on."""
    peer = f", openfisca-core {version('openfisca-core')}" if openfisca_serves() else ", without OpenFisca"
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"bangfu {version('bangfu')}, litestar {version('litestar')}{peer}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores; {arguments.households:,} households in the registry; load average at the end {loads}."
    )


def paragraphs(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the paragraphs of the report."""
    found = measured(arguments)
    if openfisca_serves():
        yield f"The desk and OpenFisca agree in every category, status and amount of {arguments.families} families."
    yield LEGEND
    yield report.one_at_a_time({name: alone for name, (alone, _) in found.items()})
    yield report.at_once(
        {name: together for name, (_, together) in found.items()}, arguments.connections, arguments.seconds
    )
    yield circumstances(arguments)


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--households", type=int, default=2_000, help="in the registry, beside the families")
    parser.add_argument("--families", type=int, default=20, help="households of four that are computed")
    parser.add_argument("--runs", type=int, default=300, help="requests of each kind, one at a time")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60, help="of many connections at once")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server thrown away at the end too")
    parser.add_argument("--database", help="an empty PostgreSQL database, to measure on it too")
    parser.add_argument("--write", type=Path, nargs="?", const=PAGE, help=f"into a page too ({PAGE.name})")
    arguments = parser.parse_args()
    text = "\n\n".join(paragraphs(arguments))
    print(text)
    if arguments.write:
        fill(arguments.write, "desk", text)


if __name__ == "__main__":
    main()
