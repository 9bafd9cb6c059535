"""An open workbook: its sheets one after the other, their cells as they come out of a process of its own.

``unpacked`` runs there, so that no workbook holds anybody up: it examines the file, scans each sheet before it loads
it, and gives its rows, some at a time.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen
from python_calamine import CalamineError, CalamineWorkbook

from bangfu.errors import InputError
from bangfu.messages import _
from bangfu_office.child_process import Apart, ApartError, Limits
from bangfu_office.workbook_files.cell_scan import Scanned
from bangfu_office.workbook_files.package import Given, InMemory, examined
from bangfu_office.workbook_files.problems import refused

MOST_CELLS = 12_000_000
"""From the first to the last cell of a sheet, empty ones among them; 300,000 members with all columns."""
SEARCHED_ROWS = 20
"""First rows of a sheet that are looked at before the others: above the headings there may be a title and remarks."""
BASE, FOR_EACH_MB = Limits(20, 300), Limits(20, 60)
"""What a file may take: so much, and so much more for each megabyte it has; a county's, of ten, takes a fifth of it."""
_MB = 1_000_000
_AT_ONCE = 1000
"""Rows that are sent together."""
_unpacked = Apart("bangfu_office.workbook_files.unpacking:unpacked", calls=50)

Row = list[Any]
Merged = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a range, each as row and column from 0."""


@define
class Cells:
    """A sheet: its name, what the scan found, its merged cells; its rows can be gone through once.

    The ``first`` of them can be looked at before. One that is ``large`` reaches too far, and is not read.
    """

    name: str
    scanned: Scanned
    merged: Sequence[Merged] = ()
    first: Sequence[Row] = ()
    _rest: Iterator[Row] = field(factory=lambda: iter(()))

    @property
    def large(self) -> bool:
        """Whether to lay it out would take too much memory."""
        return self.scanned.rows * self.scanned.columns > MOST_CELLS

    def rows(self) -> Iterator[Row]:
        """Yield the rows, from the sheet's first."""
        return chain(self.first, self._rest)


@frozen
class Book:
    """A workbook: the names of its sheets, and those that are wanted, each to be read before the next."""

    sheet_names: Sequence[str]
    sheets: Iterator[Cells]


def folded(heading: str) -> str:
    """Return a heading as it is compared: no blanks, wide and narrow characters alike, no mark of a required one."""
    return "".join(unicodedata.normalize("NFKC", heading).split()).strip("*:").casefold()


@contextmanager
def opened(source: Given, wanted: Sequence[str]) -> Iterator[Book]:
    """Open a workbook for some of its sheets, by name; they come in this order.

    Raises:
        InputError: the file is no workbook, protected, damaged, far too large, or takes far too long to read; while its
            sheets are gone through, too.
        OSError: the file cannot be opened.
    """
    size = len(source.content) if isinstance(source, InMemory) else source.stat().st_size
    each = size / _MB
    limits = Limits(BASE.seconds + each * FOR_EACH_MB.seconds, int(BASE.megabytes + each * FOR_EACH_MB.megabytes))
    given = source.absolute() if isinstance(source, Path) else source  # that process began in another folder, maybe
    try:
        with closing(_unpacked.items(limits, given, list(map(folded, wanted)))) as parts:
            sheets = _sheets(parts)
            yield Book(next(parts), sheets)
            deque(sheets, maxlen=0)  # to its end, so that the process is ready for the next
    except ApartError as error:
        if error.cause == "ended":
            raise _damaged(source.name) from None
        found, expected = _("内容过于复杂，读取它{error}", error=error), _("一般的 .xlsx 工作簿")
        hint = _("把内容按值粘贴到新建的工作簿中另存；户数很多的，按乡镇分成几个文件")
        raise refused(source.name, found, expected, hint) from None


def _sheets(parts: Iterator[Any]) -> Iterator[Cells]:
    for begun in parts:
        rows = iter(()) if begun.large else chain.from_iterable(iter(partial(next, parts), None))
        yield evolve(begun, first=list(islice(rows, SEARCHED_ROWS)), rest=rows)
        deque(rows, maxlen=0)  # what nobody wanted to see


def unpacked(source: Given, wanted: Sequence[str]) -> Iterator[list[str] | Cells | list[Row] | None]:
    """Yield the names of a workbook's sheets; then each one that is wanted, in that order: its beginning, rows, None.

    Args:
        source: the .xlsx file, or one in memory.
        wanted: names of sheets, folded.

    Raises:
        InputError: the file is no workbook, protected, damaged or far too large.
        OSError: the file cannot be opened.
    """
    with examined(source) as found, _loaded(source) as book:
        if not found.parts.keys() >= set(book.sheet_names):
            raise _damaged(source.name)  # of a sheet that was not looked at nobody knows how much memory it takes
        yield book.sheet_names
        names = {folded(name): name for name in book.sheet_names}
        read = [names[one] for one in wanted if one in names]
        scanner = ThreadPoolExecutor(1)  # scans the next sheet while one is loaded, which leaves the interpreter free
        try:
            others = sorted(found.parts.keys() - set(read))
            scans = iter([scanner.submit(found.scanned, name) for name in (*read, *others)])
            for name in read:
                yield from _sheet(book, Cells(name, next(scans).result()))
            for scan in scans:
                scan.result()
        finally:
            scanner.shutdown(cancel_futures=True)


def _sheet(book: CalamineWorkbook, cells: Cells) -> Iterator[Cells | list[Row] | None]:
    if cells.large:
        yield cells
        return
    sheet = book.get_sheet_by_name(cells.name)
    yield evolve(cells, merged=tuple(sheet.merged_cell_ranges or ()))
    rows = sheet.iter_rows()
    while some := list(islice(rows, _AT_ONCE)):
        yield some
    yield None


@contextmanager
def _loaded(source: Given) -> Iterator[CalamineWorkbook]:
    """Open a workbook that was examined before; raise InputError where something in it cannot be read."""
    try:
        given = BytesIO(source.content) if isinstance(source, InMemory) else source
        with CalamineWorkbook.from_object(given) as book:
            yield book
    except CalamineError:
        raise _damaged(source.name) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader met what it did not expect; it has no public name
            raise _damaged(source.name) from None
        raise


def _damaged(name: str) -> InputError:
    hint = _("文件可能没有传完整；请重新传送，或在 Excel 中打开后另存")
    return refused(name, _("文件已损坏，无法读取"), _(".xlsx 工作簿"), hint)
