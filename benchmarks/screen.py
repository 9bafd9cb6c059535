"""The whole command ``bangfu screen``, Parquet to Parquet, on one thread: this tree beside another checkout of it.

Run ``python benchmarks/screen.py --other FOLDER``, where FOLDER is made by ``git worktree add FOLDER REVISION``. The
two take turns in one run on one generated population; each run is a process of its own. Told are CPU seconds (of the
user and the system), seconds, and peak memory: medians, in brackets the least and the greatest. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import polars as pl
from attrs import frozen

HERE = Path(__file__).resolve().parents[1]
RESULTS = ("assessments", "supports", "rejects")


@frozen
class Run:
    """What one run took."""

    cpu: float
    seconds: float
    peak_mb: float


def command(tree: Path, *arguments: str) -> Run:
    """Run the command of a checkout, with its own plugins, on one thread."""
    path = os.pathsep.join(map(str, [tree / "core", tree / "web", *sorted((tree / "plugins").iterdir())]))
    environment = os.environ | {"PYTHONPATH": path, "POLARS_MAX_THREADS": "1"}
    begun = time.perf_counter()
    child = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "bangfu", *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{tree}: bangfu {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return Run(used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss / 1024)


def told(name: str, runs: list[Run]) -> str:
    """Return one line of the table."""
    columns = ([run.cpu for run in runs], [run.seconds for run in runs], [run.peak_mb for run in runs])
    cells = (f"{median(c):,.2f} [{min(c):,.2f}–{max(c):,.2f}]" for c in columns)
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table, and how many rows of the results are the same."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--other", type=Path, required=True, help="another checkout")
    arguments = parser.parse_args()
    with TemporaryDirectory() as kept:
        folder = Path(kept)
        about = ["--households", str(arguments.households), "--region", "610625", "--on", "2024-06-01"]
        command(HERE, "generate", str(folder / "population"), *about)
        sides = {"the other": arguments.other.resolve(), "this tree": HERE}
        runs: dict[str, list[Run]] = {name: [] for name in sides}
        for number in range(arguments.rounds):
            for name, tree in sides.items():
                out = folder / f"{name} {number}"
                taken = command(tree, "screen", str(folder / "population"), str(out), "--workers", "1")
                runs[name].append(taken)
                print(f"  round {number + 1}, {name}: {taken.cpu:.2f} s CPU", file=sys.stderr)
        print(f"| {arguments.households:,} households | CPU, s | seconds | peak MB |\n| --- | ---: | ---: | ---: |")
        for name in sides:
            print(told(name, runs[name]))
        ratio = median(run.cpu for run in runs["this tree"]) / median(run.cpu for run in runs["the other"])
        print(f"\nthis tree's CPU ÷ the other's: {ratio:.3f}")
        for result in RESULTS:
            other, one = (pl.read_parquet(folder / f"{name} 0" / f"{result}.parquet") for name in sides)
            same = one if one.equals(other) else one.join(other, on=one.columns, how="semi", nulls_equal=True)
            print(f"{result}: {one.height:,} rows, {other.height:,} of the other, {same.height:,} the same")


if __name__ == "__main__":
    main()
