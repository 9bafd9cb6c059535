"""A household (户) as a value: what was stated of it and of its members, nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from bangfu.facts import CORE_FACTS, Catalog


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

    def with_(
        self, changes: Mapping[str, Any] | None = None, /, *, catalog: Catalog = CORE_FACTS, **facts: Any
    ) -> Household:
        """Return the household with some facts changed, checked as a file is; None makes a fact unknown.

        Args:
            changes: values by path, as a household file writes them: ``residence``, ``members[0].birth_date``,
                ``members[1].incomes[0].amount``, a whole member (``members[2]``: None removes, the next place adds).
            catalog: the declared facts, with those of plugins.
            facts: facts of the household by name.

        Raises:
            InputError: the household cannot be like that; holds every problem, by path.
        """
        from bangfu.files.changing import changed  # noqa: PLC0415 - files are read into households

        return changed(self, {**(changes or {}), **facts}, catalog)

    @property
    def region(self) -> str:
        """The region code whose leading digits decide the policy."""
        return str(self.facts["region"])
