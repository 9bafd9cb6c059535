"""How long one explained plan takes: a household of four, every programme, in process and as a command.

Run with ``make bench`` or ``python benchmarks/plan.py``. Times are wall-clock milliseconds: minimum,
median and 95th percentile over many runs after a warm-up. The in-process figure is taken twice, in
fresh processes: with Polars' own number of threads, and with one (``POLARS_MAX_THREADS=1``), which
suits a process that serves one household at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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
    from bangfu import Rulebook, make_plan, read_household  # noqa: PLC0415 - the parent process need not load it

    rulebook = Rulebook.load()
    household = read_household(SAMPLE, catalog=rulebook.catalog)
    for _ in range(20):
        make_plan(household, rulebook)
    return times(lambda: make_plan(household, rulebook), runs)


def as_child(runs: int, **environment: str) -> list[float]:
    """Return ``in_process`` of a fresh process with these environment variables."""
    command = [sys.executable, __file__, "--child", "--runs", str(runs)]
    done = subprocess.run(command, env=os.environ | environment, check=True, capture_output=True, text=True)  # noqa: S603
    taken: list[float] = json.loads(done.stdout)
    return taken


def command_line(runs: int) -> list[float]:
    """Return the times of the whole command, start of the interpreter included."""
    command = [sys.executable, "-m", "bangfu", "plan", str(SAMPLE)]
    return times(lambda: subprocess.run(command, check=True, capture_output=True), runs)  # noqa: S603


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(in_process(arguments.runs)))
        return
    print(f"{'one household of four, explained (ms)':<44}{'min':>9}{'median':>9}{'p95':>9}")
    print(row("in process, Polars' own threads", as_child(arguments.runs)))
    print(row("in process, one thread", as_child(arguments.runs, POLARS_MAX_THREADS="1")))
    print(row("bangfu plan FILE, the whole command", command_line(max(5, arguments.runs // 30))))


if __name__ == "__main__":
    main()
