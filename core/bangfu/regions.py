"""Division codes (行政区划代码): what one covers. Zeros at the end of a code stand for *all of it* (GB/T 2260).

520000 is a province, 522700 a prefecture, 522723 a county, 522723102 a township, 522723102201 a village; 000000 is the
nation. Offices write a prefecture as 522700 and as 5227; both cover the same.
"""

from __future__ import annotations

import re

_COUNTY, _TOWNSHIP = 6, 9
"""Digits of a county's code and of a township's."""


def prefix_of(region: str) -> str:
    """Return the digits that the codes of everything in a division begin with; empty for the nation."""
    for length in (_TOWNSHIP, _COUNTY):
        if len(region) > length and set(region[length:]) == {"0"}:
            region = region[:length]
    if len(region) == _COUNTY:
        region = re.sub(r"(00){1,3}$", "", region)
    return region


def lies_in(region: str, wider: str) -> bool:
    """Return whether a division is another one or lies in it; everything lies in ``""``."""
    return prefix_of(region).startswith(prefix_of(wider))
