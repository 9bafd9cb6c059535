"""Rounds of kills on one registry: everybody writes, something is killed, everything is looked for."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Thread

from attrs import define, evolve, field
from peer.population import rulebook
from sqlalchemy import select

from bangfu_office.registry import Registry
from bangfu_office.registry.schema import households

from .served import desk
from .survived import Import, Survey, survey
from .victims import Victim, importing
from .workbooks import in_workbook, workbook
from .writers import IMPORTED, Writer

_LATEST, _LATEST_IN_IMPORT = 3.0, 0.6
"""Seconds, at most, from the first acknowledged write or from the import's first one until the kill."""
_PATIENCE = 120
_FIRST_OF_PAGE = 500_000
"""Number of the first household that is imported on the page; lower ones are of the command."""


@define
class Tally:
    """What all rounds came to."""

    rounds: Counter[str] = field(factory=Counter)
    acknowledged: int = 0
    unanswered: int = 0
    cut: int = 0
    ended: int = 0
    lost: list[str] = field(factory=list)
    half: list[str] = field(factory=list)
    refused: list[str] = field(factory=list)

    @property
    def bad(self) -> list[str]:
        """Everything that should not be, each in a line."""
        of = {"lost": self.lost, "half": self.half, "refused": self.refused}
        return [f"{what}: {one}" for what, found in of.items() for one in found]


@define
class Rounds:
    """The rounds on one registry; odd ones import the households of the one before, with two facts changed."""

    database: str
    others: Sequence[str]
    folder: Path
    connections: int
    size: int
    victims: Sequence[Victim]
    rng: random.Random
    tally: Tally = field(factory=Tally)
    _starts: Iterator[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._starts = itertools.count(_FIRST_OF_PAGE, IMPORTED)

    def run(self, rounds: int, told: Callable[[str], None]) -> Tally:
        """Run so many rounds, telling of each."""
        for place in range(rounds):
            victim = self.victims[place % len(self.victims)]
            before = len(self.tally.bad)
            self._round(place, victim)
            self.tally.rounds[victim.name] += 1
            found = "; ".join(self.tally.bad[before:]) or "all is there"
            told(f"round {place + 1}, {victim.name} killed: {found}")
        return self.tally

    def _round(self, place: int, victim: Victim) -> None:
        start, turn = place // 2 * self.size, place % 2
        book = self.folder / "round.xlsx"
        workbook(book, self.size, start, turn=turn)
        taken = Import(in_workbook(self.size, start, turn), in_workbook(self.size, start) if turn else {}, False)
        head = self._head()
        with desk(self.database) as server:
            name = f"{self.rng.getrandbits(32):08x}-{place}"
            writers = [
                Writer.at(server.url, f"{name}-{i}", self.others[i], self.folder, self._starts)
                for i in range(self.connections)
            ]
            over, taking = Event(), importing(self.database, book)
            threads = [Thread(target=writer.write, args=(over,)) for writer in writers]
            for thread in threads:
                thread.start()
            self._wait(writers, next(iter(taken.households)), lambda: taking.poll() is not None)
            killed = time.monotonic()
            victim.kill(server, taking)
            over.set()
            ended = taking.wait(_PATIENCE) == 0
            for thread in threads:
                thread.join()
        self._look(writers, evolve(taken, acknowledged=ended), head, killed)
        self._go_on(taken, book, head)

    def _head(self) -> int:
        """Return the number of the journal's last entry."""
        with Registry.open(self.database, catalog=rulebook().catalog, key="") as registry:
            return max((entry.seq for entry in registry.history(newest=1)), default=0)

    def _wait(self, writers: Sequence[Writer], first: str, ended: Callable[[], bool]) -> None:
        """Wait for a random moment: after the first writes of all, or while the import writes."""
        _until(lambda: all(writer.writes for writer in writers))
        if self.rng.random() < 1 / 2:
            time.sleep(self.rng.uniform(0, _LATEST))
            return
        with Registry.open(self.database, catalog=rulebook().catalog, key="") as registry:
            query = select(households.c.version).where(households.c.number == first)

            def version() -> int | None:
                with registry.database.reading() as connection:
                    return connection.execute(query).scalar_one_or_none()

            before = version()
            _until(lambda: ended() or version() != before)
        time.sleep(self.rng.uniform(0, _LATEST_IN_IMPORT))

    def _look(self, writers: Sequence[Writer], taken: Import, head: int, killed: float) -> None:
        """Look for everything that was written in a round."""
        writes = [write for writer in writers for write in writer.writes]
        self._note(survey(self.database, writes, [taken], head), taken)
        self.tally.acknowledged += sum(write.acknowledged for write in writes)
        self.tally.unanswered += sum(not write.acknowledged for write in writes)
        faults = [fault for writer in writers for fault in writer.faults]
        self.tally.refused += [what for moment, what in faults if moment < killed]

    def _note(self, found: Survey, taken: Import) -> None:
        self.tally.lost += found.lost
        self.tally.half += found.half
        self.tally.ended += taken.acknowledged
        self.tally.cut += any(0 < written < len(taken.households) for written in found.imported)

    def _go_on(self, taken: Import, book: Path, head: int) -> None:
        """Import the workbook again, undisturbed: what was cut off goes on to the end."""
        again = importing(self.database, book)
        if (status := again.wait(_PATIENCE)) != 0:
            self.tally.refused.append(f"import again: ended with {status}")
        found = survey(self.database, [], [evolve(taken, acknowledged=True)], head)
        self.tally.lost += found.lost
        self.tally.half += found.half


def _until(there: Callable[[], bool]) -> None:
    """Wait until something is so; the round goes on after a while if it never is."""
    end = time.monotonic() + _PATIENCE
    while not there() and time.monotonic() < end:
        time.sleep(0.01)
