"""What is wrong in a workbook, said by sheet, row and column."""

from __future__ import annotations

from attrs import frozen
from xlsxwriter.utility import xl_col_to_name

from bangfu.errors import InputError, Problem
from bangfu.messages import _

MOST = 50_000
"""Problems of a file that are listed; behind so many there is something wrong with all of it."""

Told = tuple[str, str, str]
"""What was found, what is expected, and a hint, which may be empty."""


@frozen
class SheetProblem(Problem):
    """A problem of a cell, a row or (``row`` 0) a whole sheet or file.

    ``row`` counts as the spreadsheet does, from 1; merged cells go on to ``last_row``. ``households`` are
    the numbers of those that cannot be taken because of it; a problem that ``stops`` leaves none that could be.
    """

    sheet: str = ""
    row: int = 0
    last_row: int = 0
    households: tuple[str, ...] = ()
    stops: bool = False

    @property
    def reason(self) -> str:
        """What is wrong without the sheet and row, for the cell beside the row."""
        place = self.path.removeprefix(f"{self.sheet} 第 {self.row} 行").lstrip()
        return _("{path}：{said}", path=place, said=self.said) if place else self.said


def place(sheet: str, row: int, index: int | None = None, heading: str = "") -> str:
    """Return how a clerk finds a cell: sheet, row from 1, column by letter (``index`` from 0) and heading."""
    where = _("{sheet} 第 {row} 行", sheet=sheet, row=row)
    if index is not None:
        where += _(" {xl_col_to_name} 列", xl_col_to_name=xl_col_to_name(index))
    return _("{where}（{heading}）", where=where, heading=heading) if heading else where


def of_sheet(sheet: str, found: str, expected: str, hint: str = "") -> SheetProblem:
    """Return the problem of a whole sheet, which leaves no household that could be taken."""
    return SheetProblem(_("{name} 表", name=sheet), found, expected, hint, sheet, stops=True)


def of_cell(  # noqa: PLR0913 - where in the row by keyword
    sheet: str, row: int, told: Told, *, index: int | None = None, heading: str = "", stops: bool = False
) -> SheetProblem:
    """Return the problem of a row, or of a cell in it."""
    return SheetProblem(place(sheet, row, index, heading), *told, sheet, row, stops=stops)


def refused(source: str, found: str, expected: str, hint: str = "") -> InputError:
    """Return the error of a file that cannot be read at all."""
    return InputError(source, [SheetProblem(_("文件"), found, expected, hint, stops=True)])
