"""What people wrote is not translated: names, notes and values stay as they are, whatever label they look like.

What pages say is put together from labels and data (``1 石大山``, ``石大山、韦春梅（否）``), and somebody may be called
``户主``. Data is therefore put between two marks before it is put together with anything else. ``said`` leaves alone
what stands between them, and ``page`` takes the marks out when a page is done. They are noncharacters, which Unicode
keeps for uses like this: no name or note has them.
"""

from __future__ import annotations

import re
from typing import Any

from bangfu.facts import Choice, Fact, Items, Money, Quantity
from bangfu.show import Words, member_named, shown_value
from bangfu_office.registry import OWN_RECHECKS

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_OWN = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_FIRST = 0xF0000
"""Stands for the first text that is set aside; a character that nothing is written with."""


def verbatim(text: str) -> str:
    """Return what somebody wrote, marked so that it is not translated."""
    return f"{_OPEN}{unmarked(text)}{_CLOSE}" if text else text


def unmarked(text: str) -> str:
    """Return a text without any marks."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def set_aside(text: str) -> tuple[str, list[str]]:
    """Return a text with one character for each part that is marked, and those parts."""
    own = _OWN.findall(text) if _OPEN in text else []
    places = iter(range(_FIRST, _FIRST + len(own)))
    return _OWN.sub(lambda _: f"{_OPEN}{chr(next(places))}{_CLOSE}", text) if own else text, own


def put_back(text: str, own: list[str]) -> str:
    """Return a text with the parts that were set aside, which stay marked."""
    return _OWN.sub(lambda found: verbatim(own[ord(found[1]) - _FIRST]), text) if own else text


def named(place: int, name: object) -> str:
    """Return how pages name a member: by place and name."""
    return member_named(place, verbatim(str(name or "")))


class PageWords(Words):
    """The words of a plan for pages that can be translated."""

    def name(self, member: int) -> str:
        """Return a member's name."""
        return verbatim(super().name(member))


def shown(fact: Fact | None, raw: Any) -> str:
    """Return a fact's value in words; one that has none but those somebody wrote is marked."""
    text = shown_value(fact, raw)
    in_words = not isinstance(raw, str) or (fact and isinstance(fact.type, Choice | Money | Quantity | Items))
    return text if in_words else verbatim(text)


def recheck_reason(reason: str) -> str:
    """Return why a household is due for a recheck: in our words, or in those of whoever asked for it."""
    return reason if reason in OWN_RECHECKS else verbatim(reason)
