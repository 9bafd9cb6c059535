"""Fact columns (事实列) as files have them: read as the declared types, with a test for every value that does not fit.

These are the checks of ``bangfu.files.values``, column by column instead of value by value. What they say
holds no value: a column may have been mixed up with one of names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl
from attrs import field, frozen

from bangfu.dtypes import MONEY, dtype_of
from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog, Choice, Day, Digits, Field, Integer, Items, Level, Money, Quantity, Text, YesNo
from bangfu.facts.catalog import most_like
from bangfu.facts.declare import LARGEST_AMOUNT, FactType
from bangfu.files.values import FIRST_DAY, LAST_DAY, LONGEST_LIST, Wrong, read_scalar
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.lists import parquet_schema

NUMBER = "number"
"""The column of the number by which a registry knows a household; carried along where it is there."""

_LARGEST_KEY = 2**63 - 1
_KEYS: Mapping[str, FactType] = {
    HOUSEHOLD_KEY: Integer(-_LARGEST_KEY, _LARGEST_KEY),
    MEMBER_KEY: Integer(0, _LARGEST_KEY),
    DAY: Day(),
}
_KEY_LABELS = {HOUSEHOLD_KEY: "户的编号，整数", MEMBER_KEY: "成员在户内的位置，从 0 起的整数"}
_MOST_EXACT = pl.Decimal(38, 12)
_NOT_IN_TEXT = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"
_NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?$"
_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


@frozen
class Flaw:
    """What can be wrong with a value of a column: ``test`` is true where it is, ``column`` says where, with fields.

    ``anywhere`` says in one value whether any row has it; where it is about the entries of a list, ``entries_of`` names
    the list, and the expression is about the frame of all its entries, which is quick.
    """

    column: str
    test: pl.Expr
    reason: str
    anywhere: pl.Expr = field()
    entries_of: str = ""

    @anywhere.default
    def _in_any_row(self) -> pl.Expr:
        return self.test.any()


Read = tuple[pl.Expr, tuple[Flaw, ...]]
"""The values of a column in their declared type, null for those that do not fit, and what can be wrong with them."""


def columns_of(found: Mapping[str, pl.DataType], catalog: Catalog, level: Level, source: str) -> dict[str, Read]:
    """Return the columns of a frame of a level that hold keys, the day or declared facts that are not personal.

    Raises:
        InputError: a key or a required fact has no column, or a column is of a type that cannot be read.
    """
    facts = {fact.name: fact for fact in catalog.at(level)}
    problems: list[Problem] = []
    columns: dict[str, Read] = {}
    for name, dtype in parquet_schema(catalog, level).items():
        if name == DAY and level is Level.MEMBER:  # a household is assessed for one day
            continue
        kind = facts[name].type if name in facts else _KEYS[name]
        required = name in _KEY_LABELS or (name in facts and facts[name].required)
        if name not in found:
            if required and name != MEMBER_KEY:
                problems.append(Problem(name, "没有这一列", expected(name, kind)))
            continue
        try:
            columns[name] = _column(name, kind, found[name], dtype, required=required)
        except TypeError:
            problems.append(Problem(name, f"列的类型是 {found[name]}", expected(name, kind)))
    if problems:
        raise InputError(source, problems)
    return columns


def unknown_columns(found: Mapping[str, pl.DataType], catalog: Catalog, level: Level) -> Iterator[Problem]:
    """Yield each column that no fact is declared for, with the known name most like it; such columns are not read."""
    known = [NUMBER, *parquet_schema(catalog, level), *(fact.name for fact in catalog.at(level) if fact.personal)]
    for name in found:
        if name not in known:
            yield Problem(name, "不认识的列，不读", "已声明的事实", most_like(name, known))


def _column(name: str, kind: FactType, found: pl.DataType, declared: pl.DataType, *, required: bool) -> Read:
    if isinstance(kind, Items):
        return _list_column(name, kind, found, declared)
    read, wrong = _reading(kind, pl.col(name), found)
    flaws = [Flaw(name, pl.col(name).is_null(), f"没有写；应为：{expected(name, kind)}")] if required else []
    if wrong is not None:
        flaws.append(Flaw(name, wrong, f"不合要求；应为：{expected(name, kind)}"))
    return read, tuple(flaws)


def _list_column(name: str, kind: Items, found: pl.DataType, declared: pl.DataType) -> Read:
    if found == pl.Null() or found == pl.List(pl.Null()):  # the type is lost where nobody has an entry
        return pl.col(name).cast(declared), ()
    struct = found.inner if isinstance(found, pl.List) else None
    inner = pl.Schema(struct.to_schema() if isinstance(struct, pl.Struct) else {})
    if kind.by not in inner:
        raise TypeError(found)
    flaws = [Flaw(name, pl.col(name).list.len() > LONGEST_LIST, f"项数太多；应为：至多 {LONGEST_LIST} 项")]
    parts = []
    for part in kind.fields:
        read, wrong = _part(name, part, inner.get(part.name))
        parts.append(read.alias(part.name))
        flaws += [wrong] if wrong else []
    as_declared = pl.col(name) if found == declared else pl.col(name).list.eval(pl.struct(parts))
    return as_declared, tuple(flaws)


def _part(name: str, part: Field, found: pl.DataType | None) -> tuple[pl.Expr, Flaw | None]:
    """Return one field of the entries of a list in its declared type, and what can be wrong with it."""
    if found is None:
        return pl.lit(None, dtype=dtype_of(part.type)), None
    entry = pl.element().struct.field(part.name)
    read, wrong = _reading(part.type, entry, found)
    _, anywhere = _reading(part.type, pl.col(part.name), found)
    if wrong is None or anywhere is None:
        return read, None
    if part.required:
        wrong, anywhere = wrong.fill_null(True), anywhere.fill_null(True)
    reason = f"有一项不合要求；应为：{expected(part.name, part.type)}"
    test = pl.col(name).list.eval(wrong).list.any()
    return read, Flaw(f"{name}[].{part.name}", test, reason, anywhere.any(), name)


def expected(name: str, kind: FactType) -> str:
    """Return in words what a value has to be, as the reader of household files says it."""
    if name in _KEY_LABELS:
        return _KEY_LABELS[name]
    if isinstance(kind, Items):
        return f"列表，每项有 {'、'.join(part.name for part in kind.fields)}"
    if isinstance(kind, Day):
        return f"{FIRST_DAY} 至 {LAST_DAY} 的日期"
    try:
        read_scalar(kind, object())
    except Wrong as wrong:
        return wrong.expected
    raise TypeError(kind)


def _reading(kind: FactType, value: pl.Expr, found: pl.DataType) -> tuple[pl.Expr, pl.Expr | None]:
    """Return a value in the declared type, and whether it does not fit: null where it is unknown, None: it always does.

    Raises:
        TypeError: a column of the type found cannot hold such values.
    """
    match kind:
        case _ if found == pl.Null():
            return value.cast(dtype_of(kind)), value.cast(pl.Boolean)
        case Money() | Quantity():
            return _amount(value, found)
        case Integer():
            return _integer(kind, value, found)
        case YesNo() if found == pl.Boolean():
            return value, None
        case Day():
            return _day(value, found)
        case Choice() if isinstance(found, pl.Enum) and set(found.categories) <= set(kind.labels):
            never = pl.when(value.is_not_null()).then(pl.lit(False))  # a word of the column is one of the fact's
            return value.cast(dtype_of(kind)), never
        case Choice() | Digits() | Text() if isinstance(found, pl.String | pl.Categorical | pl.Enum):
            return _text(kind, value if found == pl.String() else value.cast(pl.String))
    raise TypeError(found)


def _amount(value: pl.Expr, found: pl.DataType) -> tuple[pl.Expr, pl.Expr]:
    if not (found.is_numeric() or found == pl.String()):
        raise TypeError(found)
    exact = value
    if found == pl.String():
        exact = pl.when(value.str.contains(_NUMBER)).then(value.cast(_MOST_EXACT, strict=False))
    read = value if found == MONEY else exact.cast(MONEY, strict=False)
    within = (read >= 0) & (read < LARGEST_AMOUNT)
    if found == MONEY:
        return read, ~within
    back = read.cast(pl.Float64) if found.is_float() else read
    return read, value.is_not_null() & ~(within & (back == exact)).fill_null(False)


def _integer(kind: Integer, value: pl.Expr, found: pl.DataType) -> tuple[pl.Expr, pl.Expr]:
    if not found.is_numeric():
        raise TypeError(found)
    if found == dtype_of(kind):
        return value, ~value.is_between(kind.least, kind.most)
    read = value.cast(dtype_of(kind), strict=False)
    fits = read.is_between(kind.least, kind.most) & (found.is_integer() | (read.cast(pl.Float64) == value))
    return read, value.is_not_null() & ~fits.fill_null(False)


def _day(value: pl.Expr, found: pl.DataType) -> tuple[pl.Expr, pl.Expr]:
    if found == pl.Date():
        return value, ~value.is_between(FIRST_DAY, LAST_DAY)
    if found == pl.String():
        read: pl.Expr = pl.when(value.str.contains(_ISO_DAY)).then(value.str.to_date("%Y-%m-%d", strict=False))
        whole = pl.lit(True)
    elif isinstance(found, pl.Datetime):
        read = value.cast(pl.Date)
        whole = read.cast(found) == value
    else:
        raise TypeError(found)
    return read, value.is_not_null() & ~(read.is_between(FIRST_DAY, LAST_DAY) & whole).fill_null(False)


def _text(kind: Choice | Digits | Text, value: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    match kind:
        case Choice(labels):
            return value, ~value.is_in(list(labels))
        case Digits(lengths):
            return value, ~value.str.contains(f"^(?:{'|'.join(f'[0-9]{{{n}}}' for n in lengths)})$")
        case Text(longest=longest):
            return value, (value.str.len_chars() > longest) | value.str.contains(_NOT_IN_TEXT)
