"""What one key of a request may hold, declared once beside its type: how it is read, and how it is described.

The types of keys are those of facts, read by the same function as a household file's values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar.params import ParameterKwarg, QueryParameter

from bangfu.facts import FactType
from bangfu.files import shape_of


class HouseholdBody(dict[str, Any]):
    """A household's data, as a household file holds them; whoever works with them checks them."""


class Member(dict[str, Any]):
    """A member's facts, as a household file holds them; whoever works with them checks them."""


@dataclass(frozen=True)
class Key(QueryParameter):
    """A key of a body or a query; ``kind`` is the type of its value, None for tables, lists and values of facts."""

    kind: FactType | None = None

    __hash__ = ParameterKwarg.__hash__


def key(kind: FactType | None, text: str, **shape: Any) -> Key:
    """Return the declaration of a key: its type, what it is for, what its description has beside."""
    return Key(kind=kind, description=text, schema_extra={**(shape_of(kind) if kind else {}), **shape})
