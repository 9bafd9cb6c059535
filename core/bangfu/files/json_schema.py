"""A household file's data described (JSON Schema), as the declared facts make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from bangfu.facts.catalog import Catalog
from bangfu.facts.declare import (
    LARGEST_AMOUNT,
    Choice,
    Day,
    Digits,
    Fact,
    FactType,
    Integer,
    Items,
    Level,
    Money,
    Quantity,
    Text,
    YesNo,
)
from bangfu.files.household_file import MOST_MEMBERS
from bangfu.files.values import LONGEST_LIST

Shape: TypeAlias = dict[str, Any]
"""A part of the description (JSON Schema)."""
_AMOUNT: Shape = {
    "oneOf": [
        {"type": "number", "minimum": 0, "exclusiveMaximum": LARGEST_AMOUNT},
        {"type": "string", "pattern": r"^[0-9]{1,8}(\.[0-9]{1,2})?$"},
    ]
}


def household_schemas(catalog: Catalog) -> dict[str, Shape]:
    """Return the schemas ``Household`` and ``Member``, the first of which refers to the second."""
    made = {
        level: _table(
            {fact.name: _described(fact.type, _said(fact)) for fact in catalog.at(level)},
            [fact.name for fact in catalog.at(level) if fact.required],
        )
        for level in Level
    }
    people = {
        "type": "array", "items": {"$ref": "#/components/schemas/Member"}, "minItems": 1, "maxItems": MOST_MEMBERS
    }  # fmt: skip
    made[Level.HOUSEHOLD]["properties"] |= {"on": shape_of(Day()), "members": people}
    made[Level.HOUSEHOLD]["required"] += ["members"]
    return {level.name.title(): shape for level, shape in made.items()}


def _said(fact: Fact) -> str:
    absent = fact.presumption.text if fact.presumption else "必填" if fact.required else "未知"
    return f"{fact.label}。未写明时：{absent}"


def shape_of(kind: FactType) -> Shape:
    """Return what a value of a declared type may be."""
    match kind:
        case Money() | Quantity():
            return _AMOUNT
        case Integer(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case YesNo():
            return {"type": "boolean"}
        case Choice(labels):
            return {"type": "string", "enum": list(labels)}
        case Day():
            return {"type": "string", "format": "date"}
        case Digits(lengths):
            return {"type": "string", "pattern": f"^({'|'.join(f'[0-9]{{{n}}}' for n in lengths)})$"}
        case Text(longest=longest):
            return {"type": "string", "maxLength": longest}
        case Items(fields=parts):
            shape = {part.name: _described(part.type, part.label) for part in parts}
            entry = _table(shape, [part.name for part in parts if part.required])
            return {"type": "array", "items": entry, "maxItems": LONGEST_LIST}


def _described(kind: FactType, text: str) -> Shape:
    return {**shape_of(kind), "description": text}


def _table(properties: Mapping[str, Shape], required: list[str]) -> Shape:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}
