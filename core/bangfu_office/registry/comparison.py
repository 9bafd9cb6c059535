"""What changed between two assessments of a household: facts, policy, plugins, outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from operator import itemgetter
from typing import Any, TypeAlias

from attrs import field, frozen
from sqlalchemy import Connection, select

from bangfu.differences import ValueChange, changed_values
from bangfu_office.registry.assessments import HOUSEHOLD, Assessment, sums_of
from bangfu_office.registry.kept_policy import unmarked
from bangfu_office.registry.schema import policies

Table: TypeAlias = Mapping[str, Any]
_OF_A_SUPPORT = ("status", "amount", "per", "year_amount", "replaced_by")


@frozen
class AssessmentComparison:
    """What is another in the second of two assessments.

    ``facts`` and ``supports`` (as they were kept) are by the registry's number of the member they are about (None: the
    household) and by name; ``parameters`` and ``rows`` are what the policies set and give, as kept; ``year`` and
    ``once`` the sums of each programme, ``totals`` those of all.
    """

    facts: tuple[ValueChange[tuple[int | None, str], Any], ...] = field(repr=False)
    parameters: tuple[ValueChange[str, Table], ...]
    rows: tuple[ValueChange[str, Table], ...]
    plugins: tuple[ValueChange[str, str], ...]
    category: bool
    supports: tuple[ValueChange[tuple[int | None, str], Table], ...]
    totals: tuple[ValueChange[str, Decimal], ...]
    year: tuple[ValueChange[str, Decimal], ...]
    once: tuple[ValueChange[str, Decimal], ...]


def compared(connection: Connection, first: Assessment, second: Assessment) -> AssessmentComparison:
    """Return what changed from the first assessment to the second."""
    both = (first, second)
    query = select(policies.c.fingerprint, policies.c.content)
    found = connection.execute(query.where(policies.c.fingerprint.in_({made.policy for made in both})))
    contents = {row.fingerprint: json.loads(row.content) for row in found}
    entries = ({n: unmarked(e) for n, e in contents[made.policy]["entries"].items()} for made in both)
    rows = ({row["data"].get("code"): row for row in map(unmarked, contents[made.policy]["rows"])} for made in both)
    years, onces = zip(*map(sums_of, both), strict=True)
    return AssessmentComparison(
        tuple(_facts(*map(_by_subject, both))),
        tuple(changed_values(*entries, by=itemgetter("value", "per"))),
        tuple(changed_values(*rows)),
        tuple(changed_values(first.plugins, second.plugins)),
        first.household["category"] != second.household["category"],
        tuple(changed_values(*map(_by_recipient, both), by=itemgetter(*_OF_A_SUPPORT))),
        tuple(changed_values(*({name: Decimal(made.totals[name]) for name in ("year", "once")} for made in both))),
        tuple(changed_values(*years)),
        tuple(changed_values(*onces)),
    )


def _by_subject(made: Assessment) -> dict[int | None, Table]:
    own = {name: value for name, value in made.facts.items() if name != "members"}
    return {None: own, **dict(zip(made.people, made.facts["members"], strict=True))}


def _facts(*sides: Mapping[int | None, Table]) -> Iterator[ValueChange[tuple[int | None, str], Any]]:
    for subject in changed_values(*sides):
        for fact in changed_values(subject.before or {}, subject.after or {}):
            yield ValueChange((subject.key, fact.key), fact.before, fact.after)


def _by_recipient(made: Assessment) -> dict[tuple[int | None, str], Table]:
    """Return every support that is more than a no, by person and benefit."""
    return {
        (None if s["recipient"] == HOUSEHOLD else made.people[s["recipient"]], s["benefit"]): s for s in made.supports
    }
