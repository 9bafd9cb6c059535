"""A household (户) as a value: what was stated of it and of its members, nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen


@frozen
class Household:
    """One household's stated facts on the day it is assessed for.

    ``facts`` and each of ``members`` hold only what was stated; a fact that is not there is
    unknown. Amounts are ``Decimal`` yuan, days ``date``, list facts tuples of mappings. Names and
    ID numbers are kept out of ``repr``.
    """

    on: date
    facts: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]

    def __repr__(self) -> str:
        return f"Household(on={self.on}, region={self.facts.get('region')}, members={len(self.members)})"

    @property
    def region(self) -> str:
        """The region code whose leading digits decide the policy."""
        return str(self.facts["region"])
