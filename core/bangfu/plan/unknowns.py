"""What is not known yet: the facts to ask for and the parameters nobody has set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bangfu.engine import BoundBenefit
from bangfu.facts import Items, Level
from bangfu.facts.declare import OpenEntry
from bangfu.households import Household
from bangfu.plan.evidence import Evidence
from bangfu.plan.model import HOUSEHOLD, Missing, NotConfigured, Status, Support
from bangfu.plan.origins import FACT, PARAMETER, Source
from bangfu.rules.language.known import is_exact

_CATEGORY = ""


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
        category = _CATEGORY in codes
        listed = tuple(code for code in codes if code)
        if kind == FACT:
            entries = _open_entries(household, evidence, name, member)
            missing.append(Missing(name, member, listed, category, entries))
        elif kind == PARAMETER:
            unset.append(NotConfigured(name, listed, category))
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
