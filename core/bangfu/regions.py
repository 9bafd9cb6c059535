"""Division codes (行政区划代码): what one covers. Zeros at the end of a code stand for *all of it* (GB/T 2260).

520000 is a province, 522700 a prefecture, 522723 a county, 522723102 a township, 522723102201 a village; 000000 is the
nation. Offices write a prefecture as 522700 and as 5227; both cover the same. A beginning that ends within a level is
taken as it stands: 5227231 is the towns from 100 on, 5227230 the streets below.
"""

from __future__ import annotations

NATION = "000000"
_BEGINS = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}
"""Where the last level of a code begins, by how many digits it has: province, prefecture, county, township, village."""
_FULL = (6, 9, 12)
"""Digits of a household's code."""


def prefix_of(region: str) -> str:
    """Return the digits that the codes of everything in a division begin with; empty for the nation."""
    while (begins := _BEGINS.get(len(region))) is not None and set(region[begins:]) == {"0"}:
        region = region[:begins]
    return region


def lies_in(region: str, wider: str) -> bool:
    """Return whether a division is another one or lies in it; everything lies in ``""``."""
    return prefix_of(region).startswith(prefix_of(wider))


def wider_alike(region: str) -> tuple[str, ...]:
    """Return the full codes that begin as those in a division do and stand for more than it.

    There are some only for a beginning that ends in zeros within a level: 522700 is no part of 52270.
    """
    codes = dict.fromkeys(prefix_of(region).ljust(digits, "0") for digits in _FULL)
    return tuple(code for code in codes if not lies_in(code, region))
