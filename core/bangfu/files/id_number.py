"""Resident ID numbers (公民身份号码, GB 11643): checked and read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from operator import mul

from attrs import frozen

from bangfu.messages import _

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_LENGTH = 18
_NUMBERS = re.compile(r"(?=(\d{17}[\dX]))")
_OLD_NUMBERS = re.compile(r"(?<!\d)((?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)\d{13})(?!\d)")
_ALONE = re.compile(r"(?<!\d)(\d{17}[\dX])(?!\d)")
_APART = re.compile(r"(?=(?<!\d)(\d(?:[ -]?\d){16}[ -]?[\dX])(?!\d))")
_EARLIEST = 1880
"""Nobody who was born before this year is registered; other numbers of 18 digits have some year in that place."""


@frozen
class Identity:
    """What an ID number says of its holder."""

    birth_date: date
    sex: str


def check_character(digits: str) -> str:
    """Return the last character that belongs to the first 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(map(mul, map(int, digits), _WEIGHTS)) % 11]


def read_id_number(number: str) -> Identity:
    """Return the birth date and sex in an ID number.

    The county code is not looked up: divisions come and go, and a number outlives them.

    Raises:
        ValueError: wrong length, character, date or check character; the message says which and
            holds no digit of the number.
    """
    if len(number) != _LENGTH:
        raise ValueError(_("{n} 个字符", n=len(number)))
    if not (number[:17].isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        raise ValueError(_("含有数字以外的字符"))
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError(_("其中的出生日期不存在")) from None
    if check_character(number[:17]) != number[17]:
        raise ValueError(_("校验码不符"))
    return Identity(born, "male" if int(number[16]) % 2 else "female")


def holds_id_number(text: str) -> bool:
    """Return whether a text has an ID number in it: of 18 characters, or one of 15 digits as given until 1999.

    With a small x, in full-width digits, or with anything before and behind it. One of 15 digits has no check
    character; it must stand alone among the digits, begin with a province and hold a day.
    """
    return next(_found(text, _RIGHT), None) is not None


def id_numbers_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where in a text ID numbers stand, and what could be one to a reader: beginning and end, in no order.

    Beside those of ``holds_id_number``: 18 characters that stand alone, though the last is wrong, as where somebody
    mistyped one; and numbers written in groups, with spaces or hyphens between them.
    """
    return _found(text, (*_RIGHT, (_ALONE, bool), (_APART, _is_number)))


def _found(text: str, looks: Iterable[tuple[re.Pattern[str], Callable[[str], bool]]]) -> Iterator[tuple[int, int]]:
    plain, places = _plain(text)
    for pattern, right in looks:
        for found in pattern.finditer(plain):
            if right(found[1].replace(" ", "").replace("-", "")):
                yield places[found.start(1)], places[found.end(1) - 1] + 1


def _plain(text: str) -> tuple[str, range | list[int]]:
    """Return a text in plain capitals and digits, and for each of its characters where that stands in the text."""
    if text.isascii():
        return text.upper(), range(len(text))
    parts = [unicodedata.normalize("NFKC", character).upper() for character in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]


def _is_number(number: str) -> bool:
    try:
        return read_id_number(number).birth_date.year >= _EARLIEST
    except ValueError:
        return False


def _is_old(number: str) -> bool:
    # Of the last digit nothing can be told; who has such a number was born in the twentieth century.
    digits = f"{number[:6]}19{number[6:]}"
    return _is_number(digits + check_character(digits))


_RIGHT = ((_NUMBERS, _is_number), (_OLD_NUMBERS, _is_old))
