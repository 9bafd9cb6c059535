"""What is still open: which categories a household can be in, which facts to ask for, which parameters nobody has set.

Three-valued logic sees each test by itself, so one open tekun condition blurs size, income and every line. Here each
way it can turn out is followed: a tekun member leaves the means test, any other stays in it, and the household's
candidates are those of all ways together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from attrs import evolve

from bangfu.classification import HOUSEHOLD_ORDER
from bangfu.engine import BoundBenefit, Ruleset
from bangfu.facts import Items, Level
from bangfu.facts.declare import OpenEntry
from bangfu.households import Household
from bangfu.plan.evidence import Evidence
from bangfu.plan.model import HOUSEHOLD, Missing, NotConfigured, Status, Support
from bangfu.plan.origins import FACT, PARAMETER, Source
from bangfu.rules.language import KnownRows
from bangfu.rules.language.known import Value, is_exact, words_of

_CATEGORY = ""
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
    for way in _ways(household, unsettled):
        if _nobody_is_left(way, members, unsettled):
            possible.add("tekun")
        if way.members:
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


def unknowns(
    household: Household, evidence: Evidence, supports: Sequence[Support]
) -> tuple[tuple[Missing, ...], tuple[NotConfigured, ...]]:
    """Return the missing facts and the unset parameters, those that decide most first."""
    decides: defaultdict[Source, dict[str, None]] = defaultdict(dict)
    by_code = evidence.ruleset.by_code
    for support in supports:
        if support.status is Status.INELIGIBLE:
            continue
        member = None if support.recipient == HOUSEHOLD else int(support.recipient)
        bound = by_code[support.benefit.code]
        found: Iterable[Source] = ()
        if support.status is Status.UNDETERMINED:
            found = _sources(evidence, bound, member)
        elif bound.limit and support.status is Status.ELIGIBLE and support.amount is None:
            found = evidence.trace(bound.benefit.for_, bound.limit, member)
        for source in found:
            decides[source][support.benefit.code] = None
    for source in _category_sources(evidence):
        decides[source][_CATEGORY] = None
    ordered = sorted(decides.items(), key=lambda item: (-len(item[1]), item[0][2] or 0, item[0][1]))
    missing, unset = [], []
    for (kind, name, member), codes in ordered:
        listed = tuple(code for code in codes if code)
        if kind == FACT:
            entries = _open_entries(household, evidence, name, member)
            missing.append(Missing(name, member, listed, _CATEGORY in codes, entries))
        elif kind == PARAMETER:
            unset.append(NotConfigured(name, listed, _CATEGORY in codes))
    return tuple(missing), tuple(unset)


def _open_entries(household: Household, evidence: Evidence, name: str, member: int | None) -> tuple[OpenEntry, ...]:
    kind = evidence.ruleset.graph.catalog.by_name[name].type
    stated = household.facts if member is None else household.members[member]
    return kind.open_entries(stated.get(name)) if isinstance(kind, Items) else ()


def _sources(evidence: Evidence, bound: BoundBenefit, member: int | None) -> Iterable[Source]:
    level = bound.benefit.for_
    columns = [c.status for c in bound.criteria if evidence.truth(c.status, member) is None]
    if bound.amount and bound.benefit.fixed_amount is None and not is_exact(evidence.known(bound.amount, member)):
        columns.append(bound.amount)
    return {source for column in columns for source in evidence.trace(level, column, member)}


def _category_sources(evidence: Evidence) -> Iterable[Source]:
    sources = set(evidence.trace(Level.HOUSEHOLD, "category", None))
    for index in range(len(evidence.rows.members)):
        sources |= evidence.trace(Level.MEMBER, "counted", index)
        sources |= evidence.trace(Level.MEMBER, "category", index)
    return sources
