"""An open workbook: its sheets one after the other, their cells as they come out of the process that reads them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from bangfu.errors import InputError
from bangfu.messages import _
from bangfu_office.child_process import Apart, ApartError, Limits
from bangfu_office.sheets.cell_scan import Scanned
from bangfu_office.sheets.headings import SEARCHED_ROWS
from bangfu_office.sheets.layout import Layout, folded
from bangfu_office.sheets.package import Given, size_of
from bangfu_office.sheets.problems import refused
from bangfu_office.sheets.unpacking import Merged, damaged

_unpacked = Apart("bangfu_office.sheets.unpacking:unpacked", calls=50)
BASE, FOR_EACH_MB = Limits(20, 300), Limits(20, 60)
"""What a file may take: so much, and so much more for each megabyte it has; a county's, of ten, takes a fifth of it."""
_MB = 1_000_000


@define
class Cells:
    """The cells of a sheet; its rows can be gone through once, the first of them looked at before."""

    name: str
    scanned: Scanned
    merged: Sequence[Merged]
    large: bool
    """Not read, for it reaches too far."""
    first: list[list[Any]] = field(factory=list)
    _rest: Iterator[list[Any]] = field(factory=lambda: iter(()))

    def rows(self) -> Iterator[list[Any]]:
        """Yield the rows, from the sheet's first."""
        yield from chain(self.first, self._rest)


@frozen
class Book:
    """A workbook: the names of its sheets, and those of a layout in its order, each to be read before the next."""

    sheet_names: Sequence[str]
    sheets: Iterator[Cells]


@contextmanager
def opened(source: Given, layout: Layout) -> Iterator[Book]:
    """Open a workbook.

    Raises:
        InputError: the file is no workbook, protected, damaged, far too large, or takes far too long to read; while its
            sheets are gone through, too.
        OSError: the file cannot be opened.
    """
    size = size_of(source) / _MB
    seconds, megabytes = (getattr(BASE, one) + size * getattr(FOR_EACH_MB, one) for one in ("seconds", "megabytes"))
    wanted = [folded(sheet.name) for sheet in layout.sheets]
    given = source.absolute() if isinstance(source, Path) else source  # that process began in another folder, maybe
    try:
        with closing(_unpacked.items(Limits(seconds, int(megabytes)), given, wanted)) as parts:
            sheets = _sheets(parts)
            yield Book(next(parts), sheets)
            deque(sheets, maxlen=0)  # to its end, so that the process is ready for the next
    except ApartError as error:
        raise _too_much(source.name, error) from None


def _sheets(parts: Iterator[Any]) -> Iterator[Cells]:
    for begun in parts:
        rows = iter(()) if begun.large else _rows(parts)
        yield Cells(begun.name, begun.scanned, begun.merged, begun.large, list(islice(rows, SEARCHED_ROWS)), rows)
        deque(rows, maxlen=0)  # what nobody wanted to see


def _rows(parts: Iterator[Any]) -> Iterator[list[Any]]:
    while (some := next(parts)) is not None:
        yield from some


def _too_much(name: str, error: ApartError) -> InputError:
    if error.cause == "ended":
        return damaged(name)
    found = _("内容过于复杂，读取它{error}", error=error)
    return refused(
        name, found, _("一般的 .xlsx 工作簿"), _("把内容按值粘贴到新建的工作簿中另存；户数很多的，按乡镇分成几个文件")
    )
