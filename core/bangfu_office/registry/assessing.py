"""Assessments of registered households: made and kept with all they rest on, made again, and compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any, TypeAlias

from attrs import evolve, field, frozen
from sqlalchemy import Connection, insert, select

from bangfu.differences import ValueChange, changed_values
from bangfu.engine import Ruleset
from bangfu.facts import Catalog
from bangfu.files import household_from
from bangfu.messages import _
from bangfu.plan import Plan, Status, make_plan
from bangfu.rulebook import Rulebook
from bangfu.show import PlanJson, plan_as_json
from bangfu_office.registry.assessments import (
    HOUSEHOLD,
    Assessment,
    digest_of,
    fingerprint,
    kept_of,
    policy_content,
    policy_of,
    rows_of,
    sums_of,
    unmarked,
)
from bangfu_office.registry.errors import ClosedHouseholdError
from bangfu_office.registry.journal import Operation
from bangfu_office.registry.record import Record, record_of
from bangfu_office.registry.schema import assessment_supports, assessments, policies
from bangfu_office.registry.serialization import with_identity
from bangfu_office.registry.tables import id_of, next_id
from bangfu_office.registry.work import Work

OPERATIONS = (Operation("assessed", _("评估")),)


@frozen
class Replay:
    """An assessment made again.

    ``outcome`` is the plan as JSON, without names, ``made`` what would be kept of it. ``same``: nothing differs,
    down to the words of a reason; ``same_result``: category, who counts, supports, amounts and sums are the same.
    ``other_versions`` names plugins of another version than then.
    """

    outcome: Mapping[str, Any] = field(repr=False)
    made: Assessment = field(repr=False)
    same: bool
    same_result: bool
    other_versions: tuple[str, ...]


def assess(work: Work, number: str, rulebook: Rulebook, on: date) -> tuple[Plan, Assessment]:
    """Make the plan of a household, keep it and return both.

    Raises:
        InputError: the facts do not fit together on that day.
        ClosedHouseholdError: the household was closed.
    """
    state = work.state(number)
    if state.closed is not None:
        raise ClosedHouseholdError(number)
    record = record_of(state, work.catalog, work.encryption)
    household = record.household(on)
    ruleset = rulebook.rules(household.region, on)
    plan = make_plan(household, rulebook, ruleset)
    content = policy_content(ruleset.policy)
    outcome = _nameless(plan_as_json(plan))
    made = Assessment(
        next_id(work.connection, assessments),
        on,
        work.at,
        work.by.who,
        work.head.seq,
        fingerprint(content),
        rulebook.versions,
        facts=_impersonal(record, rulebook.catalog),
        people=tuple(person.id for person in record.members),
        **kept_of(outcome),
    )
    row, supports = rows_of(made)
    work.note("assessed", number, new=_noted(plan, made) | {"digest": digest_of(row, supports)})
    work.flush()
    known = work.connection.execute(select(policies.c.fingerprint).where(policies.c.fingerprint == made.policy))
    if known.first() is None:
        work.connection.execute(insert(policies).values(fingerprint=made.policy, content=content))
    work.connection.execute(insert(assessments).values(household_id=id_of(work.connection, number), **row))
    if supports:
        work.connection.execute(insert(assessment_supports), supports)
    return plan, made


def _impersonal(record: Record, catalog: Catalog) -> dict[str, Any]:
    """Return a household's data without what identifies people; what an ID number says of age and sex stays."""
    personal, data = catalog.personal, record.data()
    members = [{k: v for k, v in with_identity(m).items() if k not in personal} for m in data["members"]]
    return {name: value for name, value in data.items() if name not in personal} | {"members": members}


def _nameless(outcome: PlanJson) -> dict[str, Any]:
    for member in outcome["household"]["members"]:
        del member["name"]
    return {**outcome}


def _noted(plan: Plan, made: Assessment) -> dict[str, Any]:
    """Return what the journal, and lists of households, say of an assessment."""
    due = [support for support in plan.supports if support.is_due]
    return {
        "id": made.id,
        "on": made.on.isoformat(),
        "category": plan.category,
        "candidates": list(plan.candidates),
        "year": str(plan.totals.year),
        "once": str(plan.totals.once),
        "programmes": sorted({support.programme for support in due}),
        "undetermined": sum(1 for support in plan.supports if support.status is Status.UNDETERMINED),
        "missing": len(plan.missing),
    }


def replay(connection: Connection, made: Assessment, rulebook: Rulebook) -> Replay:
    """Make an assessment again, from what was kept with it; InputError where a fact it used is declared no more."""
    household = household_from(made.facts, source=f"assessment {made.id}", on=made.on, catalog=rulebook.catalog)
    outcome = _nameless(plan_as_json(make_plan(household, rulebook, _rules_of(connection, made, rulebook))))
    again = evolve(made, **kept_of(outcome), outcome=None)
    names = dict.fromkeys([*made.plugins, *rulebook.versions])
    others = tuple(name for name in names if made.plugins.get(name) != rulebook.versions.get(name))
    return Replay(outcome, again, again.result == made.result, _results(again) == _results(made), others)


def _results(made: Assessment) -> tuple[Any, ...]:
    """Return what came out; sums by programme follow from the supports, and were once kept in another way."""
    return made.household, made.totals["year"], made.totals["once"], made.supports


def _rules_of(connection: Connection, made: Assessment, rulebook: Rulebook) -> Ruleset:
    """Return the rules of the policy kept with an assessment: nearly always those in force for its day anyway."""
    in_force = rulebook.rules(str(made.facts["region"]), made.on)
    if fingerprint(policy_content(in_force.policy)) == made.policy:
        return in_force
    content = connection.execute(select(policies.c.content).where(policies.c.fingerprint == made.policy)).scalar_one()
    return rulebook.rules_under(policy_of(content, rulebook.parameters))


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
