"""One cell against the type of its column: the value as a household file writes it, or what is wrong with it.

Tolerant where the meaning is certain (a date as text, full-width digits, a thousands separator), and
never guessing: a number that lost digits or a day without a year is refused. Limits, ID numbers and
everything that takes more than one cell are checked afterwards by ``household_from``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any

from bangfu.errors import InputError
from bangfu.facts import Choice, Day, Digits, Integer, Money, Quantity, Text, YesNo, nearest
from bangfu.files import Wrong, describe, shown
from bangfu.messages import _, joined
from bangfu_office.registry.serialization import UnfitTextError
from bangfu_office.registry.work import usable_number
from bangfu_office.sheets.layout import Column

_ESCAPE = "'"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "#", _ESCAPE)
"""What a spreadsheet program may take for the beginning of a formula, or for an error; and the escape itself."""

_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Characters of no width, which come along when text is copied from web pages."""


def trimmed(text: str) -> str:
    """Return the text without blanks and invisible characters at its ends."""
    end = text.strip()
    return end.strip(_INVISIBLE).strip() if end and (end[0] in _INVISIBLE or end[-1] in _INVISIBLE) else end


def narrow(text: str) -> str:
    """Return the text trimmed and with full-width letters, digits and marks as plain ones."""
    return trimmed(text if text.isascii() else unicodedata.normalize("NFKC", text))


def harmless(text: str, read: Callable[[str], str] = trimmed) -> str:
    """Return a text that no spreadsheet program takes for a formula, and that ``restored`` turns back exactly.

    A text that ``read``, as which its column is read, would change is escaped as well.
    """
    return _ESCAPE + text if not text or text.startswith(_RISKY) or read(text) != text else text


def restored(text: str) -> str | None:
    """Return the text behind an escaped one; None for one that is not escaped."""
    return text[1:] if text.startswith(_ESCAPE) else None


Reader = Callable[[Any], Any]
"""From a cell that is not empty to its value; None for blanks only. Raises ``Wrong``."""

_YES = ("是", "有", "true", "1", "yes", "y")
_NO = ("否", "无", "false", "0", "no", "n", "不是", "没有")
_UNKNOWN_WORDS = {
    "不详", "未知", "不清楚", "不知道", "待定", "待查", "-", "--", "—", "——", "/", "\\", "?", "n/a", "null",
}  # fmt: skip
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
_WHOLE, _YUAN = _("整数"), _("金额（元）")
_DIGITS_ALONE, _NUMBER_ALONE = _("只写阿拉伯数字，不写单位和说明"), _("只写数字，不写单位和说明")
_DAY_EXPECTED = _("日期，如 2020-09-01")
_ID_EXPECTED = _("18 位公民身份号码（末位为校验码）")


def reader_of(column: Column) -> Reader:
    """Return the function that reads the cells of a column."""
    match column.type:
        case Money():
            return _amount
        case Quantity(unit):
            expected = _("数（{unit}）", unit=unit)
            return lambda cell: _amount(cell, expected)
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


def _plain(cell: Any) -> str:
    """Return a cell that holds no free text as text: a number or truth value as the word it stands for."""
    if isinstance(cell, str):
        escaped = restored(cell)
        return narrow(cell if escaped is None else escaped)
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < _MOST_EXACT else str(cell)


def _refused(cell: Any, expected: str, hint: str = "") -> Wrong:
    """Return what is wrong with a cell, with a hint; of a word for not knowing, that the cell be left empty."""
    if isinstance(cell, str) and _plain(cell).casefold() in _UNKNOWN_WORDS:
        hint = _LEAVE_EMPTY
    return Wrong(told(cell), expected, hint)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _number(cell: Any, expected: str, hint: str) -> int | float | Decimal | None:
    if isinstance(cell, float) or _is_number(cell):
        # A sum such as 0.1 + 0.2 carries noise behind the 15 digits that a spreadsheet shows.
        return int(cell) if cell % 1 == 0 else float(f"{cell:.15g}")
    if not isinstance(cell, str):
        raise Wrong(told(cell), expected, _AS_DATE if isinstance(cell, date | time | timedelta) else "")
    text = _plain(cell)
    found = _NUMBER.fullmatch(text)
    if text and found is None:
        raise _refused(cell, expected, hint)
    return Decimal(found[1].replace(",", "")) if found else None


def _amount(cell: Any, expected: str = _YUAN) -> int | float | Decimal | None:
    large = isinstance(cell, str) and "万" in cell
    return _number(cell, expected, _("写成以元为单位的数，如 15000") if large else _NUMBER_ALONE)


def _integer(cell: Any) -> int | None:
    number = _number(cell, _WHOLE, _DIGITS_ALONE)
    if number is None or isinstance(number, int):
        return number
    if not (isfinite(number) and number == int(number)):
        raise Wrong(told(cell), _WHOLE)
    return int(number)


def _choice_of(values: Mapping[str, Any], labels: tuple[str, ...]) -> Reader:
    """Return the reader of a cell that holds one of these words."""
    known = dict(values)  # grows by the spellings met, so that each is worked out once

    def read(cell: Any) -> Any:
        if isinstance(cell, str) and cell in known:
            return known[cell]
        text = _plain(cell).casefold()
        if not text:
            return None
        if text not in known:
            close = nearest(text, labels)
            hint = _("最接近的是“{close}”", close=close) if close else _("从下拉列表中选择")
            raise _refused(cell, _("其中之一：{list}", list=joined("、", labels)), hint)
        if isinstance(cell, str):
            known[cell] = known[text]
        return known[text]

    return read


def _day(cell: Any) -> date | None:
    if type(cell) is date:
        return cell
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise Wrong(told(cell), _DAY_EXPECTED, _("去掉时刻，只留日期"))
        return cell.date()
    text = _MIDNIGHT.sub("", _plain(cell))
    if not text:
        return None
    found = _EIGHT_DIGITS.fullmatch(text) or _DAY.fullmatch("".join(text.split()))
    if found is None:
        raise _refused(cell, _DAY_EXPECTED, _hint_on_day(cell))
    try:
        return date(*(int(part) for part in found.groups() if part is not None))
    except ValueError:
        raise Wrong(told(cell), _DAY_EXPECTED, _("日历上没有这一天")) from None


def _hint_on_day(cell: Any) -> str:
    if isinstance(cell, str):
        return _("写明年、月、日，年份用四位数字") if any(c.isdigit() for c in cell) else ""
    serial = _is_number(cell) and isfinite(cell) and int(cell) in _SERIAL_DAYS
    return _("像是日期，但单元格格式是数值；把格式改成日期，核对后再导入") if serial else ""


def _digits(cell: Any, lengths: tuple[int, ...]) -> str | None:
    text = _plain(cell)
    if text and not (text.isascii() and text.isdigit()):
        hint = _("把单元格格式改成文本，重新填写代码") if _SCIENTIFIC.fullmatch(text) else _("只写数字")
        raise _refused(cell, _("{list} 位数字", list=joined("、", map(str, lengths))), hint)
    return text or None


def _id_number(cell: Any) -> str | None:
    text, found = "".join(_plain(cell).split()), ""
    if not isinstance(cell, str):
        found = _("数字，后几位已被表格软件丢掉") if _is_number(cell) else _("不是号码")
    elif _SCIENTIFIC.fullmatch(text):
        found = _("科学记数法，后几位已丢失")
    if found:
        raise Wrong(found, _ID_EXPECTED, _("把这一列的单元格格式改成文本，再重新填写号码"))
    if text == "无" or text.casefold() in _UNKNOWN_WORDS:
        raise Wrong(_("不是号码"), _ID_EXPECTED, _("没有或不知道号码的请留空"))
    return text or None


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        escaped = restored(cell)
        return escaped if escaped is not None else trimmed(cell) or None
    if _is_number(cell) and abs(cell) < _MOST_EXACT:
        return _plain(cell)
    raise Wrong(_("不是文本"), _("文本"), _("把单元格格式改成文本"))


@lru_cache(1024, typed=True)
def _key(cell: Any) -> str | None:
    """Return the number of a household; it stands in many rows, mostly one below the other."""
    if isinstance(cell, str):
        escaped = restored(cell)
        return _checked_key(narrow(cell) if escaped is None else escaped)
    whole = _is_number(cell) and cell == cell // 1
    if whole and abs(cell) < _MOST_EXACT:
        return _plain(cell)
    found = _("位数太多的数字，后几位已被表格软件丢掉") if whole else told(cell)
    raise Wrong(found, _("文本"), _("把这一列的单元格格式改成文本，再重新填写编号"))


def _checked_key(text: str) -> str | None:
    """Return the number of a household as the registry can keep it; None for blanks."""
    if not text or (len(text) <= _SHORT_KEY and text.isascii() and text.replace("-", "").isalnum()):
        return text or None
    try:
        return usable_number(text)
    except InputError:
        return text  # an ID number still says which rows belong together; ``Joined`` refuses the household alone
    except UnfitTextError as error:
        raise Wrong(error.found, _("能用作户编号的文字，如 001")) from None
