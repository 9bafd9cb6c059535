"""The registry (登记库): a county's households, with every change that was ever made to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Self

from attrs import field, frozen
from sqlalchemy import Connection, select

from bangfu import clock
from bangfu.facts import CORE_FACTS, Catalog
from bangfu.plan import Plan
from bangfu.registry import journal
from bangfu.registry.assessing import Replay, assess, replay
from bangfu.registry.assessments import Assessment, AssessmentSummary, assessment, assessments_of
from bangfu.registry.audit import Audit
from bangfu.registry.bulk import Population, batches, numbers, population
from bangfu.registry.comparison import Comparison, compared
from bangfu.registry.database import Database, connect
from bangfu.registry.errors import UnknownHouseholdError
from bangfu.registry.journal import Attribution, Entry, Head
from bangfu.registry.listing import Duplicate, Page, Query, duplicates, find
from bangfu.registry.patience import patiently
from bangfu.registry.record import Record, record_of
from bangfu.registry.schema import journal_head
from bangfu.registry.state import replayed
from bangfu.registry.tables import load
from bangfu.registry.vault import Vault
from bangfu.registry.work import Work
from bangfu.rulebook import Rulebook


@frozen
class Registry:
    """An open registry. Use as a context manager, or ``close`` it."""

    database: Database = field(repr=False)
    catalog: Catalog = field(repr=False)
    vault: Vault = field(repr=False)

    @classmethod
    def open(cls, url: str, *, catalog: Catalog = CORE_FACTS, key: str | None = None) -> Self:
        """Return the registry at a URL (``postgresql://…``, ``sqlite:///…``) or file path; an empty one is made.

        Args:
            url: where it is.
            catalog: the declared facts, with those of plugins.
            key: seals names and ID numbers; default: ``BANGFU_KEY`` of the environment, if set.

        Raises:
            DatabaseUnusableError: it cannot be opened, is no registry, or is newer than this version.
            RegistryError: the key is too short, or not the one the registry was begun with.
        """
        vault = Vault.of(key) if key is not None else Vault.from_environment()
        opened = cls(connect(url), catalog, vault)
        try:
            opened._same_key()
        except BaseException:
            opened.close()
            raise
        return opened

    def _same_key(self) -> None:
        with self.database.reading() as connection:
            row = connection.execute(select(journal_head.c.seq, journal_head.c.key_check)).first()
            if row is not None and row.seq:
                self.vault.compare(row.key_check)

    def close(self) -> None:
        """Close all connections."""
        self.database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def work(self, by: Attribution) -> Iterator[Work]:
        """Open a piece of work: its operations are written together at the end, or undone by any error.

        Raises:
            DatabaseUnusableError: the database could not write; nothing was written, unless this is ``unknown``.
        """
        with self.database.writing() as connection:
            head = journal.read_head(connection, lock=True)
            at = max(head.at, journal.moment())  # the clock may have been set back
            work = Work(connection, self.catalog, self.vault, by, head, at)
            yield work
            work.flush()

    @contextmanager
    def trial(self, by: Attribution) -> Iterator[Work]:
        """Open a piece of work that is tried on what is stored now and never written; nobody waits for it."""
        with self.database.reading() as connection:
            head = journal.read_head(connection)
            yield Work(connection, self.catalog, self.vault, by, head, journal.moment())

    def household(self, number: str, *, at: datetime | None = None) -> Record:
        """Return a household as it is, or as it was at a moment.

        Raises:
            UnknownHouseholdError: there is none, or there was none yet.
        """
        with self.database.reading() as connection:
            return self.record(connection, number, at)

    def record(self, connection: Connection, number: str, at: datetime | None = None) -> Record:
        """Return a household within an open transaction."""
        if at is None:
            state = load(connection, number)[1]
        else:
            until = at.astimezone(UTC).isoformat(timespec="microseconds")
            states = replayed(journal.entries(connection, [number], until=until))
            if number not in states:
                raise UnknownHouseholdError(number)
            state = states[number]
        return record_of(state, self.catalog, self.vault)

    def history(self, number: str | None = None, *, after: int = 0, newest: int | None = None) -> list[Entry]:
        """Return the journal's entries, of one household or all, in order; values of personal facts are sealed."""
        with self.database.reading() as connection:
            return list(journal.entries(connection, number and [number], after=after, newest=newest))

    @patiently
    def verify(self, expected: Sequence[tuple[int, str]] = ()) -> Head:
        """Return the journal's head after all of it was checked, and the tables against what it adds up to.

        Args:
            expected: numbers and hashes of entries that were noted elsewhere; they must still be there.

        Raises:
            JournalError: an entry was edited, removed, inserted or moved (names the first), or a table
                holds what the journal does not say.
        """
        with self.database.reading() as connection:
            head = journal.verify(connection, expected)
            Audit(connection, self.catalog, self.vault, head).tables()
            return head

    def numbers(self, region: str = "") -> list[str]:
        """Return the numbers of all households of a region (prefix), closed ones too."""
        with self.database.reading() as connection:
            return numbers(connection, region)

    def records(self, region: str = "") -> Iterator[Record]:
        """Yield all open households of a region (prefix), as they are at one moment, in batches."""
        with self.database.reading() as connection:
            for states in batches(connection, region):
                for state in states:
                    if state.closed is None:
                        yield record_of(state, self.catalog, self.vault)

    def frames(self, on: date, region: str = "") -> Population:
        """Return all open households of a region (prefix) as frames, to be assessed for a day."""
        with self.database.reading() as connection:
            return population(connection, self.catalog, on=on, region=region)

    def find(self, query: Query, today: date) -> Page:
        """Return a page of the households a query finds, those that need attention first."""
        with self.database.reading() as connection:
            return find(connection, self.vault, query, today)

    def duplicates(
        self, household: str | None = None, *, allowed: Callable[[str], bool] | None = None
    ) -> list[Duplicate]:
        """Return the ID numbers that stand in several households, of one household or in the whole registry.

        ``allowed`` says of a division code whether households there may be named; default: all.
        """
        with self.database.reading() as connection:
            return duplicates(connection, self.vault, household=household, allowed=allowed)

    def assess(
        self, number: str, rulebook: Rulebook, by: Attribution, on: date | None = None
    ) -> tuple[Plan, Assessment]:
        """Make the plan of a household for a day (default: today), keep it and return both."""
        with self.work(by) as work:
            return assess(work, number, rulebook, on or clock.today())

    def assessments(self, number: str, limit: int | None = None) -> list[AssessmentSummary]:
        """Return a household's assessments, the newest first; with ``limit``, so many at most."""
        with self.database.reading() as connection:
            return assessments_of(connection, number, limit)

    def assessment(self, number: str, key: int) -> Assessment:
        """Return an assessment of a household by its id.

        Raises:
            RegistryError: the household has no such assessment.
        """
        with self.database.reading() as connection:
            return assessment(connection, number, key)

    def replay(self, made: Assessment, rulebook: Rulebook) -> Replay:
        """Make an assessment again from what was kept with it."""
        with self.database.reading() as connection:
            return replay(connection, made, rulebook)

    def compare(self, first: Assessment, second: Assessment) -> Comparison:
        """Return what changed from one assessment to another: facts, policy, plugins, outcome."""
        with self.database.reading() as connection:
            return compared(connection, first, second)
