"""What several sources say of one fact: which of them counts, where they disagree, what was known at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bangfu_office.registry import FactChange, Record, Registry, Source, UnknownHouseholdError
from bangfu_office.registry.listing import Attention, Query
from registry_people import CHILD, DAY, HEAD, KEY, SINGLE, WIFE, added, clerk, done, family, member


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield an empty registry; whatever the test does, its journal adds up to its tables."""
    with Registry.open(database_url, key="") as opened:
        yield opened
        opened.verify()


def says(registry: Registry, number: str, source: Source, homes: int | None, on: str = "2026-03-01") -> None:
    """Let a source say on a day how many homes a household has; None takes its word back."""
    by = clerk(source, date.fromisoformat(on))
    done(registry, lambda work: work.change(number, [FactChange("homes", homes)]), by=by)


COUNTS = [
    ("2026-03-01", Source.MATCHED, "2026-03-01", Source.VISITED, "first"),
    ("2026-03-01", Source.VISITED, "2026-03-01", Source.DECLARED, "first"),
    ("2026-03-01", Source.DECLARED, "2026-03-01", Source.IMPORTED, "first"),
    ("2025-03-01", Source.MATCHED, "2026-03-01", Source.DECLARED, "first"),
    ("2025-02-28", Source.MATCHED, "2026-03-01", Source.DECLARED, "second"),
    ("2024-02-29", Source.VISITED, "2025-02-28", Source.IMPORTED, "first"),
    ("2024-02-28", Source.VISITED, "2025-02-28", Source.IMPORTED, "second"),
    ("2026-03-01", Source.MATCHED, "2020-01-01", Source.DECLARED, "first"),
    ("2024-01-01", Source.IMPORTED, "2026-03-01", Source.MATCHED, "second"),
]
"""A stronger source counts if it is no more than 365 days older; 2025-03-01 to 2026-03-01 is 365, and so is
2024-02-29 to 2025-02-28 (2024 is a leap year); the day before is 366."""


def test_the_strongest_fresh_source_counts(registry: Registry, subtests: pytest.Subtests) -> None:
    """On both sides of the line of 365 days, in whichever order they were entered."""
    for first_on, first, second_on, second, expected in COUNTS:
        with subtests.test(f"{first} {first_on} {second} {second_on}"):
            one, other = (added(registry, {"relation": "head"}) for _ in range(2))
            says(registry, one, first, 1, first_on)
            says(registry, one, second, 2, second_on)
            says(registry, other, second, 2, second_on)
            says(registry, other, first, 1, first_on)
            counts = {"first": 1, "second": 2}[expected]
            assert registry.household(one).facts["homes"] == registry.household(other).facts["homes"] == counts
            assert registry.household(one).household(DAY).facts["homes"] == counts


def test_a_source_takes_its_word_back(registry: Registry) -> None:
    """Then the next one counts, in the end none; who said nothing takes nothing back."""
    number = added(registry, HEAD)
    says(registry, number, Source.VISITED, 2)
    says(registry, number, Source.DECLARED, 0)
    says(registry, number, Source.MATCHED, None)
    assert registry.household(number).version == 3
    says(registry, number, Source.VISITED, None)
    assert registry.household(number).facts["homes"] == 0
    says(registry, number, Source.DECLARED, None)
    record = registry.household(number)
    assert "homes" not in record.facts
    assert "homes" not in record.statements
    assert record.version == 5
    changes = [(e.source, e.old, e.new) for e in registry.history(number) if e.operation == "fact"]
    assert changes == [
        ("visited", None, "2"),
        ("declared", None, "0"),
        ("visited", "2", None),
        ("declared", "0", None),
    ]


def test_a_source_says_the_same_again_later(registry: Registry) -> None:
    """That is news: the value is fresh again, and counts again before an older, stronger word."""
    number = added(registry, HEAD)
    says(registry, number, Source.MATCHED, 3, "2025-01-01")
    says(registry, number, Source.DECLARED, 1, "2025-06-01")
    assert registry.household(number).facts["homes"] == 3
    says(registry, number, Source.DECLARED, 1, "2026-01-02")
    record = registry.household(number)
    assert (record.facts["homes"], record.version) == (1, 4)
    assert record.statements["homes"][Source.DECLARED].on == date(2026, 1, 2)


def listed(registry: Registry) -> list[str]:
    """Return the numbers of the households that a list shows for their disagreements."""
    page = registry.find(Query(attention=Attention.DISAGREEING), DAY)
    return [household.number for household in page.households]


def test_disagreements_are_listed(registry: Registry) -> None:
    """With every statement and the one that counts; sources that say the same do not disagree."""
    number = added(registry, HEAD, WIFE, homes=0)
    person = member(registry, number, "韦春梅")
    by = clerk(Source.VISITED, date(2026, 2, 1))
    done(registry, lambda work: work.change(number, [FactChange("homes", 0)]), by=by)
    assert (list(registry.household(number).disagreements()), listed(registry)) == ([], [])
    done(registry, lambda work: work.change(number, [FactChange("relation", "other", member=person)]), by=by)
    (found,) = registry.household(number).disagreements()
    assert (found.member, found.fact, found.counts.value) == (person, "relation", "other")
    stated = {statement.source: (statement.value, statement.on) for statement in found.statements}
    assert stated == {Source.DECLARED: ("spouse", DAY), Source.VISITED: ("other", date(2026, 2, 1))}
    assert listed(registry) == [number]
    done(registry, lambda work: work.change(number, [FactChange("relation", "other", member=person)]))
    assert (list(registry.household(number).disagreements()), listed(registry)) == ([], [])


def test_those_who_left_disagree_no_more(registry: Registry) -> None:
    """A disagreement about somebody who died needs nobody's attention."""
    number = added(registry, HEAD, WIFE)
    change = FactChange("labour_capacity", "none", member=2)
    done(registry, lambda work: work.change(number, [change]), by=clerk(Source.MATCHED))
    done(registry, lambda work: work.change(number, [FactChange("labour_capacity", "able", member=2)]))
    assert listed(registry) == [number]
    done(registry, lambda work: work.died(number, 2))
    assert (list(registry.household(number).disagreements()), listed(registry)) == ([], [])


@pytest.mark.parametrize("key", ["", KEY], ids=["open", "sealed"])
def test_the_same_name_from_two_sources_is_no_disagreement(database_url: str, key: str) -> None:
    """Sealed, it is never the same twice in the database, and still it is the same name; another one is not."""
    with Registry.open(database_url, key=key) as registry:
        number = added(registry, HEAD)
        names_it = [FactChange("name", "石大山", member=1), FactChange("id_number", HEAD["id_number"], member=1)]
        done(registry, lambda work: work.change(number, names_it), by=clerk(Source.MATCHED))
        assert (list(registry.household(number).disagreements()), listed(registry)) == ([], [])
        done(registry, lambda work: work.change(number, [FactChange("name", "石太山", member=1)]))
        (found,) = registry.household(number).disagreements()
        assert (found.fact, found.counts.value) == ("name", "石大山")
        assert listed(registry) == [number]


def test_every_past_moment_can_be_read(registry: Registry) -> None:
    """Between any two changes the household is what was read there then, in any time zone."""
    done(registry, lambda work: work.add(family(SINGLE), "乙"))
    before_all = datetime.now(UTC)
    number = added(registry, HEAD, WIFE, CHILD)
    snapshots: list[tuple[datetime, Record, Record]] = []
    for step in (
        lambda work: work.change(number, [FactChange("homes", 1), FactChange("job_costs", "2.50", member=2)]),
        lambda work: work.change(number, [FactChange("homes", None)]),
        lambda work: work.move(number, 4, "乙", "other"),
        lambda work: work.died(number, 3),
        lambda work: work.rechecked(number, date(2026, 6, 1), "家庭人口减少"),
        lambda work: work.merge("乙", number, {1: "other", 4: "child"}),
        lambda work: work.leave(number, 1),
    ):
        snapshots.append((datetime.now(UTC), registry.household(number), registry.household("乙")))
        done(registry, step)
    snapshots.append((datetime.now(UTC), registry.household(number), registry.household("乙")))
    assert len({record.version for _, record, _ in snapshots}) == 8
    for moment, one, other in snapshots:
        assert registry.household(number, at=moment) == one
        assert registry.household("乙", at=moment.astimezone(timezone(timedelta(hours=8)))) == other
    with pytest.raises(UnknownHouseholdError):
        registry.household(number, at=before_all)


def test_a_moment_includes_what_was_written_at_it(registry: Registry) -> None:
    """A household as of an entry's own moment has that entry, as of a microsecond before it has not."""
    number = added(registry, HEAD)
    says(registry, number, Source.DECLARED, 5)
    at = datetime.fromisoformat(registry.history(number)[-1].at)
    assert registry.household(number, at=at).facts["homes"] == 5
    assert "homes" not in registry.household(number, at=at - timedelta(microseconds=1)).facts


def test_a_person_is_as_old_as_the_number_says(registry: Registry) -> None:
    """In frames as in households: who has an ID number has a birth date and a sex, stated or not."""
    number = added(registry, HEAD, {"relation": "other"})
    done(registry, lambda work: work.join(number, CHILD))
    changes = [FactChange("id_number", "52272319880808006X", member=2), FactChange("sex", None, member=1)]
    done(registry, lambda work: work.change(number, changes))
    done(registry, lambda work: work.change(number, [FactChange("sex", None, member=3)]), by=clerk(Source.VISITED))
    people = registry.frames(on=DAY).frames.members.select("birth_date", "sex").rows()
    members = registry.household(number).household(DAY).members
    assert people == [(person["birth_date"], person["sex"]) for person in members]
    assert people == [(date(1980, 3, 15), "male"), (date(1988, 8, 8), "female"), (date(2015, 12, 31), "male")]
