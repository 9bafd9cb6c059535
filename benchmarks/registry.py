"""How long a registry takes: one household read, assessed and explained; a county read into frames.

Run with ``python benchmarks/registry.py``; with ``--database URL`` (an empty database) PostgreSQL is
measured too. Households are made up: three people each, with incomes, expenses and treatments. Times are
wall-clock, after a warm-up; the whole work of a web request is in the first rows: read one of the
households from the registry, check it, make its plan with every reason.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from bangfu import Household, Rulebook, household_from, make_plan
from bangfu_office.registry import Attribution, Registry

DAY = date(2026, 3, 1)
REGIONS = ("522723102201", "522723102202", "522723103201", "610625101201", "340123100201")
OFTEN, SOMETIMES, SELDOM = 0.7, 0.3, 0.1
CHUNK = 5000
"""Households that are added in one piece of work."""


def household(rng: random.Random, serial: int) -> Household:
    """Return a made-up household of three: two who earn, and a child or an old parent."""
    head = person(rng, "head", rng.randint(1950, 1998), f"户主{serial}")
    spouse = person(rng, "spouse", rng.randint(1950, 1998), f"配偶{serial}")
    third = (
        person(rng, "child", rng.randint(2002, 2022), f"子女{serial}", school_kind="public")
        if rng.random() < OFTEN
        else person(rng, "parent", rng.randint(1930, 1950), f"父母{serial}", self_care_lost=rng.randint(0, 6))
    )
    data = {
        "region": rng.choice(REGIONS),
        "residence": rng.choice(("rural", "urban")),
        "registered_poor": rng.random() < SOMETIMES,
        "financial_assets": rng.randint(0, 80_000),
        "homes": rng.randint(0, 2),
        "vehicles": rng.randint(0, 1),
        "expenses": [{"kind": rng.choice(("medical", "living")), "amount": rng.randint(0, 30_000), "per": "year"}],
        "members": [head, spouse, third],
    }
    return household_from(data, on=DAY)


def person(rng: random.Random, relation: str, born: int, name: str, **facts: object) -> dict[str, object]:
    """Return a made-up person with an income, now and then disabled or ill."""
    found = {
        "relation": relation,
        "name": name,
        "sex": rng.choice(("male", "female")),
        "birth_date": date(born, rng.randint(1, 12), rng.randint(1, 28)),
        "incomes": [{"kind": rng.choice(("wage", "business")), "amount": rng.randint(0, 20_000), "per": "year"}],
        "has_able_supporter": False,
        "insured": True,
    }
    if rng.random() < SELDOM:
        found |= {"disability_kind": "limb", "disability_grade": rng.randint(1, 4)}
    if rng.random() < SELDOM:
        cost = rng.randint(1000, 60_000)
        treatment = {"setting": "inpatient", "covered": cost, "basic_paid": cost // 2, "own_paid": cost // 2}
        found |= {"serious_illness": True, "treatments": [treatment]}
    return found | facts


def filled(registry: Registry, households: int) -> float:
    """Add made-up households to a registry; return the seconds."""
    rng = random.Random(1)  # noqa: S311 - repeatable
    made = [household(rng, serial) for serial in range(households)]
    start = time.perf_counter()
    for first in range(0, households, CHUNK):
        with registry.work(Attribution("benchmark", on=DAY)) as work:
            for each in made[first : first + CHUNK]:
                work.add(each)
    return time.perf_counter() - start


def times(run: Callable[[], object], runs: int) -> list[float]:
    """Return the milliseconds of each run, sorted."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)


def row(name: str, taken: list[float]) -> str:
    """Return one line of the table."""
    p95 = taken[max(0, int(len(taken) * 0.95) - 1)]
    return f"{name:<58}{taken[0]:>10.2f}{statistics.median(taken):>10.2f}{p95:>10.2f}"


def measure(title: str, url: str, rulebook: Rulebook, households: int, runs: int) -> None:
    """Fill an empty registry and print its rows."""
    with Registry.open(url, catalog=rulebook.catalog, key="") as registry:
        seconds = filled(registry, households)
        rng = random.Random(2)  # noqa: S311 - repeatable
        numbers = registry.numbers()

        def read() -> Household:
            return registry.household(rng.choice(numbers)).household(DAY)

        def explain() -> None:
            make_plan(read(), rulebook)

        for run in (read, explain):
            times(run, 30)
        print(row(f"{title}: one household read (ms)", times(read, runs)))
        print(row(f"{title}: read, assessed and explained (ms)", times(explain, runs)))
        registry.frames(on=DAY)
        print(
            row(f"{title}: {households:,} households read into frames (ms)", times(lambda: registry.frames(on=DAY), 5))
        )
        people = registry.frames(on=DAY).frames.members.height
        print(f"{title}: added {households:,} households ({people:,} members) in {seconds:.1f} s")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--households", type=int, default=50_000)
    parser.add_argument("--database", help="an empty PostgreSQL database")
    arguments = parser.parse_args()
    rulebook = Rulebook.load()
    print(f"{'a registry':<58}{'min':>10}{'median':>10}{'p95':>10}")
    with TemporaryDirectory() as folder:
        measure("SQLite", str(Path(folder, "registry.db")), rulebook, arguments.households, arguments.runs)
    if arguments.database:
        measure("PostgreSQL", arguments.database, rulebook, arguments.households, arguments.runs)
    else:
        print("PostgreSQL: not measured, no --database given", file=sys.stderr)


if __name__ == "__main__":
    main()
