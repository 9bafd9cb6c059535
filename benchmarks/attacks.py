"""The worst that can be sent to the desk: does somebody else's page still come at once, and does memory stay small?

Run ``python benchmarks/attacks.py`` (SQLite; ``--postgresql`` on a server that is thrown away; ``--write`` into the
benchmarks page). One attack after the other is let loose on one worker for some seconds, while a caseworker looks at
the list and at a plan again and again, and the server is watched.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from desk_load.attackers import ATTACKS, Attack, let_loose
from desk_load.families import families
from desk_load.requests import Caseworker
from desk_load.served import Registered, Server, desk, empty, filled
from desk_load.watch import watched
from peer.report import fill, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_PAUSE = 0.05
"""Seconds between two pages of the caseworker."""


@frozen
class Seen:
    """How long the caseworker's pages took (seconds), what the attackers heard, and the most memory (MB)."""

    times: tuple[float, ...]
    heard: Counter[str]
    memory: float


def measured(server: Server, registered: Registered, attack: Attack, seconds: float) -> Seen:
    """Let an attack loose, and look at pages meanwhile."""
    worker = Caseworker.at(server.url, registered, ())
    if not (worker.list() and worker.plan()):  # the rules of a day are made when its first plan is asked for
        raise SystemExit("the caseworker's page did not come")
    # In a process of their own, or the caseworker would wait for the attackers and not for the desk.
    with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere, watched(server.process) as samples:
        elsewhere.submit(int).result()
        heard = elsewhere.submit(let_loose, attack.name, server.url, registered, seconds)
        times = tuple(_looked(worker, seconds))
        return Seen(times, heard.result(), max(sample.memory for sample in samples))


def _looked(worker: Caseworker, seconds: float) -> Iterator[float]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for look in (worker.list, worker.plan):
            began = time.perf_counter()
            if not look():
                raise SystemExit("the caseworker's page did not come")
            yield time.perf_counter() - began
            time.sleep(_PAUSE)


def report(name: str, found: dict[str, Seen]) -> str:
    """Return the table."""
    head = [f"{name}: meanwhile", "pages", "median, ms", "most, ms", "most memory, MB", "what the attackers heard"]
    rows = (
        [
            attack,
            str(len(seen.times)),
            f"{statistics.median(seen.times) * 1000:.0f}",
            f"{max(seen.times) * 1000:.0f}",
            f"{seen.memory:.0f}",
            ", ".join(f"{what} ({count:,})" for what, count in seen.heard.most_common(3)) or "nothing",
        ]
        for attack, seen in found.items()
    )
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{table(head, rows)}\n\n{os.cpu_count()} cores, one worker; load average at the end {loads}."


def main() -> None:
    """Attack, look, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=15, help="of each attack")
    parser.add_argument("--households", type=int, default=500)
    parser.add_argument("--only", choices=[attack.name for attack in ATTACKS])
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server thrown away at the end")
    parser.add_argument("--write", type=Path, nargs="?", const=PAGE, help=f"into a page too ({PAGE.name})")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder, empty(Path(folder), on_postgresql=arguments.postgresql) as (name, database):
        registered = filled(database, families(5), arguments.households)
        found = {}
        for attack in ATTACKS:
            if arguments.only in {None, attack.name}:
                with desk(database) as server:
                    found[attack.name] = measured(server, registered, attack, arguments.seconds)
    text = report(name, found)
    print(text)
    if arguments.write:
        fill(arguments.write, f"attacks {name}", text)


if __name__ == "__main__":
    main()
