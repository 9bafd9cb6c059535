"""The parts of the API's description (JSON Schema): households as the declared facts make them, answers by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from bangfu import Catalog, Choice, Day, Digits, Fact, Integer, Items, Level, Money, Quantity, Text, YesNo
from bangfu.facts.declare import FactType
from bangfu.files.household_file import MOST_MEMBERS
from bangfu.files.values import LONGEST_LIST
from bangfu_web.api.shapes import Anything, Key, Keys, Rows, Table

Schema: TypeAlias = dict[str, Any]

_AMOUNT: Schema = {
    "description": "元，至多两位小数；数或文本",
    "oneOf": [
        {"type": "number", "minimum": 0, "exclusiveMaximum": 100_000_000},
        {"type": "string", "pattern": r"^[0-9]{1,8}(\.[0-9]{1,2})?$"},
    ],
}
DAY: Schema = {"type": "string", "format": "date"}
WHOLE: Schema = {"type": "integer"}
TEXT: Schema = {"type": "string"}
YES_NO: Schema = {"type": "boolean"}
ANY: Schema = {}


def ref(name: str) -> Schema:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: Schema) -> Schema:
    """Return a list of these."""
    return {"type": "array", "items": schema}


def or_null(schema: Schema) -> Schema:
    """Return this or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def table(keys: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """Return an object with these keys, and no others."""
    return {
        "type": "object",
        "required": list(keys),
        "properties": {**keys, **(optional or {})},
        "additionalProperties": False,
    }


def schema_of(key: Key) -> Schema:
    """Return what a key of a request may hold."""
    schema = {**_type(key.type), "description": key.text}
    return schema if key.required or isinstance(key.type, Anything) else or_null(schema)


def body_of(keys: Keys) -> Schema:
    """Return what the body with these keys may hold."""
    required = [name for name, key in keys.items() if key.required]
    return {
        "type": "object",
        "properties": {name: schema_of(key) for name, key in keys.items()},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _type(kind: FactType | Table | Anything | Rows) -> Schema:  # noqa: C901 - a case a type
    match kind:
        case Anything():
            return ANY
        case Table(schema):
            return ref(schema)
        case Rows(keys, most):
            return {**listed(body_of(keys)), "minItems": 1, "maxItems": most}
        case Money() | Quantity():
            return _AMOUNT
        case Integer(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case YesNo():
            return YES_NO
        case Choice(labels):
            return {"type": "string", "enum": list(labels)}
        case Day():
            return DAY
        case Digits(lengths):
            return {"type": "string", "pattern": f"^({'|'.join(f'[0-9]{{{n}}}' for n in lengths)})$"}
        case Text(longest=longest):
            return {"type": "string", "maxLength": longest}
        case Items():
            return _items(kind)


def _items(kind: Items) -> Schema:
    keys = {field.name: Key(field.type, field.label, required=True) for field in kind.fields}
    entry = {
        "type": "object",
        "required": [field.name for field in kind.fields if field.required],
        "properties": {name: schema_of(key) for name, key in keys.items()},
        "additionalProperties": False,
    }
    return {**listed(entry), "maxItems": LONGEST_LIST}


def facts_of(catalog: Catalog, level: Level, more: Mapping[str, Schema] | None = None) -> Schema:
    """Return a household or a member as the declared facts make it."""
    facts = catalog.at(level)
    return {
        "type": "object",
        "required": [fact.name for fact in facts if fact.required] + (["members"] if level is Level.HOUSEHOLD else []),
        "properties": {fact.name: _fact(fact) for fact in facts} | dict(more or {}),
        "additionalProperties": False,
    }


def _fact(fact: Fact) -> Schema:
    absent = fact.presumption.text if fact.presumption else "必填" if fact.required else "未知"
    return {**_type(fact.type), "description": f"{fact.label}。未写明时：{absent}"}


def household_schemas(catalog: Catalog) -> dict[str, Schema]:
    """Return the schemas of a household file's data."""
    people = {"type": "array", "items": ref("Member"), "minItems": 1, "maxItems": MOST_MEMBERS}
    return {
        "Member": facts_of(catalog, Level.MEMBER),
        "Household": facts_of(catalog, Level.HOUSEHOLD, {"on": DAY, "members": people}),
    }
