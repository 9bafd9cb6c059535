"""The desk and an import killed (``kill -9``) while they write: is all there that was acknowledged, is anything half?

Run ``python benchmarks/kill_rounds.py`` (30 rounds on SQLite; ``--postgresql`` on a server that is thrown away).
In each round visitors save, register and assess, a workbook comes in, and at a random moment both processes are
killed. Then the journal is verified, the tables are held against it, and every write is looked for. It exits with 1
where one is lost, half or refused.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import define, field
from desk_load.families import families
from desk_load.served import desk, filled, postgresql
from desk_load.workbooks import workbook
from desk_load.writers import ENTRIES, Writer, importing, writing
from peer.population import rulebook
from peer.report import fill, table

from bangfu.registry import Registry

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_FIRST, _LONGEST = 0.2, 3.0
"""Seconds after the first acknowledged write, at least and at most, until both are killed."""
_PATIENCE = 60


@define
class Tally:
    """What all rounds came to."""

    rounds: int = 0
    acknowledged: int = 0
    households: int = 0
    imports: int = 0
    unanswered: int = 0
    lost: list[str] = field(factory=list)
    half: list[str] = field(factory=list)
    errors: list[int] = field(factory=list)


@define
class Rounds:
    """The rounds on one registry."""

    database: str
    others: Sequence[str]
    folder: Path
    arguments: argparse.Namespace
    tally: Tally = field(factory=Tally)

    def run(self) -> Tally:
        """Run all rounds."""
        rng = random.Random(self.arguments.seed)  # noqa: S311 - repeatable
        for place in range(self.arguments.rounds):
            self._round(place, rng.uniform(_FIRST, _LONGEST))
            self.tally.rounds += 1
        return self.tally

    def _round(self, place: int, after: float) -> None:
        first = place * self.arguments.workbook
        book = self.folder / f"round{place}.xlsx"
        workbook(book, self.arguments.workbook, first)
        with desk(self.database) as server:
            writers = [Writer(server.url, f"r{place}w{i}", self.others[i]) for i in range(self.arguments.connections)]
            taking = importing(self.database, book)
            threads = writing(writers)
            _wait_for_the_first(writers)
            time.sleep(after)
            os.kill(server.process, signal.SIGKILL)
            whole = _killed(taking)
            for thread in threads:
                thread.join()
        numbers = [f"H{first + i:06}" for i in range(self.arguments.workbook)]
        self._check(writers, numbers, whole=whole)

    def _check(self, writers: Sequence[Writer], numbers: Sequence[str], *, whole: bool) -> None:
        """Look for every write of a round."""
        with Registry.open(self.database, catalog=rulebook().catalog, key="") as registry:
            registry.verify()
            history = registry.history()
            known = set(registry.numbers())
            people = {number: len(registry.household(number).members) for number in numbers if number in known}
        tokens = Counter(entry.evidence or entry.reason for entry in history)
        joined = Counter(entry.household for entry in history if entry.operation == "joined")
        for writer in writers:
            self.tally.errors += writer.errors
            self.tally.acknowledged += len(writer.acknowledged)
            self.tally.unanswered += len(writer.tried) - len(writer.acknowledged)
            self.tally.lost += [token for _, token in writer.acknowledged if not tokens[token]]
            self.tally.half += [token for kind, token in writer.tried if tokens[token] not in {0, ENTRIES[kind]}]
        self.tally.imports += whole
        self.tally.households += len(people)
        self.tally.half += [number for number, count in people.items() if not count or count != joined[number]]
        if whole:
            self.tally.lost += [number for number in numbers if number not in people]


def _wait_for_the_first(writers: Sequence[Writer]) -> None:
    end = time.monotonic() + _PATIENCE
    while not any(writer.acknowledged for writer in writers) and time.monotonic() < end:
        time.sleep(0.02)


def _killed(process: subprocess.Popen[bytes]) -> bool:
    """Kill a command; return whether it had ended well before."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    return process.wait(_PATIENCE) == 0


def main() -> None:
    """Kill, look, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--workbook", type=int, default=1_500, help="households of each round's workbook")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server thrown away at the end")
    parser.add_argument("--write", type=Path, nargs="?", const=PAGE, help=f"into a page too ({PAGE.name})")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        name, database = "SQLite", str(Path(folder, "registry.db"))
        if arguments.postgresql:
            name, database = "PostgreSQL", stack.enter_context(postgresql())
        registered = filled(database, families(3), arguments.connections)
        tally = Rounds(database, registered.others, Path(folder), arguments).run()
    text = report(name, tally)
    print(text)
    if arguments.write:
        fill(arguments.write, f"kills {name}", text)
    sys.exit(1 if tally.lost or tally.half or tally.errors else 0)


def report(name: str, tally: Tally) -> str:
    """Return the table of what came of the rounds."""
    head = [
        "killed while writing", "rounds", "writes acknowledged", "unanswered", "households imported",
        "imports that ended before", "lost", "half", "refused",
    ]  # fmt: skip
    counts = (tally.rounds, tally.acknowledged, tally.unanswered, tally.households, tally.imports)
    found = (len(tally.lost), len(tally.half), len(tally.errors))
    return table(head, [[name, *(f"{count:,}" for count in (*counts, *found))]])


if __name__ == "__main__":
    main()
