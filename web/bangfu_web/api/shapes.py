"""What a request may hold, key by key: declared once, read strictly, and described from the same declaration.

The types of keys are those of facts, read by the same function as a household file's values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import frozen

from bangfu.errors import InputError, Problem
from bangfu.facts.declare import FactType
from bangfu.files.values import Wrong, describe, read_scalar, shown_key, unknown_key


@frozen
class Table:
    """An object that whoever works with it checks; ``schema`` names its description."""

    schema: str


@frozen
class Anything:
    """A value that the fact it is for checks; null counts as a value."""


@frozen
class Rows:
    """A list of objects with these keys."""

    keys: Keys
    most: int = 500


@frozen
class Key:
    """One key: the type of its value, what it is for. One that is not required may be left out or null."""

    type: FactType | Table | Anything | Rows
    text: str
    required: bool = False


Keys: TypeAlias = Mapping[str, Key]
Report: TypeAlias = Callable[[Problem], None]


def read(raw: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Return the checked values of an object, those that are there.

    Raises:
        InputError: it holds anything else than these keys, or lacks one; with every problem found.
    """
    problems: list[Problem] = []
    found = _table(raw, keys, "", problems.append)
    if problems:
        raise InputError("request", problems)
    return found


def _table(raw: Mapping[str, Any], keys: Keys, prefix: str, report: Report) -> dict[str, Any]:
    for name in raw:
        if name not in keys:
            report(unknown_key(f"{prefix}{shown_key(name)}", name, list(keys)))
    found: dict[str, Any] = {}
    for name, key in keys.items():
        path = f"{prefix}{name}"
        if name not in raw:
            if key.required:
                report(Problem(path, "没有写", f"必填：{key.text}"))
        elif raw[name] is None and not key.required and not isinstance(key.type, Anything):
            continue
        else:
            try:
                found[name] = _value(raw[name], key, path, report)
            except Wrong as wrong:
                report(Problem(path, wrong.found, wrong.expected, wrong.hint))
    return found


def _value(raw: Any, key: Key, path: str, report: Report) -> Any:
    match key.type:
        case Anything():
            return raw
        case Table():
            if not isinstance(raw, dict):
                raise Wrong(describe(raw), f"一个表：{key.text}")
            return raw
        case Rows(keys, most):
            return _rows(raw, keys, most, path, report)
        case _:
            return read_scalar(key.type, raw)


def _rows(raw: Any, keys: Keys, most: int, path: str, report: Report) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not 0 < len(raw) <= most:
        raise Wrong(describe(raw), f"1 至 {most} 项的列表")
    rows = []
    for i, entry in enumerate(raw):
        if isinstance(entry, dict):
            rows.append(_table(entry, keys, f"{path}[{i}].", report))
        else:
            report(Problem(f"{path}[{i}]", describe(entry), f"一个表，键为 {'、'.join(keys)}"))
    return rows
