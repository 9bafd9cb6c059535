"""The texts that a handbook cites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from bangfu.handbook.model import Document, Handbook
from bangfu.policy.sources import Code, clause_pieces, source_titles


def cited(handbook: Handbook) -> tuple[Document, ...]:
    """Return the known texts that a handbook cites, in the order of their codes."""
    codes = {piece for source in _clauses(handbook) for piece in clause_pieces(source) if isinstance(piece, Code)}
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
