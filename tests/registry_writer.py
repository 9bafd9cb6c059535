"""Processes that write to one registry, for tests that kill them or let them compete.

It reads orders from its input, one JSON object a line, until an empty line; then it starts a process for
each and tells when they have ended. They are forked, so that none spends its life on imports. What a
process prints of a piece of work it prints after the commit: that is acknowledged.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import alembic.command
import psycopg
import sqlalchemy.dialects.postgresql.psycopg

from bangfu import household_from
from bangfu_office.registry import Attribution, ConflictError, FactChange, Registry, Work

LOADED = (alembic.command, psycopg, sqlalchemy.dialects.postgresql.psycopg)
"""What a registry loads when it is opened; the processes have it already."""

DAY = date(2026, 3, 1)
FAMILY = household_from(
    {
        "region": "522723102201",
        "on": DAY,
        "financial_assets": 0,
        "members": [{"relation": "head", "name": "石大山"}, {"relation": "other", "name": "石小岩"}],
    }
)


def say(**what: Any) -> None:
    """Print a line in one piece."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def add(work: Work, _rng: random.Random, serial: int) -> list[str]:
    """Add a household of two."""
    return [work.add(FAMILY, f"{serial}")]


def change(work: Work, rng: random.Random, serial: int) -> list[str]:
    """Change a fact of a household and of its head to something that nobody stated before."""
    number = rng.choice(sorted(known))
    head = work.state(number).present[0].id
    work.change(number, [FactChange("financial_assets", serial), FactChange("job_costs", serial, member=head)])
    return [number]


def move(work: Work, rng: random.Random, serial: int) -> list[str]:
    """Move the last of a household to another one; change something where nobody but the head is left."""
    number, to = rng.choice(sorted(known)), rng.choice(sorted(known))
    others = [person.id for person in work.state(number).present[1:]]
    if not others or to == number:
        return change(work, rng, serial)
    work.move(number, others[-1], to, "sibling" if serial % 2 else "other")
    return [number, to]


OPERATIONS: dict[str, Callable[[Work, random.Random, int], list[str]]] = {"add": add, "change": change, "move": move}
known: set[str] = set()
"""The numbers of the households, as this process knows them."""


def churn(url: str, name: str, seed: int) -> None:
    """Write one thing after the other until killed."""
    rng = random.Random(seed)  # noqa: S311 - repeatable
    registry = Registry.open(url, key="")
    known.update(registry.numbers())
    for count in itertools.count():
        kind = rng.choice(list(OPERATIONS)) if known else "add"
        token = f"{name}-{count}"
        with registry.work(Attribution(name, on=DAY, evidence=token)) as work:
            numbers = OPERATIONS[kind](work, rng, 10_000 * seed + count + 1)
            versions = {number: work.state(number).version for number in numbers}
        say(token=token, versions=versions)
        known.update(numbers)


THOUGHT = 0.005
"""Seconds between reading and writing, so that writers get in each other's way however busy the machine is."""


def count_up(url: str, name: str, seed: int, numbers: list[str], start: float, seconds: float) -> None:
    """Add one to what a household owns, again and again, each time on the version that was read."""
    rng = random.Random(seed)  # noqa: S311 - repeatable
    done, conflicts = dict.fromkeys(numbers, 0), 0
    time.sleep(max(0.0, start - time.time()))
    with Registry.open(url, key="") as registry:
        while time.time() < start + seconds:
            number = rng.choice(numbers)
            record = registry.household(number)
            value = Decimal(record.facts["financial_assets"]) + 1
            time.sleep(THOUGHT)
            try:
                with registry.work(Attribution(name, on=DAY)) as work:
                    work.change(number, [FactChange("financial_assets", value)], version=record.version)
            except ConflictError:
                conflicts += 1
            else:
                done[number] += 1
    say(done=done, conflicts=conflicts)


def open_only(url: str, name: str, start: float) -> None:
    """Open the registry at the same time as others do, and add a household."""
    time.sleep(max(0.0, start - time.time()))
    with Registry.open(url, key="") as registry, registry.work(Attribution(name, on=DAY)) as work:
        number = work.add(FAMILY)
    say(added=number)


TASKS: dict[str, Callable[..., None]] = {"churn": churn, "count_up": count_up, "open_only": open_only}


def run(order: dict[str, Any]) -> None:
    """Do one order in a process of its own; say what went wrong."""
    status = 1
    try:
        TASKS[order.pop("do")](**order)
        status = 0
    except BaseException as error:  # noqa: BLE001 - whatever it is, the test has to know
        say(error=f"{type(error).__name__}: {error}")
    finally:
        os._exit(status)


def main() -> None:
    """Take orders until the input ends."""
    orders: list[dict[str, Any]] = []
    for line in sys.stdin:
        if line.strip():
            orders.append(json.loads(line))
            continue
        for order in orders:
            child = os.fork()
            if child == 0:
                run(order)
            say(started=child)
        for _ in orders:
            child, status = os.wait()
            say(ended=child, status=os.waitstatus_to_exitcode(status))
        say(over=True)
        orders = []


if __name__ == "__main__":
    main()
