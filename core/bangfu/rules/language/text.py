"""Expressions as text (文本公式): the same language, as packs write it.

It is read with Python's grammar; nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce

from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.facts.catalog import near
from bangfu.messages import _
from bangfu.rules.language import functions
from bangfu.rules.language.choices import Choose, Unknown
from bangfu.rules.language.expression import Constant, Expression, Name, given
from bangfu.rules.language.nodes import All, Compare, IsKnown, IsStated, Larger, Not, OneOf, Operator, Smaller, Some
from bangfu.rules.language.over_members import Over, OverMembers

_LONGEST = 2_000
"""Characters of a formula; so it cannot be nested beyond what can be read."""
_OPERATORS: Mapping[type[ast.cmpop], Operator] = {
    ast.Eq: Operator.EQUAL,
    ast.NotEq: Operator.UNEQUAL,
    ast.Lt: Operator.BELOW,
    ast.LtE: Operator.AT_MOST,
    ast.Gt: Operator.ABOVE,
    ast.GtE: Operator.AT_LEAST,
}
_OVER = {over.value: over for over in Over}
_PAIRS = {"largest": Larger, "smallest": Smaller}
_KNOWN, _UNKNOWN = "known", "unknown"
_OF_ONE = {_KNOWN: IsKnown, "is_stated": IsStated}
_WHOSE = {level.value: level for level in Level}
_OF_TWO: Mapping[str, Callable[[Expression, Expression], Expression]] = {
    "years_after": functions.years_after,
    "years_before": functions.years_before,
    "months_after": functions.months_after,
    "years_between": functions.years_between,
}
_PAIR = 2
_SCALE, _YUAN = "scale", "yuan"
_FUNCTIONS = (*_OVER, *_OF_ONE, *_OF_TWO, _SCALE, _YUAN)
_TAKES = {
    **dict.fromkeys(_PAIRS, "one value, or several"),
    **dict.fromkeys(("years_after", "years_before", "months_after"), "a day and a number"),
    "years_between": "two days",
    "scale": "a value and pairs of a step and what it gives: scale(age, (80, 50), (90, 100))",
    "yuan": "a plain number",
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[Expression, Expression], Expression]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.Div: lambda one, other: one / other,
}
_MEANT: Mapping[type[ast.AST], str] = {
    ast.BitAnd: "write and", ast.BitOr: "write or", ast.Invert: "write not", ast.Pow: "there are no powers",
    ast.FloorDiv: "write /: nothing is rounded before the end", ast.Mod: "there is no remainder",
}  # fmt: skip


def expression_of(text: str) -> Expression:
    """Return the expression that a formula says; its names are yet to be looked up.

    Raises:
        RuleError: it is no formula; says what was found, where, and what there is.
    """
    if len(text) > _LONGEST:
        raise RuleError(
            _("a formula has at most {longest:,} characters, and this has {n:,}", longest=_LONGEST, n=len(text))
        )
    text = " ".join(text.split("\n")).strip()  # a long one may be written in several lines
    try:
        return _Reader(text).read(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None)
        where = f" at character {column}" if column else ""
        raise RuleError(_("no formula{where}: {text!r}", where=where, text=text)) from None


class _Reader:
    """Reads Python's tree of a formula, which is only looked at."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, node: ast.expr) -> Expression:
        match node:
            case ast.Name() | ast.Attribute():
                return _named(self._name(node))
            case ast.Constant():
                return self._constant(node)
            case ast.BoolOp() | ast.UnaryOp() | ast.BinOp():
                return self._operation(node)
            case ast.Compare():
                return self._compared(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return Choose((self.read(test),), (self.read(body),), self.read(orelse))
            case ast.Call():
                return self._called(node)
        raise self._wrong(node)

    def _constant(self, node: ast.Constant) -> Expression:
        match node.value:
            case bool() | int() | str() as value:
                return given(value)
            case float():
                return given(Decimal(ast.get_source_segment(self._text, node) or ""))
        raise self._wrong(node)

    def _operation(self, node: ast.BoolOp | ast.UnaryOp | ast.BinOp) -> Expression:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return All(tuple(map(self.read, values)))
            case ast.BoolOp(values=values):
                return Some(tuple(map(self.read, values)))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.read(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return given(0) - self.read(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return _ARITHMETIC[type(op)](self.read(left), self.read(right))
        raise self._wrong(node, _MEANT.get(type(node.op), ""))

    def _name(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=value, attr=attribute):
                return f"{self._name(value)}.{attribute}"
        raise self._wrong(node, "a name is words and dots")

    def _compared(self, node: ast.Compare) -> Expression:
        made = []
        for left, op, right in zip((node.left, *node.comparators), node.ops, node.comparators, strict=False):
            if isinstance(op, ast.In | ast.NotIn):
                test: Expression = OneOf(self.read(left), self._words(right))
                made.append(Not(test) if isinstance(op, ast.NotIn) else test)
            elif type(op) in _OPERATORS:
                made.append(Compare.of(_OPERATORS[type(op)], self.read(left), self.read(right)))
            else:
                raise self._wrong(node, "write == or !=")
        return made[0] if len(made) == 1 else All(tuple(made))

    def _words(self, node: ast.expr) -> tuple[str, ...]:
        words = [part.value for part in getattr(node, "elts", ()) if isinstance(part, ast.Constant)]
        if not words or len(words) != len(getattr(node, "elts", ())) or not all(isinstance(w, str) for w in words):
            raise self._wrong(node, 'write in ("one", "another")')
        return tuple(map(str, words))

    def _called(self, node: ast.Call) -> Expression:
        name = self._name(node.func)
        if name not in _FUNCTIONS:
            raise self._wrong(node, f"there are {', '.join(_FUNCTIONS)}{near(name, _FUNCTIONS)}")
        if name == _SCALE:
            return self._scale(node)
        if node.keywords or not node.args:
            raise self._wrong(node, f"{name} takes {_TAKES.get(name, 'one value')}")
        inner = [self.read(argument) for argument in node.args]
        if name in _PAIRS and len(inner) > 1:
            return reduce(_PAIRS[name], inner)
        if len(inner) != (_PAIR if name in _OF_TWO else 1):
            raise self._wrong(node, f"{name} takes {_TAKES.get(name, 'one value')}")
        if name in _OF_TWO:
            return _OF_TWO[name](*inner)
        if name == _YUAN:
            return self._yuan(node, inner[0])
        return _OF_ONE[name](inner[0]) if name in _OF_ONE else OverMembers(_OVER[name], inner[0])

    def _scale(self, node: ast.Call) -> Expression:
        """Read ``scale(age, (80, 50), (90, 100))``: the value of the highest step reached."""
        pairs = [part.elts for part in node.args[1:] if isinstance(part, ast.Tuple)]
        if node.keywords or not pairs or len(pairs) + 1 < len(node.args) or any(len(pair) != _PAIR for pair in pairs):
            raise self._wrong(node, f"scale takes {_TAKES[_SCALE]}")
        steps = [(self._step(step), self.read(value)) for step, value in pairs]
        return functions.scale(self.read(node.args[0]), dict(steps))

    def _step(self, node: ast.expr) -> Expression | int | Decimal:
        made = self.read(node)
        plain = made.as_written if isinstance(made, Constant) else None
        return plain if isinstance(plain, int | Decimal) and not isinstance(plain, bool) else made

    def _yuan(self, node: ast.Call, amount: Expression) -> Expression:
        plain = amount.as_written if isinstance(amount, Constant) else None
        if isinstance(plain, bool) or not isinstance(plain, int | Decimal):
            raise self._wrong(node, "yuan takes a plain number")
        return functions.yuan(plain)

    def _wrong(self, node: ast.AST, hint: str = "") -> RuleError:
        found = ast.get_source_segment(self._text, node) or self._text
        return RuleError(f"{found!r} is nothing a formula can say" + (f": {hint}" if hint else ""))


def _named(text: str) -> Expression:
    """Return what a name says: ``household.category`` is the household's, where members have one of that name too."""
    whose, _, name = text.partition(".")
    if name and whose in _WHOSE:
        return Name(name, _WHOSE[whose])
    return Unknown() if text == _UNKNOWN else Name(text)
