"""Reading a Polars expression, as Polars itself writes it down, into a function of one row.

``Expr.meta.serialize`` gives an expression as a tree of operations. Every operation that rules are
made of has its meaning in ``operations``; an expression with any other is evaluated by Polars.
"""

from __future__ import annotations

import json
import operator
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from io import StringIO
from operator import itemgetter
from typing import Any

import polars as pl
from attrs import frozen

from bangfu.engine.single import operations as op
from bangfu.engine.single.operations import Reader

Tree = Any
Types = Mapping[str, pl.DataType]


class Unreadable(Exception):  # noqa: N818 - a signal to leave the expression to Polars, no error
    """The expression holds an operation that has no meaning here."""


def reader(value: pl.Expr, dtype: pl.DataType, types: Types) -> Reader:
    """Return the function that gives an expression's value for a row (a mapping of the columns' values).

    Args:
        value: the expression.
        dtype: the type of its result.
        types: the types of all columns it may name.

    Raises:
        Unreadable: it holds an operation that is not known here.
    """
    return _fitted(value, dtype, _Reading(types))


def aggregator(value: pl.Expr, dtype: pl.DataType, types: Types) -> Reader:
    """Return the function that gives an aggregating expression's value for a sequence of rows.

    Raises:
        Unreadable: as ``reader``.
    """
    return _fitted(value, dtype, _Aggregating(types))


def _fitted(value: pl.Expr, dtype: pl.DataType, reading: _Reading) -> Reader:
    """Return the reader with its values as the column's type has them: decimals with all their places."""
    tree = tree_of(value)
    read = reading.read(tree)
    if isinstance(dtype, pl.Decimal):
        return read if "Cast" in tree or "Column" in tree else op.apply(op.scaled(dtype.scale), read)
    if dtype.is_float() or dtype.is_nested():
        raise Unreadable(str(dtype))
    return read


def tree_of(value: pl.Expr) -> Tree:
    """Return an expression as Polars writes it down: nested mappings and lists."""
    with warnings.catch_warnings():
        # The text form may change between versions of Polars: then expressions are left to Polars again.
        warnings.simplefilter("ignore")
        return json.loads(value.meta.serialize(format="json"))


def _expression(tree: Tree) -> pl.Expr:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pl.Expr.deserialize(StringIO(json.dumps(tree)), format="json")


@frozen
class _Reading:
    """Reads trees of operations on one row."""

    types: Types

    def read(self, tree: Tree) -> Reader:
        """Return the reader of a tree.

        Raises:
            Unreadable: it holds an operation that is not known here.
        """
        if not isinstance(tree, dict) or len(tree) != 1:
            raise Unreadable(tree)
        [(name, inner)] = tree.items()
        read = self._operations().get(name)
        if read is None:
            raise Unreadable(name)
        return read(inner)

    def _operations(self) -> Mapping[str, Callable[[Tree], Reader]]:
        return {
            "Column": self._column,
            "Alias": lambda inner: self.read(inner[0]),
            "Literal": lambda inner: op.constant(literal_of(inner)),
            "BinaryExpr": self._binary,
            "Ternary": lambda inner: op.chosen(*(self.read(inner[k]) for k in ("predicate", "truthy", "falsy"))),
            "Cast": self._cast,
            "Function": self._function,
        }

    def _column(self, name: Tree) -> Reader:
        if name not in self.types or self.types[name].is_float():
            raise Unreadable(name)
        return itemgetter(name)

    def _binary(self, inner: Tree) -> Reader:
        name, left = inner["op"], self.read(inner["left"])
        if name in _COMPARISONS:
            if name not in _EQUALITY and isinstance(self.type_of(inner["left"]), pl.Enum):
                raise Unreadable(f"{name} of choices, which have an order of their own")
            if "Literal" in inner["right"]:
                value = literal_of(inner["right"]["Literal"])
                return op.constant(None) if value is None else op.with_constant(_COMPARISONS[name], left, value)
            return op.binary(_COMPARISONS[name], left, self.read(inner["right"]))
        if name in _LOGIC and self.type_of({"BinaryExpr": inner}) == pl.Boolean:
            return _LOGIC[name](left, self.read(inner["right"]))
        return op.binary(self._arithmetic(name, {"BinaryExpr": inner}), left, self.read(inner["right"]))

    def _arithmetic(self, name: str, tree: Tree) -> Callable[[Any, Any], Any]:
        dtype = self.type_of(tree)
        if isinstance(dtype, pl.Decimal) and name in _DECIMAL:
            work, fit = _DECIMAL[name], op.scaled(dtype.scale)
            return lambda a, b: fit(work(a, b))
        if dtype.is_integer() and name in _INTEGER:
            return _INTEGER[name]
        raise Unreadable(name)

    def _cast(self, inner: Tree) -> Reader:
        target, source = self.type_of({"Cast": inner}), self.type_of(inner["expr"])
        part = self.read(inner["expr"])
        if source == target:
            return part
        if inner["options"] != "Strict":
            raise Unreadable("a cast that gives null for what does not fit")
        exact = isinstance(source, pl.Decimal) or source.is_integer() or source in (pl.Boolean, pl.Null)
        if isinstance(target, pl.Decimal) and exact:
            return op.apply(op.scaled(target.scale), part)
        if source in _FITTING.get(target, ()):
            return op.apply(int, part)
        if target == pl.String and source.is_integer():
            return op.apply(str, part)
        if target == pl.String and isinstance(source, pl.Enum):
            return part
        if isinstance(target, pl.Enum) and isinstance(source, pl.String | pl.Enum):
            return op.apply(op.within(target.categories.to_list()), part)
        raise Unreadable(f"{source} to {target}")

    def _function(self, inner: Tree) -> Reader:
        name, options = _named(inner["function"])
        inputs = inner["input"]
        if name in _OF_MANY and not any(value for key, value in options.items() if key == "ignore_nulls"):
            given = self.type_of({"Function": inner})
            if (name == "SumHorizontal" and not isinstance(given, pl.Decimal)) or (
                name == "MaxHorizontal" and isinstance(given, pl.Enum)
            ):
                raise Unreadable(name)
            return _OF_MANY[name]([self.read(part) for part in inputs])
        if name == "Not" and self.type_of(inputs[0]) != pl.Boolean:
            raise Unreadable("the bits of a number turned round")
        if name in _OF_ONE and len(inputs) == 1:
            return _OF_ONE[name](self.read(inputs[0]))
        if name == "IsIn" and not options["nulls_equal"] and "Literal" in inputs[1]:
            values = literal_of(inputs[1]["Literal"])
            if isinstance(values, list) and None not in values:
                return op.one_of(self.read(inputs[0]), frozenset(values))
        if name == "OffsetBy" and self.type_of(inputs[0]) == pl.Date:
            return op.binary(op.offset, self.read(inputs[0]), self.read(inputs[1]))
        if name == "Clip" and options["has_min"] and not options["has_max"]:
            return op.at_least(self.read(inputs[0]), self.read(inputs[1]))
        if name == "Round" and options["mode"] in _MODES and isinstance(self.type_of(inputs[0]), pl.Decimal):
            return op.apply(op.rounded(options["decimals"], _MODES[options["mode"]]), self.read(inputs[0]))
        raise Unreadable(name)

    def type_of(self, tree: Tree) -> pl.DataType:
        """Return the type Polars gives a part of an expression."""
        if "Column" in tree and tree["Column"] in self.types:
            return self.types[tree["Column"]]
        part = _expression(tree)
        roots = part.meta.root_names()
        if any(name not in self.types for name in roots):
            raise Unreadable(roots)
        empty = pl.LazyFrame(schema={name: self.types[name] for name in roots})
        return empty.select(part).collect_schema().dtypes()[0]


@frozen
class _Aggregating(_Reading):
    """Reads trees that make one value of many rows."""

    def _operations(self) -> Mapping[str, Callable[[Tree], Reader]]:
        return {**super()._operations(), "Agg": self._aggregate}

    def _column(self, name: Tree) -> Reader:
        raise Unreadable(f"{name} of many rows is no single value")

    def _aggregate(self, inner: Tree) -> Reader:
        if "Sum" not in inner or len(inner) > 1:
            raise Unreadable(str(inner))
        return op.total(_Reading(self.types).read(inner["Sum"]))

    def _function(self, inner: Tree) -> Reader:
        name, options = _named(inner["function"])
        if name in _OF_ROWS:
            return _OF_ROWS[name](_Reading(self.types).read(inner["input"][0]), ignore_nulls=options["ignore_nulls"])
        return super()._function(inner)


def _named(function: Tree) -> tuple[str, Mapping[str, Any]]:
    """Return a function's name and options: of ``{"Boolean": {"All": {…}}}`` those of ``All``."""
    if isinstance(function, dict):
        (name, inner), *_ = function.items()
        return _named(inner) if name in _FAMILIES else (name, inner)
    return function, {}


def literal_of(tree: Tree) -> Any:
    """Return the value of a literal from its part of a tree; that of a series is a list."""
    match tree:
        case {"Dyn": {"Int": int(value)}} | {"Scalar": {"String": str(value)}} | {"Scalar": {"Boolean": bool(value)}}:
            return value
        case {"Scalar": {"Null": _}}:
            return None
        case {"Scalar": {"Decimal": [int(digits), _, int(scale)]}}:
            return Decimal(digits).scaleb(-scale)
    value = pl.select(_expression({"Literal": tree})).item()
    if isinstance(value, float) or (isinstance(value, pl.Series) and value.dtype.is_float()):
        raise Unreadable("a float, with which Polars compares less exactly than Python")
    return value.to_list() if isinstance(value, pl.Series) else value


_FAMILIES = {"Boolean", "StringExpr", "TemporalExpr"}
_NARROW = (pl.Int8(), pl.Int16(), pl.UInt8(), pl.UInt16(), pl.Boolean(), pl.Null())
_FITTING: Mapping[pl.DataType, Collection[pl.DataType]] = {
    pl.Int32(): _NARROW,
    pl.Int64(): (*_NARROW, pl.Int32(), pl.UInt32()),
}
"""By an integer type those of which every value fits into it."""
_EQUALITY = {"Eq", "NotEq"}
_LOGIC = {"And": op.both, "Or": op.either}
_COMPARISONS = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtEq": operator.le,
    "Gt": operator.gt,
    "GtEq": operator.ge,
}
_DECIMAL = {
    "Plus": op.EXACT.add,
    "Minus": op.EXACT.subtract,
    "Multiply": op.EXACT.multiply,
    "TrueDivide": op.EXACT.divide,
}
_INTEGER = {"Plus": operator.add, "Minus": operator.sub, "Multiply": operator.mul}
_OF_MANY: Mapping[str, Callable[[Sequence[Reader]], Reader]] = {
    "Coalesce": op.first_known,
    "AllHorizontal": op.every,
    "AnyHorizontal": op.some,
    "MaxHorizontal": op.largest_known,
    "SumHorizontal": op.added_up,
    "ConcatHorizontal": op.joined,
}
_OF_ONE: Mapping[str, Callable[[Reader], Reader]] = {
    "Not": op.opposite,
    "IsNull": op.absent,
    "IsNotNull": op.present,
    "Year": lambda part: op.apply(operator.attrgetter("year"), part),
    "Month": lambda part: op.apply(operator.attrgetter("month"), part),
    "Day": lambda part: op.apply(operator.attrgetter("day"), part),
}
_OF_ROWS: Mapping[str, Callable[..., Reader]] = {"All": op.all_hold, "Any": op.any_holds}
_MODES = {"HalfAwayFromZero": ROUND_HALF_UP, "HalfToEven": ROUND_HALF_EVEN}
