"""Households in the registry: what goes in comes out; versions; pieces of work that fail; facts of absent plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bangfu import Choice, Fact, InputError, Integer, Level, Text
from bangfu.facts import CORE_FACTS
from bangfu_office.registry import (
    ConflictError,
    DatabaseUnusableError,
    FactChange,
    Registry,
    RegistryError,
    Source,
    Work,
)
from bangfu_office.registry import unit_of_work as work_module
from registry_people import CHILD, DAY, HEAD, KEY, MOTHER, REGION, SINGLE, WIFE, added, clerk, done, family, names

WAGES = [{"kind": "wage", "amount": "1500.05", "per": "month"}, {"kind": "other"}]
RICH = {
    "residence": "rural",
    "financial_assets": "12345.60",
    "homes": 0,
    "dwelling_area": "99999999.99",
    "business_registered": False,
    "recognised_on": "2024-02-29",
    "expenses": [],
}
WITH_PLUGIN = CORE_FACTS.extended(
    [
        Fact("goats", Level.HOUSEHOLD, Integer(), "山羊数"),
        Fact("craft", Level.MEMBER, Text(), "手艺"),
        Fact("nickname", Level.MEMBER, Text(), "小名", personal=True),
    ]
)
Step = Callable[[Work], Any]


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield an empty registry; whatever the test does, its journal adds up to its tables."""
    with Registry.open(database_url, key="") as opened:
        yield opened
        opened.verify()


@pytest.mark.parametrize("key", ["", KEY], ids=["open", "sealed"])
def test_what_goes_in_comes_out(database_url: str, key: str) -> None:
    """Money to the fen, days, no and 0, names and numbers are what they were."""
    household = family(HEAD | {"incomes": WAGES, "job_costs": "0.10"}, WIFE, CHILD | {"incomes": []}, **RICH)
    with Registry.open(database_url, key=key) as registry, registry.work(clerk()) as work:
        number = work.add(household)
    with Registry.open(database_url, key=key) as registry:
        back = registry.household(number).household(DAY)
    assert back == household
    assert str(back.facts["financial_assets"]) == "12345.60"
    assert str(back.facts["dwelling_area"]) == "99999999.99"
    assert (back.facts["homes"], back.facts["business_registered"]) == (0, False)
    assert back.facts["recognised_on"] == date(2024, 2, 29)
    assert back.members[0]["job_costs"] == Decimal("0.10")
    assert back.members[0]["incomes"] == ({"kind": "wage", "amount": Decimal("1500.05"), "per": "month"}, WAGES[1])
    assert [person["name"] for person in back.members] == ["石大山", "韦春梅", "石小岩"]
    assert back.members[2]["id_number"] == "522723201512310035"


def test_unknown_stays_unknown(registry: Registry) -> None:
    """An empty list says that there is nothing; what was not stated is not there."""
    back = registry.household(added(registry, HEAD | {"incomes": []}, WIFE, expenses=[])).household(DAY)
    assert (back.facts["expenses"], back.members[0]["incomes"]) == ((), ())
    assert set(back.facts) == {"region", "expenses"}
    assert "incomes" not in back.members[1]


@pytest.mark.parametrize("name", ["𠮷田·阿依古丽", "O'Brien; DROP TABLE", '%_\\"', "\ue863", "=1+1", " 石 "])
def test_rare_names_come_back(registry: Registry, name: str) -> None:
    """A name is what people are called, whatever a database or a spreadsheet would make of it."""
    assert names(registry.household(added(registry, HEAD | {"name": name}))) == {name: "head"}


def test_numbers_are_given_in_order(registry: Registry) -> None:
    """A household gets the next number of its region, or the one it is given."""
    numbers = done(registry, lambda work: work.add(family(HEAD)), lambda work: work.add(family(SINGLE), "老档-7"))
    assert numbers == [f"{REGION}-000001", "老档-7"]
    assert added(registry, MOTHER) == f"{REGION}-000003"


def test_a_given_number_does_not_block_the_next(registry: Registry) -> None:
    """Numbers taken over from another registry leave room for new households."""
    done(registry, lambda work: work.add(family(HEAD), f"{REGION}-000002"))
    assert names(registry.household(added(registry, SINGLE))) == {"莫长林": "head"}
    assert names(registry.household(f"{REGION}-000002")) == {"石大山": "head"}


def test_a_number_is_taken_once(registry: Registry) -> None:
    """The second household of a number is refused, in the same work and in a later one."""
    first, second = (lambda work: work.add(family(HEAD), "一"), lambda work: work.add(family(SINGLE), "一"))
    with pytest.raises(RegistryError, match="不能用"):
        done(registry, first, second)
    done(registry, first)
    with pytest.raises(RegistryError, match="不能用"):
        done(registry, second)
    assert names(registry.household("一")) == {"石大山": "head"}


def test_a_piece_of_work_is_one_version(registry: Registry) -> None:
    """However much is done at once, the version grows by one; saying the same again changes nothing."""
    number = added(registry, HEAD, WIFE)
    assert registry.household(number).version == 1
    with registry.work(clerk()) as work:
        assert work.change(number, [FactChange("homes", 1), FactChange("vehicles", 2)], version=1) == 2
        work.join(number, CHILD, version=1)
    with registry.work(clerk()) as work:
        assert work.change(number, [FactChange("homes", 1)], version=2) == 2
    assert registry.household(number).version == 2
    assert [entry.version for entry in registry.history(number)] == [1, 1, 1, 2, 2, 2]


def test_the_second_editor_is_told_what_the_first_changed(registry: Registry) -> None:
    """The conflict carries the other's changes and no more; nothing of the refused work is written."""
    number = added(registry, HEAD)
    done(registry, lambda work: work.change(number, [FactChange("homes", 2)]), by=clerk(who="李办事员"))
    before = registry.history()
    with pytest.raises(ConflictError, match="李办事员") as caught:
        done(registry, lambda work: work.change(number, [FactChange("homes", 1)], version=1))
    assert registry.history() == before
    assert [(e.who, e.fact, e.old, e.new) for e in caught.value.theirs] == [("李办事员", "homes", None, "2")]
    assert (caught.value.number, caught.value.version) == (number, 2)
    assert done(registry, lambda work: work.change(number, [FactChange("homes", 1)], version=2)) == [3]


EDITS: dict[str, Step] = {
    "change": lambda work: work.change("甲", [FactChange("homes", 1)], version=1),
    "join": lambda work: work.join("甲", CHILD, version=1),
    "leave": lambda work: work.leave("甲", 2, version=1),
    "move": lambda work: work.move("甲", 2, "乙", "other", version=1),
}


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_minds_the_version(registry: Registry, edit: str) -> None:
    """Whatever is done to an older version is a conflict, and the rest of that work is undone with it."""
    done(registry, lambda work: work.add(family(HEAD, WIFE), "甲"), lambda work: work.add(family(SINGLE), "乙"))
    done(registry, lambda work: work.change("甲", [FactChange("vehicles", 3)]))
    before = registry.history()
    with pytest.raises(ConflictError):
        done(registry, lambda work: work.change("乙", [FactChange("homes", 5)]), EDITS[edit])
    assert registry.history() == before


def test_an_error_undoes_the_whole_work(registry: Registry) -> None:
    """Whoever raises it: what was done before it in the same work has left no trace."""
    number = added(registry, HEAD)
    before, record = registry.history(), registry.household(number)
    steps: list[Step] = [
        lambda work: work.add(family(SINGLE), "新户"),
        lambda work: work.change(number, [FactChange("homes", 9)]),
        lambda work: work.flush(),
        lambda _work: 1 / 0,
    ]
    with pytest.raises(ZeroDivisionError):
        done(registry, *steps)
    assert registry.history() == before
    assert registry.household(number) == record
    with pytest.raises(RegistryError, match="没有编号为 新户"):
        registry.household("新户")


HALVES: dict[str, Step] = {
    "change": lambda work: work.change("甲", [FactChange("homes", 9), FactChange("vehicles", "many")]),
    "join": lambda work: work.join("甲", HEAD | {"name": "又一位户主"}),
    "split": lambda work: work.split("甲", {2: "head", 99: "child"}, "丙"),
    "merge": lambda work: work.merge("甲", "乙", {1: "head", 2: "spouse", 3: "child"}),
}


@pytest.mark.parametrize("half", HALVES)
def test_a_refused_operation_is_not_half_written(registry: Registry, half: str) -> None:
    """Whoever goes on after a refusal (an import does) writes the rest, and nothing of what was refused."""
    done(registry, lambda work: work.add(family(HEAD, WIFE, CHILD), "甲"), lambda work: work.add(family(SINGLE), "乙"))
    before = [registry.household(number) for number in "甲乙"]
    with registry.work(clerk()) as work:
        with pytest.raises((RegistryError, InputError)):
            HALVES[half](work)
        work.add(family(MOTHER | {"relation": "head"}), "丁")
    assert [registry.household(number) for number in "甲乙"] == before
    assert names(registry.household("丁")) == {"罗桂英": "head"}


def test_a_large_work_is_as_whole_as_a_small_one(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a batch is written just when something is refused: of that nothing stays, of the rest everything."""
    monkeypatch.setattr(work_module, "_BATCH", 1)
    done(registry, lambda work: work.add(family(HEAD, WIFE, CHILD), "甲"), lambda work: work.add(family(SINGLE), "乙"))
    with registry.work(clerk()) as work:
        work.move("甲", 3, "乙", "other")
        work.add(family(MOTHER | {"relation": "head"}), "丙")
        for refused in (lambda: work.add(family(HEAD), "乙"), lambda: work.split("甲", {2: "head", 99: "child"}, "丁")):
            with pytest.raises(RegistryError):
                refused()
        work.add(family(MOTHER | {"relation": "head"}), "戊")
        with pytest.raises(RegistryError):
            work.split("甲", {2: "head", 1: "child"}, "丁")
        assert work.split("甲", {2: "head"}, "丁") == "丁"
    assert registry.numbers() == ["甲", "乙", "丙", "戊", "丁"]
    assert names(registry.household("甲")) == {"石大山": "head"}
    assert names(registry.household("乙")) == {"莫长林": "head", "石小岩": "other"}
    assert names(registry.household("丁")) == {"韦春梅": "head"}


def test_a_plugins_fact_needs_no_migration(database_url: str) -> None:
    """A fact declared by a plugin is kept like any other, checked like any other."""
    with Registry.open(database_url, catalog=WITH_PLUGIN, key="") as registry:
        number = added(registry, HEAD | {"craft": "竹编"}, goats=12)
        with pytest.raises(InputError, match="goats"):
            done(registry, lambda work: work.change(number, [FactChange("goats", "a dozen")]))
        back = registry.household(number).household(DAY)
        assert (back.facts["goats"], back.members[0]["craft"]) == (12, "竹编")


@pytest.mark.parametrize("key", ["", KEY], ids=["open", "sealed"])
def test_facts_of_an_absent_plugin_are_kept(database_url: str, key: str) -> None:
    """Without the plugin they are listed, have no effect and survive changes; with it they are back."""
    head = HEAD | {"craft": "竹编", "nickname": "阿牛"}
    with Registry.open(database_url, catalog=WITH_PLUGIN, key=key) as registry:
        number = added(registry, head, goats=12)
    with Registry.open(database_url, key=key) as registry:
        registry.verify()
        assert set(registry.household(number).foreign) == {(None, "goats"), (1, "craft"), (1, "nickname")}
        assert registry.household(number).household(DAY) == family(HEAD)
        done(registry, lambda work: work.change(number, [FactChange("homes", 1), FactChange("job_costs", 2, member=1)]))
        with pytest.raises(InputError, match="goats"):
            done(registry, lambda work: work.change(number, [FactChange("goats", 3)]))
        assert registry.household(number).members[0].facts["nickname"] == "阿牛"
        registry.verify()
    with Registry.open(database_url, catalog=WITH_PLUGIN, key=key) as registry:
        record = registry.household(number)
        assert record.foreign == ()
        assert record.household(DAY) == family(head | {"job_costs": 2}, catalog=WITH_PLUGIN, goats=12, homes=1)
        registry.verify()


def test_a_choice_that_is_gone_is_unknown_in_frames(database_url: str) -> None:
    """A plugin's newer version offers other choices: what was chosen among the older ones hinders nobody."""
    known, other = (
        CORE_FACTS.extended([Fact("roof", Level.HOUSEHOLD, Choice({material: material}), "屋顶")])
        for material in ("thatch", "tile")
    )
    with Registry.open(database_url, catalog=known, key="") as registry:
        added(registry, HEAD, roof="thatch")
        assert registry.frames(on=DAY).frames.households["roof"].to_list() == ["thatch"]
    with Registry.open(database_url, catalog=other, key="") as registry:
        assert registry.frames(on=DAY).frames.households["roof"].to_list() == [None]


@pytest.mark.parametrize("fact", ["name", "craft"])
@pytest.mark.parametrize("key", ["", KEY], ids=["open", "sealed"])
def test_a_text_may_begin_like_a_sealed_one(database_url: str, key: str, fact: str) -> None:
    """What a clerk writes is never taken for something sealed."""
    with Registry.open(database_url, catalog=WITH_PLUGIN, key=key) as registry:
        record = registry.household(added(registry, HEAD | {fact: "sealed: by the notary"}))
        assert record.members[0].facts[fact] == "sealed: by the notary"


LONG = "长" * 300
TOO_LONG: dict[str, Step] = {
    "number": lambda work: work.add(family(SINGLE), LONG[:65]),
    "reason of a recheck": lambda work: work.recheck(work.add(family(SINGLE)), DAY, LONG[:201]),
}


@pytest.mark.parametrize("what", TOO_LONG)
def test_what_does_not_fit_is_refused_on_both(registry: Registry, what: str) -> None:
    """A text that is too long is the clerk's to shorten, not a broken database, and the same on both."""
    with pytest.raises(RegistryError) as caught:
        done(registry, TOO_LONG[what])
    assert not isinstance(caught.value, DatabaseUnusableError)
    assert registry.history() == []


@pytest.mark.parametrize(
    "attribution",
    [{"who": LONG[:101]}, {"evidence": "nul \0 inside"}, {"reason": "half a \ud83d pair"}],
    ids=["a long name", "a nul", "a surrogate"],
)
def test_an_attribution_that_cannot_be_kept_is_refused(registry: Registry, attribution: dict[str, str]) -> None:
    """Whether the database or the encoding cannot hold it: refused in words, the same on both."""
    with pytest.raises(RegistryError) as caught:
        added(registry, SINGLE, by=clerk(Source.VISITED, **attribution))
    assert not isinstance(caught.value, DatabaseUnusableError)
    assert registry.history() == []
