"""The income lines (收入线) of a policy, worked out for households of one member, two, and so on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bangfu.engine import Ruleset
from bangfu.engine.values import shown
from bangfu.facts import Level
from bangfu.facts.household import RESIDENCE_LABELS
from bangfu.handbook.model import IncomeLine
from bangfu.rules.language import KnownRows
from bangfu.rules.language.known import Value

SIZES = (1, 2, 3, 4, 5, 6)
_GIVEN = ("residence", "size")


def income_lines(ruleset: Ruleset) -> tuple[IncomeLine, ...]:
    """Return every line of a category's rule that only the place and the size of the household decide."""
    criteria = [criterion for rule in ruleset.household_rules for criterion in rule.criteria]
    columns = dict.fromkeys(c.limit_column for c in criteria if c.limit_column)
    return tuple(line for column in columns for line in _lines(ruleset, column))


def _lines(ruleset: Ruleset, column: str) -> Iterator[IncomeLine]:
    if not _is_of_place_and_size(ruleset, column, set()):
        return
    name = ruleset.labels.of_column(Level.HOUSEHOLD, column)
    for residence, label in RESIDENCE_LABELS.items():
        amounts = [_amount(ruleset, column, residence, size) for size in SIZES]
        yield IncomeLine(name, label, tuple("" if amount is None else f"{amount:,.2f}" for amount in amounts))


def _is_of_place_and_size(ruleset: Ruleset, column: str, seen: set[str]) -> bool:
    """Return whether only the place and the size of the household decide a column, no fact of its own."""
    reference = ruleset.graph.locate(Level.HOUSEHOLD, column)
    if column in _GIVEN or reference.parameter:
        return True
    node = ruleset.graph.node(reference)
    if node is None or node.of_members or column in seen:
        return False
    return all(_is_of_place_and_size(ruleset, name.name, seen | {column}) for name in node.inputs)


def _amount(ruleset: Ruleset, column: str, residence: str, size: int) -> Decimal | None:
    row: dict[str, Value] = {"residence": residence, "size": size}
    rows = KnownRows(row, (), parameters=ruleset.parameters)
    for node in ruleset.graph.ordered([(Level.HOUSEHOLD, column)]):
        own = node.level is Level.HOUSEHOLD and node.name not in _GIVEN
        if own and _is_of_place_and_size(ruleset, node.name, set()):
            row[node.name] = ruleset.function(node.value)(rows)
    reference = ruleset.graph.locate(Level.HOUSEHOLD, column)
    amount = shown(row[reference.name], ruleset.graph.kind(reference))
    return amount if isinstance(amount, Decimal) else None
