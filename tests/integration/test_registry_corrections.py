"""Corrections: what a source may take back, what an older observation may not, and changes that only hold together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bangfu import InputError
from bangfu_office.registry import ConflictError, FactChange, Registry, Source, Withdrawal
from registry_people import CHILD, DAY, HEAD, WIFE, added, clerk, done, member, names, operations


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield an empty registry; whatever the test does, its journal adds up to its tables."""
    with Registry.open(database_url, key="") as opened:
        yield opened
        opened.verify()


@pytest.fixture
def number(registry: Registry) -> str:
    """Return the number of a family of three that an import brought in."""
    return added(registry, HEAD, WIFE, CHILD, by=clerk(Source.IMPORTED), homes=2, residence="rural")


def homes(registry: Registry, number: str) -> dict[str, object]:
    """Return what each source states of the homes."""
    stated = registry.household(number).statements.get("homes", {})
    return {source.value: statement.value for source, statement in stated.items()}


def test_a_withdrawn_fact_is_unknown_whichever_weaker_source_stated_it(registry: Registry, number: str) -> None:
    """The roster said two homes; the applicant says that this is not known: nobody states it any more."""
    done(registry, lambda work: work.change(number, [Withdrawal("homes")]))
    assert homes(registry, number) == {}
    assert "homes" not in registry.household(number).facts
    entry = registry.history(number)[-1]
    assert (entry.fact, entry.old, entry.new, entry.source) == ("homes", "2", None, "imported")


def test_a_withdrawal_takes_back_every_weaker_word(registry: Registry, number: str) -> None:
    """A visit finds that it is not known: neither the roster's two nor the applicant's one count any more."""
    done(registry, lambda work: work.change(number, [FactChange("homes", 1)]))
    done(registry, lambda work: work.change(number, [Withdrawal("homes")]), by=clerk(Source.VISITED))
    assert homes(registry, number) == {}


def test_what_a_stronger_source_states_is_not_withdrawn(registry: Registry, number: str) -> None:
    """It is said who states it and how to mend that; with the form's other changes nothing is written."""
    done(registry, lambda work: work.change(number, [FactChange("homes", 3)]), by=clerk(Source.MATCHED))
    before = registry.household(number)
    with pytest.raises(InputError, match="部门比对（2026-03-01）另有说法") as caught:
        done(registry, lambda work: work.change(number, [FactChange("vehicles", 1), Withdrawal("homes")]))
    assert [problem.path for problem in caught.value.problems] == ["homes"]
    assert "请把来源选为“部门比对”" in caught.value.problems[0].hint
    assert registry.household(number) == before


def test_what_nobody_states_may_be_withdrawn(registry: Registry, number: str) -> None:
    """Nothing happens, and nothing is written into the journal."""
    seen = operations(registry, number)
    done(registry, lambda work: work.change(number, [Withdrawal("vehicles")]))
    assert operations(registry, number) == seen


def test_an_older_observation_does_not_replace_a_newer_one(registry: Registry, number: str) -> None:
    """In May the applicant had one home; what was seen in April cannot undo that."""
    may, april = clerk(on=date(2026, 5, 4)), clerk(on=date(2026, 4, 7))
    done(registry, lambda work: work.change(number, [FactChange("homes", 1)]), by=may)
    seen = operations(registry, number)
    with pytest.raises(InputError, match="本人申报在 2026-05-04 已有更新的说法") as caught:
        done(registry, lambda work: work.change(number, [FactChange("homes", 4)]), by=april)
    assert [problem.path for problem in caught.value.problems] == ["homes"]
    with pytest.raises(InputError, match="已有更新的说法"):
        done(registry, lambda work: work.change(number, [FactChange("homes", None)]), by=april)
    assert homes(registry, number) == {"declared": 1, "imported": 2}
    assert operations(registry, number) == seen


def test_an_older_observation_of_the_same_is_no_change(registry: Registry, number: str) -> None:
    """Nor is one of the same amount, written otherwise."""
    done(
        registry,
        lambda work: work.change(number, [FactChange("financial_assets", "600")]),
        by=clerk(on=date(2026, 5, 4)),
    )
    seen = operations(registry, number)
    done(registry, lambda work: work.change(number, [FactChange("financial_assets", "600.00")]), by=clerk(on=DAY))
    assert operations(registry, number) == seen
    stated = registry.household(number).statements["financial_assets"][Source.DECLARED]
    assert (stated.value, stated.on) == ("600.00", date(2026, 5, 4))


def test_an_older_observation_of_a_member_is_named_by_its_place(registry: Registry, number: str) -> None:
    """As in a household file, so that a form can put the message beside the field."""
    wife = member(registry, number, WIFE["name"])
    done(
        registry, lambda work: work.change(number, [FactChange("job_costs", 100, wife)]), by=clerk(on=date(2026, 5, 4))
    )
    with pytest.raises(InputError) as caught:
        done(registry, lambda work: work.change(number, [FactChange("job_costs", 90, wife)]))
    assert [problem.path for problem in caught.value.problems] == ["members[1].job_costs"]


def test_two_sources_that_write_an_amount_differently_do_not_disagree(registry: Registry, number: str) -> None:
    """600, 600.0 and 600.00 yuan are one amount."""
    for source, amount in ((Source.DECLARED, "600"), (Source.VISITED, "600.00"), (Source.IMPORTED, "600.0")):
        changed = [FactChange("financial_assets", amount)]
        done(registry, lambda work, changed=changed: work.change(number, changed), by=clerk(source))
    assert list(registry.household(number).disagreements()) == []


def test_the_head_dies_and_the_spouse_becomes_head(registry: Registry, number: str) -> None:
    """One operation, which has to hold together at its end alone; a recheck is due within three months."""
    head, wife, child = (person.id for person in registry.household(number).members)
    changes = [FactChange("relation", "head", wife, settles=True), FactChange("relation", "child", child, settles=True)]
    done(registry, lambda work: work.revise(number, changes, leaving={head: True}, version=1))
    record = registry.household(number)
    assert names(record) == {WIFE["name"]: "head", CHILD["name"]: "child"}
    assert [(person.id, person.status) for person in record.former] == [(head, "dead")]
    assert record.rechecks == (("2026-06-01", "家庭人口减少"),)


def test_a_settled_relation_holds_whatever_was_said_before(registry: Registry, number: str) -> None:
    """A visit once noted her as spouse: who is head now does not hang on whose word is stronger."""
    head, wife, _ = (person.id for person in registry.household(number).members)
    done(registry, lambda work: work.change(number, [FactChange("relation", "spouse", wife)]), by=clerk(Source.VISITED))
    changes = [FactChange("relation", "head", wife, settles=True)]
    done(registry, lambda work: work.revise(number, changes, leaving={head: False}))
    assert names(registry.household(number))[WIFE["name"]] == "head"


def test_a_settled_fact_of_the_household_holds_too(registry: Registry, number: str) -> None:
    """Two homes of a match and of the roster are none any more; and nobody's word is left where it is unknown."""
    done(registry, lambda work: work.change(number, [FactChange("homes", 2)]), by=clerk(Source.MATCHED))
    done(registry, lambda work: work.change(number, [FactChange("homes", 0, settles=True)]))
    assert homes(registry, number) == {"declared": 0}
    done(registry, lambda work: work.change(number, [FactChange("homes", None, settles=True)]))
    assert homes(registry, number) == {}


def test_somebody_changed_it_meanwhile(registry: Registry, number: str) -> None:
    """A revision is refused as a change is."""
    done(registry, lambda work: work.change(number, [FactChange("homes", 1)]))
    with pytest.raises(ConflictError):
        done(registry, lambda work: work.revise(number, [FactChange("homes", 0)], version=1))
