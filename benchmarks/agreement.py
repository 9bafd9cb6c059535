"""Whether a screened population gets, field by field, what the plans of its households say one by one.

Run ``python benchmarks/agreement.py`` (100,000 generated households, on as many processes as there are
cores); the tests do the same with some hundred. Households are drawn for several regions and days and
screened a thousand at a time; categories, candidates, size, income, totals and, of every support, status,
amounts and what replaces it must be those of the household's own plan. Any that differ are printed.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bangfu import Rulebook, household_from
from bangfu.generate import generated_households

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from screen_agreement import DAYS, REGIONS, disagreements

TOGETHER = 1_000
"""Households that are screened together."""
SHOWN = 20


@cache
def rulebook() -> Rulebook:
    """Return the rules, loaded once in each process."""
    return Rulebook.load()


def compared(seed: int) -> list[Any]:
    """Return what differs among some households."""
    on, catalog = DAYS[seed % len(DAYS)], rulebook().catalog
    drawn = generated_households(TOGETHER, seed=seed, regions=REGIONS, on=on, catalog=catalog)
    return disagreements([household_from(data, catalog=catalog) for data in drawn], rulebook())


def main() -> None:
    """Compare all; exit with 1 where any differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--households", type=int, default=100_000)
    arguments = parser.parse_args()
    seeds = range(max(1, arguments.households // TOGETHER))
    start = time.perf_counter()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        differing = [pair for found in pool.map(compared, seeds) for pair in found]
    took = time.perf_counter() - start
    print(f"{len(seeds) * TOGETHER:,} households in {took:.0f} s: {len(differing)} results differ")
    for found, expected in differing[:SHOWN]:
        print(f"screened: {found}\nplanned:  {expected}")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
