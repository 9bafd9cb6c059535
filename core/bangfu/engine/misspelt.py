"""Misspelt choices (写错的选项): a rule that compares a choice with what it can never be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from bangfu.engine.single.reading import literal_of, tree_of

_COMPARISONS = {"Eq", "NotEq", "EqValidity", "NotEqValidity"}


def misspelt(value: pl.Expr, types: Mapping[str, pl.DataType]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each column of choices with a text it is compared with that is none of them, and what they are.

    Polars says nothing of it: the comparison is false for everybody.

    Args:
        value: the expression.
        types: the types of the columns it names.
    """
    if not any(isinstance(types.get(name), pl.Enum) for name in value.meta.root_names()):
        return
    for column, texts in _compared(tree_of(value)):
        kind = types.get(column)
        if isinstance(kind, pl.Enum):
            choices = kind.categories.to_list()
            yield from ((column, text, choices) for text in texts if text not in choices)


def _compared(tree: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield what each column is compared with."""
    match tree:
        case {"BinaryExpr": {"op": op, "left": left, "right": right}} if op in _COMPARISONS:
            yield from _pair(left, right)
            yield from _pair(right, left)
        case {"Function": {"function": {"Boolean": {"IsIn": _}}, "input": [column, among]}}:
            yield from _pair(column, among)
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for part in parts:
        yield from _compared(part)


def _pair(column: Any, other: Any) -> Iterator[tuple[str, list[str]]]:
    match column, other:
        case {"Column": str(name)}, {"Literal": literal}:
            value = literal_of(literal)
            texts = value if isinstance(value, list) else [value]
            yield name, [text for text in texts if isinstance(text, str)]
