"""What a caseworker reads for a column, a value and a criterion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import define

from bangfu.engine.bound import BoundCriterion
from bangfu.engine.graph import Graph
from bangfu.engine.node import Reference
from bangfu.errors import RuleError
from bangfu.facts import Items, Level
from bangfu.facts.declare import Partly
from bangfu.messages import _, joined
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules.criterion import Comparison


def decimal_text(value: Decimal, separator: str = "") -> str:
    """Return an amount with two decimals, or a ratio with as many (at most six) as it needs."""
    if value == value.quantize(Decimal("0.01")):
        return f"{value:{separator}.2f}"
    return f"{value:{separator}.6f}".rstrip("0")


AND, OR = _(" 且 "), _(" 或 ")


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
            return joined(AND if together else OR, (part.label for part in criterion.parts))
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
