"""One sheet of an open workbook: its headings, wherever they stand and in whatever order, and rows of checked cells."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field
from xlsxwriter.utility import xl_col_to_name

from bangfu.errors import MemberPath, Problem
from bangfu.facts import nearest
from bangfu.files import Wrong, describe, shown
from bangfu.messages import _, joined, retold
from bangfu_office.sheets.cells import Reader, reader_of
from bangfu_office.sheets.layout import HOUSEHOLD_NUMBER, REASON, Column, Sheet
from bangfu_office.workbook_files.problems import MOST, SheetProblem, Told, of_cell, of_sheet, place
from bangfu_office.workbook_files.unpacking import SEARCHED_ROWS, Cells, Row, folded

MEMBER_PATH = re.compile(r"members\[(\d+)\]")
"""How a household file's problem names a member."""

HIGHEST = 2_000
"""Rows of merged cells that can be meant: a household's, a village's."""
_EVERY = 2000
"""Rows between two calls of the progress callback."""

_KEY_NAMES = {folded(HOUSEHOLD_NUMBER.heading), folded(HOUSEHOLD_NUMBER.name)}
_UNREAD = {folded(REASON.heading), folded(REASON.name)}
_FROM_TEMPLATE = _("与模板（bangfu template）对照")


@define
class SheetRow:
    """A row, by its number from 1: the values of its columns, and what is wrong with cells, by column."""

    number: int
    values: dict[str, Any]
    problems: Mapping[str, SheetProblem]


@define
class SheetTable:
    """A sheet with its headings found, in a ``row`` from 1; ``rows`` yields what is below them.

    ``columns`` says where each stands, from 0, and ``without`` which places have no heading.
    ``cells`` are kept until they were gone through once: a large sheet takes hundreds of megabytes.
    ``loose`` says afterwards in which columns without a heading there is anything, and in which row first.
    """

    sheet: Sheet
    row: int
    columns: Mapping[str, int]
    without: Sequence[int]
    cells: Cells | None
    marks: Mapping[int, Mapping[str, SheetProblem]]
    loose: dict[int, int] = field(factory=dict)
    _readers: list[tuple[int, Column, Reader]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        known = {column.name: column for column in self.sheet.columns}
        self._readers = [(index, known[name], reader_of(known[name])) for name, index in self.columns.items()]

    def raw(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows below the headings that hold anything, as they stand, with their numbers."""
        if self.cells is None:
            return
        for number, cells in enumerate(self.cells.rows(), start=1):
            if number > self.row and (cells.count("") < len(cells) or number in self.marks):
                yield number, cells
        self.cells = None

    def rows(self, advance: Callable[[int], None]) -> Iterator[SheetRow]:
        """Yield the rows that hold a value or a problem; ``advance`` is told how far it is now and then."""
        told = 0
        for number, cells in self.raw():
            if number - told >= _EVERY:
                advance(number)
                told = number
            for index in self.without:
                if str(cells[index]).strip():
                    self.loose.setdefault(index, number)
            row = self._read(number, cells)
            if row.values or row.problems:
                yield row

    def _read(self, number: int, cells: Row) -> SheetRow:
        values: dict[str, Any] = {}
        problems = dict(self.marks.get(number, ()))
        for index, column, read in self._readers:
            cell = cells[index]
            if cell == "":
                continue
            try:
                value = read(cell)
            except Wrong as wrong:
                problems[column.name] = self.problem(number, column, wrong.found, wrong.expected, wrong.hint)
            else:
                if value is not None:
                    values[column.name] = value
        return SheetRow(number, values, problems)

    def loose_ends(self) -> Iterator[SheetProblem]:
        """Yield a problem for each column without a heading that holds anything."""
        told = _("有内容，但这一列没有标题"), _("有标题的列"), _("在标题行写上标题，或删去这一列的内容")
        for index, row in self.loose.items():
            yield of_cell(self.sheet.name, row, told, index=index, stops=True)

    def problem(self, row: int, column: Column | None, found: str, expected: str, hint: str = "") -> SheetProblem:
        """Return the problem of a cell; without a column, of a row."""
        told = found, expected, hint
        if column is None:
            return of_cell(self.sheet.name, row, told)
        index = self.columns.get(column.name)
        return of_cell(self.sheet.name, row, told, index=index, heading=column.heading)

    def translated(self, problem: Problem, row: int, name: str, who: Callable[[int], str]) -> SheetProblem:
        """Return a household file's problem as one of a cell; ``who`` names a member by its place in the file."""

        def by_row(value: Any) -> Any:
            return who(value.place) if isinstance(value, MemberPath) else value

        found, expected, hint = (retold(text, by_row) for text in (problem.found, problem.expected, problem.hint))
        column = self.sheet.column(name)
        if column is not None:
            labels = (_("“{text}”", text=label) for key, label in column.labels.items() if found == describe(key))
            found = next(labels, found)
        return self.problem(row, column, found, expected, hint)


def table_of(
    sheet: Sheet, cells: Cells, others: Sequence[Sheet]
) -> tuple[SheetTable | None, list[SheetProblem], list[str]]:
    """Return a sheet's table, what is wrong with its headings, and notices; no table where they cannot be read."""
    first = cells.first
    row = next((i for i, texts in enumerate(first) if not _KEY_NAMES.isdisjoint(map(_text, texts))), None)
    if row is None:
        return None, [_no_headings(sheet, first)], []
    if (other := _other_sheet(sheet, first[row], others)) is not None:
        told, hint = _("标题是“{name}”表的", name=other.name), _("两张表可能放反了；请改正工作表的名称")
        return None, [of_sheet(sheet.name, told, _("“{name}”表的标题", name=sheet.name), hint)], []
    columns, problems, notices = _read_headings(sheet, row + 1, first[row])
    heights = [min(bottom, cells.scanned.rows) - top + 1 for (top, _left), (bottom, _right) in cells.merged]
    # Of merged cells that are far too high it is told as if there were too many.
    merged = MOST + 1 if max(heights, default=0) > HIGHEST else sum(heights)
    if (many := max(merged, len(cells.scanned.formulas))) > MOST:
        told, hint = _("{many:,} 处合并的单元格或出错的公式", many=many), _("取消合并，改正公式")
        return None, [*problems, of_sheet(sheet.name, told, _("每格各自的值"), hint)], notices
    without = [index for index, cell in enumerate(first[row]) if not _text(cell)]
    marks = _marks(sheet, row + 1, columns, cells)
    return SheetTable(sheet, row + 1, columns, without, cells, marks), problems, notices


def _read_headings(sheet: Sheet, row: int, cells: Row) -> tuple[dict[str, int], list[SheetProblem], list[str]]:
    """Return where the columns stand by a row (from 1), what is wrong with its headings, and notices of unread ones."""
    columns: dict[str, int] = {}
    problems: list[SheetProblem] = []
    unknown: list[int] = []
    for index, cell in enumerate(cells):
        column = sheet.by_heading.get(_text(cell))
        if column is None:
            unknown += [index] if _text(cell) and _text(cell) not in _UNREAD else []
        elif column.name in columns:
            found = _("标题与 {xl_col_to_name} 列相同", xl_col_to_name=xl_col_to_name(columns[column.name]))
            problem = found, _("每个标题只有一列"), _("删去其中一列")
            problems.append(of_cell(sheet.name, row, problem, index=index, heading=column.heading, stops=True))
        else:
            columns[column.name] = index
    for column in sheet.columns:
        if column.required and column.name not in columns:
            absent = _("没有“{heading}”列", heading=column.heading), _("标题行中有这一列"), _FROM_TEMPLATE
            problems.append(of_cell(sheet.name, row, absent, stops=True))
    notices: list[str] = []
    left = {text: column for text, column in sheet.by_heading.items() if column.name not in columns}
    for index in unknown:
        told = _("不认识的列“{text}”", text=shown(str(cells[index]), 40))
        close = nearest(_text(cells[index]), left)
        if close is None:
            notices.append(_("{where}：{told}，没有导入", where=place(sheet.name, row, index), told=told))
        else:
            hint = _("最接近的是“{heading}”；请改正标题，或删去这一列", heading=left[close].heading)
            problems.append(of_cell(sheet.name, row, (told, _("模板中的标题"), hint), index=index, stops=True))
    return columns, problems, notices


def _no_headings(sheet: Sheet, found: Sequence[Row]) -> SheetProblem:
    """Return the problem of a sheet without a row of headings."""
    told, hint = _("空表"), _("从模板（bangfu template）开始填写")
    if any(map(_text, (cell for row in found for cell in row))):
        rows, key = SEARCHED_ROWS, HOUSEHOLD_NUMBER.heading
        told = _(
            "前 {searched_rows} 行中没有标题行（找不到“{household_key}”列）", searched_rows=rows, household_key=key
        )
        hint = _FROM_TEMPLATE
    expected = _("一行标题：{list}……", list=joined("、", (column.heading for column in sheet.columns[:6])))
    return of_sheet(sheet.name, told, expected, hint)


def _other_sheet(sheet: Sheet, cells: Row, others: Sequence[Sheet]) -> Sheet | None:
    """Return the sheet whose headings these are rather than this one's; None where they are this one's."""
    texts = {_text(cell) for cell in cells}
    own = texts & sheet.by_heading.keys()
    theirs = ((other, texts & other.by_heading.keys()) for other in others)
    return next((other for other, found in theirs if len(found - own) > len(own - found)), None)


def _text(cell: Any) -> str:
    return folded(cell) if isinstance(cell, str) else ""


def _marks(sheet: Sheet, heading: int, columns: Mapping[str, int], cells: Cells) -> dict[int, dict[str, SheetProblem]]:
    """Return the problems that the rows' own cells do not show, by row and column: merged cells, failed formulas."""
    marks: dict[int, dict[str, SheetProblem]] = defaultdict(dict)
    for (top, left), (bottom, right) in cells.merged:
        merged = _merged(sheet, top, left, bottom, right)
        for row in range(max(top, heading), min(bottom, cells.scanned.rows) + 1):
            marks[row + 1] |= {name: merged for name, index in columns.items() if left <= index <= right}
    by_place = {columns[column.name]: column for column in sheet.columns if column.name in columns}
    for formula in cells.scanned.formulas:
        column = by_place.get(formula.column)
        if formula.row > heading and column is not None:
            told = _failed(formula.error)
            problem = of_cell(sheet.name, formula.row, told, index=formula.column, heading=column.heading)
            marks[formula.row][column.name] = problem
    return {row: marked for row, marked in marks.items() if marked}


def _merged(sheet: Sheet, top: int, left: int, bottom: int, right: int) -> SheetProblem:
    rows = _("第 {top} 行", top=top + 1) if top == bottom else _("第 {top}–{bottom} 行", top=top + 1, bottom=bottom + 1)
    letters = xl_col_to_name(left) if left == right else f"{xl_col_to_name(left)}–{xl_col_to_name(right)}"
    where = _("{name} {rows} {letters} 列", name=sheet.name, rows=rows, letters=letters)
    hint = _("取消合并，在每一行都填写")
    return SheetProblem(where, _("合并的单元格"), _("每格各自的值"), hint, sheet.name, top + 1, bottom + 1)


def _failed(error: str) -> Told:
    """Return what is wrong with a formula that gave an error, or no result."""
    expected = _("值，或能算出值的公式")
    if error:
        return _("公式出错（{error}）", error=error), expected, _("改正公式，或直接填写数值")
    return _("公式没有算出的结果"), expected, _("在 Excel 中打开并保存一次，再导入")
