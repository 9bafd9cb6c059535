"""Assessments (认定): plans that were made, kept with everything they rest on, so that they can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection, RowMapping, func, insert, select

from bangfu.facts import Catalog
from bangfu.files import household_from
from bangfu.plan import Plan, Status, make_plan
from bangfu.registry.errors import ClosedHouseholdError, RegistryError
from bangfu.registry.kept_policy import fingerprint, policy_content, policy_of
from bangfu.registry.record import Record, record_of
from bangfu.registry.schema import assessments, policies
from bangfu.registry.state import text
from bangfu.registry.tables import household_row
from bangfu.registry.work import Work
from bangfu.registry.written import with_identity
from bangfu.rulebook import Rulebook
from bangfu.show import plan_as_json


@frozen
class Assessment:
    """A plan as it was made.

    ``facts`` are the household's data as a file holds them, without names and ID numbers, ``people`` the
    registry's numbers of its members in their order; ``policy`` is the fingerprint of the policy used,
    ``plugins`` the versions; ``outcome`` the plan as JSON, without names; ``seq`` the journal's last entry when
    the facts were read.
    """

    id: int
    on: date
    made_at: str
    who: str
    seq: int
    facts: Mapping[str, Any] = field(repr=False)
    people: tuple[int, ...]
    policy: str
    plugins: Mapping[str, str]
    outcome: Mapping[str, Any] = field(repr=False)


@frozen
class Replay:
    """An assessment made again: the outcome now, whether it is the same, plugins of another version."""

    outcome: Mapping[str, Any] = field(repr=False)
    same: bool
    other_versions: tuple[str, ...]


def assess(work: Work, number: str, rulebook: Rulebook, on: date) -> tuple[Plan, Assessment]:
    """Make the plan of a household, keep it and return both.

    Raises:
        InputError: the facts do not fit together on that day.
        ClosedHouseholdError: the household was closed.
    """
    state = work.state(number)
    if state.closed is not None:
        raise ClosedHouseholdError(number, state.closed)
    record = record_of(state, work.catalog, work.vault)
    household = record.household(on)
    ruleset = rulebook.rules(household.region, on)
    plan = make_plan(household, rulebook, ruleset)
    content = policy_content(ruleset.policy)
    latest = work.connection.execute(select(func.coalesce(func.max(assessments.c.id), 0))).scalar_one()
    made = Assessment(
        latest + 1,
        on,
        work.at,
        work.by.who,
        work.head.seq,
        _impersonal(record, rulebook.catalog),
        tuple(person.id for person in record.members),
        fingerprint(content),
        rulebook.versions,
        _nameless(plan_as_json(plan)),
    )
    row = _row(made)
    work.note("assessed", number, new=_summary(plan, made) | {"digest": digest_of(row)})
    work.flush()
    household_id = work.id_of(number)
    known = work.connection.execute(select(policies.c.fingerprint).where(policies.c.fingerprint == made.policy))
    if known.first() is None:
        work.connection.execute(insert(policies).values(fingerprint=made.policy, content=content))
    work.connection.execute(insert(assessments).values(household_id=household_id, **row))
    return plan, made


def _row(made: Assessment) -> dict[str, Any]:
    return {
        "id": made.id,
        "on": made.on.isoformat(),
        "made_at": made.made_at,
        "who": made.who,
        "seq": made.seq,
        "facts": text({"facts": made.facts, "people": made.people}),
        "policy": made.policy,
        "plugins": text(dict(made.plugins)),
        "outcome": text(made.outcome),
    }


def digest_of(row: Mapping[str, Any]) -> str:
    """Return what the journal vouches for an assessment with: a hash of everything in its row."""
    return hashlib.sha256(text([row[name] for name in _DIGESTED]).encode()).hexdigest()


_DIGESTED = ("id", "on", "made_at", "who", "seq", "facts", "policy", "plugins", "outcome")


def _impersonal(record: Record, catalog: Catalog) -> dict[str, Any]:
    """Return a household's data without what identifies people; what an ID number says of age and sex stays."""
    personal = {fact.name for fact in catalog.facts if fact.personal}
    data = record.data()
    members = [{k: v for k, v in with_identity(m).items() if k not in personal} for m in data["members"]]
    return {name: value for name, value in data.items() if name not in personal} | {"members": members}


def _nameless(outcome: dict[str, Any]) -> dict[str, Any]:
    for member in outcome["household"]["members"]:
        del member["name"]
    return outcome


def _summary(plan: Plan, made: Assessment) -> dict[str, Any]:
    """Return what lists show of an assessment."""
    due = [support for support in plan.supports if support.status is Status.ELIGIBLE and not support.replaced_by]
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


def assessments_of(connection: Connection, number: str) -> list[Assessment]:
    """Return a household's assessments, the newest first.

    Raises:
        UnknownHouseholdError: there is no such household.
    """
    row = household_row(connection, number)
    query = select(assessments).where(assessments.c.household_id == row["id"]).order_by(assessments.c.id.desc())
    return [_assessment(found) for found in connection.execute(query).mappings()]


def assessment(connection: Connection, key: int) -> Assessment:
    """Return an assessment by its id.

    Raises:
        RegistryError: there is none.
    """
    row = connection.execute(select(assessments).where(assessments.c.id == key)).mappings().first()
    if row is None:
        raise RegistryError(f"没有编号为 {key} 的评估")
    return _assessment(row)


def _assessment(row: RowMapping) -> Assessment:
    kept = json.loads(row["facts"])
    return Assessment(
        row["id"],
        date.fromisoformat(row["on"]),
        row["made_at"],
        row["who"],
        row["seq"],
        kept["facts"],
        tuple(kept["people"]),
        row["policy"],
        json.loads(row["plugins"]),
        json.loads(row["outcome"]),
    )


def replay(connection: Connection, made: Assessment, rulebook: Rulebook) -> Replay:
    """Make an assessment again, from the facts and the policy kept with it, by the plugins installed now.

    Raises:
        InputError: a fact it used is not declared any more.
    """
    content = connection.execute(select(policies.c.content).where(policies.c.fingerprint == made.policy)).scalar_one()
    ruleset = rulebook.rules_under(policy_of(content, rulebook.parameters))
    household = household_from(made.facts, source=f"assessment {made.id}", on=made.on, catalog=rulebook.catalog)
    outcome = _nameless(plan_as_json(make_plan(household, rulebook, ruleset)))
    names = dict.fromkeys([*made.plugins, *rulebook.versions])
    others = tuple(name for name in names if made.plugins.get(name) != rulebook.versions.get(name))
    return Replay(outcome, text(outcome) == text(made.outcome), others)
