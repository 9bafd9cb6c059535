"""A machine whose clock is wrong: nothing is written, it is said, and an administrator puts it right with an entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from bangfu import clock
from bangfu.commands.main import main
from bangfu_office.registry import ClockError, Entry, FactChange, JournalError, Registry, UnknownHouseholdError
from bangfu_office.registry.chain import LONGEST_PAUSE, SMALL_STEP, append
from bangfu_office.registry.schema import journal, journal_head
from registry_people import HEAD, WIFE, added, clerk, done, names
from registry_tampering import tampered
from set_clock import YEARS, SetClock

pytest_plugins = ["set_clock"]

TRUE = datetime(2026, 11, 27, 1, 30, tzinfo=UTC)


@pytest.fixture
def registry(database_url: str, at: SetClock) -> Iterator[Registry]:
    """Yield an empty registry on a machine whose clock is right."""
    at(TRUE)
    with Registry.open(database_url, key="") as opened:
        yield opened


def renamed(registry: Registry, number: str, name: str) -> None:
    """Give the head another name."""
    done(registry, lambda work: work.change(number, [FactChange("name", name, member=1)]))


@pytest.mark.parametrize("wrong", [YEARS, -YEARS], ids=["30 years ahead", "30 years back"])
def test_a_clock_that_is_far_off_writes_nothing(registry: Registry, at: SetClock, wrong: timedelta) -> None:
    """It says both moments and what helps; with the right time everything goes on, without a restart."""
    number = added(registry, HEAD)
    before = registry.history()
    at(TRUE + wrong)
    with pytest.raises(ClockError, match="bangfu journal clock") as refused:
        renamed(registry, number, "石高山")
    assert (refused.value.now, refused.value.last) == (TRUE + wrong, TRUE)
    assert "2026-11-27 09:30" in str(refused.value), "as the office's clock shows it"
    assert registry.history() == before
    assert names(registry.household(number)) == {"石大山": "head"}, "reading goes on"
    at(TRUE + timedelta(minutes=1))
    renamed(registry, number, "石高山")
    assert [entry.at[:16] for entry in registry.history()[-1:]] == ["2026-11-27T01:31"]


@pytest.mark.parametrize(
    ("later", "taken"),
    [
        (LONGEST_PAUSE, True),
        (LONGEST_PAUSE + timedelta(seconds=1), False),
        (-SMALL_STEP, True),
        (-SMALL_STEP - timedelta(seconds=1), False),
    ],
)
def test_how_far_is_far(registry: Registry, at: SetClock, later: timedelta, *, taken: bool) -> None:
    """Three months without an entry, and a step of five minutes back, can be; more is asked about."""
    assert (LONGEST_PAUSE.days, SMALL_STEP.seconds) == (92, 300)
    number = added(registry, HEAD)
    at(TRUE + later)
    if taken:
        renamed(registry, number, "石高山")
    else:
        with pytest.raises(ClockError):
            renamed(registry, number, "石高山")


def test_a_clock_that_is_set_back_a_little(registry: Registry, at: SetClock) -> None:
    """The journal's moments do not run backwards, so that a past moment is some of its first entries."""
    number = added(registry, HEAD, WIFE)
    at(TRUE - timedelta(minutes=3))
    renamed(registry, number, "石高山")
    at(TRUE + timedelta(minutes=3))
    done(registry, lambda work: work.leave(number, 2))
    moments = [entry.at for entry in registry.history()]
    assert all(earlier <= later for earlier, later in pairwise(moments))
    past = datetime.fromisoformat(moments[-1]) - timedelta(microseconds=1)
    assert names(registry.household(number, at=past)) == {"石高山": "head", "韦春梅": "spouse"}
    with pytest.raises(UnknownHouseholdError):
        registry.household(number, at=datetime(2010, 1, 1, tzinfo=UTC))


def bangfu(*arguments: str, database: str) -> Result:
    """Run a command on a registry."""
    return CliRunner().invoke(main, [*arguments, "--database", database], catch_exceptions=False)


def test_what_was_written_with_a_clock_ahead_is_corrected(registry: Registry, database_url: str, at: SetClock) -> None:
    """The first entries bear 2056; an entry puts it right, who and why beside it, and moments count from there."""
    at(TRUE + YEARS)
    number = added(registry, HEAD, WIFE)
    at(TRUE)
    said = bangfu("journal", "verify", database=database_url)
    assert (said.exit_code, "2056-11-19" in said.stderr) == (0, True)
    with pytest.raises(ClockError):
        renamed(registry, number, "石高山")
    assert bangfu("journal", "clock", database=database_url).exit_code == 2, "it has to be said how the time is known"
    said = bangfu("journal", "clock", "--who", "管理员甲", "--reason", "对过电话报时", database=database_url)
    assert said.exit_code == 0, said.output
    assert "2056-11-19" in said.stdout
    entry = registry.history()[-1]
    assert (entry.operation, entry.who, entry.reason) == ("clock", "管理员甲", "对过电话报时")
    assert (entry.at[:10], "2056-11-19" in (entry.old or "")) == ("2026-11-27", True)
    at(TRUE + timedelta(days=1))
    renamed(registry, number, "石高山")
    assert registry.verify().seq == registry.history()[-1].seq
    now = registry.household(number, at=TRUE + timedelta(hours=1))
    assert names(now) == {"石大山": "head", "韦春梅": "spouse"}, "what bears 2056 was known by then"
    assert names(registry.household(number, at=TRUE + timedelta(days=2)))["石高山"] == "head"


def test_the_heads_moment_cannot_be_edited_unseen(registry: Registry, database_url: str) -> None:
    """Neither that, nor an earlier moment in an entry that says nothing of a correction."""
    added(registry, HEAD)
    late = "2056-01-01T00:00:00.000000+00:00"
    with (
        tampered(database_url, lambda connection: connection.execute(update(journal_head).values(at=late))),
        pytest.raises(JournalError, match="末尾登记"),
    ):
        registry.verify()
    with (
        tampered(
            database_url,
            lambda connection: connection.execute(update(journal).where(journal.c.seq == 2).values(at=late)),
        ),
        pytest.raises(JournalError, match="第 2 条"),
    ):
        registry.verify()


def test_an_earlier_moment_needs_a_correction(registry: Registry) -> None:
    """An entry that hangs on the one before, and bears an earlier moment, was not written by the registry."""
    added(registry, HEAD)
    head = registry.verify()
    earlier = clock.stored(TRUE - timedelta(seconds=1))
    for operation, sound in (("looked_up", False), ("clock", True)):
        with registry.database.writing() as connection:
            append(connection, head, [Entry(operation, "别人")], earlier, registry.encryption)
        if sound:
            assert registry.verify().at == earlier
        else:
            with pytest.raises(JournalError, match="时刻早于前一条"):
                registry.verify()
        with registry.database.writing() as connection:
            connection.execute(delete(journal).where(journal.c.seq > head.seq))
            connection.execute(update(journal_head).values(seq=head.seq, hash=head.hash, at=head.at))
    assert registry.verify() == head


def test_an_empty_registry_takes_any_clock(registry: Registry, at: SetClock) -> None:
    """There is nothing to hold it against yet."""
    at(TRUE - YEARS)
    added(registry, HEAD, by=clerk(on=(TRUE - YEARS).date()))
    assert registry.history()[0].at.startswith("1996")
