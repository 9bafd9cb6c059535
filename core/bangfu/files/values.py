"""One raw value against its declared type: the checked value, or what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

from bangfu.errors import Problem
from bangfu.facts import Choice, Day, Digits, Fact, FactType, Integer, Items, Money, Quantity, Text, YesNo
from bangfu.facts.catalog import most_like
from bangfu.facts.declare import LARGEST_AMOUNT, Partly
from bangfu.files.id_number import read_id_number
from bangfu.messages import _, joined

LONGEST_LIST = 200
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
_SIDES = ("at_least", "at_most")
_IN_BOUNDS = (Money, Quantity, Integer)
_IN_PART = (*_IN_BOUNDS, Day)
_MONTHS = 12
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LONGEST_NUMBER, _LONGEST_TEXT = 16, 40
_FEN = Decimal("0.01")
_MONEY, _DAY_EXPECTED = _("金额"), _("日期，如 2020-09-01")
_ID_LIKE = re.compile(r"\d{15,}[Xx]?")
_CALLED: Mapping[type, str] = {date: _("日期"), time: _("时刻"), Partly: _("部分已知")}
_NOT_IN_TEXT = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories; unassigned and private-use characters stay allowed, for rare names."""


class Wrong(ValueError):
    """A value that does not fit its declaration."""

    def __init__(self, found: str, expected: str, hint: str = "") -> None:
        self.found, self.expected, self.hint = found, expected, hint
        super().__init__(found)

    @property
    def said(self) -> str:
        """What is wrong and how to mend it."""
        return self.at("").said

    def at(self, path: str) -> Problem:
        """Return the problem of the place where the value stands."""
        return Problem(path, self.found, self.expected, self.hint)


def shown(text: str, most: int) -> str:
    """Return the text for a message: shortened, on one line, runs of digits like an ID number hidden."""
    text = _ID_LIKE.sub(lambda m: "*" * len(m[0]), text[: most + 20])[:most]
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def shown_key(key: str) -> str:
    """Return the key for a path in a message."""
    return shown(key, 80) or '""'


def describe(raw: object) -> str:
    """Return what a caseworker would call this raw value, shortened."""
    match raw:
        case bool():
            return _("{lower}（是否值）", lower=str(raw).lower())
        case int() | Decimal() | float():
            text = "" if isinstance(raw, int) and abs(raw) >= 10**_LONGEST_NUMBER else str(raw)
            return _("{text}（数字）", text=text if 0 < len(text) <= _LONGEST_NUMBER else _("位数过多的数"))
        case str():
            return _("“{text}{a}”（文本）", text=shown(raw, _LONGEST_TEXT), a="…" if len(raw) > _LONGEST_TEXT else "")
        case list():
            return _("{n} 项的列表", n=len(raw))
        case dict():
            return _("一个表")
        case datetime():
            return _("{isoformat}（日期和时间）", isoformat=raw.isoformat())
        case date() | time() | Partly():
            return _("{raw}（{called}）", raw=raw, called=_CALLED[type(raw)])
        case None:
            return _("空值 null")
        case _:
            return type(raw).__name__


def _amounts(unit: str) -> str:
    return _("0 至 {largest_amount:,} 以内、至多两位小数的{unit}数", largest_amount=LARGEST_AMOUNT, unit=unit)


def _amount(kind: Money | Quantity, raw: object) -> Decimal:
    unit = kind.unit if isinstance(kind, Quantity) else _MONEY
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
        raw = Decimal(raw)
    if isinstance(raw, float):
        raw = Decimal(repr(raw))
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        hint = _("去掉千分号、单位和空格") if isinstance(raw, str) and re.search(r"\d", raw) else ""
        raise Wrong(describe(raw), _amounts(unit), hint)
    finite = isinstance(raw, int) or raw.is_finite()
    if not finite or not 0 <= raw < LARGEST_AMOUNT:
        raise Wrong(describe(raw), _amounts(unit), _("金额不能为负") if finite and raw < 0 else "")
    value = Decimal(raw)
    in_fen = value.quantize(_FEN)
    if value != in_fen:
        raise Wrong(describe(raw), _amounts(unit), _("金额精确到分"))
    return abs(in_fen)


def _integer(kind: Integer, raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not kind.least <= raw <= kind.most:
        raise Wrong(describe(raw), _("{least} 至 {most} 的整数", least=kind.least, most=kind.most))
    return raw


def _yes_no(_kind: YesNo, raw: object) -> bool:
    if not isinstance(raw, bool):
        quoted = isinstance(raw, str) and raw.lower() in {"true", "false"}
        raise Wrong(describe(raw), _("true 或 false"), _("不带引号") if quoted else "")
    return raw


def _choice(kind: Choice, raw: object) -> str:
    if isinstance(raw, str) and raw in kind.labels:
        return raw
    options = joined("、", (_("{value}（{label}）", value=value, label=label) for value, label in kind.labels.items()))
    hint = most_like(raw, kind.labels) if isinstance(raw, str) else ""
    raise Wrong(describe(raw), _("其中之一：{options}", options=options), hint)


def read_day(raw: object) -> date:
    """Return the day, 1900 to 2199, that a TOML date or an ISO string names; ``Wrong`` says that it is none."""
    if isinstance(raw, str):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
            raise Wrong(describe(raw), _DAY_EXPECTED)
        try:
            raw = date.fromisoformat(raw)
        except ValueError:
            raise Wrong(describe(raw), _DAY_EXPECTED, _("日历上没有这一天")) from None
    if isinstance(raw, datetime) or not isinstance(raw, date):
        raise Wrong(describe(raw), _DAY_EXPECTED)
    if not FIRST_DAY <= raw <= LAST_DAY:
        raise Wrong(describe(raw), _("{first_day} 至 {last_day} 的日期", first_day=FIRST_DAY, last_day=LAST_DAY))
    return raw


def _digits(kind: Digits, raw: object) -> str:
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) in kind.lengths:
        return raw
    unquoted = isinstance(raw, int) and not isinstance(raw, bool)
    lengths = joined("、", map(str, kind.lengths))
    raise Wrong(describe(raw), _("{lengths} 位数字的文本", lengths=lengths), _("请加引号") if unquoted else "")


def _text(kind: Text, raw: object) -> str:
    if not isinstance(raw, str):
        raise Wrong(_("不是文本（{name}）", name=type(raw).__name__), _("文本"), _("请加引号"))
    long = len(raw) > kind.longest
    if long or (not raw.isprintable() and any(unicodedata.category(c) in _NOT_IN_TEXT for c in raw)):
        found = _("{n} 个字符", n=len(raw)) if long else _("含有换行或控制字符")
        raise Wrong(found, _("一行、至多 {longest} 个字符的文本", longest=kind.longest))
    if not kind.id_number:
        return raw
    number = raw.strip().upper()
    try:
        born = read_id_number(number).birth_date
    except ValueError as error:
        raise Wrong(error.args[0], _("18 位公民身份号码（末位为校验码）")) from None
    if not FIRST_DAY <= born <= LAST_DAY:
        expected = _("出生日期在 {first_day} 至 {last_day} 之间的公民身份号码", first_day=FIRST_DAY, last_day=LAST_DAY)
        raise Wrong(_("其中的出生日期太早或太晚"), expected)
    return number


def read_scalar(kind: FactType, raw: object) -> Any:
    """Return the checked value of a declared type that is not a list; ``Wrong`` says that it does not fit."""
    return _READERS[type(kind)](kind, raw)


_READERS: Mapping[type[FactType], Callable[[Any, object], Any]] = {
    Money: _amount,
    Quantity: _amount,
    Integer: _integer,
    YesNo: _yes_no,
    Choice: _choice,
    Day: lambda _kind, raw: read_day(raw),
    Digits: _digits,
    Text: _text,
}


def read_known(kind: FactType, raw: object) -> Any:
    """Return the checked value of a declared type, or what is known of it where that is stated.

    A number by its bounds: ``{at_least = 3000, at_most = 5000}``.
    A day by its year or month: ``"1978"``, ``"1978-03"``.

    Raises:
        Wrong: it does not fit.
    """
    if isinstance(raw, str):
        if isinstance(kind, Day) and (said := _YEAR_OR_MONTH.fullmatch(raw)):
            return _days_of(int(said[1]), int(said[2]) if said[2] else None, raw)
    elif isinstance(raw, Partly):
        if isinstance(kind, _IN_PART):
            return raw
    elif isinstance(raw, dict) and isinstance(kind, _IN_BOUNDS):
        return _bounds(kind, raw)
    return _READERS[type(kind)](kind, raw)


def _bounds(kind: FactType, raw: Mapping[str, object]) -> Partly:
    unknown = [key for key in raw if key not in _SIDES]
    if unknown or not raw:
        found = _("一个表，其键为 {shown_key}", shown_key=shown_key(unknown[0])) if unknown else _("一个空表")
        raise Wrong(found, _("at_least（至少）、at_most（至多）中的一个或两个"))
    low, high = (read_scalar(kind, raw[side]) if side in raw else None for side in _SIDES)
    if low is not None and high is not None and low >= high:
        raise Wrong(_("至少 {low}、至多 {high}", low=low, high=high), _("至少小于至多"), _("知道确数的，直接写这个数"))
    return Partly(low, high)


def _days_of(year: int, month: int | None, raw: str) -> Partly:
    first_year, last_year = FIRST_DAY.year, LAST_DAY.year
    if not first_year <= year <= last_year or (month is not None and not 1 <= month <= _MONTHS):
        expected = _("{year} 至 {year2} 的年，或年月，如 1978、1978-03", year=first_year, year2=last_year)
        raise Wrong(describe(raw), expected)
    last = month or _MONTHS
    return Partly(date(year, month or 1, 1), date(year, last, monthrange(year, last)[1]))


Report: TypeAlias = Callable[[Problem], None]
Read: TypeAlias = Callable[[FactType, object], Any]


def read_fact(fact: Fact, raw: object, report: Report, read: Read = read_scalar, prefix: str = "") -> Any:
    """Return the checked value of a fact, None where it does not fit; what is wrong goes to ``report``, by path."""
    kind = fact.type
    if not isinstance(kind, Items):
        try:
            return read(kind, raw)
        except Wrong as wrong:
            report(wrong.at(f"{prefix}{fact.name}"))
            return None
    path = f"{prefix}{fact.name}"
    if not isinstance(raw, list | tuple):
        names = ", ".join(f.name for f in kind.fields)
        report(Problem(path, describe(raw), _("列表，每项如 {{{names}}}", names=names), _("没有的请写空列表 []")))
        return None
    if len(raw) > LONGEST_LIST:
        report(Problem(path, describe(list(raw)), _("至多 {longest_list} 项", longest_list=LONGEST_LIST)))
        return None
    return tuple(_entry(kind, entry, f"{path}[{i}]", report, read) for i, entry in enumerate(raw))


def _entry(kind: Items, raw: object, path: str, report: Report, read: Read) -> Mapping[str, Any]:
    names = [f.name for f in kind.fields]
    if not isinstance(raw, dict):
        report(Problem(path, describe(raw), _("一个表，键为 {list}", list=joined("、", names))))
        return {}
    for key in raw:
        if key not in names:
            report(unknown_key(f"{path}.{shown_key(key)}", key, names))
    entry: dict[str, Any] = {}
    for declared in kind.fields:
        if declared.name in raw:
            try:
                entry[declared.name] = read(declared.type, raw[declared.name])
            except Wrong as wrong:
                report(wrong.at(f"{path}.{declared.name}"))
        elif declared.required:
            report(Problem(f"{path}.{declared.name}", _("没有写"), declared.label))
    return entry


def unknown_key(path: str, key: str, known: list[str], hint: str = "") -> Problem:
    """Return the problem of a key that nobody declared, with the nearest known one."""
    return Problem(path, _("不认识的键"), _("已声明的键"), hint or most_like(key, known))
