"""The rows of households that were not taken, handed back in the same form with the reason beside each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from bangfu.files import Wrong
from bangfu.messages import _, joined
from bangfu_office.sheets.book import Book, opened
from bangfu_office.sheets.cells import reader_of
from bangfu_office.sheets.form import Target, WorkbookForm, saved
from bangfu_office.sheets.layout import HOUSEHOLD_NUMBER, folded
from bangfu_office.sheets.package import Given
from bangfu_office.sheets.problems import SheetProblem, refused
from bangfu_office.sheets.read import Workbook
from bangfu_office.sheets.table import SheetTable

_ELSEWHERE = _("这一户的其他行有错误，整户退回")
_read_number = reader_of(HOUSEHOLD_NUMBER)


def write_rejects(target: Target, source: Given, book: Workbook, problems: Iterable[SheetProblem]) -> None:
    """Write the rows of the households with problems, and rows that belong to none, to be mended and imported again.

    Args:
        target: the .xlsx file to write; one that is there is replaced. Or an open file.
        source: the workbook they stand in.
        book: what was read from it.
        problems: what is wrong with them.

    Raises:
        InputError: both are the same file.
        OSError: it cannot be written.
    """
    if isinstance(target, str | Path) and isinstance(source, Path) and Path(target).resolve() == source.resolve():
        raise refused(source.name, _("退回的文件与导入的文件同名"), _("另一个文件名"), _("改写 --rejects"))
    reasons: dict[tuple[str, int], list[str]] = defaultdict(list)
    rejected: set[str] = set()
    for problem in problems:
        rejected.update(problem.households)
        for row in range(problem.row, max(problem.row, problem.last_row) + 1):
            reasons[problem.sheet, row].append(problem.reason)
    with saved(target) as workbook, opened(source, book.layout) as original:
        form = WorkbookForm(workbook, book.layout, reasons=True)
        for table in _again(book.tables, original):
            for row, cells in _rows(table, rejected, reasons):
                said = (
                    joined("；", reasons[table.sheet.name, row]) if (table.sheet.name, row) in reasons else _ELSEWHERE
                )
                form.hand_back(table.sheet, cells, said)


def _again(tables: Mapping[str, SheetTable], original: Book) -> Iterator[SheetTable]:
    """Yield the tables with their cells loaded again, one at a time."""
    known = {folded(name): table for name, table in tables.items()}
    for cells in original.sheets:
        if (table := known.get(folded(cells.name))) is not None:
            yield evolve(table, cells=cells)


def _rows(
    table: SheetTable, rejected: Collection[str], reasons: Mapping[tuple[str, int], Sequence[str]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows to hand back: their numbers and cells by column."""
    key = table.headings.columns[HOUSEHOLD_NUMBER.name]
    for row, cells in table.raw():
        if (table.sheet.name, row) in reasons or _number(cells[key]) in rejected:
            yield row, {name: cells[i] for name, i in table.headings.columns.items() if cells[i] != ""}


def _number(cell: Any) -> str | None:
    try:
        return None if cell == "" else _read_number(cell)
    except Wrong:
        return None
