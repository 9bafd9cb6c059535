"""Masked forms of what identifies a person, for lists, logs and messages, and for pages until somebody asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from bangfu.files import id_numbers_in

if TYPE_CHECKING:
    from bangfu.facts import Fact

_FIRST, _LAST = 4, 4
_MASK = "*"
_MASKED = re.compile(r".?\*+|.{4}\*+.{4}", re.DOTALL)


def masked_id(number: str) -> str:
    """Return an ID number with its first and last four characters only: ``5227**********1234``."""
    if len(number) <= _FIRST + _LAST:
        return _MASK * len(number)
    return f"{number[:_FIRST]}{_MASK * (len(number) - _FIRST - _LAST)}{number[-_LAST:]}"


def masked_name(name: str) -> str:
    """Return a name with its first character only: ``张*``."""
    return name[:1] + _MASK * (len(name) - 1) if len(name) > 1 else _MASK * len(name)


def is_masked(value: Any) -> bool:
    """Return whether a value is the masked form of a name or an ID number."""
    return isinstance(value, str) and _MASK in value and _MASKED.fullmatch(value) is not None


def masked_value(fact: Fact, value: Any) -> Any:
    """Return the value of a fact, masked where the fact is personal; None stays None."""
    if not fact.personal or value is None:
        return value
    return masked_id(str(value)) if getattr(fact.type, "id_number", False) else masked_name(str(value))


def masked_text(text: str, names: Iterable[str] = ()) -> str:
    """Return what somebody wrote freely, with these names and whatever looks like an ID number masked.

    Names are found whatever spaces or capitals they are written with; of two that begin alike, the longer one.
    """
    known = sorted({"".join(name.split()) for name in names} - {""}, key=len, reverse=True)
    if known:
        pattern = "|".join(r"\s*".join(map(re.escape, name)) for name in known)
        text = re.sub(pattern, lambda found: masked_name("".join(found[0].split())), text, flags=re.IGNORECASE)
    for start, end in reversed(list(_together(id_numbers_in(text)))):
        text = text[:start] + masked_id(text[start:end]) + text[end:]
    return text


def _together(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans in order, those that overlap as one."""
    start, end = 0, 0
    for first, last in sorted(spans):
        if first >= end:
            if end:
                yield start, end
            start = first
        end = max(end, last)
    if end:
        yield start, end
