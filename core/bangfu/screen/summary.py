"""What a run comes to (筛查汇总): households by category, supports, yuan a year, rejects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

from attrs import field, frozen

from bangfu.classification import HOUSEHOLD_ORDER
from bangfu.errors import PluginError
from bangfu.plan import Status
from bangfu.screen.part import Orders, RunPart
from bangfu.screen.tally import Tally

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


def summary_of(parts: Iterable[RunPart], orders: Orders) -> Summary:
    """Return the summary of a run from the notes of its parts."""
    notes = [json.loads(orders.note(part.place).read_text(encoding="utf-8")) for part in parts]
    tally = Tally.sum(Tally.from_json(note["tally"]) for note in notes)
    left_out = {(plugin, reason) for note in notes for plugin, reason in note["left_out"]}
    order: Sequence[str | None] = [*HOUSEHOLD_ORDER, None]
    return Summary(
        sum(tally.categories.values()),
        tally.members,
        {category: tally.categories[category] for category in order if category in tally.categories},
        {status.value: tally.statuses[status] for status in Status if status in tally.statuses},
        tally.year,
        tally.once,
        tally.rejected,
        tuple(PluginError(plugin, reason) for plugin, reason in sorted(left_out)),
        {code: name for note in notes for code, name in note["names"].items()},
    )
