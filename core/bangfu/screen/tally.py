"""What the results of a part come to (一批的汇总): counted where they are made, so that nobody reads them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Self

import polars as pl
from attrs import frozen

from bangfu.facts.declare import ZERO
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.screen.partition import Screened

_OPEN = ""
"""How a note writes the category of a household of which it is not known."""


@frozen
class Tally:
    """Households by category, members, supports by status, yuan by the year and once, households that were rejected."""

    categories: Mapping[str | None, int]
    members: int
    statuses: Mapping[str, int]
    year: Decimal
    once: Decimal
    rejected: int

    @classmethod
    def of(cls, screened: Screened) -> Self:
        """Return what some results come to."""
        of_household = pl.col(MEMBER_KEY).is_null()
        households = screened.assessments.lazy().filter(of_household)
        by_category = households.group_by("category").agg(pl.len(), pl.col("year", "once").sum()).collect()
        return cls(
            {category: number for category, number, *_ in by_category.iter_rows()},
            screened.assessments.height - int(by_category["len"].sum()),
            dict(screened.supports.group_by("status").len().iter_rows()),
            sum(by_category["year"], ZERO),
            sum(by_category["once"], ZERO),
            screened.rejects[HOUSEHOLD_KEY].n_unique(),
        )

    @classmethod
    def sum(cls, tallies: Iterable[Tally]) -> Self:
        """Return what several come to together; each household is in one of them."""
        listed = list(tallies)
        categories: Counter[str | None] = Counter()
        statuses: Counter[str] = Counter()
        for tally in listed:
            categories.update(tally.categories)
            statuses.update(tally.statuses)
        return cls(
            categories,
            sum(tally.members for tally in listed),
            statuses,
            sum((tally.year for tally in listed), ZERO),
            sum((tally.once for tally in listed), ZERO),
            sum(tally.rejected for tally in listed),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "categories": {_OPEN if category is None else category: n for category, n in self.categories.items()},
            "members": self.members,
            "statuses": dict(self.statuses),
            "year": str(self.year),
            "once": str(self.once),
            "rejected": self.rejected,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what ``as_json`` told."""
        return cls(
            {None if category == _OPEN else category: n for category, n in data["categories"].items()},
            data["members"],
            data["statuses"],
            Decimal(data["year"]),
            Decimal(data["once"]),
            data["rejected"],
        )
