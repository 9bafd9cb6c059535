"""The desk and an import killed (``kill -9``) while they write: is all there that was acknowledged, is anything half?

Run ``python benchmarks/kill_rounds.py`` (30 rounds on SQLite; ``--postgresql`` on a server that is thrown away).
In each round visitors save, register, assess and import, a large workbook comes in by the command, and at a random
moment the desk and the command are killed; on PostgreSQL, in other rounds, one of its processes or all of it, and the
desk has to go on by itself. Then the journal is verified, the tables are held against it, every write is looked for,
and the workbook is imported again, to the end. It exits with 1 where a write is lost or half, or was refused before
the kill.
"""

from __future__ import annotations

import argparse
import random
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from desk_load.rounds import Rounds, Tally
from desk_load.served import DATABASE, filled, postgresql_server
from desk_load.victims import victims
from peer.report import fill, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def report(name: str, tally: Tally) -> str:
    """Return the table of what came of the rounds, and below it what should not be."""
    head = [
        "killed while writing", "rounds", "writes acknowledged", "unanswered", "imports cut in the middle",
        "imports that ended before", "lost", "half", "refused",
    ]  # fmt: skip
    counts = (tally.acknowledged, tally.unanswered, tally.cut, tally.ended)
    found = (len(tally.lost), len(tally.half), len(tally.refused))
    rounds = ", ".join(f"{count} ({victim})" for victim, count in tally.rounds.items())
    row = [name, rounds, *(f"{count:,}" for count in (*counts, *found))]
    return "\n\n".join([table(head, [row]), *tally.bad])


def main() -> None:
    """Kill, look, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--workbook", type=int, default=800, help="households of each round's workbook")
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server thrown away at the end")
    parser.add_argument("--write", type=Path, nargs="?", const=PAGE, help=f"into a page too ({PAGE.name})")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        name, database, server = "SQLite", str(Path(folder, "registry.db")), None
        if arguments.postgresql:
            name, server = "PostgreSQL", stack.enter_context(postgresql_server())
            database = server.url(DATABASE)
        rng = random.Random(arguments.seed)  # noqa: S311 - repeatable
        others = filled(database, [], arguments.connections).others
        rounds = Rounds(database, others, Path(folder), arguments.connections, arguments.workbook, victims(server), rng)
        tally = rounds.run(arguments.rounds, lambda line: print(f"  {line}", file=sys.stderr))
    text = report(name, tally)
    print(text)
    if arguments.write:
        fill(arguments.write, f"kills {name}", text)
    sys.exit(1 if tally.bad else 0)


if __name__ == "__main__":
    main()
