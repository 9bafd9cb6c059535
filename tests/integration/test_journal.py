"""The journal tells of whoever edits, removes, adds or moves an entry, and names the first that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from attrs import asdict, evolve
from sqlalchemy import Connection, delete, func, insert, select, update

from bangfu_office.registry import Entry, JournalError, Registry
from bangfu_office.registry.chain import NOTHING, hashed
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.schema import journal, journal_head
from registry_tampering import ENTRIES, FULL, Tamper, fill, tampered


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield a registry with ten entries, sound before and, put back, after the test."""
    with Registry.open(database_url, key="") as opened:
        fill(opened)
        assert opened.verify().seq == ENTRIES
        yield opened
        assert opened.verify().seq == ENTRIES


def found(registry: Registry, expected: Sequence[tuple[int, str]] = ()) -> int:
    """Return the number of the first entry that is said to be wrong."""
    with pytest.raises(JournalError) as caught:
        registry.verify(expected)
    assert f"第 {caught.value.seq} 条" in str(caught.value)
    return caught.value.seq


def edited(seq: int, /, **values: Any) -> Tamper:
    """Return what edits an entry."""
    return lambda connection: connection.execute(update(journal).where(journal.c.seq == seq).values(values))


EDITED = {
    "at": "2020-01-01T00:00:00.000000+00:00",
    "operation": "left",
    "who": "别的办事员",
    "household": "乙",
    "version": 3,
    "member": 2,
    "fact": "sex",
    "old": '"sibling"',
    "new": '"child"',
    "source": "matched",
    "observed_on": "2026-03-02",
    "evidence": "照片 4",
    "reason": "更 正",
    "hash": "f" * 64,
}


def test_every_edited_column_is_noticed(registry: Registry, database_url: str, subtests: pytest.Subtests) -> None:
    """Whether it says something else then or nothing."""
    entry = asdict(registry.history()[FULL - 1])
    for column in journal.columns:
        if column.name == "seq":
            continue
        assert entry[column.name] not in {None, EDITED[column.name]}
        for value in {EDITED[column.name], None if column.nullable else EDITED[column.name]}:
            with tampered(database_url, edited(FULL, **{column.name: value})), subtests.test(f"{column.name} {value}"):
                assert found(registry) == FULL


def test_every_edited_entry_is_noticed(registry: Registry, database_url: str, subtests: pytest.Subtests) -> None:
    """Wherever it stands; and of two, the first."""
    for seq in range(1, ENTRIES + 1):
        with tampered(database_url, edited(seq, who="别的办事员")), subtests.test(seq=seq):
            assert found(registry) == seq
            with tampered(database_url, edited(4, who="又一个办事员")):
                assert found(registry) == min(seq, 4)


def removed(*seqs: int) -> Tamper:
    """Return what removes entries."""
    return lambda connection: connection.execute(delete(journal).where(journal.c.seq.in_(seqs)))


def renumbered(*steps: tuple[int, int]) -> Tamper:
    """Return what gives entries other numbers, one after the other."""
    return lambda connection: [edited(old, seq=new)(connection) for old, new in steps]


def inserted(*seqs: int, forged: bool = True) -> Tamper:
    """Return what adds entries and moves later ones on; a forged one has the hash that fits its place."""

    def add(connection: Connection) -> None:
        for seq in seqs:
            renumbered(*((later, later + 1) for later in range(ENTRIES, seq - 1, -1)))(connection)
            row = dict(connection.execute(select(journal).where(journal.c.seq == seq - 1)).mappings().one())
            entry = evolve(Entry(**row), seq=seq, who="别的办事员")
            fits = hashed(FieldEncryption(), entry, row["hash"]) if forged else "0" * 64
            connection.execute(insert(journal), asdict(entry) | {"hash": fits})

    return add


def head(seq: int, digest: str | None = None) -> Tamper:
    """Return what sets the journal's head to an entry and its hash, or a made-up one."""
    of_entry = select(journal.c.hash, journal.c.at).where(journal.c.seq == seq).subquery()
    fits, at = (select(column).scalar_subquery() for column in (of_entry.c.hash, of_entry.c.at))
    whole = {"seq": seq, "hash": digest or fits, "at": func.coalesce(at, journal_head.c.at)}
    return lambda connection: connection.execute(update(journal_head).values(whole))


TAMPERED: dict[str, tuple[Tamper, int]] = {
    "the first removed": (removed(1), 1),
    "one removed": (removed(5), 5),
    "the last removed": (removed(10), 10),
    "some removed": (removed(4, 5, 8), 4),
    "the end removed": (removed(8, 9, 10), 8),
    "all removed": (removed(*range(1, 11)), 1),
    "two swapped": (renumbered((3, 99), (8, 3), (99, 8)), 3),
    "neighbours swapped": (renumbered((9, 99), (10, 9), (99, 10)), 9),
    "the first and the last swapped": (renumbered((1, 99), (10, 1), (99, 10)), 1),
    "the first numbered 0": (renumbered((1, 0)), 1),
    "one numbered below": (renumbered((5, -5)), 5),
    "one put at the end": (renumbered((4, 11)), 4),
    "the last numbered on": (renumbered((10, 11)), 10),
    "all numbered on": (renumbered(*((seq, seq + 1) for seq in range(10, 0, -1))), 1),
    "one inserted": (inserted(5, forged=False), 5),
    "one inserted that fits": (inserted(5), 6),
    "one added at the end": (inserted(11), 11),
    "two added at the end": (inserted(11, 12), 11),
    "the head set back": (head(8), 9),
    "the head set on": (head(12, "0" * 64), 11),
    "the head's hash edited": (head(10, "0" * 64), 10),
}
"""Of an inserted entry that fits, only what follows it is wrong."""


def test_the_first_that_is_wrong_is_named(registry: Registry, database_url: str, subtests: pytest.Subtests) -> None:
    """Missing, moved, inserted or added: the first that does not stand where it was written."""
    for what, (tamper, expected) in TAMPERED.items():
        with tampered(database_url, tamper), subtests.test(what):
            assert found(registry) == expected


def test_what_stands_outside_the_numbers_is_noticed(registry: Registry, database_url: str) -> None:
    """An entry put before the first, and a head that is gone."""

    def put_before(connection: Connection) -> None:
        connection.execute(insert(journal), asdict(registry.history()[0]) | {"seq": 0})

    with tampered(database_url, lambda connection: connection.execute(delete(journal_head))):
        found(registry)
    with tampered(database_url, put_before):
        found(registry)


def rewritten(start: int, until: int = ENTRIES) -> Tamper:
    """Return what a patient forger does: another clerk from some entry on, every hash new, the rest cut off."""

    def rewrite(connection: Connection) -> None:
        before = NOTHING
        for row in connection.execute(select(journal).order_by(journal.c.seq)).mappings().all():
            entry = Entry(**row)
            if entry.seq >= start:
                entry = evolve(entry, who="别的办事员")
            before = hashed(FieldEncryption(), entry, before)
            edited(entry.seq, who=entry.who, hash=before)(connection)
        removed(*range(until + 1, ENTRIES + 1))(connection)
        head(until)(connection)

    return rewrite


@pytest.mark.parametrize("start", [1, 5, 10])
def test_a_rewritten_journal_is_found_by_noted_hashes(registry: Registry, database_url: str, start: int) -> None:
    """In itself it is sound; held against hashes noted elsewhere, the first noted from there on is named."""
    hashes = [(entry.seq, entry.hash) for entry in registry.history()]
    registry.verify(hashes)
    with tampered(database_url, rewritten(start)):
        registry.verify()
        registry.verify(hashes[: start - 1])
        assert found(registry, hashes) == start
        assert found(registry, hashes[-1:]) == 10
        assert found(registry, [hashes[2], hashes[9]]) == (3 if start == 1 else 10)


def test_a_shortened_journal_is_found_by_noted_hashes(registry: Registry, database_url: str) -> None:
    """Cut off neatly, head and all, it lacks what was noted."""
    hashes = [(entry.seq, entry.hash) for entry in registry.history()]
    with tampered(database_url, rewritten(11, until=8)):
        assert registry.verify(hashes[:8]).seq == 8
        assert found(registry, hashes) == 9
        assert found(registry, hashes[-1:]) == 10


def test_a_hash_that_was_never_there_is_found(registry: Registry) -> None:
    """Whoever holds the journal against another's hashes learns where they part."""
    assert found(registry, [(4, "0" * 64)]) == 4
    assert found(registry, [(11, "0" * 64)]) == 11
