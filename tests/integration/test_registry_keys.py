"""The registry's keys: what they seal beside names and numbers, what they hash, how they are changed in place."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner
from sqlalchemy import Connection, select, update
from test_registry_sealed import stored

from bangfu.commands.main import main
from bangfu_office.registry import ClockError, Entry, JournalError, KeyChangedError, Registry, RegistryError
from bangfu_office.registry.backup import backup, restore
from bangfu_office.registry.chain import LONGEST_PAUSE, NOTHING, hashed
from bangfu_office.registry.field_encryption import FieldEncryption, keys_of_before
from bangfu_office.registry.listing import Query
from bangfu_office.registry.schema import journal, journal_head
from registry_people import DAY, HEAD, KEY, REGION, SINGLE, WIFE, added, clerk, done, names
from registry_tampering import Tamper, tampered
from set_clock import SetClock

pytest_plugins = ["set_clock"]

NEW_KEY = "a new key made up for tests"
TOLD = "莫长林的表弟罗得水 522723198808080060"
"""What somebody writes beside a change: a name and an ID number, of whoever it is about."""


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield a registry with a key, and one household."""
    with Registry.open(database_url, key=KEY) as opened:
        added(opened, HEAD, WIFE)
        yield opened


def test_texts_are_sealed_wherever_they_stand(registry: Registry, database_url: str, tmp_path: Path) -> None:
    """Evidence, reasons, names of imported files, of closing, of rechecks: in the database and the backup; and read."""
    number = added(registry, SINGLE, by=clerk(evidence=f"{TOLD}.xlsx", reason=TOLD))
    done(registry, lambda work: work.recheck(number, DAY, TOLD), by=clerk(reason=TOLD))
    done(registry, lambda work: work.recheck(number, DAY, TOLD))  # there already
    assert registry.household(number).rechecks == (("2026-03-01", TOLD),)
    done(registry, lambda work: work.rechecked(number, DAY, TOLD))
    assert registry.household(number).rechecks == ()
    done(registry, lambda work: work.recheck(number, DAY, "又一次"), lambda work: work.close(number, TOLD))
    assert registry.household(number).closed == TOLD
    (found,) = registry.find(Query(closed=True), DAY).households
    assert found.closed == TOLD
    with pytest.raises(RegistryError, match="已注销") as refused:
        done(registry, lambda work: work.leave(number, 3))
    assert "罗得水" not in str(refused.value)
    opened, *_, closed = registry.history(number)
    assert (opened.evidence, opened.reason) == (f"{TOLD}.xlsx", TOLD)
    assert TOLD in (closed.new or "")
    registry.verify()
    backup(registry, tmp_path / "backup")
    for content in (stored(database_url), (tmp_path / "backup").read_bytes()):
        for part in ("罗得水", "522723198808080060"):
            assert part.encode() not in content
            assert part.encode("unicode_escape") not in content


def forged(encryption: FieldEncryption) -> Tamper:
    """Return what a patient forger does: another clerk in the first entry, every hash made anew with some keys."""

    def rewrite(connection: Connection) -> None:
        before = NOTHING
        for row in connection.execute(select(journal).order_by(journal.c.seq)).mappings().all():
            entry: Entry = evolve(Entry(**row), who="别的办事员")
            before = hashed(encryption, entry, before)
            known = update(journal).where(journal.c.seq == entry.seq)
            connection.execute(known.values(who=entry.who, hash=before))
        connection.execute(update(journal_head).values(hash=before))

    return rewrite


def test_a_rewritten_journal_is_seen_without_notes(registry: Registry, database_url: str) -> None:
    """Hashed anew without the key, or with another, the first entry is named."""
    for encryption in (FieldEncryption(), FieldEncryption.begun("another key made up for tests")):
        with tampered(database_url, forged(encryption)), pytest.raises(JournalError, match="第 1 条"):
            registry.verify()
    with tampered(database_url, forged(registry.encryption)):
        registry.verify()  # whoever has the key can: what the others did would be sound but for that


def test_a_registry_without_a_key_is_not_passed_off_as_one(registry: Registry, database_url: str) -> None:
    """Whoever takes the keys out and hashes without them is found by the desk that has the key."""

    def without(connection: Connection) -> None:
        forged(FieldEncryption())(connection)
        connection.execute(update(journal_head).values(key_check=None))

    with tampered(database_url, without):
        with pytest.raises(KeyChangedError):
            added(registry, SINGLE)
        with pytest.raises(RegistryError, match="没有密钥"):
            Registry.open(database_url, key=KEY)


def test_the_key_is_changed_in_place(registry: Registry, database_url: str) -> None:
    """Everything is read and found as before, with the new key alone; new entries hang on it; it is journalled."""
    (found,) = registry.find(Query(text=HEAD["id_number"]), DAY).households
    registry.change_key(NEW_KEY, clerk(who="管理员甲", reason="每年更换"))
    with pytest.raises(KeyChangedError, match="重新启动"):
        added(registry, SINGLE)
    for wrong in (KEY, ""):
        with pytest.raises(RegistryError, match="BANGFU_KEY"):
            Registry.open(database_url, key=wrong)
    with Registry.open(database_url, key=NEW_KEY) as again:
        assert again.find(Query(text=HEAD["id_number"]), DAY).households == (found,)
        assert again.find(Query(text="韦春梅"), DAY).total == 1
        assert names(again.household(found.number)) == {"石大山": "head", "韦春梅": "spouse"}
        entry = again.history()[-1]
        assert (entry.operation, entry.who, entry.reason) == ("key", "管理员甲", "每年更换")
        number = added(again, SINGLE)
        again.verify()
        with (
            tampered(database_url, forged(registry.encryption)),
            pytest.raises(JournalError, match=f"第 {entry.seq} 条"),
        ):
            again.verify()
        again.change_key(KEY, clerk())
    with Registry.open(database_url, key=KEY) as thrice:
        assert names(thrice.household(number)) == {"莫长林": "head"}
        assert thrice.numbers() == [f"{REGION}-000001", number]
        thrice.verify()


@pytest.mark.usefixtures("registry")
def test_the_command_that_changes_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old and new key from the environment; without a new one it is a wrong call, and nothing is changed."""
    monkeypatch.setenv("BANGFU_KEY", KEY)
    call = ["rekey", "--database", database_url, "--who", "管理员甲"]
    assert CliRunner().invoke(main, call).exit_code == 2
    short = CliRunner().invoke(main, call, env={"BANGFU_NEW_KEY": "fifteen letters"})
    assert (short.exit_code, "15 个字符" in short.stderr) == (1, True)
    changed = CliRunner().invoke(main, call, env={"BANGFU_NEW_KEY": NEW_KEY})
    assert (changed.exit_code, "重新启动" in changed.stdout) == (0, True)
    with Registry.open(database_url, key=NEW_KEY) as again:
        assert again.history()[-1].who == "管理员甲"


def test_without_a_key_there_is_none_to_change(database_url: str) -> None:
    """A registry that was begun in the clear stays so."""
    with Registry.open(database_url, key="") as registry:
        added(registry, HEAD)
        with pytest.raises(RegistryError, match="没有可更换的"):
            registry.change_key(NEW_KEY, clerk())


def of_before(secret: str) -> FieldEncryption:
    """Return the encryption of an earlier version: the key itself seals, and entries are hashed without it."""
    ring = (keys_of_before(secret),)
    before = FieldEncryption._with(ring, secret)  # noqa: SLF001 - no version of today makes one
    return evolve(before, stored=before.seal("bangfu"))


def test_a_registry_of_an_earlier_version(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is opened with its key and gets keys of its own; what was written before is read, found and verified."""
    with monkeypatch.context() as earlier:
        earlier.setattr(FieldEncryption, "begun", classmethod(lambda _, secret: of_before(secret)))
        earlier.setattr(Registry, "_up_to_date", lambda opened, _: opened)
        with Registry.open(database_url, key=KEY) as registry:
            number = added(registry, HEAD, WIFE)
            registry.verify()
            backup(registry, tmp_path / "backup")
    for wrong in ("", NEW_KEY):
        with pytest.raises(RegistryError, match="BANGFU_KEY"):
            Registry.open(database_url, key=wrong)
    with Registry.open(database_url, key=KEY) as registry:
        assert not registry.encryption.of_before
        assert [entry.operation for entry in registry.history()][-1] == "key"
        assert names(registry.household(number)) == {"石大山": "head", "韦春梅": "spouse"}
        assert registry.find(Query(text=HEAD["id_number"]), DAY).total == 1
        registry.verify()
    with Registry.open(str(tmp_path / "restored.db"), key=KEY) as other:
        assert restore(other, tmp_path / "backup").rows["members"] == 2


def test_one_that_lay_unused_is_read(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, at: SetClock) -> None:
    """Where the clock lets nothing be written, a registry of an earlier version is read and verified as it is."""
    with monkeypatch.context() as earlier:
        earlier.setattr(FieldEncryption, "begun", classmethod(lambda _, secret: of_before(secret)))
        earlier.setattr(Registry, "_up_to_date", lambda opened, _: opened)
        with Registry.open(sqlite_url, key=KEY) as registry:
            number = added(registry, HEAD)
            written = datetime.fromisoformat(registry.verify().at)
    at(written + LONGEST_PAUSE + timedelta(days=1))
    with Registry.open(sqlite_url, key=KEY) as registry:
        assert (registry.encryption.of_before, names(registry.household(number))) == (True, {"石大山": "head"})
        registry.verify()
        with pytest.raises(ClockError):
            added(registry, SINGLE)
    at(written + timedelta(days=1))
    with Registry.open(sqlite_url, key=KEY) as registry:
        assert not registry.encryption.of_before


def test_a_backup_is_restored_with_its_key(registry: Registry, tmp_path: Path) -> None:
    """Without it, or with another, nothing is restored; with it everything is."""
    file = tmp_path / "backup"
    backup(registry, file)
    for wrong in ("", NEW_KEY):
        with (
            Registry.open(str(tmp_path / f"{len(wrong)}.db"), key=wrong) as empty,
            pytest.raises(RegistryError, match="BANGFU_KEY"),
        ):
            restore(empty, file)
        assert empty.history() == []
    with Registry.open(str(tmp_path / "right.db"), key=KEY) as empty:
        restore(empty, file)
    with Registry.open(str(tmp_path / "right.db"), key=KEY) as restored:
        assert names(restored.household(f"{REGION}-000001")) == {"石大山": "head", "韦春梅": "spouse"}
        added(restored, SINGLE)
        restored.verify()


@pytest.mark.usefixtures("real_costs")
def test_the_key_is_derived_slowly(registry: Registry, database_url: str) -> None:
    """What locks the keys is made of the key by Argon2id at the cost the page tells, each time with another salt."""
    kept = json.loads((registry.encryption.stored or "").removeprefix("locked:"))
    assert kept["cost"] == {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}
    assert len(base64.b64decode(kept["salt"])) == 16
    registry.change_key(KEY, clerk())
    with Registry.open(database_url, key=KEY) as again:
        assert json.loads((again.encryption.stored or "").removeprefix("locked:"))["salt"] != kept["salt"]


def test_two_that_open_an_empty_registry_agree(database_url: str) -> None:
    """The second takes the keys of the first; who comes with another key begins anew while nothing is written."""
    with Registry.open(database_url, key=KEY) as first, Registry.open(database_url, key=KEY) as second:
        added(first, HEAD)
        number = added(second, SINGLE)
        assert names(first.household(number)) == {"莫长林": "head"}
    with pytest.raises(RegistryError, match="BANGFU_KEY"):
        Registry.open(database_url, key=NEW_KEY)
