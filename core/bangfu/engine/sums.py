"""Sums written from the expressions that make them (算式): what is shown is what is done.

A sum is a sequence of texts and ``Leaf`` numbers. A column that is worked out by arithmetic is opened up, until there
are facts, standards, numbers of people and columns that were declared to be a ``figure`` by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import define, frozen

from bangfu.engine.graph import Graph
from bangfu.facts import Level
from bangfu.messages import _, concat
from bangfu.rules.language import Expression, Name
from bangfu.rules.language.choices import By, Choose
from bangfu.rules.language.expression import Constant
from bangfu.rules.language.kinds import Sort
from bangfu.rules.language.nodes import Difference, Larger, Product, Quotient, Rounded, Smaller, Sum, Units

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
_CLOSELY = 3
_LEFT, _RIGHT = _("（"), _("）")


@frozen
class Leaf:
    """A number of a sum: the column it stands in, as rules of a level know it."""

    level: Level
    column: str


Piece = str | Leaf
Written = tuple[Piece, ...]


@define
class SumWriter:
    """Writes sums.

    ``taken`` says which values a choice takes: all for a rule in general, the one that was for a household.
    """

    graph: Graph
    level: Level
    taken: Callable[[Choose | By], Iterable[Expression]]

    def written(self, expression: Expression) -> Written:
        """Return the sum that an expression is."""
        return self._written(expression, self.level, 0)

    def _written(self, expression: Expression, level: Level, closely: int) -> Written:
        match expression:
            case Name():
                return self._of_name(expression, level, closely)
            case Constant():
                return (self._of_constant(expression),)
            case Rounded(part=part) | Units(part=part):
                return self._written(part, level, closely)
            case Choose() | By():
                return self._of_choice(expression, level, closely)
        if type(expression) not in _SIGNS:
            return (str(expression),)
        sign, own = _SIGNS[type(expression)]
        one, other = expression.inputs
        # What is taken away, or divided by, is apart already where it is joined as closely.
        after = own + 1 if isinstance(expression, Difference | Quotient) or own == 0 else own
        made = (*self._written(one, level, own), sign, *self._written(other, level, after))
        return made if own >= closely else (_LEFT, *made, _RIGHT)

    def _of_name(self, name: Name, level: Level, closely: int) -> Written:
        column = self.graph.local(level, name)
        reference = self.graph.locate(level, column)
        node = None if reference.parameter else self.graph.node(reference)
        if node is None or node.figure or not isinstance(node.value, _ARITHMETIC) or node.of_members:
            return (Leaf(level, column),)
        if node.kind.sort is not Sort.MONEY or self.graph.catalog.by_column.get(node.name):
            return (Leaf(level, column),)
        return self._written(node.value, node.level, closely)

    def _of_choice(self, choice: Choose | By, level: Level, closely: int) -> Written:
        ways = [self._written(value, level, closely if i else 0) for i, value in enumerate(self.taken(choice))]
        made: list[Piece] = []
        for way in dict.fromkeys(ways):
            made += [*([_("，或 ")] if made else []), *way]
        return (_LEFT, *made, _RIGHT) if closely and len(set(ways)) > 1 else tuple(made)

    @staticmethod
    def _of_constant(constant: Constant) -> str:
        kind = constant.kind
        return f"{constant.as_written:,.2f}" if kind and kind.sort is Sort.MONEY else str(constant.as_written)


def all_values(choice: Choose | By) -> tuple[Expression, ...]:
    """Return every value that a choice can take."""
    return choice.values if isinstance(choice, By) else (*choice.values, choice.otherwise)


def sum_text(written: Written, text_of: Callable[[Leaf], str]) -> str:
    """Return a sum as a text, each number in the words given for it."""
    return concat(piece if isinstance(piece, str) else text_of(piece) for piece in written)


def leaves(written: Written) -> tuple[Leaf, ...]:
    """Return the numbers of a sum, each once."""
    return tuple(dict.fromkeys(piece for piece in written if isinstance(piece, Leaf)))
