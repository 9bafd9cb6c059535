"""Processes that are killed while they write, and processes that write at once: nothing acknowledged is lost."""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bangfu_office.registry import Registry
from postgresql_server import GivenServer
from registry_people import added

SCRIPT = Path(__file__).parents[1] / "registry_writer.py"
KILLS = int(os.environ.get("REGISTRY_KILLS", "100"))
SECONDS = float(os.environ.get("REGISTRY_STRESS_SECONDS", "5"))
WRITERS = 10
MOST = 12
"""Pieces of work that a writer does before it is killed, at most."""
PIECE, STARTED = 0.02, 0.1
"""Seconds that one piece of work takes, and the start with the tables of a new registry, at most."""

Line = dict[str, Any]


class Writers:
    """Processes that write to a registry by order."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._said: list[Line] = []

    def start(self, *orders: Line) -> list[int]:
        """Start a process for each order; return their ids."""
        assert self._process.stdin
        self._process.stdin.write("".join(json.dumps(order) + "\n" for order in orders) + "\n")
        self._process.stdin.flush()
        self._said = []
        while sum("started" in line for line in self._said) < len(orders):
            self._said.append(self._read())
        return [line["started"] for line in self._said if "started" in line]

    def wait_for(self, pieces: int) -> None:
        """Wait until so many pieces of work are acknowledged."""
        while sum("token" in line for line in self._said) < pieces:
            self._said.append(self._read())
            assert "error" not in self._said[-1], self._said

    def ended(self) -> list[Line]:
        """Wait until all processes of the last orders have ended; return what was said."""
        while "over" not in self._said[-1]:
            self._said.append(self._read())
        return self._said

    def close(self) -> None:
        """Take no more orders."""
        self._process.communicate(timeout=60)
        assert self._process.returncode == 0

    def _read(self) -> Line:
        assert self._process.stdout
        line: Line = json.loads(self._process.stdout.readline())
        return line


@pytest.fixture
def writers() -> Iterator[Writers]:
    """Yield processes that write to a registry."""
    opened = Writers()
    yield opened
    opened.close()


def killed(writers: Writers, pieces: int, after: float, **order: Any) -> list[Line]:
    """Start a process, kill it some time after it acknowledged some pieces of work; return all it acknowledged."""
    (process,) = writers.start({"do": "churn", **order})
    writers.wait_for(pieces)
    time.sleep(after)
    os.kill(process, signal.SIGKILL)
    said = writers.ended()
    assert [line["status"] for line in said if "status" in line] == [-signal.SIGKILL], said
    return [line for line in said if "token" in line]


def test_what_was_acknowledged_survives_a_kill(database_url: str, writers: Writers) -> None:
    """A writer is killed a hundred times: all it acknowledged is there, and of the rest at most what it was at."""
    rng = random.Random(4)  # noqa: S311 - repeatable
    acknowledged: dict[str, list[Line]] = {}
    for cycle in range(KILLS):
        pieces, name = rng.randrange(0, MOST), f"w{cycle}"
        after = rng.uniform(0, PIECE if pieces else STARTED)
        acknowledged[name] = killed(writers, pieces, after, url=database_url, name=name, seed=cycle)
    with Registry.open(database_url, key="") as registry:
        registry.verify()
        written: dict[str, set[str]] = {name: set() for name in acknowledged}
        for entry in registry.history():
            written[entry.who].add(entry.evidence or "")
        records = {number: registry.household(number) for number in registry.numbers()}
    for name, lines in acknowledged.items():
        tokens = [line["token"] for line in lines]
        assert set(tokens) <= written[name] <= {*tokens, f"{name}-{len(tokens)}"}
        for line in lines:
            assert all(records[number].version >= version for number, version in line["versions"].items())
    people = sorted(person.id for record in records.values() for person in record.members)
    assert people == list(range(1, 2 * len(records) + 1)), "somebody was half moved"
    assert sum(map(len, acknowledged.values())) > 4 * KILLS


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_kill_during_the_first_start(
    database: str, tmp_path: Path, postgresql: GivenServer, writers: Writers
) -> None:
    """Killed while it makes the tables of a new registry, it leaves a database that the next one can open."""
    rng = random.Random(6)  # noqa: S311 - repeatable
    for cycle in range(KILLS // 5):
        name = f"test_kill_{os.getpid()}_{cycle}"
        url = f"sqlite:///{tmp_path / name}" if database == "sqlite" else postgresql.create(name)
        killed(writers, 0, rng.uniform(0, STARTED), url=url, name="first", seed=cycle)
        writers.start({"do": "open_only", "url": url, "name": "next", "start": 0})
        assert [line["status"] for line in writers.ended() if "status" in line] == [0]
        with Registry.open(url, key="") as registry:
            registry.verify()
        if database == "postgresql":
            postgresql.drop(name)


def test_ten_open_a_new_registry_at_once(database_url: str, writers: Writers) -> None:
    """One makes the tables, the others wait for them; everybody's household is there under a number of its own."""
    order = {"do": "open_only", "url": database_url, "start": time.time() + 0.3}
    writers.start(*[order | {"name": f"w{i}"} for i in range(WRITERS)])
    said = writers.ended()
    assert [line["status"] for line in said if "status" in line] == [0] * WRITERS, said
    with Registry.open(database_url, key="") as registry:
        assert sorted(registry.numbers()) == sorted(line["added"] for line in said if "added" in line)
        assert registry.verify().seq == 3 * WRITERS


def test_ten_writers_lose_no_update(database_url: str, writers: Writers) -> None:
    """Each counts up on the version it read and tries again on a conflict: the sum is what all acknowledged."""
    with Registry.open(database_url, key="") as registry:
        numbers = [added(registry, {"relation": "head"}, financial_assets=0) for _ in range(3)]
    order = {"do": "count_up", "url": database_url, "numbers": numbers, "start": time.time() + 0.3, "seconds": SECONDS}
    writers.start(*[order | {"name": f"w{i}", "seed": i} for i in range(WRITERS)])
    said = writers.ended()
    assert [line for line in said if "error" in line] == []
    done = [line for line in said if "done" in line]
    assert len(done) == WRITERS
    total = {number: sum(line["done"][number] for line in done) for number in numbers}
    conflicts = sum(line["conflicts"] for line in done)
    least = min(sum(line["done"].values()) for line in done)
    log = logging.getLogger(__name__)
    log.info("%g s: %d increments, %d conflicts, %d by one", SECONDS, sum(total.values()), conflicts, least)
    with Registry.open(database_url, key="") as registry:
        records = {number: registry.household(number) for number in numbers}
        assert {number: Decimal(record.facts["financial_assets"]) for number, record in records.items()} == total
        assert {number: record.version - 1 for number, record in records.items()} == total
        assert registry.verify().seq == 2 * len(numbers) + sum(total.values())
    assert conflicts > 0
