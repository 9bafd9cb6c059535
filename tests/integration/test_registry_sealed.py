"""Names and ID numbers: unreadable in a sealed database, found all the same, never in errors or logs."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bangfu import InputError
from bangfu_office.registry import ConflictError, FactChange, Registry, RegistryError, Source
from bangfu_office.registry.listing import Query
from registry_people import CHILD, DAY, HEAD, KEY, REGION, SINGLE, WIFE, added, clerk, done, member, names
from registry_tampering import stored

OTHER_KEY = "another key made up for tests"
WRONG_NUMBER = "522723198202280025"
PERSONAL = ("石大山", "522723198003150016", "韦春梅", "522723198202280024", "韦秋菊")


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield a sealed registry of a man and his wife, whose name was corrected and whom two sources name."""
    with Registry.open(database_url, key=KEY) as opened:
        number = added(opened, HEAD, WIFE)
        wife = member(opened, number, "韦春梅")
        done(opened, lambda work: work.change(number, [FactChange("name", "韦秋菊", member=wife)]))
        done(
            opened,
            lambda work: work.change(number, [FactChange("name", "韦秋菊", member=wife)]),
            by=clerk(Source.VISITED),
        )
        yield opened


def seen(url: str) -> list[str]:
    """Return which personal values can be read in a database, as they are or as JSON may escape them."""
    content = stored(url)
    return [value for value in PERSONAL if value.encode() in content or value.encode("unicode_escape") in content]


def test_nothing_personal_can_be_read(registry: Registry, database_url: str) -> None:
    """Neither in the tables nor the journal, neither in the file nor beside it, before and after it is closed."""
    assert len(stored(database_url)) > 1000
    assert seen(database_url) == []
    registry.close()
    assert seen(database_url) == []


def test_without_a_key_everything_can_be_read(database_url: str) -> None:
    """What the other test looks for would be found if it were there."""
    with Registry.open(database_url, key="") as registry:
        added(registry, HEAD, WIFE | {"name": "韦秋菊"})
        assert seen(database_url) == [value for value in PERSONAL if value != "韦春梅"]


def test_a_person_is_found_by_number_and_name(registry: Registry) -> None:
    """By the whole ID number, with a small x too, or the whole name, whether or not it was corrected."""
    number = added(registry, SINGLE | {"name": "欧阳兰", "id_number": "52272319880808006X"})
    for sought in ("52272319880808006X", " 52272319880808006x ", "欧阳兰"):
        assert [found.number for found in registry.find(Query(text=sought), DAY).households] == [number]
    assert [found.head for found in registry.find(Query(text="韦秋菊"), DAY).households] == ["石大山"]
    for sought in ("韦春梅", "522723198808080060", "欧阳"):
        assert registry.find(Query(text=sought), DAY).total == 0


def test_a_number_in_two_households_is_found(registry: Registry) -> None:
    """Named on both sides, masked; as soon as it stands in one household only, it is no more."""
    other = added(registry, SINGLE, WIFE, region="610625101201")
    (found,) = registry.duplicates()
    assert found.id_number == "5227**********0024"
    assert found.places == ((f"{REGION}-000001", REGION, 2), (other, "610625101201", 4))
    assert registry.duplicates(other) == [found]
    done(registry, lambda work: work.leave(other, 4))
    assert registry.duplicates() == []


@pytest.mark.parametrize("key", ["", OTHER_KEY], ids=["none", "another"])
def test_without_the_right_key_nothing_is_read_or_written(registry: Registry, database_url: str, key: str) -> None:
    """Reading, finding and writing say that the key is wrong; nothing is written in the open or under it."""
    before = registry.history()
    with pytest.raises(RegistryError, match="BANGFU_KEY"), Registry.open(database_url, key=key) as blind:
        names(blind.household(before[0].household or ""))
    with pytest.raises(RegistryError, match="BANGFU_KEY"), Registry.open(database_url, key=key) as blind:
        blind.find(Query(text=HEAD["id_number"]), DAY)
    with pytest.raises(RegistryError, match="BANGFU_KEY"), Registry.open(database_url, key=key) as blind:
        added(blind, SINGLE)
    assert registry.history() == before
    assert SINGLE["name"].encode() not in stored(database_url)


def test_a_key_does_not_seal_what_stands_open(database_url: str) -> None:
    """A registry begun without a key is not half sealed by somebody who has one."""
    with Registry.open(database_url, key="") as registry:
        number = added(registry, HEAD)
    with pytest.raises(RegistryError, match="BANGFU_KEY"), Registry.open(database_url, key=KEY) as registry:
        added(registry, SINGLE)
    with Registry.open(database_url, key="") as registry:
        assert names(registry.household(number)) == {"石大山": "head"}
        assert registry.numbers() == [number]


def test_the_key_comes_from_the_environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """``BANGFU_KEY`` seals; one that is too short is refused, and the message does not show it."""
    monkeypatch.setenv("BANGFU_KEY", KEY)
    with Registry.open(database_url) as registry:
        number = added(registry, HEAD)
    assert "石大山".encode() not in stored(database_url)
    with Registry.open(database_url, key=KEY) as registry:
        assert names(registry.household(number)) == {"石大山": "head"}
    monkeypatch.setenv("BANGFU_KEY", "fifteen letters")
    with pytest.raises(RegistryError, match="15 个字符") as caught:
        Registry.open(database_url)
    assert "fifteen" not in str(caught.value)


OBSTACLES = {
    "sqlite": "create trigger no before insert on members begin select raise(abort, 'no'); end",
    "postgresql": "alter table members add constraint no check (id < 0) not valid",
}


def test_no_error_shows_a_name(database_url: str) -> None:
    """Not even one that the database raises, with all that stands in its traceback."""
    with Registry.open(database_url, key="") as registry:
        number = added(registry, HEAD)
        registry_errors = []
        steps = (
            lambda work: work.change(number, [FactChange("id_number", WRONG_NUMBER, member=1)]),
            lambda work: work.change(number, [FactChange("name", f"{PERSONAL[0]}\n", member=1)]),
            lambda work: work.join(number, HEAD),
            lambda work: work.change(number, [FactChange("name", PERSONAL[4], member=1)], version=7),
        )
        for step in steps:
            with pytest.raises((InputError, ConflictError)) as refused:
                done(registry, step)
            registry_errors.append(refused.value)
        with registry.database.engine.begin() as connection:
            connection.execute(text(OBSTACLES[connection.dialect.name]))
        with pytest.raises(RegistryError) as failed:
            added(registry, WIFE, CHILD)
        registry_errors.append(failed.value)
    shown = "".join("".join(traceback.format_exception(error)) for error in registry_errors)
    said = "".join(f"{error} {error!r}" for error in registry_errors)
    for value in (*PERSONAL, WRONG_NUMBER, CHILD["name"], CHILD["id_number"]):
        assert value not in said
        assert value not in shown


def test_no_log_shows_a_name(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """However much is logged, statements come without their values."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "sqlalchemy.engine")
    with Registry.open(database_url, key="") as registry:
        names(registry.household(added(registry, HEAD)))
    assert "INSERT INTO members" in caplog.text
    for value in PERSONAL:
        assert value not in caplog.text
