"""The income lines (收入线) of a policy, worked out for households of one member, two, and so on."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bangfu.engine import Ruleset
from bangfu.facts import Level
from bangfu.facts.household import RESIDENCE_LABELS
from bangfu.handbook.model import IncomeLine

SIZES = (1, 2, 3, 4, 5, 6)


def income_lines(ruleset: Ruleset) -> tuple[IncomeLine, ...]:
    """Return every line of a category's rule that only the place and the size of the household decide."""
    criteria = [criterion for rule in ruleset.household_rules for criterion in rule.criteria]
    columns = dict.fromkeys(c.limit_column for c in criteria if c.limit_column)
    return tuple(line for column in columns for line in _lines(ruleset, column))


def _lines(ruleset: Ruleset, column: str) -> Iterator[IncomeLine]:
    for residence, label in RESIDENCE_LABELS.items():
        given = pl.DataFrame({"residence": residence, "size": SIZES}, schema={"residence": pl.String, "size": pl.Int64})
        worked_out = _with(ruleset, given, column)
        if worked_out is not None:
            name = ruleset.labels.of_column(Level.HOUSEHOLD, column)
            amounts = worked_out[column].to_list()
            yield IncomeLine(name, label, tuple("" if amount is None else f"{amount:,.2f}" for amount in amounts))


def _with(ruleset: Ruleset, frame: pl.DataFrame, column: str) -> pl.DataFrame | None:
    """Return the frame with a column worked out, or None where it takes a household's own facts."""
    if column in frame.columns:
        return frame
    reference = ruleset.graph.locate(Level.HOUSEHOLD, column)
    if reference.parameter:
        return frame.with_columns(ruleset.policy.literals()[column])
    node = ruleset.graph.node(reference)
    if node is None or node.from_members:
        return None
    for root in node.roots:
        further = _with(ruleset, frame, root)
        if further is None:
            return None
        frame = further
    return frame.with_columns(node.value.alias(column))
