"""Folding: a column's expression written into the expressions that read it.

Polars spends most of a one-row run on starting each pass, so a ruleset for single households
is folded into a few wide passes. Folding replaces column names inside expressions and changes no
rule; where Polars' own notation of an expression is not understood, nothing is folded and the
rules take more passes to the same result.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

Tree = Any
"""An expression in Polars' JSON notation."""

LARGEST = 2
"""Operations; a larger expression is computed once and read, not written out again."""


def tree_of(expression: pl.Expr) -> Tree:
    """Return an expression as a tree."""
    return json.loads(expression.meta.serialize(format="json"))


def expression_of(tree: Tree) -> pl.Expr:
    """Return the expression of a tree."""
    return pl.Expr.deserialize(io.StringIO(json.dumps(tree)), format="json")


def operations(tree: Tree) -> int:
    """Return how many operations a tree has, not counting columns and constants."""
    if isinstance(tree, list):
        return 0 if tree and isinstance(tree[0], int) else sum(map(operations, tree))
    if not isinstance(tree, dict):
        return 0
    own = any(key in tree for key in ("BinaryExpr", "Function", "Ternary", "Cast", "Agg"))
    return own + sum(map(operations, tree.values()))


def written_in(tree: Tree, columns: Mapping[str, Tree]) -> Tree:
    """Return the tree with each of the columns replaced by its own tree."""
    if isinstance(tree, list):
        return tree if tree and isinstance(tree[0], int) else [written_in(part, columns) for part in tree]
    if not isinstance(tree, dict):
        return tree
    name = tree.get("Column")
    if isinstance(name, str) and name in columns:
        return columns[name]
    return {key: written_in(part, columns) for key, part in tree.items()}
