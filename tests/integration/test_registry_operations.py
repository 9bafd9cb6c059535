"""What happens to people: they join, leave, move, are born, die; households are split, merged, closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from bangfu import InputError
from bangfu_office.registry import (
    ClosedHouseholdError,
    FactChange,
    Registry,
    RegistryError,
    Source,
    UnknownHouseholdError,
    Work,
)
from registry_people import (
    CHILD,
    DAY,
    HEAD,
    MOTHER,
    REGION,
    SINGLE,
    WIFE,
    added,
    clerk,
    done,
    family,
    names,
    operations,
)

Step = Callable[[Work], Any]


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield a registry of two households: 甲 of a head (1), wife (2) and child (3), 乙 of a single man (4)."""
    with Registry.open(database_url, key="") as opened:
        done(
            opened,
            lambda work: work.add(family(HEAD, WIFE, CHILD, residence="rural", homes=1), "甲"),
            lambda work: work.add(family(SINGLE), "乙"),
        )
        yield opened
        opened.verify()


def test_a_household_is_revised_as_a_whole(registry: Registry) -> None:
    """Facts and newcomers in one operation and version; where any of it is refused, none of it is done."""
    done(registry, lambda work: work.revise("甲", [FactChange("homes", 2)], [MOTHER]))
    record = registry.household("甲")
    assert (record.version, record.facts["homes"], len(record.members)) == (2, 2, 4)
    with registry.work(clerk()) as work:
        with pytest.raises(InputError):
            work.revise("甲", [FactChange("homes", 3)], [SINGLE])
        work.change("甲", [FactChange("vehicles", 1)])
    after = registry.household("甲")
    assert (after.version, after.facts["homes"], after.facts["vehicles"], len(after.members)) == (3, 2, 1, 4)


def test_many_are_fetched_as_they_stand_in_the_work(registry: Registry) -> None:
    """Those that are registered, with what was done so far; a number that nobody has is left out."""
    with registry.work(clerk()) as work:
        work.change("甲", [FactChange("homes", 7)])
        work.add(family(MOTHER | {"relation": "head"}), "丙")
        found = work.fetch(["甲", "乙", "丙", "丁"])
        assert [(number, state.version) for number, state in found.items()] == [("甲", 2), ("乙", 1), ("丙", 1)]
        work.flush()
        assert work.change("乙", [FactChange("homes", 1)]) == 2
    assert [registry.household(number).version for number in ("甲", "乙", "丙")] == [2, 2, 1]


def test_a_person_joins(registry: Registry) -> None:
    """Somebody who joins gets a number of her own and the next place; the journal has her facts."""
    assert done(registry, lambda work: work.join("甲", MOTHER | {"job_costs": "7.50"})) == [5]
    record = registry.household("甲")
    assert names(record) == {"石大山": "head", "韦春梅": "spouse", "石小岩": "child", "罗桂英": "parent"}
    assert (record.members[3].id, record.members[3].facts["job_costs"]) == (5, "7.50")
    assert operations(registry, "甲") == ["opened", "joined", "joined", "joined", "joined"]
    assert "7.50" in str(registry.history("甲")[-1].new)


def test_a_person_leaves(registry: Registry) -> None:
    """Somebody who leaves for nowhere known stays on record with all that was stated, among the former."""
    done(registry, lambda work: work.leave("甲", 3))
    record = registry.household("甲")
    assert names(record) == {"石大山": "head", "韦春梅": "spouse"}
    assert [(p.id, p.status, p.facts["name"]) for p in record.former] == [(3, "left", "石小岩")]
    assert operations(registry, "甲")[-1] == "left"


def test_a_person_moves_with_everything_stated(registry: Registry) -> None:
    """Statements of every source go along, both households have a new version, both journals say it."""
    done(registry, lambda work: work.change("甲", [FactChange("job_costs", "10", member=2)]))
    done(registry, lambda work: work.change("甲", [FactChange("job_costs", "20", member=2)]), by=clerk(Source.VISITED))
    done(registry, lambda work: work.move("甲", 2, "乙", "sibling"))
    assert names(registry.household("甲")) == {"石大山": "head", "石小岩": "child"}
    assert registry.household("甲").former == ()
    record = registry.household("乙")
    assert names(record) == {"莫长林": "head", "韦春梅": "sibling"}
    stated = record.members[1].statements["job_costs"]
    assert {source: statement.value for source, statement in stated.items()} == {
        Source.DECLARED: "10.00",
        Source.VISITED: "20.00",
    }
    assert (record.members[1].id, record.version, registry.household("甲").version) == (2, 2, 4)
    assert operations(registry, "甲")[-1] == "left"
    assert operations(registry, "乙")[-2:] == ["joined", "fact"]


def test_where_a_person_moves_the_new_relation_counts(registry: Registry) -> None:
    """What a stronger source said of the relation was said of the old household."""
    done(
        registry, lambda work: work.change("甲", [FactChange("relation", "spouse", member=2)]), by=clerk(Source.MATCHED)
    )
    done(registry, lambda work: work.move("甲", 2, "乙", "sibling"))
    assert names(registry.household("乙")) == {"莫长林": "head", "韦春梅": "sibling"}


def test_a_person_moves_there_and_back(registry: Registry) -> None:
    """Even within one piece of work: the person is where he was, and nobody is there twice."""
    done(registry, lambda work: work.move("甲", 3, "乙", "other"), lambda work: work.move("乙", 3, "甲", "child"))
    assert names(registry.household("甲")) == {"石大山": "head", "韦春梅": "spouse", "石小岩": "child"}
    assert names(registry.household("乙")) == {"莫长林": "head"}


def test_a_household_is_split(registry: Registry) -> None:
    """The new household has those who went, with their relations in it, and the place of the old one."""
    (number,) = done(registry, lambda work: work.split("甲", {2: "head", 3: "child"}))
    assert number == f"{REGION}-000003"
    assert names(registry.household("甲")) == {"石大山": "head"}
    record = registry.household(number)
    assert names(record) == {"韦春梅": "head", "石小岩": "child"}
    assert record.facts == {"region": REGION, "residence": "rural"}
    assert [person.id for person in record.members] == [2, 3]
    assert (record.version, registry.household("甲").version) == (1, 2)


def test_households_are_merged(registry: Registry) -> None:
    """Everybody goes over with the relation there; the old household stays readable, closed, with its dead."""
    done(registry, lambda work: work.died("甲", 3))
    done(registry, lambda work: work.merge("甲", "乙", {1: "sibling", 2: "other"}))
    assert names(registry.household("乙")) == {"莫长林": "head", "石大山": "sibling", "韦春梅": "other"}
    old = registry.household("甲")
    assert (old.closed, old.members) == ("并入 乙", ())
    assert [(person.facts["name"], person.status) for person in old.former] == [("石小岩", "dead")]
    assert old.facts["homes"] == 1


def test_split_then_merged_is_what_it_was(registry: Registry) -> None:
    """A household that is split and put together again has the same people with the same facts."""
    before = registry.household("甲")
    done(registry, lambda work: work.split("甲", {2: "head", 3: "child"}, "丙"))
    done(registry, lambda work: work.merge("丙", "甲", {2: "spouse", 3: "child"}))
    after = registry.household("甲")
    assert [(p.id, p.facts) for p in after.members] == [(p.id, p.facts) for p in before.members]
    assert after.household(DAY) == before.household(DAY)


DUE = {
    "2026-03-01": "2026-06-01",
    "2025-11-30": "2026-02-28",
    "2023-11-29": "2024-02-29",
    "2023-11-30": "2024-02-29",
    "2026-01-31": "2026-04-30",
    "2026-08-31": "2026-11-30",
    "2025-09-30": "2025-12-30",
    "2025-10-31": "2026-01-31",
    "2025-12-31": "2026-03-31",
}
"""The same day three months later, or that month's last day where it has no such day."""


def test_a_birth_or_death_is_rechecked_within_three_months(registry: Registry, subtests: pytest.Subtests) -> None:
    """The child is there, the dead is remembered, and each has its recheck due to the day."""
    for on, due in DUE.items():
        number = added(registry, {"relation": "head", "name": "祖"}, {"relation": "parent", "name": "父"})
        by, father = clerk(on=date.fromisoformat(on)), registry.household(number).members[1].id
        done(registry, lambda work: work.born(number, {"name": "子", "birth_date": on}), by=by)  # noqa: B023 - at once
        done(registry, lambda work: work.died(number, father), by=by)  # noqa: B023 - at once
        record = registry.household(number)
        with subtests.test(on):
            assert names(record) == {"祖": "head", "子": "child"}
            assert record.rechecks == ((due, "家庭人口减少"), (due, "家庭人口增加"))
            assert [(person.facts["name"], person.status) for person in record.former] == [("父", "dead")]
            assert operations(registry, number)[3:] == ["joined", "recheck", "left", "recheck"]


def test_the_last_person_dies(registry: Registry) -> None:
    """The household stays on record and in its place, with nobody left to recheck; it can be closed."""
    done(registry, lambda work: work.died("乙", 4))
    record = registry.household("乙")
    assert (record.members, record.rechecks, record.closed) == ((), (), None)
    assert [person.facts["name"] for person in record.former] == ["莫长林"]
    with pytest.raises(InputError, match="region"):
        done(registry, lambda work: work.change("乙", [FactChange("region", None)]))
    done(registry, lambda work: work.close("乙", "全户死亡"))
    assert registry.household("乙").closed == "全户死亡"


def test_a_new_head(registry: Registry) -> None:
    """The new head is the head, the others are what they are to him; as a file takes it."""
    done(registry, lambda work: work.new_head("甲", 3, {1: "parent", 2: "parent"}))
    record = registry.household("甲")
    assert names(record) == {"石大山": "parent", "韦春梅": "parent", "石小岩": "head"}
    assert record.household().members[2]["relation"] == "head"
    changes = [(e.member, e.old, e.new) for e in registry.history("甲") if e.operation == "fact"]
    assert changes == [(1, '"head"', '"parent"'), (2, '"spouse"', '"parent"'), (3, '"child"', '"head"')]


def test_a_new_head_is_head_whoever_said_otherwise(registry: Registry) -> None:
    """A new head is a fact of the registry: what a stronger source said of relations before is over."""
    relations = [FactChange("relation", "head", member=1), FactChange("relation", "spouse", member=2)]
    done(registry, lambda work: work.change("甲", relations), by=clerk(Source.MATCHED))
    done(registry, lambda work: work.new_head("甲", 2, {1: "spouse"}))
    assert names(registry.household("甲")) == {"石大山": "spouse", "韦春梅": "head", "石小岩": "child"}


def test_rechecks_come_and_go(registry: Registry) -> None:
    """A recheck noted twice is one; done, it is gone from the household and kept in the journal."""
    done(registry, *[lambda work: work.recheck("甲", DAY, "年度复核")] * 2)
    assert registry.household("甲").rechecks == (("2026-03-01", "年度复核"),)
    done(registry, lambda work: work.rechecked("甲", DAY, "年度复核"))
    assert registry.household("甲").rechecks == ()
    assert operations(registry, "甲")[4:] == ["recheck", "rechecked"]


def everything(registry: Registry) -> tuple[Any, ...]:
    """Return all that the registry knows."""
    return registry.household("甲"), registry.household("乙"), registry.history()


def not_refused(_work: Work) -> None:
    """Fail, so that a step that was not refused is not written."""
    pytest.fail("was not refused")


CLOSED: dict[str, Step] = {
    "change": lambda work: work.change("甲", [FactChange("homes", 2)]),
    "join": lambda work: work.join("甲", MOTHER),
    "leave": lambda work: work.leave("甲", 2),
    "move from": lambda work: work.move("甲", 2, "乙", "other"),
    "move to": lambda work: work.move("乙", 4, "甲", "other"),
    "split": lambda work: work.split("甲", {2: "head"}),
    "merge": lambda work: work.merge("甲", "乙", {1: "other", 2: "other", 3: "other"}),
    "merge into": lambda work: work.merge("乙", "甲", {4: "other"}),
    "born": lambda work: work.born("甲", {}),
    "died": lambda work: work.died("甲", 2),
    "new head": lambda work: work.new_head("甲", 2, {1: "spouse"}),
    "close": lambda work: work.close("甲", "再次注销"),
    "recheck": lambda work: work.recheck("甲", DAY, "年度复核"),
}


def test_a_closed_household_takes_no_changes(registry: Registry, subtests: pytest.Subtests) -> None:
    """It stays readable as it was; whatever is tried says why it is closed."""
    done(registry, lambda work: work.close("甲", "迁出本县"))
    before = everything(registry)
    assert registry.household("甲").closed == "迁出本县"
    for what, step in CLOSED.items():
        with subtests.test(what), pytest.raises(ClosedHouseholdError, match="已注销"):
            done(registry, step, not_refused)
    assert everything(registry) == before


REFUSED: dict[str, tuple[Step, type[Exception]]] = {
    "an unknown number": (lambda work: work.change("丁", []), UnknownHouseholdError),
    "a move to nowhere": (lambda work: work.move("甲", 2, "丁", "other"), UnknownHouseholdError),
    "a merge into nothing": (lambda work: work.merge("乙", "丁", {4: "other"}), UnknownHouseholdError),
    "a change of a stranger": (lambda work: work.change("甲", [FactChange("job_costs", 1, member=4)]), RegistryError),
    "a stranger leaves": (lambda work: work.leave("甲", 4), RegistryError),
    "a stranger dies": (lambda work: work.died("甲", 99), RegistryError),
    "a stranger moves": (lambda work: work.move("甲", 4, "乙", "other"), RegistryError),
    "a stranger is head": (lambda work: work.new_head("甲", 4, {1: "other"}), RegistryError),
    "a stranger is split off": (lambda work: work.split("甲", {4: "head"}), RegistryError),
    "a second head joins": (lambda work: work.join("甲", MOTHER | {"relation": "head"}), InputError),
    "a second head moves in": (lambda work: work.move("甲", 2, "乙", "head"), InputError),
    "a second head by change": (lambda work: work.change("甲", [FactChange("relation", "head", member=2)]), InputError),
    "the old head stays": (lambda work: work.new_head("甲", 2, {3: "child"}), InputError),
    "two heads split off": (lambda work: work.split("甲", {2: "head", 3: "head"}), InputError),
    "two heads merged": (lambda work: work.merge("甲", "乙", {1: "head", 2: "spouse", 3: "child"}), InputError),
    "the same person twice": (lambda work: work.join("甲", WIFE | {"relation": "other"}), InputError),
    "everybody is split off": (lambda work: work.split("甲", {1: "head", 2: "spouse", 3: "child"}), RegistryError),
    "nobody is split off": (lambda work: work.split("甲", {}), RegistryError),
    "a number is taken": (lambda work: work.split("甲", {2: "head"}, "乙"), RegistryError),
    "a merge lacks relations": (lambda work: work.merge("甲", "乙", {1: "sibling", 3: "other"}), RegistryError),
    "a merge with itself": (lambda work: work.merge("乙", "乙", {4: "head"}), RegistryError),
    "a move to where one is": (lambda work: work.move("甲", 2, "甲", "other"), RegistryError),
    "the last one leaves": (lambda work: work.leave("乙", 4), RegistryError),
    "the last one moves": (lambda work: work.move("乙", 4, "甲", "other"), RegistryError),
    "a wrong relation": (lambda work: work.move("甲", 2, "乙", "cousin"), InputError),
    "a wrong value": (lambda work: work.change("甲", [FactChange("homes", "two")]), InputError),
    "an unknown fact": (lambda work: work.change("甲", [FactChange("horses", 2)]), InputError),
    "a person's fact of the household": (lambda work: work.change("甲", [FactChange("job_costs", 2)]), InputError),
    "a household's fact of a person": (lambda work: work.change("甲", [FactChange("homes", 2, member=1)]), InputError),
    "no region": (lambda work: work.change("甲", [FactChange("region", None)]), InputError),
    "no relation": (lambda work: work.change("甲", [FactChange("relation", None, member=2)]), InputError),
    "one joins unrelated": (lambda work: work.join("甲", {"name": "罗桂英"}), InputError),
    "born in a year": (lambda work: work.born("甲", {"birth_date": "2199-01-01"}), InputError),
    "a recheck nobody noted": (lambda work: work.rechecked("甲", DAY, "年度复核"), RegistryError),
}


def test_what_cannot_be_is_refused(registry: Registry, subtests: pytest.Subtests) -> None:
    """Each with an error that says why, and without a trace of it or of what was done before it in the same work."""
    before = everything(registry)
    for what, (step, expected) in REFUSED.items():
        with subtests.test(what), pytest.raises(expected):
            done(registry, lambda work: work.change("乙", [FactChange("vehicles", 1)]), step, not_refused)
    assert everything(registry) == before
