"""Which categories a household can still be in, where it is open whether a member is tekun.

Three-valued logic sees each test by itself, so one open tekun condition blurs size, income and every
line. Here each way it can turn out is followed: a tekun member leaves the means test, any other stays
in it, and the household's candidates are those of all ways together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from attrs import evolve

from bangfu.classification import HOUSEHOLD_ORDER
from bangfu.engine import Ruleset
from bangfu.households import Household
from bangfu.rules.language import KnownRows
from bangfu.rules.language.known import Value, words_of

MOST_OPEN = 4
"""Members; with more of them open, the blurred candidates stand."""


def candidates(category: Value, order: Sequence[str]) -> tuple[str, ...]:
    """Return the categories that what is known of one does not rule out."""
    possible = words_of(category)
    return tuple(code for code in order if code in possible)


def household_candidates(household: Household, ruleset: Ruleset, rows: KnownRows) -> tuple[str, ...]:
    """Return the categories a household can still be in, in their order."""
    blurred, members = candidates(rows.household["category"], HOUSEHOLD_ORDER), rows.members
    unsettled = [i for i, member in enumerate(members) if member["is_tekun"] is None and member["counted"]]
    if len(blurred) == 1 or not unsettled or len(unsettled) > MOST_OPEN:
        return blurred
    possible: set[str] = set()
    ways = list(_ways(household, unsettled))
    staying = [way for way in ways if way.members]
    if any(_nobody_is_left(way, members, unsettled) for way in ways):
        possible.add("tekun")
    for way in staying:
        possible.update(candidates(ruleset.screening_one.run(way).household["category"], HOUSEHOLD_ORDER))
    return tuple(code for code in blurred if code in possible)


def _ways(household: Household, unsettled: Sequence[int]) -> Iterator[Household]:
    """Yield the household as it is means-tested for each way the open members can turn out."""
    for are_tekun in product((True, False), repeat=len(unsettled)):
        outcome = dict(zip(unsettled, are_tekun, strict=True))
        # Who is supported as an orphan is not tekun: the one stated fact that settles it (N3 art. 9).
        staying = (
            {**member, "supported_as_orphan": True} if outcome.get(i) is False else member
            for i, member in enumerate(household.members)
            if outcome.get(i) is not True
        )
        yield evolve(household, members=tuple(staying))


def _nobody_is_left(way: Household, members: Sequence[Mapping[str, Value]], unsettled: Sequence[int]) -> bool:
    counted = sum(1 for member in members if member["counted"] is not False)
    gone = len(members) - len(way.members)
    settled_tekun = sum(1 for i, m in enumerate(members) if m["is_tekun"] and i not in unsettled)
    return gone + settled_tekun == counted
