"""What holds after any sequence of operations on a registry: state = journal replayed; the past is what it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bangfu import InputError, frames_of
from bangfu.keys import AT_LEAST, AT_MOST
from bangfu_office.registry import (
    Attribution,
    DatabaseUnusableError,
    JournalError,
    Record,
    Registry,
    RegistryError,
    Source,
    UnknownHouseholdError,
)
from bangfu_office.registry import unit_of_work as work_module
from households import households
from postgresql_server import GivenServer
from registry_play import DAY, OPERATIONS, Choose, Play
from rulebooks import CATALOG, Data, examples

KEY = "a key made up for tests"
_NUMBER = st.integers(0, 40)
_OPERATION = st.tuples(st.sampled_from(sorted(OPERATIONS)), st.tuples(*[_NUMBER] * 4))
_BY = st.builds(
    Attribution, st.sampled_from(("王办事员", "李办事员")), st.sampled_from(Source),
    st.sampled_from((DAY, DAY - timedelta(days=400), DAY + timedelta(days=90))),
)  # fmt: skip
_WORKS = st.lists(st.tuples(_BY, st.booleans(), st.lists(_OPERATION, min_size=1, max_size=3)), min_size=4, max_size=14)
_POOLS = st.lists(households(on=DAY), min_size=2, max_size=3)
Works = list[tuple[Attribution, bool, list[tuple[str, Choose]]]]
"""Pieces of work: by whom, whether one that is refused ends it, what is done."""

_FIRST: Works = [(Attribution("王办事员", on=DAY), True, [("add", (0,) * 4), ("add", (1,) * 4)])]


class _RefusedError(Exception):
    """A piece of work that ends with what was refused."""


@define
class Tape:
    """A registry with what it held after each piece of work."""

    registry: Registry
    seen: list[tuple[datetime, dict[str, Record]]] = field(factory=list)

    def play(self, pool: Sequence[Data], works: Works) -> None:
        """Do the works, and look at everything after each."""
        for by, ends, operations in [*_FIRST, *works]:
            before = self.registry.history()
            try:
                with self.registry.work(by) as work:
                    self._do(Play(pool, work, self.registry.numbers()), operations, ends=ends)
            except _RefusedError:
                assert self.registry.history() == before
            found = {number: self.registry.household(number) for number in self.registry.numbers()}
            self.seen.append((datetime.now(UTC), found))

    @staticmethod
    def _do(play: Play, operations: Sequence[tuple[str, Choose]], *, ends: bool) -> None:
        for name, choose in operations:
            try:
                OPERATIONS[name](play, *choose)
            except (DatabaseUnusableError, JournalError):
                raise
            except (InputError, RegistryError):
                if ends:
                    raise _RefusedError from None

    def check(self) -> None:
        """Check everything that holds after any sequence of works."""
        self.registry.verify()
        self._check_past()
        self._check_people(self.seen[-1][1])
        self._check_frames()

    def _check_past(self) -> None:
        numbers = self.registry.numbers()
        for moment, records in self.seen:
            for number in numbers:
                if number in records:
                    assert self.registry.household(number, at=moment) == records[number]
                else:
                    with pytest.raises(UnknownHouseholdError):
                        self.registry.household(number, at=moment)

    def check_versions(self) -> None:
        """Check that each work made one version of what it changed."""
        moments = [moment.isoformat(timespec="microseconds") for moment, _ in self.seen]
        states: list[Mapping[str, Record]] = [{}, *(records for _, records in self.seen)]
        for place, (before, after) in enumerate(pairwise(states)):
            start = moments[place - 1] if place else ""
            entries = [entry for entry in self.registry.history() if start < entry.at <= moments[place]]
            for number, record in after.items():
                earlier = before[number].version if number in before else 0
                assert record.version - earlier == any(entry.household == number for entry in entries)

    def _check_people(self, records: Mapping[str, Record]) -> None:
        joined = {entry.member for entry in self.registry.history() if entry.operation == "joined"}
        people = [person.id for record in records.values() for person in (*record.members, *record.former)]
        assert sorted(people) == sorted(number for number in joined if number)

    def _check_frames(self) -> None:
        records = [record for record in self.registry.records() if record.members]
        population = self.registry.frames(on=DAY + timedelta(days=90))
        frames = frames_of([record.household(DAY + timedelta(days=90)) for record in records], CATALOG)
        keys = ["household"]
        assert population.numbers["number"].to_list() == [record.number for record in self.registry.records()]
        filled = population.frames.members["household"].unique()
        of_households = population.frames.households.filter(
            population.frames.households["household"].is_in(filled.implode())
        )
        bounds = [name for name in of_households.columns if name.startswith((AT_LEAST, AT_MOST))]
        of_households = of_households.drop(name for name in bounds if of_households[name].is_null().all())
        assert_frame_equal(of_households.drop(keys), frames.households.drop(keys))
        assert_frame_equal(population.frames.members.drop(keys), frames.members.drop(keys))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file of an empty registry."""
    file = tmp_path_factory.mktemp("empty") / "registry.db"
    Registry.open(str(file), catalog=CATALOG, key="").close()
    return file


@contextmanager
def copied(empty: Path, key: str = "") -> Iterator[Tape]:
    """Yield a tape of a registry in a copy of an empty file."""
    copy = empty.with_name("copy.db")
    for leftover in empty.parent.glob("copy.db*"):
        leftover.unlink()
    shutil.copy(empty, copy)
    with Registry.open(str(copy), catalog=CATALOG, key=key) as registry:
        yield Tape(registry)


@examples(60)
@given(_POOLS, _WORKS)
def test_sequences_with_sqlite(empty: Path, pool: list[Data], works: Works) -> None:
    """State is the journal replayed, the past is what was seen then, versions count works, frames are the records."""
    with copied(empty) as tape:
        tape.play(pool, works)
        tape.check()
        tape.check_versions()


@examples(20)
@given(_POOLS, _WORKS)
def test_sequences_in_small_batches(empty: Path, pool: list[Data], works: Works) -> None:
    """The same where what is added is written again and again within a piece of work."""
    with pytest.MonkeyPatch.context() as patch, copied(empty) as tape:
        patch.setattr(work_module, "_BATCH", 1)
        tape.play(pool, works)
        tape.check()


@examples(10)
@given(_POOLS, _WORKS)
def test_sequences_with_a_key(empty: Path, pool: list[Data], works: Works) -> None:
    """The same where names and ID numbers are sealed."""
    with copied(empty, KEY) as tape:
        tape.play(pool, works)
        tape.check()


@examples(8)
@given(_POOLS, _WORKS)
def test_sequences_with_postgresql(postgresql: GivenServer, pool: list[Data], works: Works) -> None:
    """The same with PostgreSQL."""
    name = "test_registry_sequences"
    postgresql.drop(name)
    with Registry.open(postgresql.create(name), catalog=CATALOG, key="") as registry:
        tape = Tape(registry)
        tape.play(pool, works)
        tape.check()
    postgresql.drop(name)


@examples(10)
@given(_POOLS, _WORKS)
def test_both_databases_hold_the_same(empty: Path, postgresql: GivenServer, pool: list[Data], works: Works) -> None:
    """Whatever is done, the journals differ in their moments alone."""
    name = "test_registry_alike"
    postgresql.drop(name)
    with Registry.open(postgresql.create(name), catalog=CATALOG, key="") as registry, copied(empty) as tape:
        other = Tape(registry)
        for each in (tape, other):
            each.play(pool, works)
        one, two = (
            [(e.seq, e.operation, e.household, e.version, e.member, e.fact, e.old, e.new) for e in t.registry.history()]
            for t in (tape, other)
        )
        assert one == two
    postgresql.drop(name)
