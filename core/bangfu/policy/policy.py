"""The policy in force for one region on one day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from attrs import field, frozen

from bangfu.errors import RuleError
from bangfu.facts.catalog import nearest
from bangfu.policy.packs import Entry, Pack, Row
from bangfu.policy.parameters import Parameter
from bangfu.policy.sources import source_titles


@frozen
class Policy:
    """Which value each parameter has, and which benefit rows are in force.

    A rule speaks of ``parameter("margin.multiple")``: where nothing sets it, whatever needs it comes out undetermined
    and names it.
    """

    parameters: Mapping[str, Parameter] = field(repr=False)
    entries: Mapping[str, Entry] = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    titles: Mapping[str, str] = field(factory=source_titles, repr=False)

    def value(self, name: str) -> Any:
        """Return the value (money in yuan a year where it is periodic), or None: not configured.

        Raises:
            RuleError: no such parameter is declared.
        """
        entry = self.entries.get(self._declared(name).name)
        return None if entry is None else entry.year_value

    def source(self, name: str, otherwise: str) -> str:
        """Return the clause of the value in force, or the given one where nothing sets it."""
        entry = self.entries.get(name)
        return entry.source or otherwise if entry else otherwise

    def _declared(self, name: str) -> Parameter:
        try:
            return self.parameters[name]
        except KeyError:
            close = nearest(name, self.parameters)
            raise RuleError(f"no parameter {name!r} is declared; nearest: {close}") from None


def resolve(packs: Sequence[Pack], parameters: Mapping[str, Parameter], region: str, on: date) -> Policy:
    """Return the policy of a region on a day.

    Each parameter and each benefit code comes from the longest region prefix that sets it and is in
    force. Of two packs for the same region, an added file goes before a built-in one, then the
    later start, then the later read.
    """
    entries: dict[str, tuple[tuple[int, bool, date, int], Entry]] = {}
    rows: dict[str, tuple[tuple[int, bool, date, int], Row]] = {}
    for order, pack in enumerate(packs):
        if not pack.applies(region):
            continue
        for entry in _in_force(pack.entries, on):
            rank = _rank(pack, entry.start, order)
            if entry.parameter.name not in entries or entries[entry.parameter.name][0] <= rank:
                entries[entry.parameter.name] = rank, entry
        for row in _in_force(pack.rows, on):
            rank = _rank(pack, row.start, order)
            if row.code not in rows or rows[row.code][0] <= rank:
                rows[row.code] = rank, row
    return Policy(
        parameters,
        {name: entry for name, (_, entry) in entries.items()},
        tuple(row for _, row in rows.values()),
        {**source_titles(), **{code: title for pack in packs for code, title in pack.titles.items()}},
    )


_Dated = TypeVar("_Dated", Entry, Row)


def _in_force(dated: Iterable[_Dated], on: date) -> Iterable[_Dated]:
    return (d for d in dated if (d.start is None or d.start <= on) and (d.until is None or on <= d.until))


def _rank(pack: Pack, start: date | None, order: int) -> tuple[int, bool, date, int]:
    return len(pack.prefix), pack.owner == "user", start or date.min, order
