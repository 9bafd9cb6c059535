"""Families: kinds of households (家庭结构), and their members with relation, sex and age, born from each other.

Ages are settled from the youngest generation up: the children's, then the mother's by her age at the
first birth, the father's beside hers, the grandparents' above the older of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import polars as pl
from attrs import asdict, frozen

from bangfu.generate.draw import Draws, by_residence, steps
from bangfu.generate.stated import GAPS


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
    youngest: tuple[float, float] = (0.0, 19.0)
    adult: tuple[float, float] = (0.0, 0.0)


OLD, MIDDLE, YOUNG = Generation


def _head(generation: Generation) -> RosterPlace:
    return RosterPlace("head", generation, SexOf.HEAD)


def _spouse(generation: Generation, share: float = 1.0) -> RosterPlace:
    return RosterPlace("spouse", generation, SexOf.PARTNER, share)


def _parents(mother: float, father: float) -> tuple[RosterPlace, ...]:
    return (RosterPlace("parent", OLD, SexOf.WOMAN, mother), RosterPlace("parent", OLD, SexOf.MAN, father))


_CHILDREN = tuple(RosterPlace("child", YOUNG, number=number) for number in (1, 2, 3))
_GRANDCHILDREN = tuple(RosterPlace("grandchild", YOUNG, number=number) for number in (1, 2, 3))
_YOUNG_COUPLE = (RosterPlace("child", MIDDLE, SexOf.MAN), RosterPlace("child_in_law", MIDDLE, SexOf.WOMAN, 0.85))
_LODGER = RosterPlace("other", MIDDLE, share=0.02)
_ORPHANS = (
    RosterPlace("head", YOUNG, SexOf.HEAD, number=1),
    RosterPlace("sibling", YOUNG, number=2),
    RosterPlace("grandparent", OLD),
)
KINDS = (
    HouseholdKind("elder_alone", 14, 9, (_head(OLD),), man=0.45, adult=(61, 91)),
    HouseholdKind("elder_couple", 10, 8, (_head(OLD), _spouse(OLD)), man=0.9, adult=(60, 86)),
    HouseholdKind("adult_alone", 7, 11, (_head(MIDDLE), _LODGER), man=0.75, adult=(21, 60)),
    HouseholdKind("couple", 6, 9, (_head(MIDDLE), _spouse(MIDDLE)), adult=(23, 60)),
    HouseholdKind("adult_with_parents", 7, 5, (_head(MIDDLE), *_parents(0.8, 0.7)), man=0.85, adult=(28, 58)),
    HouseholdKind("family", 20, 27, (_head(MIDDLE), _spouse(MIDDLE), *_CHILDREN, _LODGER)),
    HouseholdKind("single_parent", 9, 13, (_head(MIDDLE), *_CHILDREN, *_parents(0.3, 0.2)), man=0.5),
    HouseholdKind(
        "three_generations", 14, 8, (_head(MIDDLE), _spouse(MIDDLE, 0.93), *_CHILDREN, *_parents(0.85, 0.65))
    ),
    HouseholdKind("elder_head", 5, 3, (_head(OLD), _spouse(OLD, 0.75), *_YOUNG_COUPLE, *_GRANDCHILDREN), man=0.7),
    HouseholdKind("skipped_generation", 7, 4, (_head(OLD), _spouse(OLD, 0.65), *_GRANDCHILDREN), man=0.6),
    HouseholdKind("siblings", 1.5, 1.5, (_head(MIDDLE), RosterPlace("sibling", MIDDLE)), man=0.75, adult=(33, 64)),
    HouseholdKind("orphans", 0.8, 0.5, _ORPHANS, man=0.5, youngest=(9.0, 15.0)),
)

FAMILY, PERSON = "family", "person"
"""The keys (``UInt64``) by which draws are made: the household's number, and this times 16 plus the place."""

_PLACES = 16

_NUMBER_OF_CHILDREN = {1: 0.42, 2: 0.42, 3: 0.16}
_FIRST_BIRTH, _LATEST_FIRST_BIRTH = 19.5, 35.0
_ALIVE = {0: 1.0, 70: 0.9, 78: 0.75, 85: 0.5, 90: 0.25, 95: 0.0}
"""The share of grandparents and partners still there, by age; heads always are."""

_DAYS_A_YEAR = 365.2425


def households_drawn(seed: int, first: int, count: int, regions: Sequence[str]) -> pl.DataFrame:
    """Return so many households from a number on, one a row.

    ``household`` (Int64), ``family`` (UInt64), ``region``, ``residence``, ``kind``; ``hardship`` from 0 to
    1, which makes incomes low, houses bad and illness frequent together; ``gaps`` (see ``stated``);
    ``head_is_man``, ``in_law`` (the elders are the spouse's parents), ``children`` (Int64); ``age_young``
    (the eldest child's), ``spacing`` between children, ``age_woman``, ``age_man``, ``age_old_woman``,
    ``age_old_man`` (years).
    """
    draws = Draws(seed, FAMILY)
    numbers = pl.int_range(first, first + count, eager=True)
    frame = pl.DataFrame({"household": numbers, FAMILY: numbers.cast(pl.UInt64)})
    frame = frame.with_columns(
        region=draws.pick("region", dict.fromkeys(regions, 1.0)),
        residence=pl.when(draws.chance("rural", 0.62)).then(pl.lit("rural")).otherwise(pl.lit("urban")),
        hardship=draws.uniform("hardship"),
        gaps=draws.pick("gaps", GAPS),
    )
    rural, urban = ({kind.name: getattr(kind, residence) for kind in KINDS} for residence in ("rural", "urban"))
    frame = frame.with_columns(kind=by_residence(draws.pick("kind", rural), draws.pick("kind", urban)))
    frame = frame.join(_kinds(), on="kind", how="left", maintain_order="left")
    frame = frame.with_columns(
        head_is_man=draws.chance("head is a man", pl.col("man")),
        in_law=draws.chance("parents-in-law", 0.12),
        children=pl.when(pl.col("has_young")).then(draws.pick("children", _NUMBER_OF_CHILDREN)).otherwise(0),
        spacing=draws.uniform("spacing", 1.3, 4.5),
    )
    return _with_ages(frame, draws).drop("man", "^.*_(from|to)$", "^has_.*$")


def _kinds() -> pl.DataFrame:
    """Return the kinds: ``kind``, ``man``, age ranges, and which generations settle others' ages."""
    generations = {kind.name: {place.generation for place in kind.places} for kind in KINDS}
    return pl.DataFrame(
        [
            {
                "kind": kind.name,
                "man": kind.man,
                "youngest_from": kind.youngest[0],
                "youngest_to": kind.youngest[1],
                "adult_from": float(kind.adult[0]),
                "adult_to": float(kind.adult[1]),
                "has_young": YOUNG in generations[kind.name],
                "has_middle": not generations[kind.name].isdisjoint({MIDDLE, YOUNG}),
            }
            for kind in KINDS
        ]
    )


def _with_ages(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Add the ages of the eldest child and of each adult there may be, whether or not they live here."""
    late = draws.uniform("age at the first birth") ** 1.6 * (_LATEST_FIRST_BIRTH - _FIRST_BIRTH)
    youngest = draws.uniform("youngest") * (pl.col("youngest_to") - pl.col("youngest_from")) + pl.col("youngest_from")
    adult = draws.uniform("adult") * (pl.col("adult_to") - pl.col("adult_from")) + pl.col("adult_from")

    def man_older(what: str) -> pl.Expr:
        return (draws.normal(what) * 2.5 + 2.2).clip(-2.0, 8.0)

    frame = frame.with_columns(age_young=youngest + (pl.col("children") - 1).clip(0) * pl.col("spacing"))
    mother = pl.col("age_young") + _FIRST_BIRTH + late
    frame = frame.with_columns(age_woman=pl.when(pl.col("has_young")).then(mother).otherwise(adult))
    frame = frame.with_columns(age_man=pl.col("age_woman") + man_older("man older"))
    grandmother = pl.max_horizontal("age_woman", "age_man") + draws.uniform("generation", 18.5, 32)
    frame = frame.with_columns(age_old_woman=pl.when(pl.col("has_middle")).then(grandmother).otherwise(adult))
    frame = frame.with_columns(age_old_man=pl.col("age_old_woman") + man_older("old man older").clip(0))
    return frame.with_columns(pl.col("age_old_woman", "age_old_man").clip(upper_bound=96.0))


def members_drawn(seed: int, households: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return the members of households, in their order, the head first.

    ``household``, ``member`` (Int64, position), ``family`` and ``person`` (UInt64), ``relation``,
    ``generation``, ``sex``, ``birth_date`` (Date), ``age`` (Int64, completed years), and of the household:
    ``residence``, ``hardship``, ``gaps``, ``kind``.
    """
    draws = Draws(seed, PERSON)
    places = pl.DataFrame(
        [{"kind": kind.name, "place": i} | asdict(place) for kind in KINDS for i, place in enumerate(kind.places)]
    )
    frame = households.join(places, on="kind", how="left", maintain_order="left_right")
    frame = frame.with_columns((pl.col(FAMILY) * _PLACES + pl.col("place").cast(pl.UInt64)).alias(PERSON))
    in_law = (pl.col("relation") == "parent") & pl.col("in_law") & (pl.col("kind") == "three_generations")
    relation = pl.when(in_law).then(pl.lit("parent_in_law")).otherwise(pl.col("relation"))
    frame = frame.with_columns(sex=_sex(draws), relation=relation)
    frame = frame.with_columns(years=_years(draws)).filter(_there(draws))
    born = days_before(on, pl.col("years") * _DAYS_A_YEAR)
    number = pl.int_range(pl.len()).over("household")
    frame = frame.with_columns(member=number, birth_date=born, age=completed_years(born, on))
    keys, of_household = ("household", "member", FAMILY, PERSON), ("residence", "hardship", "gaps", "kind")
    return frame.select(*keys, "relation", "generation", "sex", "birth_date", "age", *of_household)


def completed_years(born: pl.Expr, on: date) -> pl.Expr:
    """Return the age in completed years on a day, as ``Int64``; −1 and less for somebody not yet born."""
    month_and_day = born.dt.month().cast(pl.Int64) * 100 + born.dt.day().cast(pl.Int64)
    before_birthday = month_and_day > on.month * 100 + on.day
    return on.year - born.dt.year().cast(pl.Int64) - before_birthday.cast(pl.Int64)


def days_before(on: date, days: pl.Expr) -> pl.Expr:
    """Return the day that lies so many days back, begun ones not counted."""
    return (pl.lit(on).cast(pl.Int32) - days.floor().cast(pl.Int32)).cast(pl.Date)


def _sex(draws: Draws) -> pl.Expr:
    of, head_is_man = pl.col("sex"), pl.col("head_is_man")
    man = (
        pl.when(of == SexOf.HEAD).then(head_is_man)
        .when(of == SexOf.PARTNER).then(~head_is_man)
        .when(of == SexOf.ANY).then(draws.chance("sex", 0.52))
        .otherwise(of == SexOf.MAN)
    )  # fmt: skip
    return pl.when(man).then(pl.lit("male")).otherwise(pl.lit("female"))


def _years(draws: Draws) -> pl.Expr:
    """Return the age in years of whoever takes a place."""
    man, generation = pl.col("sex") == "male", pl.col("generation")
    children_before = (pl.col("number") - 1).clip(0)
    return (
        pl.when(pl.col("relation") == "other").then(draws.uniform("other's age", 20, 75))
        .when(generation == Generation.YOUNG).then(pl.col("age_young") - children_before * pl.col("spacing"))
        .when(pl.col("relation") == "sibling").then(pl.col("age_woman") - draws.uniform("younger", 1, 9))
        .when(generation == Generation.MIDDLE).then(pl.when(man).then("age_man").otherwise("age_woman"))
        .otherwise(pl.when(man).then("age_old_man").otherwise("age_old_woman"))
    )  # fmt: skip


def _there(draws: Draws) -> pl.Expr:
    """Return whether a place is taken: by as many children as there are, by elders who are alive."""
    alive = pl.when(pl.col("generation") == Generation.OLD).then(steps(pl.col("years"), _ALIVE)).otherwise(1.0)
    taken = draws.chance("there", pl.col("share") * alive) & (pl.col("number") <= pl.col("children"))
    return (pl.col("place") == 0) | taken
