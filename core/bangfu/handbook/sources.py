"""Clauses as they are cited: article numbers in Chinese, and what the short codes stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from bangfu.handbook.model import Document, Handbook
from bangfu.policy.sources import source_titles

_CODE = re.compile(r"(?<![0-9A-Za-z])([NS][0-9]{1,2})(?![0-9A-Za-z])")
_ARTICLE = re.compile(r"art\. ?([0-9]+(?:[–-][0-9]+)?)")


def in_words(source: str) -> str:
    """Return a clause with its article numbers in Chinese: ``N2 art. 8`` is ``N2 第8条``."""
    return _ARTICLE.sub(r"第\1条", source).replace("; ", "；")


def split(source: str) -> Iterable[tuple[str, bool]]:
    """Yield the pieces of a clause, each with whether it is the code of a known text."""
    for piece in _CODE.split(in_words(source)):
        if piece:
            yield piece, piece in source_titles()


def cited(handbook: Handbook) -> tuple[Document, ...]:
    """Return the known texts that a handbook cites, in the order of their codes."""
    codes = {piece for source in _clauses(handbook) for piece, known in split(source) if known}
    return tuple(Document(code, title) for code, title in source_titles().items() if code in codes)


def _clauses(value: Any) -> Iterator[str]:
    """Yield every ``source`` in a value and whatever it holds."""
    if isinstance(value, tuple):
        for part in value:
            yield from _clauses(part)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            part = getattr(value, field.name)
            if field.name == "source":
                yield part
            else:
                yield from _clauses(part)
