"""Households out of a registry: the full form, which imports again, or the roster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Literal

from attrs import frozen

from bangfu import clock
from bangfu.messages import _
from bangfu.rulebook import Rulebook
from bangfu_office.registry import Attribution, Record, Registry
from bangfu_office.sheets.form import Target, WorkbookForm, saved
from bangfu_office.sheets.join import Progress, silent
from bangfu_office.sheets.layout import layout
from bangfu_office.sheets.roster import Roster

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
    full_names: bool | None = None,
    by: Attribution | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Write the open households of a registry into a workbook and return how many.

    ``full`` is the form of the template with the values that count; imported into an empty registry it
    gives the same households, unless names are masked. ``roster`` (花名册) has one row for every household with its
    category and sums, and one for every support on a second sheet.

    Args:
        registry: where from.
        target: the .xlsx file; one that is there is replaced. Or an open file.
        kind: ``full`` or ``roster``.
        region: only the households of this region (prefix of the division code).
        rulebook: for the roster: the rules; default: those of all installed programmes.
        on: for the roster: the day to assess for; default: today.
        full_names: names and ID numbers in full instead of masked; default: in full in the form, masked in the roster.
        by: who takes it out, which is written into the journal before the file is there; None: nothing is written.
        progress: is told what is being done, how much of it is done, and of how much.

    Raises:
        InputError: more rows than a sheet can hold.
        RegistryError: the registry cannot be read.
        OSError: the file cannot be written.
    """
    full = in_full(kind, full_names)
    with saved(target) as workbook:
        records = _told(registry, region or "", progress or silent)
        cover = partial(registry.cover, shown=full)
        if kind == "full":
            form = WorkbookForm(workbook, layout(registry.catalog))
            done = _counted(records, lambda record: form.add_household(record.number, cover(record).record.data()))
        else:
            roster = Roster(workbook, rulebook or Rulebook.load(), on or clock.today())
            done = _counted(records, lambda record: roster.add(record, cover(record)))
        if by is not None:
            taken = {"what": kind, "region": region or _("全部"), "households": done.households}
            with registry.work(by) as work:
                work.note("seen", None, new={**taken, "names": "shown" if full else "masked"})
    return done


def in_full(kind: Kind, full_names: bool | None) -> bool:  # noqa: FBT001 - as it was asked for
    """Return whether an export shows names and ID numbers: as asked for; else the form does, the roster does not."""
    return kind == "full" if full_names is None else full_names


def _told(registry: Registry, region: str, progress: Progress) -> Iterator[Record]:
    """Yield the records, telling how far it is."""
    of = len(registry.numbers(region))
    for done, record in enumerate(registry.records(region), start=1):
        yield record
        if done % _EVERY == 0:
            progress(_("导出"), done, of)
    progress(_("导出"), of, of)


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
