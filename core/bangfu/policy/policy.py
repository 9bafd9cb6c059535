"""The policy in force for one region on one day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from attrs import field, frozen

from bangfu.errors import RuleError
from bangfu.facts.catalog import near
from bangfu.messages import _
from bangfu.policy.packs import Pack, PolicyEntry, Row
from bangfu.policy.parameters import Parameter
from bangfu.policy.sources import source_titles


@frozen
class Policy:
    """Which value each parameter has, and which benefits, columns and groups of packs are in force.

    A rule speaks of ``parameter("margin.multiple")``: where nothing sets it, whatever needs it comes out undetermined
    and names it.
    """

    parameters: Mapping[str, Parameter] = field(repr=False)
    entries: Mapping[str, PolicyEntry] = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    titles: Mapping[str, str] = field(factory=source_titles, repr=False)
    columns: tuple[Row, ...] = field(default=(), repr=False)
    groups: tuple[Row, ...] = field(default=(), repr=False)

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
            raise RuleError(
                _("no parameter {name!r} is declared{near}", name=name, near=near(name, self.parameters))
            ) from None


def resolve(packs: Sequence[Pack], parameters: Mapping[str, Parameter], region: str, on: date) -> Policy:
    """Return the policy of a region on a day.

    Each parameter, each benefit, column and group comes from the longest region prefix that sets it and is in
    force. Of two packs for the same region, an added file goes before a built-in one, then the
    later start, then the later read.
    """
    there = [pack for pack in packs if pack.applies(region)]
    entries = _chosen(((pack, pack.entries) for pack in there), lambda entry: entry.parameter.name, on)
    rows, columns, groups = (
        tuple(_chosen(zip(there, tables, strict=True), lambda row: row.code, on).values())
        for tables in ([p.rows for p in there], [p.columns for p in there], [p.groups for p in there])
    )
    wider_first = sorted(there, key=lambda pack: len(pack.prefix))
    titles = {code: title for pack in wider_first for code, title in pack.titles.items()}
    return Policy(parameters, entries, rows, {**source_titles(), **titles}, columns, groups)


_Dated = TypeVar("_Dated", PolicyEntry, Row)


def _chosen(
    packs: Iterable[tuple[Pack, Sequence[_Dated]]], name_of: Callable[[_Dated], str], on: date
) -> dict[str, _Dated]:
    """Return by its name what is in force on a day, of each that which goes before the others."""
    found: dict[str, tuple[tuple[int, bool, date, int], _Dated]] = {}
    for order, (pack, dated) in enumerate(packs):
        for one in _in_force(dated, on):
            rank, name = _rank(pack, one.start, order), name_of(one)
            if name not in found or found[name][0] <= rank:
                found[name] = rank, one
    return {name: one for name, (_, one) in found.items()}


def _in_force(dated: Iterable[_Dated], on: date) -> Iterable[_Dated]:
    return (d for d in dated if (d.start is None or d.start <= on) and (d.until is None or on <= d.until))


def _rank(pack: Pack, start: date | None, order: int) -> tuple[int, bool, date, int]:
    return len(pack.prefix), pack.owner == "user", start or date.min, order
