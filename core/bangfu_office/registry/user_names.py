"""Names of users, as they look: two that nobody can tell apart are one name.

Names differ by more than case, width, accents, blanks, invisible characters, or characters that look alike. Of these
there is a small table: Cyrillic and Greek letters, digits and characters of Chinese that are mistaken for others.
Unicode's own is a hundred times longer, and its packages lag years behind it; a name is typed by an administrator who
knows the person, not by a stranger who registers.
"""

from __future__ import annotations

import unicodedata

_ALIKE = {
    "a": "аα", "b": "вьβ", "c": "сϲ", "d": "ԁ", "e": "еєε", "h": "нһ", "k": "кκ", "l": "1i|ӏіıι!", "m": "м",
    "n": "пη", "o": "0оο〇○", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ", "t": "тτ", "u": "υ", "v": "ѵν", "w": "ԝω",
    "x": "хχ×", "y": "уγү", "z": "ζ", "j": "ј", "-": "‐‑‒–—―−ー一_", "己": "已巳", "未": "末", "日": "曰",
    "土": "士", "戊": "戌戍", "口": "囗", "人": "入", "夭": "天", "千": "干于",
}  # fmt: skip
"""Characters that look like another one, small and without accents."""

_SHOWN_AS = str.maketrans({other: one for one, others in _ALIKE.items() for other in others})
_PAIRS = (("rn", "m"), ("vv", "w"))
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\u17b4\u17b5")
"""Characters that count as letters or signs and show nothing."""
_NOT_SEEN = {"Mn", "Me", "Cf", "Cc", "Zs", "Zl", "Zp"}


def skeleton(name: str) -> str:
    """Return what a name looks like; equal for names that are easily taken for one another."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(c for c in plain if c not in _UNSEEN and unicodedata.category(c) not in _NOT_SEEN)
    shown = seen.translate(_SHOWN_AS)
    for pair, one in _PAIRS:
        shown = shown.replace(pair, one)
    return shown
