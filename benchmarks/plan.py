"""How long one explained plan takes: a household of four, every programme, in process and as a command.

Run with ``make bench`` or ``python benchmarks/plan.py``. Times are wall-clock milliseconds: minimum,
median and 95th percentile over many runs after a warm-up.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bangfu import Rulebook, make_plan, read_household

SAMPLE = Path(__file__).resolve().parent.parent / "examples" / "household.toml"


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
    p95 = taken[int(len(taken) * 0.95) - 1]
    return f"{name:<44}{taken[0]:>9.2f}{statistics.median(taken):>9.2f}{p95:>9.2f}"


def in_process(runs: int) -> list[float]:
    """Return the times of making one plan with the rules loaded, every reason of it read."""
    rulebook = Rulebook.load()
    household = read_household(SAMPLE, catalog=rulebook.catalog)
    for _ in range(20):
        make_plan(household, rulebook)
    return times(lambda: make_plan(household, rulebook), runs)


def command_line(runs: int) -> list[float]:
    """Return the times of the whole command, start of the interpreter included."""
    command = [sys.executable, "-m", "bangfu", "plan", str(SAMPLE)]
    return times(lambda: subprocess.run(command, check=True, capture_output=True), runs)  # noqa: S603


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=300)
    arguments = parser.parse_args()
    print(f"{'one household of four, explained (ms)':<44}{'min':>9}{'median':>9}{'p95':>9}")
    print(row("in process, the rules loaded", in_process(arguments.runs)))
    print(row("bangfu plan FILE, the whole command", command_line(max(5, arguments.runs // 30))))


if __name__ == "__main__":
    main()
