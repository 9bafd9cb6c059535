"""Random rules × random households: one at a time, many at once, and a reference in fractions say the same.

Run ``python benchmarks/rule_language.py`` (100,000 pairs; the tests do the same with some hundred). Of each rule and
household, with facts unknown or known within bounds: what the scalar evaluator knows must be true of what the reference
works out for what is really so; where all is known it must be that; and a block must have what the household alone has.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as tried_with
from hypothesis import strategies as st

from bangfu.facts import Level
from bangfu.rules.language import Expression, KnownRows
from bangfu.rules.language.block import Block
from bangfu.rules.language.block_evaluate import block_function
from bangfu.rules.language.blocks import TooLargeError, in_full, values_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from language_drawn import Fact, anything, columns, holds, row_by_chance
from language_reference import OverZeroError, worked_out

HOUSEHOLDS = 50
"""Households that each rule meets."""
SHOWN = 20


def differences(expression: Expression, random: Random, counts: Counter[str]) -> list[str]:
    """Return what differs for some households under one rule, and count what was compared."""
    households = [[row_by_chance(random) for _ in range(random.randint(2, 4))] for _ in range(HOUSEHOLDS)]
    work_out = expression.function()
    known = [[{name: fact.known for name, fact in row.items()} for row in household] for household in households]
    alone = [work_out(KnownRows(rows[0], rows[1:])) for rows in known]
    found = [
        f"{expression!s}: {told} of {household}"
        for household, result in zip(households, alone, strict=True)
        if (told := _wrong(expression, household, result, counts))
    ]
    place = np.array([place for place, household in enumerate(known) for _ in household[1:]])
    members = columns([row for household in known for row in household[1:]])
    try:
        block = Block(columns([household[0] for household in known]), members, place)
        column = block_function(expression, Level.HOUSEHOLD)(block)
        together = values_of(in_full(column, block.households), expression.kind)
    except TooLargeError:
        counts["too large for 64 bits"] += HOUSEHOLDS
        return found
    counts["many at once"] += HOUSEHOLDS
    pairs = zip(households, alone, together, strict=True)
    return found + [f"{expression!s}: {a} alone, {b} among many, of {h}" for h, a, b in pairs if a != b]


def _wrong(expression: Expression, household: list[dict[str, Fact]], found: object, counts: Counter[str]) -> str:
    real = [{name: fact.real for name, fact in row.items()} for row in household]
    try:
        expected = worked_out(expression, real[0], real[1:])
    except OverZeroError:
        counts["over zero"] += 1
        return ""
    counts["one at a time"] += 1
    exact = expression.function()(KnownRows(real[0], real[1:]))
    if exact != expected:
        return f"{exact}, not {expected}, where all is known,"
    return "" if holds(found, expected) else f"{found}, which {expected} is not,"


def main() -> None:
    """Compare all; exit with 1 where any differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=100_000)
    arguments = parser.parse_args()
    differing: list[str] = []
    counts: Counter[str] = Counter()

    @settings(
        max_examples=-(-arguments.pairs // HOUSEHOLDS),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @tried_with(anything(), st.integers(0, 2**32))
    def compare(expression: Expression, seed: int) -> None:
        differing.extend(differences(expression, Random(seed), counts))  # noqa: S311 - nothing secret is drawn

    start = time.perf_counter()
    compare()
    took = time.perf_counter() - start
    print(
        f"{sum(counts[how] for how in ('one at a time', 'over zero')):,} pairs in {took:.0f} s: {len(differing)} differ"
    )
    for how, number in counts.most_common():
        print(f"    {how}: {number:,}")
    print(*differing[:SHOWN], sep="\n")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
