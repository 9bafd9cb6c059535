"""The catalogue of all declared facts: core's own and those that plugins add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property

from attrs import define

from bangfu.errors import RuleError
from bangfu.facts.declare import Fact, Level
from bangfu.facts.household import HOUSEHOLD_FACTS, MEMBER_FACTS
from bangfu.messages import _


@define(frozen=True, slots=False, eq=False, repr=False)
class Catalog:
    """All facts by name. Names are unique over both levels."""

    facts: tuple[Fact, ...]

    def __repr__(self) -> str:
        return f"Catalog({len(self.facts)} facts)"

    def __attrs_post_init__(self) -> None:
        seen: set[str] = set()
        for fact in self.facts:
            if fact.name in seen:
                raise RuleError(_("the fact {name!r} is declared twice; give one of them another name", name=fact.name))
            if ":" in fact.name:  # such names say what a column is: a fact as stated, a policy value, a status
                raise RuleError(
                    _("the fact {name!r} has a colon, as only the engine's own columns have; drop it", name=fact.name)
                )
            seen.add(fact.name)

    @cached_property
    def by_name(self) -> Mapping[str, Fact]:
        """Every fact by its name."""
        return {fact.name: fact for fact in self.facts}

    @cached_property
    def by_column(self) -> Mapping[str, Fact]:
        """The fact behind each frame column."""
        return {column: fact for fact in self.facts for column in fact.columns}

    @cached_property
    def names(self) -> Mapping[Level, Mapping[str, Fact]]:
        """The facts of each level by name, in declared order."""
        return {level: {fact.name: fact for fact in self.facts if fact.level is level} for level in Level}

    def at(self, level: Level) -> tuple[Fact, ...]:
        """Return the facts of one level, in declared order."""
        return tuple(self.names[level].values())

    @cached_property
    def personal(self) -> frozenset[str]:
        """The names of facts that say who somebody is."""
        return frozenset(fact.name for fact in self.facts if fact.personal)

    def extended(self, facts: Iterable[Fact]) -> Catalog:
        """Return a catalogue with these facts added; a ``RuleError`` names one whose name is taken."""
        return Catalog((*self.facts, *facts))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like this one, or None."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.6)), None)


def most_like(name: str, known: Iterable[str]) -> str:
    """Return the hint with the known name that looks most like this one; nothing where none does."""
    close = nearest(name, known)
    return _("最接近的是 {close}", close=close) if close else ""


def near(name: str, known: Iterable[str]) -> str:
    """Return the end of a message with the known name that looks most like this one; nothing where none does."""
    close = nearest(name, known)
    return _("; nearest: {close}", close=close) if close else ""


CORE_FACTS = Catalog(HOUSEHOLD_FACTS + MEMBER_FACTS)
