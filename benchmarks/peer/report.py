"""The benchmark's tables in Markdown, and their place in a page."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from .measure import Run

OURS, ONE_PROCESS, PLAIN = "bangfu", "bangfu, one process", "plain Polars, by hand"
OPENFISCA, SPREAD = "OpenFisca-core", "OpenFisca-core, spread"
"""The sides by their names in the tables."""


def spread(values: Iterable[float], form: str = "{:.2f}") -> str:
    """Return the median with the least and the greatest: ``1.50 [1.40–1.70]``."""
    taken = sorted(values)
    middle, least, most = (form.format(v) for v in (statistics.median(taken), taken[0], taken[-1]))
    return middle if len(taken) == 1 else f"{middle} [{least}–{most}]"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def population(rounds: Mapping[str, Sequence[Run]], households: int) -> str:
    """Return the table of a population: every side's seconds, and how many times bangfu's they are.

    Each round's figures are held against bangfu's of the same round.
    """

    def times(runs: Sequence[Run], what: Callable[[Run], float]) -> str:
        return spread(what(one) / what(ours) for one, ours in zip(runs, rounds[OURS], strict=True))

    def median(runs: Sequence[Run], what: Callable[[Run], float], form: str = "{:.2f}") -> str:
        return form.format(statistics.median(map(what, runs)))

    head = [
        f"{households:,} households of three", "read, s", "rules, s", "write, s", "all, s", "CPU, s", "households/s",
        "peak MB", "rules ÷ bangfu's", "all ÷ bangfu's", "memory ÷ bangfu's",
    ]  # fmt: skip
    return table(
        head,
        (
            [
                name,
                median(runs, lambda r: r.read),
                median(runs, lambda r: r.rules),
                median(runs, lambda r: r.write),
                spread(r.seconds for r in runs),
                median(runs, lambda r: r.cpu),
                median(runs, lambda r: households / r.seconds, "{:,.0f}"),
                median(runs, lambda r: r.memory, "{:,.0f}"),
                times(runs, lambda r: r.rules),
                times(runs, lambda r: r.seconds),
                times(runs, lambda r: r.memory),
            ]
            for name, runs in rounds.items()
        ),
    )


_WANTED = {"OpenFisca, from arrays": "2.5"}
"""How many times as fast a plan is to be, where it is not twice."""


def targets(rounds: Mapping[str, Sequence[Run]], taken: Mapping[str, Sequence[float]]) -> str:
    """Return the table of what is wanted, and what was measured; a factor above 1 is in bangfu's favour."""
    ours = rounds[OURS]

    def factor(name: str, what: Callable[[Run], float]) -> str:
        return spread(what(one) / what(mine) for one, mine in zip(rounds[name], ours, strict=True))

    rows = [["speed against plain Polars, by hand (all; rules)", "at least 0.5", _both(factor, PLAIN)]]
    if OPENFISCA in rounds:
        rows += [
            ["speed against OpenFisca-core (all; rules)", "at least 5", _both(factor, OPENFISCA)],
            ["memory against OpenFisca-core's", "at least 2", factor(OPENFISCA, lambda r: r.memory)],
        ]
    first, *others = (statistics.median(times) for times in taken.values())
    rows += [
        [f"one household explained, against {name}", f"at least {_WANTED.get(name, '2')}", f"{other / first:.2f}"]
        for name, other in zip(list(taken)[1:], others, strict=True)
    ]
    return table(["theirs ÷ bangfu's", "wanted", "measured"], rows)


def _both(factor: Callable[[str, Callable[[Run], float]], str], name: str) -> str:
    return f"{factor(name, lambda r: r.seconds)}; {factor(name, lambda r: r.rules)}"


def single(taken: Mapping[str, Sequence[float]]) -> str:
    """Return the table of one household: median and 95th percentile in milliseconds, and the ratio."""
    ours = next(iter(taken.values()))
    return table(
        ["one household of three", "median, ms", "least, ms", "95 %, ms", "÷ bangfu's"],
        (
            [
                name,
                f"{statistics.median(times) * 1000:.2f}",
                f"{min(times) * 1000:.2f}",
                f"{statistics.quantiles(times, n=20)[-1] * 1000:.2f}",
                f"{statistics.median(times) / statistics.median(ours):.2f}",
            ]
            for name, times in taken.items()
        ),
    )


def growth(sizes: Mapping[int, Sequence[Run]]) -> str:
    """Return the table of bangfu's cost by the number of households."""
    return table(
        ["households of three (bangfu)", "all, s", "all, s per 100,000", "CPU, s per 100,000", "peak MB"],
        (
            [
                f"{size:,}",
                spread(r.seconds for r in runs),
                spread(r.seconds / size * 100_000 for r in runs),
                spread(r.cpu / size * 100_000 for r in runs),
                f"{max(r.memory for r in runs):,.0f}",
            ]
            for size, runs in sizes.items()
        ),
    )


def fill(page: Path, name: str, text: str) -> None:
    """Put the text between the markers of a name (``<!-- name -->``) in a page, at its end where it has none."""
    block = f"<!-- {name} -->\n{text}\n<!-- /{name} -->"
    place = re.compile(f"<!-- {name} -->\n.*?<!-- /{name} -->", re.DOTALL)
    old = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n"
    new = place.sub(lambda _: block, old) if place.search(old) else f"{old.rstrip()}\n\n{block}\n"
    page.write_text(new, encoding="utf-8")
