"""The registry (登记库): a county's households, with every change that was ever made to them."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, partial
from typing import Self

from attrs import evolve, field, frozen
from sqlalchemy import Connection, select

from bangfu import clock
from bangfu.facts import CORE_FACTS, Catalog
from bangfu.messages import _
from bangfu.plan import Plan
from bangfu.rulebook import Rulebook
from bangfu_office.registry import chain, journal
from bangfu_office.registry.assessing import AssessmentComparison, Replay, assess, compared, replay
from bangfu_office.registry.assessments import Assessment, AssessmentSummary, assessment, assessments_of
from bangfu_office.registry.audit import Audit
from bangfu_office.registry.bulk_read import RegisteredFrames, collecting_seldom, id_batches, population
from bangfu_office.registry.chain import Head
from bangfu_office.registry.database import Database, connect
from bangfu_office.registry.disclosure import Disclosure, masked_entry, masked_listed, names_in
from bangfu_office.registry.duplicates import Allowed, Duplicate, duplicates
from bangfu_office.registry.errors import ClockError, DatabaseUnusableError, RegistryError, UnknownHouseholdError
from bangfu_office.registry.field_encryption import KEY, FieldEncryption, usable
from bangfu_office.registry.journal import Attribution, Entry, Wanted
from bangfu_office.registry.listing import Page, Query, find
from bangfu_office.registry.record import Record, record_of
from bangfu_office.registry.schema import households, within
from bangfu_office.registry.state import replayed
from bangfu_office.registry.tables import index_again, load, states
from bangfu_office.registry.work import Work

_BATCH = 500


@frozen
class Registry:
    """An open registry. Use as a context manager, or ``close`` it."""

    database: Database = field(repr=False)
    catalog: Catalog = field(repr=False)
    encryption: FieldEncryption = field(repr=False)

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
        secret = usable(os.environ.get(KEY) if key is None else key)
        database = connect(url)
        try:
            opened = cls(database, catalog, chain.vault_of(database, secret))
            return opened._up_to_date(secret) if opened.encryption.of_before else opened
        except BaseException:
            database.dispose()
            raise

    def _up_to_date(self, secret: str) -> Self:
        """Return a registry of an earlier version with keys of its own, where it can be written."""
        try:
            self.change_key(secret, Attribution("bangfu", reason=_("升级：日志改用密钥校验")))
        except (DatabaseUnusableError, ClockError):
            return self  # where nothing can be written now, on a full disk or with a wrong clock, it is read as it is
        return evolve(self, encryption=chain.vault_of(self.database, secret))

    def close(self) -> None:
        """Close all connections."""
        self.database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def work(self, by: Attribution, written: Callable[[], None] | None = None) -> Iterator[Work]:
        """Open a piece of work: its operations are written together at the end, or undone by any error.

        Args:
            by: who changes something, on whose word.
            written: is called when all is written and only the disk is waited for.

        Raises:
            DatabaseUnusableError: the database could not write; nothing was written, unless this is ``unknown``.
            ClockError: the machine's clock is far from the last entry's moment.
            KeyChangedError: the registry's key was changed since it was opened.
        """
        with self._turn() as (connection, head):
            work = Work(connection, self.catalog, self.encryption, by, head, chain.moment_after(head))
            yield work
            work.flush()
            if written is not None:
                written()

    @contextmanager
    def _turn(self) -> Iterator[tuple[Connection, Head]]:
        with self.database.writing() as connection:
            head = chain.read_head(connection, lock=True)
            if head.seq or self.encryption.sealing:
                self.encryption.is_that_of(head.keys)
            yield connection, head

    def correct_clock(self, by: Attribution) -> Head:
        """Go on from this machine's time, for which ``by`` vouches, journalled; return the journal's head before."""
        with self._turn() as (connection, head):
            work = Work(connection, self.catalog, self.encryption, by, head, chain.moment())
            work.note(chain.CORRECTED, None, old={"at": head.at})
            work.flush()
            return head

    def change_key(self, key: str, by: Attribution) -> None:
        """Lock the registry's keys with another one, and seal, find and hash with new ones from now on; journalled.

        What was sealed before stays as it is: the old keys, which open it, are locked with the new key as well. Whoever
        has the registry open keeps the old keys, and has to open it again.

        Raises:
            RegistryError: the key is too short, or the registry was begun without one.
        """
        secret = usable(key)
        if not self.encryption.sealing:
            raise RegistryError(_("登记库开始时没有密钥，没有可更换的；要加密请另建登记库，再导出、导入"))
        with self._turn() as (connection, head):
            renewed = self.encryption.renewed(secret, head.seq + 1)
            work = Work(connection, self.catalog, renewed, by, head, chain.moment_after(head))
            work.note("key", None)
            work.flush()
            index_again(connection, renewed)

    @contextmanager
    def trial(self, by: Attribution) -> Iterator[Work]:
        """Open a piece of work that is tried on what is stored now and never written; nobody waits for it."""
        with self.database.reading() as connection:
            head = chain.read_head(connection)
            yield Work(connection, self.catalog, self.encryption, by, head, chain.moment())

    def household(self, number: str, *, at: datetime | None = None) -> Record:
        """Return a household as it is, or was at a moment; UnknownHouseholdError where there is or was none."""
        with self.database.reading() as connection:
            return self.record(connection, number, at)

    def record(self, connection: Connection, number: str, at: datetime | None = None) -> Record:
        """Return a household within an open transaction."""
        if at is None:
            state = load(connection, number)[1]
        else:
            states = replayed(journal.entries(connection, [number], until=clock.stored(at)))
            if number not in states:
                raise UnknownHouseholdError(number)
            state = states[number]
        return record_of(state, self.catalog, self.encryption)

    def names(self, number: str) -> frozenset[str]:
        """Return every name that was ever stated of anybody who ever lived in a household."""
        with self.database.reading() as connection:
            return frozenset(names_in(journal.entries(connection, [number]), self.catalog, self.encryption))

    def cover(self, record: Record, *, shown: bool = False) -> Disclosure:
        """Return a household as it may be shown: names and ID numbers masked, or in full where they are ``shown``."""
        return Disclosure.of(record, self.catalog, cache(lambda: self.names(record.number)), shown=shown)

    def masked(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return entries of the journal, of whatever households, with what somebody wrote in them masked."""
        names = cache(lambda number: self.names(number) if number else frozenset[str]())
        return [masked_entry(entry, partial(names, entry.household)) for entry in entries]

    def history(self, number: str | None = None, *, after: int = 0, newest: int | None = None) -> list[Entry]:
        """Return the journal's entries, of one household or all, in order; values of personal facts are sealed."""
        with self.database.reading() as connection:
            found = journal.entries(connection, number and [number], after=after, newest=newest)
            return [journal.readable(entry, self.encryption) for entry in found]

    def browse(
        self, wanted: Wanted, *, before: int | None = None, after: int | None = None, limit: int = 50
    ) -> list[Entry]:
        """Return a page of the journal's entries, the newest first; as ``history`` has them.

        The newest of those ``before`` a number, or the oldest of those ``after`` one; without both, the newest of all.
        """
        with self.database.reading() as connection:
            found = journal.browse(connection, wanted, before=before, after=after, limit=limit)
            return [journal.readable(entry, self.encryption) for entry in found]

    @collecting_seldom()
    def verify(self, expected: Sequence[tuple[int, str]] = ()) -> Head:
        """Return the journal's head after all of it was checked, and the tables against what it adds up to.

        Args:
            expected: numbers and hashes of entries that were noted elsewhere; they must still be there.

        Raises:
            JournalError: an entry was edited, removed, inserted or moved (names the first), or a table
                holds what the journal does not say.
        """
        with self.database.reading() as connection:
            head = chain.verify(connection, self.encryption, expected)
            Audit(connection, self.catalog, self.encryption, head).tables()
            return head

    def numbers(self, region: str = "") -> list[str]:
        """Return the numbers of all households of a region (prefix), closed ones too, as they were registered."""
        query = select(households.c.number).where(within(region)).order_by(households.c.id)
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def still_open(self, some: Collection[str]) -> set[str]:
        """Return those of some numbers of which there is a household that is not closed."""
        found, wanted = set[str](), sorted(some)
        query = select(households.c.number).where(households.c.closed.is_(None))
        with self.database.reading() as connection:
            for start in range(0, len(wanted), _BATCH):
                among = households.c.number.in_(wanted[start : start + _BATCH])
                found.update(connection.execute(query.where(among)).scalars())
        return found

    def records(self, region: str = "") -> Iterator[Record]:
        """Yield all open households of a region (prefix), as they are at one moment, in batches."""
        with self.database.reading() as connection:
            for ids in id_batches(connection, region):
                for _i, state in states(connection, households.c.id.in_(ids)):
                    if state.closed is None:
                        yield record_of(state, self.catalog, self.encryption)

    def frames(self, on: date, region: str = "") -> RegisteredFrames:
        """Return all open households of a region (prefix) as frames, to be assessed for a day."""
        with self.database.reading() as connection:
            return population(connection, self.catalog, on=on, region=region)

    def find(self, query: Query, today: date) -> Page:
        """Return a page of the households a query finds, those that need attention first."""
        with self.database.reading() as connection:
            return find(connection, self.encryption, query, today)

    def masked_page(self, page: Page) -> Page:
        """Return a page of households as lists show it, names masked."""
        households = tuple(masked_listed(one, partial(self.names, one.number)) for one in page.households)
        return evolve(page, households=households)

    def duplicates(self, household: str | None = None, *, allowed: Allowed | None = None) -> list[Duplicate]:
        """Return the ID numbers that stand in several households, of one household or in the whole registry.

        ``allowed`` says of a division code whether households there may be named; default: all.
        """
        with self.database.reading() as connection:
            return duplicates(connection, self.encryption, household, allowed)

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
        """Return an assessment of a household by its id; RegistryError where it has no such one."""
        with self.database.reading() as connection:
            return assessment(connection, number, key)

    def replay(self, made: Assessment, rulebook: Rulebook) -> Replay:
        """Make an assessment again from what was kept with it."""
        with self.database.reading() as connection:
            return replay(connection, made, rulebook)

    def compare(self, first: Assessment, second: Assessment) -> AssessmentComparison:
        """Return what changed from one assessment to another: facts, policy, plugins, outcome."""
        with self.database.reading() as connection:
            return compared(connection, first, second)
