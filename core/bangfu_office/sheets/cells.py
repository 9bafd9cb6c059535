"""One cell against the type of its column: the value as a household file writes it, or what is wrong with it.

Tolerant where the meaning is certain (a date as text, full-width digits, a thousands separator), and
never guessing: a number that lost digits or a day without a year is refused. Limits, ID numbers and
everything that takes more than one cell are checked afterwards by ``household_from``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bangfu.errors import InputError
from bangfu.facts import Choice, Day, Digits, Integer, Money, Quantity, Text, YesNo
from bangfu.facts.catalog import nearest
from bangfu.files.values import Wrong, describe, shown
from bangfu.messages import _, joined
from bangfu_office.registry import RegistryError
from bangfu_office.registry.work import _usable
from bangfu_office.sheets.layout import Column
from bangfu_office.sheets.texts import narrow, restored, trimmed

Reader = Callable[[Any], Any]
"""From a cell that is not empty to its value; None for blanks only. Raises ``Wrong``."""

_YES = ("是", "有", "true", "1", "yes", "y")
_NO = ("否", "无", "false", "0", "no", "n", "不是", "没有")
_UNKNOWN_WORDS = {
    "不详",
    "未知",
    "不清楚",
    "不知道",
    "待定",
    "待查",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "?",
    "n/a",
    "null",
}
_LEAVE_EMPTY = _("不知道的请留空")

_NUMBER = re.compile(r"[¥￥]?\s*([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*元?")
_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)"
)
_MIDNIGHT = re.compile(r"[T ]+0?0:00(?::00(?:\.0+)?)?$")
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_SERIAL_DAYS = range(1, 2_958_466)
"""The numbers that a spreadsheet shows as days."""

_MOST_EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number; what is longer lost the rest."""

_SHORT_KEY = 64
_WORDS = frozenset("年月日时分秒号元角万千百十亿岁级第个次约零一二三四五六七八九")
_LETTERS = re.compile(r"[^\W\d_]+")
_AS_DATE = _("把单元格格式从日期改成数值")
_DAY_EXPECTED = _("日期，如 2020-09-01")
_ID_EXPECTED = _("18 位公民身份号码（末位为校验码）")


def reader_of(column: Column) -> Reader:
    """Return the function that reads the cells of a column."""
    match column.type:
        case Money():
            return _amount
        case Quantity(unit):
            return lambda cell: _amount(cell, _("数（{unit}）", unit=unit))
        case Integer():
            return _integer
        case YesNo():
            return _choice_of({**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}, (_("是"), _("否")))
        case Choice(labels):
            keys = {narrow(key).casefold(): key for key in labels}
            keys |= {narrow(label).casefold(): key for key, label in column.labels.items()}
            return _choice_of(keys, tuple(column.labels.values()))
        case Day():
            return _day
        case Digits(lengths):
            return lambda cell: _digits(cell, lengths)
        case Text(id_number=True):
            return _id_number
        case Text():
            return _key if column.fact is None else _text
        case _:
            raise TypeError("a list fact has a sheet of its own")


def told(cell: object) -> str:
    """Return what a clerk would call a cell, without any name or ID number that slipped into it."""
    if isinstance(cell, str):
        text = _LETTERS.sub(_first_letter, shown(cell, 40))
        return _("“{text}”（文本）", text=text)
    if isinstance(cell, float) and cell.is_integer():
        return describe(int(cell))
    return _("一段时长") if isinstance(cell, timedelta) else describe(cell)


def _first_letter(run: re.Match[str]) -> str:
    word = run[0]
    return word if _WORDS.issuperset(word) else word[0] + "*" * (len(word) - 1)


def _plain(text: str) -> str:
    """Return the text of a cell that holds no free text."""
    escaped = restored(text)
    return narrow(text if escaped is None else escaped)


def _hint(text: str, otherwise: str = "") -> str:
    return _LEAVE_EMPTY if text.casefold() in _UNKNOWN_WORDS else otherwise


def _amount(cell: Any, expected: str = _("金额（元）")) -> int | float | Decimal | None:
    if isinstance(cell, float):
        # A sum such as 0.1 + 0.2 carries noise behind the 15 digits that a spreadsheet shows.
        return int(cell) if cell.is_integer() else float(f"{cell:.15g}")
    if isinstance(cell, str):
        return _number(
            cell, expected, _("写成以元为单位的数，如 15000") if "万" in cell else _("只写数字，不写单位和说明")
        )
    if isinstance(cell, bool) or not isinstance(cell, int):
        raise Wrong(told(cell), expected, _AS_DATE if isinstance(cell, date | time | timedelta) else "")
    return cell


def _number(cell: str, expected: str, hint: str) -> Decimal | None:
    text = _plain(cell)
    if not text:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise Wrong(told(text), expected, _hint(text, hint))
    return Decimal(found[1].replace(",", ""))


def _integer(cell: Any) -> int | None:
    if isinstance(cell, str):
        number = _number(cell, _("整数"), _("只写阿拉伯数字，不写单位和说明"))
        if number is None:
            return None
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        number = Decimal(str(cell))
    else:
        raise Wrong(told(cell), _("整数"), _AS_DATE if isinstance(cell, date | time | timedelta) else "")
    if not number.is_finite() or number != number.to_integral_value():
        raise Wrong(told(cell), _("整数"))
    return int(number)


def _choice_of(values: Mapping[str, Any], labels: tuple[str, ...]) -> Reader:
    """Return the reader of a cell that holds one of these words."""
    known = dict(values)  # grows by the spellings met, so that each is worked out once

    def read(cell: Any) -> Any:
        written = cell if isinstance(cell, str) else _as_text(cell)
        if written in known:
            return known[written]
        text = _plain(written).casefold()
        if not text:
            return None
        if text not in known:
            raise _no_choice(cell, text, labels)
        known[written] = known[text]
        return known[text]

    return read


def _no_choice(cell: object, text: str, labels: tuple[str, ...]) -> Wrong:
    close = nearest(text, labels)
    return Wrong(
        told(cell),
        _("其中之一：{list}", list=joined("、", labels)),
        _hint(text, _("最接近的是“{close}”", close=close) if close else _("从下拉列表中选择")),
    )


def _as_text(cell: object) -> str:
    """Return a number or truth value as the word it stands for; of other cells something that is no choice."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _MOST_EXACT:
        return str(int(cell))
    return str(cell)


def _day(cell: Any) -> date | None:
    if type(cell) is date:
        return cell
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise Wrong(told(cell), _DAY_EXPECTED, _("去掉时刻，只留日期"))
        return cell.date()
    if isinstance(cell, str):
        return _day_in(cell)
    text = _as_text(cell)
    if _EIGHT_DIGITS.fullmatch(text):
        return _day_in(text)
    serial = isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _SERIAL_DAYS
    raise Wrong(
        told(cell), _DAY_EXPECTED, _("像是日期，但单元格格式是数值；把格式改成日期，核对后再导入") if serial else ""
    )


def _day_in(cell: str) -> date | None:
    text = _plain(cell)
    if not text:
        return None
    text = _MIDNIGHT.sub("", text)
    found = _DAY.fullmatch("".join(text.split())) or _EIGHT_DIGITS.fullmatch(text)
    if found is None:
        hint = _("写明年、月、日，年份用四位数字") if any(c.isdigit() for c in text) else ""
        raise Wrong(told(cell), _DAY_EXPECTED, _hint(text, hint))
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong(told(cell), _DAY_EXPECTED, _("日历上没有这一天")) from None


def _digits(cell: Any, lengths: tuple[int, ...]) -> str | None:
    text = _plain(cell) if isinstance(cell, str) else _as_text(cell)
    if text and not (text.isascii() and text.isdigit()):
        hint = _("把单元格格式改成文本，重新填写代码") if _SCIENTIFIC.fullmatch(text) else _("只写数字")
        raise Wrong(told(cell), _("{list} 位数字", list=joined("、", map(str, lengths))), _hint(text, hint))
    return text or None


def _id_number(cell: Any) -> str | None:
    if not isinstance(cell, str):
        number = isinstance(cell, int | float) and not isinstance(cell, bool)
        found = _("数字，后几位已被表格软件丢掉") if number else _("不是号码")
        raise Wrong(found, _ID_EXPECTED, _("把这一列的单元格格式改成文本，再重新填写号码"))
    text = "".join(_plain(cell).split())
    if _SCIENTIFIC.fullmatch(text):
        raise Wrong(_("科学记数法，后几位已丢失"), _ID_EXPECTED, _("把这一列的单元格格式改成文本，再重新填写号码"))
    if text.casefold() in {*_UNKNOWN_WORDS, "无"}:
        raise Wrong(_("不是号码"), _ID_EXPECTED, _("没有或不知道号码的请留空"))
    return text or None


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        escaped = restored(cell)
        return escaped if escaped is not None else trimmed(cell) or None
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < _MOST_EXACT:
        return _as_text(cell)
    raise Wrong(_("不是文本"), _("文本"), _("把单元格格式改成文本"))


def _key(cell: Any) -> str | None:
    if isinstance(cell, str):
        escaped = restored(cell)
        return _checked_key(narrow(cell) if escaped is None else escaped)
    whole = isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1
    if whole and abs(cell) < _MOST_EXACT:
        return _as_text(cell)
    found = _("位数太多的数字，后几位已被表格软件丢掉") if whole else told(cell)
    raise Wrong(found, _("文本"), _("把这一列的单元格格式改成文本，再重新填写编号"))


def _checked_key(text: str) -> str | None:
    """Return the number of a household as the registry can keep it; None for blanks."""
    if not text or (len(text) <= _SHORT_KEY and text.isascii() and text.replace("-", "").isalnum()):
        return text or None
    try:
        return _usable(text)
    except InputError:
        return text  # an ID number still says which rows belong together; ``Joined`` refuses the household alone
    except RegistryError as error:
        raise Wrong(str(error).split("；")[0], _("能用作户编号的文字，如 001")) from None
