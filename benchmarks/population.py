"""bangfu's screening of a population beside OpenFisca-core and the same rules by hand in plain Polars.

Run ``python benchmarks/population.py`` (100,000 households of three), in full
``python benchmarks/population.py --households 1000000 --rounds 5 --scale 10000 100000 1000000 10000000``.
OpenFisca takes part where it is installed (``pip install 'bangfu[peer]'``). First every side's results are
compared, household by household; only where all agree is any time taken. Each run is a process of its own,
the sides taking turns; it reads Parquet, works out the rules of all five programmes and writes every
category, status and amount as Parquet. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from peer import one_household, report
from peer.check import checked
from peer.measure import Run, Way, in_child
from peer.population import write
from peer.sides import openfisca_is_here

from bangfu.screen.workers import at_once

LEGEND = """\
Medians; in brackets the least and the greatest. *read*: from Parquet to what the rules take (for OpenFisca, arrays set
as inputs); *rules*: every category, status and amount; *write*: these to Parquet. *÷ bangfu's*: this side's figure over
bangfu's of the same round; above 1 it takes more. bangfu works as `bangfu screen` does: a process for each core, up to
four, each on a part at a time; *one process* does as many parts at once in threads. OpenFisca takes the population at
once in one process, as it is used; *spread* is what it takes where somebody cuts the population up and runs a process
on each core himself. Time begins when all processes have loaded their rules. CPU and peak memory are the sum of all
processes."""
PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def contestants(households: int, part: int, processes: int) -> dict[str, Way]:
    """Return by its name in the table each side and how it works."""
    sides = {
        report.OURS: Way("bangfu", part, processes),
        report.ONE_PROCESS: Way("bangfu", part),
        report.PLAIN: Way("plain", part, processes),
    }
    if openfisca_is_here():
        sides[report.OPENFISCA] = Way("openfisca", households)
        sides[report.SPREAD] = Way("openfisca", part, processes)
    return sides


def rounds(folder: Path, sides: Mapping[str, Way], households: int, number: int) -> dict[str, list[Run]]:
    """Return the runs of each side, which take turns; each round begins with another."""
    taken: dict[str, list[Run]] = {name: [] for name in sides}
    names = list(sides)
    for number_of_round in range(number):
        turn = number_of_round % len(names)
        for name in names[turn:] + names[:turn]:
            with TemporaryDirectory() as out:
                taken[name].append(in_child(sides[name], folder, households, Path(out)))
            print(f"  round {number_of_round + 1}, {name}: {taken[name][-1].seconds:.2f} s", file=sys.stderr)
    return taken


def circumstances(part: int, processes: int) -> str:
    """Return what the figures hang on."""
    openfisca = f", openfisca-core {version('openfisca-core')}" if openfisca_is_here() else ", without OpenFisca"
    least, later, latest = os.getloadavg()
    return (
        f"bangfu {version('bangfu')}, polars {version('polars')}{openfisca}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {processes} processes; "
        f"parts of {part:,} households; load average at the end {least:.1f}, {later:.1f}, "
        f"{latest:.1f}."
    )


def measured(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the paragraphs of the report.

    Raises:
        SystemExit: two sides disagree.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, arguments.households, arguments.seed)
        sides = contestants(arguments.households, arguments.part, arguments.processes)
        yield checked(folder, arguments.households, sides, arguments.random, arguments.seed)
        if arguments.rounds:
            taken = rounds(folder, sides, arguments.households, arguments.rounds)
            single = one_household.timed(arguments.runs)
            yield LEGEND
            yield report.population(taken, arguments.households)
            yield report.single(single)
            yield report.targets(taken, single)
    sizes: dict[int, list[Run]] = {}
    for size in arguments.scale if arguments.rounds else ():
        with TemporaryDirectory() as name:
            write(Path(name), size, arguments.seed)
            ours = {report.OURS: Way("bangfu", arguments.part, arguments.processes)}
            sizes[size] = rounds(Path(name), ours, size, arguments.rounds)[report.OURS]
    if sizes:
        yield report.growth(sizes)
    yield circumstances(arguments.part, arguments.processes)


def _number(text: str, least: int = 1) -> int:
    number = int(text)
    if number < least:
        raise argparse.ArgumentTypeError(f"{number} is less than {least}")
    return number


def main() -> None:
    """Compare, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--households", type=_number, default=100_000)
    parser.add_argument("--part", type=_number, default=16_000, help="households that a process takes at a time")
    parser.add_argument("--processes", type=_number, default=at_once(), help="of the sides that have several")
    parser.add_argument("--rounds", type=int, default=3, help="0: only compare")
    parser.add_argument("--runs", type=partial(_number, least=2), default=200, help="of one household, at least 2")
    parser.add_argument(
        "--random", type=_number, default=2_000, help="households of the kit's random kind compared too"
    )
    parser.add_argument("--scale", type=_number, nargs="*", default=[], help="sizes to measure bangfu's growth by")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, nargs="?", const=PAGE, help=f"into a page too ({PAGE.name})")
    arguments = parser.parse_args()
    paragraphs = []
    for paragraph in measured(arguments):
        print(paragraph, end="\n\n", flush=True)
        paragraphs.append(paragraph)
    if arguments.write:
        report.fill(arguments.write, "population", "\n\n".join(paragraphs))


if __name__ == "__main__":
    main()
