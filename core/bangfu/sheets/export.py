"""Households out of a registry: the full form, which imports again, or the roster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Literal

from attrs import frozen

from bangfu import clock
from bangfu.registry import Record, Registry
from bangfu.rulebook import Rulebook
from bangfu.sheets.form import Form, Target, saved
from bangfu.sheets.join import Progress, silent
from bangfu.sheets.layout import layout
from bangfu.sheets.roster import Roster

_EVERY = 200
"""Households between two calls of the progress callback."""

Kind = Literal["full", "roster"]


@frozen
class Exported:
    """How many households were written, and the numbers of those that could not be: nobody lives in them."""

    households: int
    left_out: tuple[str, ...]


def export_workbook(  # noqa: PLR0913 - by keyword, and few need them
    registry: Registry,
    target: Target,
    *,
    kind: Kind = "full",
    region: str | None = None,
    rulebook: Rulebook | None = None,
    on: date | None = None,
    full_names: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Write the open households of a registry into a workbook and return how many.

    ``full`` is the form of the template with the values that count; imported into an empty registry it
    gives the same households. ``roster`` (花名册) has one row for every household with its category and
    sums, and one for every support on a second sheet.

    Args:
        registry: where from.
        target: the .xlsx file; one that is there is replaced. Or an open file.
        kind: ``full`` or ``roster``.
        region: only the households of this region (prefix of the division code).
        rulebook: for the roster: the rules; default: those of all installed programmes.
        on: for the roster: the day to assess for; default: today.
        full_names: for the roster: names in full instead of their first character.
        progress: is told what is being done, how much of it is done, and of how much.

    Raises:
        InputError: more rows than a sheet can hold.
        RegistryError: the registry cannot be read.
        OSError: the file cannot be written.
    """
    with saved(target) as workbook:
        records = _told(registry, region or "", progress or silent)
        if kind == "full":
            form = Form(workbook, layout(registry.catalog))
            return _counted(records, lambda record: form.add_household(record.number, record.data()))
        roster = Roster(workbook, rulebook or Rulebook.load(), on or clock.today(), full_names=full_names)
        return _counted(records, roster.add)


def _told(registry: Registry, region: str, progress: Progress) -> Iterator[Record]:
    """Yield the records, telling how far it is."""
    of = len(registry.numbers(region))
    for done, record in enumerate(registry.records(region), start=1):
        yield record
        if done % _EVERY == 0:
            progress("导出", done, of)
    progress("导出", of, of)


def _counted(records: Iterator[Record], add: Callable[[Record], None]) -> Exported:
    """Add the records of households in which anybody lives."""
    written, left_out = 0, []
    for record in records:
        if record.members:
            add(record)
            written += 1
        else:
            left_out.append(record.number)
    return Exported(written, tuple(left_out))
