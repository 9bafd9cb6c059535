"""Who of a household's registered members the members of a file are."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from bangfu_office.registry.serialization import written

Facts = Mapping[str, Any]

FOR_LIFE = ("name", "id_number", "birth_date", "sex")
TELLING_APART = (*FOR_LIFE, "relation")

_POINTS = dict.fromkeys(map(ord, "•‧∙⋅・．●"), "·")
"""Points that are typed between the parts of a name, as one."""


@frozen
class KnownPerson:
    """A registered member: the registry's number of it, and the facts that tell people apart.

    ``facts`` are the values that count, ``said`` what imports said before, and what counts where they said nothing.
    """

    id: int
    facts: Facts = field(repr=False)
    said: Facts = field(repr=False)


def matched(people: Sequence[KnownPerson], members: Sequence[tuple[int, Facts]]) -> list[KnownPerson | None]:
    """Return for each member of a file who that is, or None for somebody new.

    By ID number, else by name and birth date, else by the number beside the row (from 1), which is the
    position in the household, else by whatever is known of nobody else. Nobody is taken for a person with
    another name, unless something else says that it is the same. Who is told of in the same words as before is
    the same wherever the row stands, so that a file that is taken in twice adds nobody twice.
    """
    matching = _Matching(people, members)
    matching.by_key("id_number")
    matching.by_key("name", "birth_date")
    for same in (_said_alike, _alike):  # in the words that an import said before, or in those that count
        matching.by_place(same)
        matching.by_words(same)
    matching.by_place(_may_be)
    matching.by_key("name", agreeing=True)
    matching.by_key("birth_date", "relation", agreeing=True)
    return [matching.found.get(i) for i in range(len(members))]


def folded_name(name: Any) -> Any:
    """Return a name as it is compared: without blanks, which tables are padded with, letters and points in one form."""
    if not isinstance(name, str):
        return name
    return "".join(unicodedata.normalize("NFKC", name).translate(_POINTS).split()).casefold()


def paired(candidates: Sequence[Sequence[int]]) -> list[int | None]:
    """Return a candidate for each, no two the same, None for those for whom none is left; earlier ones come first."""
    taken: dict[int, int] = {}

    def found(one: int, tried: set[int]) -> bool:
        for candidate in candidates[one]:
            if candidate not in tried:
                tried.add(candidate)
                if candidate not in taken or found(taken[candidate], tried):
                    taken[candidate] = one
                    return True
        return False

    for one in range(len(candidates)):
        found(one, set())
    by_one = {one: candidate for candidate, one in taken.items()}
    return [by_one.get(one) for one in range(len(candidates))]


@define
class _Matching:
    """Finds people step by step; each step leaves to the next whom it did not find."""

    people: Sequence[KnownPerson]
    members: Sequence[tuple[int, Facts]]
    found: dict[int, KnownPerson] = field(factory=dict)

    def by_key(self, *facts: str, agreeing: bool = False) -> None:
        """Match those who alone, on either side, have these values; ``agreeing``: if nothing else speaks against it."""
        there: dict[Any, list[KnownPerson]] = {}
        for person in self._left():
            for key in {_values(person.said, facts), _values(person.facts, facts)}:
                there.setdefault(key, []).append(person)
        here: dict[Any, list[int]] = {}
        for i, (_, stated) in enumerate(self.members):
            if i not in self.found:
                here.setdefault(_values(stated, facts), []).append(i)
        taken: set[int] = set()
        for key, rows in here.items():
            if None in key or len(rows) != 1 or len(there.get(key, ())) != 1:
                continue
            person = there[key][0]
            if person.id not in taken and (not agreeing or _agree(person, self.members[rows[0]][1])):
                taken.add(person.id)
                self.found[rows[0]] = person

    def by_place(self, alike: Callable[[KnownPerson, Facts], bool]) -> None:
        """Match those in the same place who are ``alike``."""
        left = {person.id for person in self._left()}
        for i, (place, facts) in enumerate(self.members):
            there = self.people[place - 1] if place <= len(self.people) else None
            if i not in self.found and there is not None and there.id in left and alike(there, facts):
                self.found[i] = there

    def by_words(self, alike: Callable[[KnownPerson, Facts], bool]) -> None:
        """Match those who are ``alike``, in their order."""
        left = self._left()
        for i, (_, facts) in enumerate(self.members):
            same = next((person for person in left if alike(person, facts)), None)
            if i not in self.found and same is not None:
                self.found[i] = same
                left = self._left()

    def _left(self) -> list[KnownPerson]:
        taken = {person.id for person in self.found.values()}
        return [person for person in self.people if person.id not in taken]


def _value(facts: Facts, fact: str) -> Any:
    """Return a fact's value as it is compared."""
    value = written(facts.get(fact))
    return folded_name(value) if fact == "name" else value


def _values(facts: Facts, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(_value(facts, name) for name in names)


def _said_alike(person: KnownPerson, facts: Facts) -> bool:
    return _values(person.said, TELLING_APART) == _values(facts, TELLING_APART)


def _alike(person: KnownPerson, facts: Facts) -> bool:
    """Return whether everything that tells people apart is the same, or unknown of both."""
    return _values(person.facts, TELLING_APART) == _values(facts, TELLING_APART)


def _agree(person: KnownPerson, facts: Facts) -> bool:
    """Return whether no fact that a person keeps for life is known otherwise, by what counts or by what was said."""
    stated = _values(facts, FOR_LIFE)
    return any(
        all(None in pair or pair[0] == pair[1] for pair in zip(_values(known, FOR_LIFE), stated, strict=True))
        for known in (person.said, person.facts)
    )


def _may_be(person: KnownPerson, facts: Facts) -> bool:
    """Return whether nothing says that these are two people."""
    names, numbers, days = (
        (_value(person.facts, fact), _value(facts, fact)) for fact in ("name", "id_number", "birth_date")
    )
    named_alike, born_alike = None in names or names[0] == names[1], None not in days and days[0] == days[1]
    numbered_alike = None in numbers or numbers[0] == numbers[1]
    return (named_alike or born_alike) if numbered_alike else (named_alike and born_alike)
