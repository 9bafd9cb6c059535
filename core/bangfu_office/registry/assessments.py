"""Assessments (认定) as they are kept: what came out as rows, what it rests on as data, the reasons by making it again.

A plan with all its reasons is some 200 KB; what is kept of it is a few. The reasons follow from the facts, the policy
and the programmes, so they are made again when somebody asks (``assessing.replay``), and ``result`` tells whether they
came out as they were.

A policy is kept as everything in force, as JSON; amounts and days are marked (``{"decimal": "1.5"}``), so that they
come back as what they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import field, fields, frozen
from sqlalchemy import Connection, Select, select

from bangfu.facts import Per
from bangfu.messages import _
from bangfu.plan import Status
from bangfu.policy import Pack, Parameter, Policy, PolicyEntry, Row
from bangfu_office.registry.errors import RegistryError
from bangfu_office.registry.schema import assessment_supports, assessments
from bangfu_office.registry.serialization import text
from bangfu_office.registry.tables import id_of

HOUSEHOLD = "household"
"""The recipient of a support that is no member's."""
_NOT_KEPT = "ineligible"
_ONCE = "once"
_LATER = ("columns", "groups")
_OF_AN_ENTRY = ("path", "value", "per", "source", "verified", "start", "until", "pack")
_OF_A_ROW = ("path", "data", "start", "until", "pack")
_OF_A_PACK = ("file", "owner", "region", "name", "source")
_LARGEST = 2**63
"""Ids that no database knows; asking for one would be an error of the driver."""
_OF_A_SUPPORT = tuple(column.name for column in assessment_supports.columns)[3:]
"""All but what it belongs to: the assessment, the place in it and the person."""


@frozen
class AssessmentSummary:
    """What lists show of an assessment.

    ``policy`` is the fingerprint of the policy used, ``plugins`` the versions, ``seq`` the journal's last entry when
    the facts were read. ``household`` and ``totals`` are those of the plan as JSON, without names and reasons.
    """

    id: int
    on: date
    made_at: str
    who: str
    seq: int
    policy: str
    plugins: Mapping[str, str]
    household: Mapping[str, Any] = field(repr=False)
    totals: Mapping[str, Any] = field(repr=False)


_IN_LISTS = tuple(part.name for part in fields(AssessmentSummary))


@frozen
class Assessment(AssessmentSummary):
    """A plan as it was made.

    ``facts`` are the household's data as a file holds them, without names and ID numbers, ``people`` the registry's
    numbers of its members in their order. ``supports`` are those that were due or undetermined, each as the plan's
    JSON has it, without its reasons. ``result`` is the SHA-256 of the whole plan as JSON, without names.
    ``outcome`` is that plan, of assessments made before results were kept as rows; None for all others.
    """

    facts: Mapping[str, Any] = field(repr=False)
    people: tuple[int, ...]
    supports: tuple[Mapping[str, Any], ...] = field(repr=False)
    result: str
    outcome: Mapping[str, Any] | None = field(default=None, repr=False)


def kept_of(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a plan as JSON, without names: no reasons, and no support that is a no."""
    members = [_without_reasons(member) for member in outcome["household"]["members"]]
    supports = [support for support in outcome["supports"] if support["status"] != _NOT_KEPT]
    return {
        "household": _without_reasons(outcome["household"]) | {"members": members},
        "totals": outcome["totals"],
        "supports": tuple({name: support[name] for name in ("recipient", *_OF_A_SUPPORT)} for support in supports),
        "result": _hash(outcome),
    }


def _without_reasons(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "reasons"}


def rows_of(made: Assessment) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the rows of an assessment and of its supports, as they are written."""
    row = {
        **{name: getattr(made, name) for name in ("id", "made_at", "who", "seq", "policy", "result")},
        "on": made.on.isoformat(),
        "facts": text({"facts": made.facts, "people": made.people}),
        "plugins": text(dict(made.plugins)),
        "category": made.household["category"],
        "household": text(made.household),
        "totals": text(made.totals),
        "outcome": None,
    }
    return row, _support_rows(made.id, made.people, made.supports)


def rows_of_whole(row: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the rows of an assessment whose plan was kept whole: what they say follows from its ``outcome``."""
    kept, people = kept_of(json.loads(row["outcome"])), json.loads(row["facts"])["people"]
    found = {name: text(kept[name]) for name in ("household", "totals")}
    found |= {"category": kept["household"]["category"], "result": kept["result"]}
    return {**row, **found}, _support_rows(row["id"], people, kept["supports"])


def _support_rows(key: int, people: Sequence[int], supports: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **{name: support[name] for name in _OF_A_SUPPORT},
            "verified": int(support["verified"]),
            "assessment_id": key,
            "place": place,
            "person": None if support["recipient"] == HOUSEHOLD else people[support["recipient"]],
        }
        for place, support in enumerate(supports)
    ]


def sums_of(made: Assessment) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Return what a kept plan gives by programme, in yuan: every year, and once.

    Summed from the supports: what was kept before these were told apart holds both in one.
    """
    year: dict[str, Decimal] = {}
    once: dict[str, Decimal] = {}
    for support in made.supports:
        if amount := due_amount(support):
            sums = once if support["per"] == _ONCE else year
            sums[support["programme"]] = sums.get(support["programme"], Decimal(0)) + amount
    return year, once


def due_amount(support: Mapping[str, Any] | None) -> Decimal | None:
    """Return what a kept support gives in a year, or once: 0 where it is not due, None where that is not known."""
    if support is None or support["status"] != Status.ELIGIBLE or support["replaced_by"]:
        return Decimal(0)
    return None if support["year_amount"] is None else Decimal(support["year_amount"])


_WHOLE = ("id", "on", "made_at", "who", "seq", "facts", "policy", "plugins")
_RESULT = ("category", "household", "totals", "result")
_ROW = ("place", "person", *_OF_A_SUPPORT)


def digest_of(row: Mapping[str, Any], supports: Iterable[Mapping[str, Any]]) -> str:
    """Return what the journal vouches for an assessment with: a hash of everything in its rows."""
    if row["outcome"] is not None:  # made before results were kept as rows, and vouched for as it was then
        return _hash([row[name] for name in (*_WHOLE, "outcome")])
    rows = [[support[name] for name in _ROW] for support in supports]
    return _hash([*(row[name] for name in (*_WHOLE, *_RESULT)), rows])


def _hash(parts: Any) -> str:
    return hashlib.sha256(text(parts).encode()).hexdigest()


def assessments_of(connection: Connection, number: str, limit: int | None = None) -> list[AssessmentSummary]:
    """Return a household's assessments, the newest first; with ``limit``, so many at most."""
    of_household = select(*(assessments.c[name] for name in _IN_LISTS))
    of_household = of_household.where(assessments.c.household_id == id_of(connection, number))
    rows = connection.execute(of_household.order_by(assessments.c.id.desc()).limit(limit)).mappings()
    return [AssessmentSummary(**_summary(dict(row))) for row in rows]


def assessment(connection: Connection, number: str, key: int) -> Assessment:
    """Return an assessment of a household by its id; RegistryError where it has no such one."""
    household = id_of(connection, number)
    wanted = select(assessments).where(assessments.c.id == key, assessments.c.household_id == household)
    row = connection.execute(wanted).mappings().first() if key < _LARGEST else None
    if row is None:
        raise RegistryError(_("没有编号为 {key} 的评估", key=key))
    return _assessment(dict(row), map(dict, connection.execute(supports_query([key])).mappings()))


def supports_query(keys: Sequence[int]) -> Select[Any]:
    """Return the query of the supports of some assessments, in order."""
    wanted = assessment_supports.c.assessment_id.in_(keys)
    order = (assessment_supports.c.assessment_id, assessment_supports.c.place)
    return select(assessment_supports).where(wanted).order_by(*order)


def _assessment(row: Mapping[str, Any], supports: Iterable[Mapping[str, Any]]) -> Assessment:
    kept = json.loads(row["facts"])
    places = {person: place for place, person in enumerate(kept["people"])}
    return Assessment(
        **_summary(row),
        facts=kept["facts"],
        people=tuple(kept["people"]),
        supports=tuple(_support(support, places) for support in supports),
        result=row["result"],
        outcome=None if row["outcome"] is None else json.loads(row["outcome"]),
    )


def _support(row: Mapping[str, Any], places: Mapping[int, int]) -> dict[str, Any]:
    recipient = HOUSEHOLD if row["person"] is None else places[row["person"]]
    known = {name: row[name] for name in _OF_A_SUPPORT}
    return {"recipient": recipient, **known, "verified": bool(row["verified"])}


def _summary(row: Mapping[str, Any]) -> dict[str, Any]:
    read = {name: json.loads(row[name]) for name in ("plugins", "household", "totals")}
    return {**{name: row[name] for name in _IN_LISTS}, **read, "on": date.fromisoformat(row["on"])}


def policy_content(policy: Policy) -> str:
    """Return a policy as JSON, the same for the same policy."""
    content = {
        "entries": {name: _parts(entry, _OF_AN_ENTRY) for name, entry in policy.entries.items()},
        "rows": [_parts(row, _OF_A_ROW) for row in policy.rows],
        "titles": dict(policy.titles),
        # Only where there are any: what was kept before packs had them is known by the same fingerprint.
        **{name: [_parts(row, _OF_A_ROW) for row in rows] for name in _LATER if (rows := getattr(policy, name))},
    }
    # Keys keep their order: that of a row's conditions is the order of its reasons.
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def fingerprint(content: str) -> str:
    """Return what a policy is known by: the SHA-256 of its content."""
    return hashlib.sha256(content.encode()).hexdigest()


def policy_of(content: str, parameters: Mapping[str, Parameter]) -> Policy:
    """Return the policy in JSON; parameters that nobody declares any more are left out."""
    kept = json.loads(content)
    entries = {n: _entry_of(parameters[n], unmarked(e)) for n, e in kept["entries"].items() if n in parameters}
    rows, columns, groups = (tuple(_row_of(unmarked(row)) for row in kept.get(name, ())) for name in ("rows", *_LATER))
    return Policy(parameters, entries, rows, kept["titles"], columns, groups)


def _parts(value: PolicyEntry | Row | Pack, names: Sequence[str]) -> dict[str, Any]:
    return {"table": {name: _marked(getattr(value, name)) for name in names}}


def _entry_of(parameter: Parameter, kept: Mapping[str, Any]) -> PolicyEntry:
    value = tuple(kept["value"]) if isinstance(kept["value"], list) else kept["value"]
    per, pack = kept["per"] and Per(kept["per"]), Pack(**kept["pack"])
    return PolicyEntry(**{**kept, "parameter": parameter, "value": value, "per": per, "pack": pack})


def _row_of(kept: Mapping[str, Any]) -> Row:
    return Row(**{**kept, "pack": Pack(**kept["pack"])})


def _marked(value: Any) -> Any:
    match value:
        case str() | int() | None:  # most are
            return value
        case Decimal():
            return {"decimal": str(value)}
        case Fraction():
            return {"fraction": str(value)}
        case date():
            return {"day": value.isoformat()}
        case Pack():
            return _parts(value, _OF_A_PACK)
        case Mapping():
            return {"table": {name: _marked(part) for name, part in value.items()}}
        case list() | tuple():
            return [_marked(part) for part in value]
        case _:
            return value


def unmarked(value: Any) -> Any:
    """Return a part of a kept policy with its amounts and days as what they were."""
    match value:
        case {"decimal": str(number)}:
            return Decimal(number)
        case {"fraction": str(number)}:
            return Fraction(number)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"table": dict(table)}:
            return {name: unmarked(part) for name, part in table.items()}
        case list():
            return [unmarked(part) for part in value]
        case _:
            return value
