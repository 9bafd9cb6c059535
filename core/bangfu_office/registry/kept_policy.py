"""A policy as it is kept with an assessment: everything in force, so that the plan can be made again.

Values stand as JSON; amounts and days are marked (``{"decimal": "1.5"}``), so that they come back as
what they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bangfu.facts import Per
from bangfu.policy import Pack, Parameter, Policy, PolicyEntry, Row

_LATER = ("columns", "groups")
_OF_AN_ENTRY = ("path", "value", "per", "source", "verified", "start", "until", "pack")
_OF_A_ROW = ("path", "data", "start", "until", "pack")
_OF_A_PACK = ("file", "owner", "region", "name", "source")


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
