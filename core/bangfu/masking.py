"""Masked forms of what identifies a person, for lists, logs and messages."""

from __future__ import annotations

_FIRST, _LAST = 4, 4


def masked_id(number: str) -> str:
    """Return an ID number with its first and last four characters only: ``5227**********1234``."""
    if len(number) <= _FIRST + _LAST:
        return "*" * len(number)
    return f"{number[:_FIRST]}{'*' * (len(number) - _FIRST - _LAST)}{number[-_LAST:]}"


def masked_name(name: str) -> str:
    """Return a name with its first character only: ``张*``."""
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)
