"""What a run comes to (筛查汇总): households by category, supports, yuan a year, rejects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import polars as pl
from attrs import field, frozen

from bangfu.classification import HOUSEHOLD_ORDER
from bangfu.errors import PluginError
from bangfu.facts.declare import ZERO
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan import Status
from bangfu.screen.part import Orders, Part

_OPEN = Status.UNDETERMINED.value


@frozen
class Summary:
    """The counts of a run.

    ``categories``: households by category, in the categories' order, None for those not known yet;
    ``supports``: by status; ``year`` and ``once``: yuan of what is due, by the year and paid once;
    ``rejected``: households left out, all those without a readable key as one; ``left_out``: plugins that could not
    be used, with the reason; ``names``: what the codes of benefits and programmes stand for; ``notices``: what is
    to be said of the input.
    """

    households: int
    members: int
    categories: Mapping[str | None, int]
    supports: Mapping[str, int]
    year: Decimal
    once: Decimal
    rejected: int
    left_out: tuple[PluginError, ...] = ()
    names: Mapping[str, str] = field(factory=dict, repr=False)
    notices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the counts as data that ``json.dumps`` takes."""
        return {
            "households": self.households,
            "members": self.members,
            "categories": {category or _OPEN: number for category, number in self.categories.items()},
            "supports": dict(self.supports),
            "year": str(self.year),
            "once": str(self.once),
            "rejected": self.rejected,
            "left_out": [[error.plugin, error.reason] for error in self.left_out],
            "names": dict(self.names),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the summary that ``as_json`` told."""
        return cls(
            data["households"],
            data["members"],
            {None if category == _OPEN else category: number for category, number in data["categories"].items()},
            data["supports"],
            Decimal(data["year"]),
            Decimal(data["once"]),
            data["rejected"],
            tuple(PluginError(*error) for error in data["left_out"]),
            data["names"],
        )


def summary_of(out: Path, parts: Iterable[Part], orders: Orders) -> Summary:
    """Return the summary of a run whose results lie in a folder; reads them in a stream."""
    assessments = pl.scan_parquet(out / "assessments.parquet")
    of_household = pl.col(MEMBER_KEY).is_null()
    by_category = assessments.filter(of_household).group_by("category").agg(pl.len(), pl.col("year", "once").sum())
    members = assessments.filter(~of_household).select(pl.len())
    by_status = pl.scan_parquet(out / "supports.parquet").group_by("status").len()
    rejected = pl.scan_parquet(out / "rejects.parquet").select(pl.col(HOUSEHOLD_KEY).n_unique())
    found, people, supports, rejects = pl.collect_all([by_category, members, by_status, rejected], engine="streaming")
    households = {category: number for category, number, *_ in found.iter_rows()}
    statuses = dict(supports.iter_rows())
    notes = [json.loads(orders.note(part.place).read_text(encoding="utf-8")) for part in parts]
    left_out = {(plugin, reason) for note in notes for plugin, reason in note["left_out"]}
    order: Sequence[str | None] = [*HOUSEHOLD_ORDER, None]
    return Summary(
        sum(households.values()),
        people.item(),
        {category: households[category] for category in order if category in households},
        {status.value: statuses[status] for status in Status if status in statuses},
        sum(found["year"], ZERO),
        sum(found["once"], ZERO),
        rejects.item(),
        tuple(PluginError(plugin, reason) for plugin, reason in sorted(left_out)),
        {code: name for note in notes for code, name in note["names"].items()},
    )
