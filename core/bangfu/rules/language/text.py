"""Expressions as text (文本公式): the same language, as packs write it.

It is read with Python's grammar; nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import add, eq, ge, gt, le, lt, mul, ne, sub, truediv
from typing import Any

from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.facts.catalog import near
from bangfu.messages import _
from bangfu.rules.language import functions
from bangfu.rules.language.choices import Choose, Unknown
from bangfu.rules.language.expression import Constant, Expression, Name, given
from bangfu.rules.language.nodes import All, Not, OneOf, Some

_LONGEST = 2_000
"""Characters of a formula; so it cannot be nested beyond what can be read."""
_OPERATORS: Mapping[type[ast.AST], Callable[[Expression, Expression], Expression]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: truediv,
    ast.Eq: eq,
    ast.NotEq: ne,
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
}
_PAIR = 2
_TAKES: Mapping[str, tuple[int, str]] = {
    **dict.fromkeys(("some", "every", "count", "total"), (1, "one value")),
    **dict.fromkeys(("largest", "smallest"), (0, "one value, or several")),
    **dict.fromkeys(("known", "is_stated"), (1, "one value")),
    **dict.fromkeys(("years_after", "years_before", "months_after"), (_PAIR, "a day and a number")),
    "years_between": (_PAIR, "two days"),
    "scale": (0, "a value and pairs of a step and what it gives: scale(age, (80, 50), (90, 100))"),
    "yuan": (1, "a plain number"),
}
"""The functions that a formula can call: with how many values (0: one or more), and what an error calls these."""
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
        told = _("a formula has at most {longest:,} characters, and this has {n:,}", longest=_LONGEST, n=len(text))
        raise RuleError(told)
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
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](self.read(left), self.read(right))
        raise self._wrong(node, _MEANT.get(type(node.op), ""))

    def _name(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=value, attr=attribute):
                return f"{self._name(value)}.{attribute}"
        raise self._wrong(node, "a name is words and dots")

    def _compared(self, node: ast.Compare) -> Expression:
        made: list[Expression] = []
        for left, op, right in zip((node.left, *node.comparators), node.ops, node.comparators, strict=False):
            if isinstance(op, ast.In | ast.NotIn):
                test: Expression = OneOf(self.read(left), self._words(right))
                made.append(Not(test) if isinstance(op, ast.NotIn) else test)
            elif type(op) in _OPERATORS:
                made.append(_OPERATORS[type(op)](self.read(left), self.read(right)))
            else:
                raise self._wrong(node, "write == or !=")
        return made[0] if len(made) == 1 else All(tuple(made))

    def _words(self, node: ast.expr) -> tuple[str, ...]:
        listed = [part.value if isinstance(part, ast.Constant) else None for part in getattr(node, "elts", ())]
        words = tuple(word for word in listed if isinstance(word, str))
        if not words or len(words) != len(listed):
            raise self._wrong(node, 'write in ("one", "another")')
        return words

    def _called(self, node: ast.Call) -> Expression:
        name = self._name(node.func)
        if name not in _TAKES:
            raise self._wrong(node, f"there are {', '.join(_TAKES)}{near(name, _TAKES)}")
        number, takes = _TAKES[name]
        values: list[Any] | None = None
        if not node.keywords and node.args and number in {0, len(node.args)}:
            values = self._scale(node.args) if name == "scale" else [self.read(argument) for argument in node.args]
        if name == "yuan" and values:
            values = [plain] if (plain := _plain(values[0])) is not None else None
        if values is None:
            raise self._wrong(node, f"{name} takes {takes}")
        made: Expression = getattr(functions, name)(*values)
        return made

    def _scale(self, arguments: Sequence[ast.expr]) -> list[Any] | None:
        """Read ``age, (80, 50), (90, 100)``: a value and the steps it can reach, with what each gives."""
        pairs = [part.elts for part in arguments[1:] if isinstance(part, ast.Tuple) and len(part.elts) == _PAIR]
        if not pairs or len(pairs) + 1 < len(arguments):
            return None
        steps = [(self.read(step), self.read(value)) for step, value in pairs]
        plain = {step if (number := _plain(step)) is None else number: value for step, value in steps}
        return [self.read(arguments[0]), plain]

    def _wrong(self, node: ast.AST, hint: str = "") -> RuleError:
        found = ast.get_source_segment(self._text, node) or self._text
        return RuleError(f"{found!r} is nothing a formula can say" + (f": {hint}" if hint else ""))


def _named(text: str) -> Expression:
    """Return what a name says: ``household.category`` is the household's, where members have one of that name too."""
    whose, _, name = text.partition(".")
    if name and whose in list(Level):
        return Name(name, Level(whose))
    return Unknown() if text == "unknown" else Name(text)


def _plain(made: Expression) -> int | Decimal | None:
    """Return the number that an expression is; None where it is none."""
    plain = made.as_written if isinstance(made, Constant) else None
    return plain if isinstance(plain, int | Decimal) and not isinstance(plain, bool) else None
