"""Who of a household's registered members the members of a file are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from bangfu.registry.written import written

Facts = Mapping[str, Any]

TELLING_APART = ("name", "id_number", "birth_date", "sex", "relation")


@frozen
class Person:
    """A registered member: the registry's number of it, and the facts that tell people apart."""

    id: int
    facts: Facts = field(repr=False)


def matched(people: Sequence[Person], members: Sequence[tuple[int, Facts]]) -> list[Person | None]:
    """Return for each member of a file who that is, or None for somebody new.

    By ID number, else by name and birth date, else by the number beside the row (from 1), which is the
    position in the household. Nobody is taken for a person with another name, unless something else says
    that it is the same. Who is told of in the same words as before is the same wherever the row stands,
    so that a file that is taken in twice adds nobody twice.
    """
    matching = _Matching(people, members)
    matching.by_key("id_number")
    matching.by_key("name", "birth_date")
    matching.by_place(_in_the_same_words)
    matching.by_words()
    matching.by_place(_may_be)
    return [matching.found.get(i) for i in range(len(members))]


@define
class _Matching:
    """Finds people step by step; each step leaves to the next whom it did not find."""

    people: Sequence[Person]
    members: Sequence[tuple[int, Facts]]
    found: dict[int, Person] = field(factory=dict)

    def by_key(self, *facts: str) -> None:
        """Match those who alone, on either side, have these values."""
        there: dict[Any, list[Person]] = {}
        for person in self._left():
            there.setdefault(_values(person.facts, facts), []).append(person)
        here: dict[Any, list[int]] = {}
        for i, (_, stated) in enumerate(self.members):
            if i not in self.found:
                here.setdefault(_values(stated, facts), []).append(i)
        for key, rows in here.items():
            if key is not None and len(rows) == 1 and len(there.get(key, ())) == 1:
                self.found[rows[0]] = there[key][0]

    def by_place(self, alike: Callable[[Facts, Facts], bool]) -> None:
        """Match those in the same place who are ``alike``."""
        left = {person.id for person in self._left()}
        for i, (place, facts) in enumerate(self.members):
            there = self.people[place - 1] if place <= len(self.people) else None
            if i not in self.found and there is not None and there.id in left and alike(there.facts, facts):
                self.found[i] = there

    def by_words(self) -> None:
        """Match those of whom the same words are said, in their order."""
        left = self._left()
        for i, (_, facts) in enumerate(self.members):
            same = next((person for person in left if _in_the_same_words(person.facts, facts)), None)
            if i not in self.found and same is not None:
                self.found[i] = same
                left = self._left()

    def _left(self) -> list[Person]:
        taken = {person.id for person in self.found.values()}
        return [person for person in self.people if person.id not in taken]


def _values(facts: Facts, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    values = tuple(written(facts.get(name)) for name in names)
    return None if None in values else values


def _in_the_same_words(known: Facts, facts: Facts) -> bool:
    """Return whether everything that tells people apart is the same, or unknown of both."""
    return all(known.get(fact) == written(facts.get(fact)) for fact in TELLING_APART)


def _may_be(known: Facts, facts: Facts) -> bool:
    """Return whether nothing says that these are two people."""

    def agree(fact: str, *, if_unknown: bool) -> bool:
        one, other = known.get(fact), written(facts.get(fact))
        return if_unknown if one is None or other is None else bool(one == other)

    born_alike = agree("birth_date", if_unknown=False)
    named_alike = agree("name", if_unknown=True)
    if not agree("id_number", if_unknown=True):
        return born_alike and named_alike
    return named_alike or born_alike
