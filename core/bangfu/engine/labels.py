"""What a caseworker reads for a column, a value, a criterion, and for the sum that makes an amount (算式).

Sums are written from the expressions that make them: what is shown is what is done. A column that is worked out by
arithmetic is opened up, until there are facts, standards, numbers of people and columns that were declared to be a
``figure`` by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import define, frozen

from bangfu.engine.bound import BoundCriterion, Reference
from bangfu.engine.graph import Graph
from bangfu.errors import RuleError
from bangfu.facts import Items, Level
from bangfu.facts.declare import Partly
from bangfu.messages import _, concat, joined
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules.criterion import Comparison
from bangfu.rules.language import Expression, Name
from bangfu.rules.language.choices import By, Choose
from bangfu.rules.language.expression import Constant
from bangfu.rules.language.kinds import Sort
from bangfu.rules.language.nodes import Difference, Larger, Product, Quotient, Rounded, Smaller, Sum, Units


def decimal_text(value: Decimal, separator: str = "") -> str:
    """Return an amount with two decimals, or a ratio with as many (at most six) as it needs."""
    if value == value.quantize(Decimal("0.01")):
        return f"{value:{separator}.2f}"
    return f"{value:{separator}.6f}".rstrip("0")


def compared(label: str, comparison: Comparison, limit: str) -> str:
    """Return how a value is held against its limit, in words."""
    match comparison:
        case Comparison.AT_LEAST:
            return _("{label}不低于{limit}", label=label, limit=limit)
        case Comparison.ABOVE:
            return _("{label}高于{limit}", label=label, limit=limit)
        case Comparison.AT_MOST:
            return _("{label}不高于{limit}", label=label, limit=limit)
        case Comparison.BELOW:
            return _("{label}低于{limit}", label=label, limit=limit)
    return _("{label}：{limit}", label=label, limit=limit)


@define(frozen=True)
class Labels:
    """Labels by column, from the declarations of facts, parameters and derived columns."""

    graph: Graph

    def of_column(self, level: Level, column: str) -> str:
        """Return the label of a column, or its name where it was given none."""
        reference = self._reference(level, column)
        if reference is None:
            return column
        if reference.parameter:
            return self.graph.parameters[column.removeprefix(POLICY)].label
        if (node := self.graph.node(reference)) and node.label:
            return node.label
        fact = self.graph.catalog.by_column.get(reference.name)
        if fact is None:
            return _("评估日") if column == "on" else column
        kind = reference.name.removeprefix(f"{fact.name}.").split(".")[0]
        if kind == reference.name or not isinstance(fact.type, Items):
            return fact.label
        return _("{fact}（{kind}）", fact=fact.label, kind=fact.type.kinds.labels.get(kind, kind))

    def choices(self, level: Level, column: str) -> Mapping[str, str]:
        """Return the labels of the values of a column, empty where it has no choices."""
        reference = self._reference(level, column)
        if reference is None:
            return {}
        if reference.parameter:
            return getattr(self.graph.parameters[column.removeprefix(POLICY)].type, "labels", {})
        node = self.graph.node(reference)
        return self.graph.kind(reference).labels if node is None else node.labels

    def of_value(self, level: Level, column: str | None, value: Any) -> str:
        """Return a value as a caseworker reads it; ``未知`` for null."""
        match value:
            case None:
                return _("未知")
            case bool():
                return _("是") if value else _("否")
            case Decimal():
                return decimal_text(value, ",")
            case Partly():
                ends = (None if end is None else self.of_value(level, column, end) for end in (value.low, value.high))
                return str(Partly(*ends))
            case date():
                return value.isoformat()
            case tuple() | list():
                return joined("、", (self.of_value(level, column, part) for part in value))
            case str() if column:
                return self.choices(level, column).get(value, value)
            case _:
                return str(value)

    def of_criterion(self, criterion: BoundCriterion, *, together: bool = False) -> str:
        """Return the label of a criterion that was given none; of one with parts from theirs."""
        if criterion.parts:
            return joined(_(" 且 ") if together else _(" 或 "), (part.label for part in criterion.parts))
        if criterion.value is None:
            return ""
        level, limit = criterion.level, criterion.limit
        label = self.of_column(level, criterion.value)
        match criterion.comparison:
            case None:
                return label
            case Comparison.HOLDS:
                return label if limit is not False else _("没有：{label}", label=label)
            case Comparison.IS_IN:
                return _("{label}：{limit}", label=label, limit=self.of_value(level, criterion.value, limit))
            case comparison if limit is not None:
                return compared(label, comparison, self.of_value(level, criterion.value, limit))
            case comparison if criterion.limit_column is not None:
                of = self.of_column(level, criterion.limit_column)
                return compared(label, comparison, of if ":" not in of else _("限额"))
        return label

    def _reference(self, level: Level, column: str) -> Reference | None:
        try:
            return self.graph.locate(level, column)
        except RuleError:
            return None


_ARITHMETIC = (Sum, Difference, Larger, Smaller, Product, Quotient, Choose)
_SIGNS: Mapping[type[Expression], tuple[str, int]] = {
    Larger: (_("，不低于 "), 0),
    Smaller: (_("，不高于 "), 0),
    Sum: (" + ", 1),
    Difference: (" − ", 1),
    Product: (" × ", 2),
    Quotient: (" ÷ ", 2),
}
"""How two are joined, and how closely: what is joined less closely stands in parentheses within what is more so."""
_LEFT, _RIGHT = _("（"), _("）")


@frozen
class Leaf:
    """A number of a sum: the column it stands in, as rules of a level know it."""

    level: Level
    column: str


Written = tuple[str | Leaf, ...]


@define
class SumWriter:
    """Writes sums.

    ``taken`` says which values a choice takes: all for a rule in general, the one that was for a household.
    """

    graph: Graph
    taken: Callable[[Choose | By], Iterable[Expression]]

    def written(self, expression: Expression, level: Level, closely: int = 0) -> Written:
        """Return the sum that an expression of a level's rule is, as part of what is joined so closely."""
        match expression:
            case Name():
                return self._of_name(expression, level, closely)
            case Constant(as_written=number, kind=kind):
                return (f"{number:,.2f}" if kind and kind.sort is Sort.MONEY else str(number),)
            case Rounded(part=part) | Units(part=part):
                return self.written(part, level, closely)
            case Choose() | By():
                return self._of_choice(expression, level, closely)
        if type(expression) not in _SIGNS:
            return (str(expression),)
        sign, own = _SIGNS[type(expression)]
        one, other = expression.inputs
        # What is taken away, or divided by, is apart already where it is joined as closely.
        after = own + 1 if isinstance(expression, Difference | Quotient) or own == 0 else own
        made = (*self.written(one, level, own), sign, *self.written(other, level, after))
        return made if own >= closely else (_LEFT, *made, _RIGHT)

    def _of_name(self, name: Name, level: Level, closely: int) -> Written:
        column = self.graph.local(level, name)
        reference = self.graph.locate(level, column)
        node = None if reference.parameter else self.graph.node(reference)
        if node is None or node.figure or node.of_members or not isinstance(node.value, _ARITHMETIC):
            return (Leaf(level, column),)
        if node.kind.sort is not Sort.MONEY or node.name in self.graph.catalog.by_column:
            return (Leaf(level, column),)
        return self.written(node.value, node.level, closely)

    def _of_choice(self, choice: Choose | By, level: Level, closely: int) -> Written:
        ways = [self.written(value, level, closely if i else 0) for i, value in enumerate(self.taken(choice))]
        made: list[str | Leaf] = []
        for way in dict.fromkeys(ways):
            made += [*([_("，或 ")] if made else []), *way]
        return (_LEFT, *made, _RIGHT) if closely and len(set(ways)) > 1 else tuple(made)


def all_values(choice: Choose | By) -> tuple[Expression, ...]:
    """Return every value that a choice can take."""
    return choice.values if isinstance(choice, By) else (*choice.values, choice.otherwise)


def sum_text(written: Written, text_of: Callable[[Leaf], str]) -> str:
    """Return a sum as a text, each number in the words given for it."""
    return concat(piece if isinstance(piece, str) else text_of(piece) for piece in written)


def leaves(written: Written) -> tuple[Leaf, ...]:
    """Return the numbers of a sum, each once."""
    return tuple(dict.fromkeys(piece for piece in written if isinstance(piece, Leaf)))
