"""Households and plans as the API shows them: masked, and to a department officer only what his or her work needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import evolve

from bangfu.facts.declare import Partly
from bangfu.plan import Plan
from bangfu.plan.build import totals
from bangfu.show import plan_as_json
from bangfu_office.access.actor import Actor
from bangfu_office.access.scope import duplicates_of, own_programme, visible_facts
from bangfu_office.registry import AssessmentSummary, Disagreement, Disclosure, Listed, Record, Statement


def household_as_json(actor: Actor, record: Record, *, revealed: bool = False) -> dict[str, Any]:
    """Return a registered household; names and ID numbers covered unless ``revealed``."""
    facts = visible_facts(actor, record)
    cover = actor.office.registry.cover(record, shown=revealed)
    # Of two names that look alike masked, it is still said that they differ.
    disagreements = list(record.disagreements())
    record = cover.record
    data = record.data()
    seen = {name: value for name, value in data.items() if name != "members" and _in(facts, name)}
    members = [{name: value for name, value in member.items() if _in(facts, name)} for member in data["members"]]
    return {
        "number": record.number,
        "version": record.version,
        "closed": record.closed,
        "data": {**seen, "members": members},
        "members": [person.id for person in record.members],
        "former": [{"member": person.id, "status": person.status} for person in record.former],
        "rechecks": [{"due": due, "reason": reason} for due, reason in record.rechecks],
        "disagreements": [_disagreement(found, cover) for found in disagreements if _in(facts, found.fact)],
        "duplicates": _duplicates(actor, record),
        "assessed": _assessed(actor, record.assessed),
    }


def _in(facts: Collection[str] | None, name: str) -> bool:
    return facts is None or name in facts


def _disagreement(found: Disagreement, cover: Disclosure) -> dict[str, Any]:
    def said(statement: Statement) -> dict[str, Any]:
        value = cover.value(found.fact, statement.value)
        return {"source": statement.source.value, "value": value, "on": statement.on.isoformat()}

    statements = [said(statement) for statement in found.statements]
    return {"member": found.member, "fact": found.fact, "counts": said(found.counts), "statements": statements}


def _duplicates(actor: Actor, record: Record) -> list[dict[str, Any]]:
    return [
        {
            "id_number": duplicate.id_number,
            "elsewhere": duplicate.elsewhere,
            "places": [{"number": n, "region": region, "member": person} for n, region, person in duplicate.places],
        }
        for duplicate in duplicates_of(actor, record)
    ]


def _assessed(actor: Actor, summary: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what the last assessment came to; sums over all programmes are not an officer's."""
    if summary is None:
        return None
    everywhere = ("id", "on", "category", "candidates")
    sums = () if own_programme(actor) else ("year", "once", "programmes", "undetermined", "missing")
    return {name: summary.get(name) for name in (*everywhere, *sums)}


def listed_as_json(actor: Actor, listed: Listed) -> dict[str, Any]:
    """Return a household as it stands in a list."""
    return {
        "number": listed.number,
        "region": listed.region,
        "head": listed.head,
        "size": listed.size,
        "category": listed.category,
        "assessed": _assessed(actor, listed.assessed),
        "disagreements": listed.disagreements,
        "due": listed.due,
        "changed_at": listed.changed_at,
        "closed": listed.closed,
    }


def plan_of_record(actor: Actor, record: Record, plan: Plan) -> dict[str, Any]:
    """Return the plan of a registered household: names covered, of one programme alone for its officer."""
    shown = actor.office.registry.cover(record).plan(plan)
    programme = own_programme(actor)
    return plan_as_json(shown if programme is None else _of_programme(shown, programme, visible_facts(actor, record)))


def _of_programme(plan: Plan, programme: str, facts: Collection[str] | None) -> Plan:
    """Return a programme's part of a plan: the category stays, what it was worked out from goes."""
    supports = tuple(support for support in plan.supports if support.programme == programme)
    codes = {support.benefit.code for support in supports}
    return evolve(
        plan,
        members=tuple(evolve(member, reasons=()) for member in plan.members),
        income_year=None,
        income_bounds=Partly(),
        income_per_head_year=None,
        reasons=(),
        supports=supports,
        totals=totals(supports),
        missing=tuple(
            # What else is known of somebody's means is no business of the programme's.
            evolve(missing, decides=tuple(code for code in missing.decides if code in codes), entries=())
            for missing in plan.missing
            if codes.intersection(missing.decides)
        ),
        not_configured=tuple(
            evolve(unset, decides=tuple(code for code in unset.decides if code in codes))
            for unset in plan.not_configured
            if codes.intersection(unset.decides)
        ),
        near_misses=tuple(near for near in plan.near_misses if near.code in codes),
        presumed=tuple(presumed for presumed in plan.presumed if _in(facts, presumed.fact)),
    )


def assessment_as_json(made: AssessmentSummary) -> dict[str, Any]:
    """Return an assessment in a list: all but its facts and its plan."""
    return {
        "id": made.id,
        "on": made.on.isoformat(),
        "made_at": made.made_at,
        "who": made.who,
        "journal": made.seq,
        "policy": made.policy,
        "plugins": dict(made.plugins),
        "category": made.household["category"],
        "candidates": made.household["candidates"],
        "totals": made.totals,
    }
