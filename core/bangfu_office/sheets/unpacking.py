"""A workbook taken apart, in a process of its own: whatever somebody made of it, it holds nobody up.

Here is what runs there: the file is examined, then the reader gives its cells, sheet by sheet and some rows at a time;
a sheet is looked at before it is loaded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import Any

from attrs import frozen
from python_calamine import CalamineError, CalamineWorkbook

from bangfu.errors import InputError
from bangfu.messages import _
from bangfu_office.sheets.cell_scan import Scanned
from bangfu_office.sheets.layout import folded
from bangfu_office.sheets.package import Examined, Given, InMemory, examined
from bangfu_office.sheets.problems import refused

MOST_CELLS = 12_000_000
"""From the first to the last cell of a sheet, empty ones among them; 300,000 members with all columns."""

Rows = list[list[Any]]
Merged = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a range, each as row and column from 0."""

_AT_ONCE = 1000
"""Rows that are sent together."""


@frozen
class Begun:
    """A sheet that begins: its name, what the scan found, its merged cells; ``large`` is not read."""

    name: str
    scanned: Scanned
    merged: tuple[Merged, ...]
    large: bool


def unpacked(source: Given, wanted: Sequence[str]) -> Iterator[list[str] | Begun | Rows | None]:
    """Yield the names of a workbook's sheets; then each one that is wanted, in that order: its beginning, rows, None.

    Args:
        source: the .xlsx file, or one in memory.
        wanted: names of sheets, folded.

    Raises:
        InputError: the file is no workbook, protected, damaged or far too large.
        OSError: the file cannot be opened.
    """
    with examined(source) as found, _opened(source) as book:
        if not found.names >= set(book.sheet_names):
            raise damaged(source.name)  # of a sheet that was not looked at nobody knows how much memory it takes
        yield book.sheet_names
        names = {folded(name): name for name in book.sheet_names}
        read = [names[one] for one in wanted if one in names]
        with _scanned_ahead(found, [*read, *sorted(found.names - set(read))]) as scans:
            for name in read:
                yield from _sheet(book, name, next(scans))
            deque(scans, maxlen=0)


@contextmanager
def _scanned_ahead(found: Examined, names: Sequence[str]) -> Iterator[Iterator[Scanned]]:
    """Scan sheets in their order; while one is loaded, which leaves the interpreter to others, the next is scanned."""
    scanner = ThreadPoolExecutor(1)
    try:
        scans = [scanner.submit(found.scanned, name) for name in names]
        yield (scan.result() for scan in scans)
    finally:
        scanner.shutdown(cancel_futures=True)


def _sheet(book: CalamineWorkbook, name: str, scanned: Scanned) -> Iterator[Begun | Rows | None]:
    if scanned.rows * scanned.columns > MOST_CELLS:
        yield Begun(name, scanned, (), large=True)
        return
    sheet = book.get_sheet_by_name(name)
    yield Begun(name, scanned, tuple(sheet.merged_cell_ranges or ()), large=False)
    rows = sheet.iter_rows()
    while some := list(islice(rows, _AT_ONCE)):
        yield some
    yield None


@contextmanager
def _opened(source: Given) -> Iterator[CalamineWorkbook]:
    """Open a workbook that was examined before.

    Raises:
        InputError: something in it cannot be read.
    """
    try:
        given = BytesIO(source.content) if isinstance(source, InMemory) else source
        with CalamineWorkbook.from_object(given) as book:
            yield book
    except CalamineError:
        raise damaged(source.name) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader met what it did not expect; it has no public name
            raise damaged(source.name) from None
        raise


def damaged(name: str) -> InputError:
    """Return the error of a file in which something cannot be read."""
    hint = _("文件可能没有传完整；请重新传送，或在 Excel 中打开后另存")
    return refused(name, _("文件已损坏，无法读取"), _(".xlsx 工作簿"), hint)
