"""Texts in cells: made harmless on the way out, as they were on the way back."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

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
