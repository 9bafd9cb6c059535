"""Resident ID numbers (公民身份号码, GB 11643): checked and read."""

from __future__ import annotations

from datetime import date

from attrs import frozen

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_LENGTH = 18


@frozen
class Identity:
    """What an ID number says of its holder."""

    birth_date: date
    sex: str


def check_character(digits: str) -> str:
    """Return the last character that belongs to the first 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def read_id_number(number: str) -> Identity:
    """Return the birth date and sex in an ID number.

    The county code is not looked up: divisions come and go, and a number outlives them.

    Raises:
        ValueError: wrong length, character, date or check character; the message says which and
            holds no digit of the number.
    """
    if len(number) != _LENGTH:
        raise ValueError(f"{len(number)} 个字符")
    if not (number[:17].isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        raise ValueError("含有数字以外的字符")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError("其中的出生日期不存在") from None
    if check_character(number[:17]) != number[17]:
        raise ValueError("校验码不符")
    return Identity(born, "male" if int(number[16]) % 2 else "female")
