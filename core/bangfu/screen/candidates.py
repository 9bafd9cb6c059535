"""Which categories households and members can still be in (可能的类别), worked out for many at once.

The same as ``bangfu.plan.possible`` finds out for one household: where it is open whether a member is
tekun, each way it can turn out is followed, a tekun member leaving the means test and any other staying in
it. All ways of all such households are assessed together, each as a household of its own. A set of
categories is a number here, one bit for each.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from bangfu.classification import HOUSEHOLD_ORDER, MEMBER_ORDER
from bangfu.engine import Ruleset
from bangfu.facts import Level
from bangfu.frames import Frames
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan.possible import MOST_OPEN

CANDIDATES = "candidates"
_BITS = {code: 1 << place for place, code in enumerate(MEMBER_ORDER)}
_SETS = pl.Series(
    CANDIDATES, [[code for code, bit in _BITS.items() if number & bit] for number in range(1 << len(_BITS))]
)
_MEMBERS_OWN = _BITS["tekun"] | _BITS["dibao_single"]
_SET, _OF_HOUSEHOLD, _FOLLOWED = "set", "set_of_household", "set_followed"
_WAY, _TURN, _PLACE, _GONE = "way", "turn", "place", "gone"


def candidates(results: Frames, stated: Frames, ruleset: Ruleset) -> tuple[pl.Series, pl.Series]:
    """Return the categories each household and each member can still be in, as ``List(String)``, best first.

    Args:
        results: both frames with ``category`` and ``is_CATEGORY``, that of members with ``counted``.
        stated: the frames that were assessed, as rules work on them.
        ruleset: the rules they were assessed by.
    """
    h = results.households.select(HOUSEHOLD_KEY, _possible(HOUSEHOLD_ORDER).alias(_SET))
    followed = _followed(h, results.members, stated, ruleset)
    h = h.join(followed, on=HOUSEHOLD_KEY, how="left", maintain_order="left").select(
        HOUSEHOLD_KEY, (pl.col(_SET) & pl.col(_FOLLOWED).fill_null(pl.col(_SET))).alias(_OF_HOUSEHOLD)
    )
    m = results.members.with_columns(_possible(MEMBER_ORDER).alias(_SET))
    m = m.join(h, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    # Who counts is in his or her household's category, or in one of his or her own.
    not_counted = pl.when(pl.col("counted").fill_null(False)).then(_bits(0)).otherwise(_bits(_BITS["none"]))
    within = pl.col(_OF_HOUSEHOLD) | not_counted | _bits(_MEMBERS_OWN)
    of_members = m.select(pl.when(pl.col("category").is_null()).then(pl.col(_SET) & within).otherwise(pl.col(_SET)))
    return _SETS.gather(h[_OF_HOUSEHOLD]), _SETS.gather(of_members.to_series())


def _bits(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.UInt8)


def _possible(order: Sequence[str]) -> pl.Expr:
    """Return the set of the categories that a row of results does not rule out."""
    category = pl.col("category")
    could = ((category.is_null() | (category == code)) & pl.col(f"is_{code}").fill_null(True) for code in order)
    return pl.sum_horizontal(test * _bits(_BITS[code]) for test, code in zip(could, order, strict=True)).cast(pl.UInt8)


def _followed(h: pl.DataFrame, m: pl.DataFrame, stated: Frames, ruleset: Ruleset) -> pl.DataFrame:
    """Return ``household`` and the set of its categories over all ways, for those with open members to follow."""
    is_open = pl.col("is_tekun").is_null() & pl.col("counted")
    unsettled = m.filter(is_open).select(HOUSEHOLD_KEY, MEMBER_KEY)
    unsettled = unsettled.with_columns(pl.int_range(pl.len()).over(HOUSEHOLD_KEY).alias(_PLACE))
    number = unsettled.group_by(HOUSEHOLD_KEY).len().filter(pl.col("len") <= MOST_OPEN)
    blurred = h.filter(pl.col(_SET).bitwise_count_ones() > 1)
    turns = pl.int_ranges(0, pl.lit(2).pow("len")).alias(_TURN)
    ways = blurred.join(number, on=HOUSEHOLD_KEY, maintain_order="left").select(HOUSEHOLD_KEY, turns).explode(_TURN)
    ways = ways.with_row_index(_WAY).cast({_WAY: pl.Int64})
    is_gone = (pl.col(_TURN) // pl.lit(2).pow(_PLACE) % 2 == 1).fill_null(False)
    people = (
        ways.join(m.select(HOUSEHOLD_KEY, MEMBER_KEY, "counted", "is_tekun"), on=HOUSEHOLD_KEY)
        .join(unsettled, on=[HOUSEHOLD_KEY, MEMBER_KEY], how="left")
        .sort(_WAY, MEMBER_KEY)
        .with_columns(is_gone.alias(_GONE))
    )
    found = pl.concat([_nobody_left(people), _assessed(ways, people.filter(~pl.col(_GONE)), stated, ruleset)])
    by_household = ways.join(found, on=_WAY).group_by(HOUSEHOLD_KEY).agg(pl.col(_FOLLOWED).bitwise_or())
    return by_household.select(HOUSEHOLD_KEY, _FOLLOWED)


def _nobody_left(people: pl.DataFrame) -> pl.DataFrame:
    """Return the ways in which everybody who counts is tekun, so that the household is."""
    tekun = pl.col(_GONE) | pl.col("is_tekun").fill_null(False)
    counted = pl.col("counted").fill_null(True)
    all_tekun = people.group_by(_WAY).agg(tekun.sum() == counted.sum()).filter(pl.col(_GONE))
    return all_tekun.select(_WAY, _bits(_BITS["tekun"]).alias(_FOLLOWED))


def _assessed(ways: pl.DataFrame, staying: pl.DataFrame, stated: Frames, ruleset: Ruleset) -> pl.DataFrame:
    """Return what each way that leaves somebody comes to in the means test."""
    left = ways.join(staying, on=_WAY, how="semi", maintain_order="left")
    h = left.join(stated.households, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    m = staying.join(stated.members, on=[HOUSEHOLD_KEY, MEMBER_KEY], how="left", maintain_order="left")
    # Who is supported as an orphan is not tekun: the one stated fact that settles it (N3 art. 9).
    settled = pl.when(pl.col(_PLACE).is_null()).then(pl.col("supported_as_orphan")).otherwise(pl.lit(True))
    m = m.with_columns(settled.alias("supported_as_orphan"))
    wanted = ["category", *(f"is_{code}" for code in HOUSEHOLD_ORDER)]
    columns = ruleset.columns((Level.HOUSEHOLD, name) for name in wanted)
    of_ways, _ = columns.run(*(frame.with_columns(pl.col(_WAY).alias(HOUSEHOLD_KEY)) for frame in (h, m)))
    return of_ways.select(_WAY, _possible(HOUSEHOLD_ORDER).alias(_FOLLOWED))
