"""Kinds of households (家庭结构): who lives in each, and how often each occurs among those who ask for help."""

from __future__ import annotations

from enum import StrEnum

import polars as pl
from attrs import asdict, frozen


class Generation(StrEnum):
    """The generation of a member as seen from the household's parents of children."""

    OLD = "old"
    MIDDLE = "middle"
    YOUNG = "young"


class SexOf(StrEnum):
    """How the sex of a member is settled: as the head's, as the partner's, by the place, or drawn."""

    HEAD = "head"
    PARTNER = "partner"
    WOMAN = "woman"
    MAN = "man"
    ANY = "any"


@frozen
class RosterPlace:
    """One place in a kind of household: a relation to the head, and the share of households where it is taken.

    ``number`` counts children from the eldest; such a place is taken where there are that many.
    """

    relation: str
    generation: Generation
    sex: SexOf = SexOf.ANY
    share: float = 1.0
    number: int = 0


Years = tuple[float, float]


@frozen
class HouseholdKind:
    """A kind of household: its weight in each residence, its places, and the ages that nothing else settles.

    ``man`` is the share of male heads. ``youngest`` is the age range of the youngest child. ``adult``
    is the range of whichever adult generation the others' ages don't settle.
    """

    name: str
    rural: float
    urban: float
    places: tuple[RosterPlace, ...]
    man: float = 0.8
    youngest: Years = (0.0, 19.0)
    adult: Years = (0.0, 0.0)

    @property
    def weights(self) -> dict[str, float]:
        """How often the kind occurs, by residence."""
        return {"rural": self.rural, "urban": self.urban}

    def has(self, generation: Generation) -> bool:
        """Whether any place is of this generation."""
        return any(place.generation is generation for place in self.places)


OLD, MIDDLE, YOUNG = Generation
_MOST_CHILDREN = 3


def _head(generation: Generation) -> RosterPlace:
    return RosterPlace("head", generation, SexOf.HEAD)


def _spouse(generation: Generation, share: float = 1.0) -> RosterPlace:
    return RosterPlace("spouse", generation, SexOf.PARTNER, share)


def _parents(mother: float, father: float) -> tuple[RosterPlace, ...]:
    return (RosterPlace("parent", OLD, SexOf.WOMAN, mother), RosterPlace("parent", OLD, SexOf.MAN, father))


def _young(relation: str) -> tuple[RosterPlace, ...]:
    return tuple(RosterPlace(relation, YOUNG, number=number) for number in range(1, _MOST_CHILDREN + 1))


_LODGER = RosterPlace("other", MIDDLE, share=0.02)

KINDS = (
    HouseholdKind("elder_alone", 14, 9, (_head(OLD),), man=0.45, adult=(61, 91)),
    HouseholdKind("elder_couple", 10, 8, (_head(OLD), _spouse(OLD)), man=0.9, adult=(60, 86)),
    HouseholdKind("adult_alone", 7, 11, (_head(MIDDLE), _LODGER), man=0.75, adult=(21, 60)),
    HouseholdKind("couple", 6, 9, (_head(MIDDLE), _spouse(MIDDLE)), adult=(23, 60)),
    HouseholdKind("adult_with_parents", 7, 5, (_head(MIDDLE), *_parents(0.8, 0.7)), man=0.85, adult=(28, 58)),
    HouseholdKind("family", 20, 27, (_head(MIDDLE), _spouse(MIDDLE), *_young("child"), _LODGER)),
    HouseholdKind("single_parent", 9, 13, (_head(MIDDLE), *_young("child"), *_parents(0.3, 0.2)), man=0.5),
    HouseholdKind(
        "three_generations", 14, 8, (_head(MIDDLE), _spouse(MIDDLE, 0.93), *_young("child"), *_parents(0.85, 0.65))
    ),
    HouseholdKind(
        "elder_head",
        5,
        3,
        (
            _head(OLD),
            _spouse(OLD, 0.75),
            RosterPlace("child", MIDDLE, SexOf.MAN),
            RosterPlace("child_in_law", MIDDLE, SexOf.WOMAN, 0.85),
            *_young("grandchild"),
        ),
        man=0.7,
    ),
    HouseholdKind("skipped_generation", 7, 4, (_head(OLD), _spouse(OLD, 0.65), *_young("grandchild")), man=0.6),
    HouseholdKind("siblings", 1.5, 1.5, (_head(MIDDLE), RosterPlace("sibling", MIDDLE)), man=0.75, adult=(33, 64)),
    HouseholdKind(
        "orphans",
        0.8,
        0.5,
        (
            RosterPlace("head", YOUNG, SexOf.HEAD, number=1),
            RosterPlace("sibling", YOUNG, number=2),
            RosterPlace("grandparent", OLD),
        ),
        man=0.5,
        youngest=(9.0, 15.0),
    ),
)


def kinds() -> pl.DataFrame:
    """Return the kinds as a frame: ``kind``, ``man``, age ranges, and which generations settle others' ages."""
    return pl.DataFrame(
        [
            {
                "kind": kind.name,
                "man": kind.man,
                "youngest_from": kind.youngest[0],
                "youngest_to": kind.youngest[1],
                "adult_from": float(kind.adult[0]),
                "adult_to": float(kind.adult[1]),
                "has_young": kind.has(YOUNG),
                "has_middle": kind.has(MIDDLE) or kind.has(YOUNG),
            }
            for kind in KINDS
        ]
    )


def places() -> pl.DataFrame:
    """Return every place as a frame: ``kind``, ``place`` (from 0, the head), and the fields of ``RosterPlace``."""
    return pl.DataFrame(
        [
            {"kind": kind.name, "place": number} | asdict(place)
            for kind in KINDS
            for number, place in enumerate(kind.places)
        ]
    )
