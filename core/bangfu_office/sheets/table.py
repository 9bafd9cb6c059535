"""One sheet of an open workbook as rows of checked cells."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen
from xlsxwriter.utility import xl_col_to_name

from bangfu.errors import MemberPath, Problem
from bangfu.files import Wrong, describe
from bangfu.messages import _, joined, retold
from bangfu_office.sheets.book import Cells
from bangfu_office.sheets.cell_scan import BadFormula, Scanned
from bangfu_office.sheets.cells import Reader, reader_of
from bangfu_office.sheets.headings import Headings, heading_row, no_headings, other_sheet, read_headings
from bangfu_office.sheets.layout import Column, Sheet
from bangfu_office.sheets.problems import MOST, SheetProblem, place
from bangfu_office.sheets.unpacking import MOST_CELLS

MEMBER_PATH = re.compile(r"members\[(\d+)\]")
"""How a household file's problem names a member."""

HIGHEST = 2_000
"""Rows of merged cells that can be meant: a household's, a village's."""
_EVERY = 2000
"""Rows between two calls of the progress callback."""

Advance = Callable[[int], None]


@frozen
class SheetRow:
    """A row, by its number from 1: the values of its columns, and what is wrong with cells, by column."""

    number: int
    values: dict[str, Any]
    problems: Mapping[str, SheetProblem]


@define
class SheetTable:
    """A sheet with its headings found; ``rows`` yields what is below them.

    ``cells`` are kept until they were gone through once: a large sheet takes hundreds of megabytes.
    ``loose`` says afterwards in which columns without a heading there is anything, and in which row first.
    """

    sheet: Sheet
    headings: Headings
    cells: Cells | None
    marks: Mapping[int, Mapping[str, SheetProblem]]
    readers: tuple[tuple[int, Column, Reader], ...] = field(init=False)
    loose: dict[int, int] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        columns = {column.name: column for column in self.sheet.columns}
        self.readers = tuple(
            (index, columns[name], reader_of(columns[name])) for name, index in self.headings.columns.items()
        )

    def raw(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the rows below the headings that hold anything, as they stand, with their numbers."""
        if self.cells is None:
            return
        for number, cells in enumerate(self.cells.rows(), start=1):
            if number > self.headings.row and (cells.count("") < len(cells) or number in self.marks):
                yield number, cells
        self.cells = None

    def rows(self, advance: Advance) -> Iterator[SheetRow]:
        """Yield the rows that hold a value or a problem; ``advance`` is told how far it is now and then."""
        told = 0
        for number, cells in self.raw():
            if number - told >= _EVERY:
                advance(number)
                told = number
            for index in self.headings.without:
                if str(cells[index]).strip():
                    self.loose.setdefault(index, number)
            row = self._read(number, cells)
            if row.values or row.problems:
                yield row

    def _read(self, number: int, cells: Sequence[Any]) -> SheetRow:
        values: dict[str, Any] = {}
        problems = dict(self.marks.get(number, ()))
        for index, column, read in self.readers:
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
        for index, row in self.loose.items():
            where, hint = place(self.sheet.name, row, index), _("在标题行写上标题，或删去这一列的内容")
            yield SheetProblem(
                where, _("有内容，但这一列没有标题"), _("有标题的列"), hint, self.sheet.name, row, stops=True
            )

    def problem(self, row: int, column: Column, found: str, expected: str, hint: str = "") -> SheetProblem:
        """Return the problem of a cell."""
        where = place(self.sheet.name, row, self.headings.columns.get(column.name), column)
        return SheetProblem(where, found, expected, hint, self.sheet.name, row)

    def translated(self, problem: Problem, row: int, name: str, who: Callable[[int], str]) -> SheetProblem:
        """Return a household file's problem as one of a cell; ``who`` names a member by its place in the file."""
        column = self.sheet.column(name)
        where = place(self.sheet.name, row, self.headings.columns.get(name), column)

        def by_row(value: Any) -> Any:
            return who(value.place) if isinstance(value, MemberPath) else value

        found, expected, hint = (retold(text, by_row) for text in (problem.found, problem.expected, problem.hint))
        if column is not None:
            labels = (_("“{text}”", text=label) for key, label in column.labels.items() if found == describe(key))
            found = next(labels, found)
        return SheetProblem(where, found, expected, hint, self.sheet.name, row)


def table_of(
    sheet: Sheet, cells: Cells, others: Sequence[Sheet]
) -> tuple[SheetTable | None, list[SheetProblem], list[str]]:
    """Return a sheet's table, what is wrong with its headings, and notices; no table where they cannot be read."""
    first = cells.first
    found = heading_row(first)
    other = None if found is None else other_sheet(sheet, first[found], others)
    if found is None:
        return None, [no_headings(sheet, first)], []
    if other is not None:
        told, hint = _("标题是“{name}”表的", name=other.name), _("两张表可能放反了；请改正工作表的名称")
        return None, [_of_sheet(sheet, told, _("“{name}”表的标题", name=sheet.name), hint)], []
    headings, problems, notices = read_headings(sheet, found + 1, first[found])
    many = max(_merged_rows(cells), len(cells.scanned.formulas))
    if many > MOST:
        told, hint = _("{many:,} 处合并的单元格或出错的公式", many=many), _("取消合并，改正公式")
        return None, [*problems, _of_sheet(sheet, told, _("每格各自的值"), hint)], notices
    table = SheetTable(sheet, headings, cells, _marks(sheet, headings, cells))
    return table, problems, notices


def _merged_rows(cells: Cells) -> int:
    """Return how many rows are in merged cells, some more than once; of one that is far too high, too many."""
    heights = [min(bottom, cells.scanned.rows) - top + 1 for (top, _), (bottom, _) in cells.merged]
    return MOST + 1 if max(heights, default=0) > HIGHEST else sum(heights)


def too_large(sheet: Sheet, scanned: Scanned) -> SheetProblem:
    """Return the problem of a sheet that reaches too far to be laid out in memory."""
    found = _(
        "内容一直延伸到第 {rows:,} 行、{xl_col_to_name} 列",
        rows=scanned.rows,
        xl_col_to_name=xl_col_to_name(scanned.columns - 1),
    )
    expected = _("不超过 {most_cells:,} 个单元格的范围", most_cells=MOST_CELLS)
    return _of_sheet(sheet, found, expected, _("删去数据以外的行和列（远处可能有多余的内容），或按乡镇分成几个文件"))


def no_sheet(sheet: Sheet, names: Sequence[str], close: str | None) -> SheetProblem:
    """Return the problem of a workbook without a sheet that is needed."""
    found = _("没有这张工作表（有：{list}）", list=joined("、", names[:8]))
    hint = _("最接近的是“{close}”；请改正它的名称", close=close) if close else _("从模板（bangfu template）开始填写")
    return _of_sheet(sheet, found, _("名为“{name}”的工作表", name=sheet.name), hint)


def _of_sheet(sheet: Sheet, found: str, expected: str, hint: str) -> SheetProblem:
    return SheetProblem(_("{name} 表", name=sheet.name), found, expected, hint, sheet.name, stops=True)


def _marks(sheet: Sheet, headings: Headings, cells: Cells) -> dict[int, dict[str, SheetProblem]]:
    """Return the problems that the rows' own cells do not show, by row and column: merged cells, failed formulas."""
    marks: dict[int, dict[str, SheetProblem]] = defaultdict(dict)
    columns = {index: column for column in sheet.columns if (index := headings.columns.get(column.name)) is not None}
    for (top, left), (bottom, right) in cells.merged:
        merged = _merged(sheet, top, left, bottom, right)
        for row in range(max(top, headings.row), min(bottom, cells.scanned.rows) + 1):
            marks[row + 1] |= {columns[index].name: merged for index in columns if left <= index <= right}
    for formula in cells.scanned.formulas:
        if formula.row > headings.row and formula.column in columns:
            column = columns[formula.column]
            marks[formula.row][column.name] = _failed(sheet, column, formula)
    return {row: columns for row, columns in marks.items() if columns}


def _merged(sheet: Sheet, top: int, left: int, bottom: int, right: int) -> SheetProblem:
    rows = _("第 {top} 行", top=top + 1) if top == bottom else _("第 {top}–{bottom} 行", top=top + 1, bottom=bottom + 1)
    letters = xl_col_to_name(left) if left == right else f"{xl_col_to_name(left)}–{xl_col_to_name(right)}"
    where, hint = (
        _("{name} {rows} {letters} 列", name=sheet.name, rows=rows, letters=letters),
        _("取消合并，在每一行都填写"),
    )
    return SheetProblem(where, _("合并的单元格"), _("每格各自的值"), hint, sheet.name, top + 1, bottom + 1)


def _failed(sheet: Sheet, column: Column, formula: BadFormula) -> SheetProblem:
    where = place(sheet.name, formula.row, formula.column, column)
    found = _("公式出错（{error}）", error=formula.error) if formula.error else _("公式没有算出的结果")
    hint = _("改正公式，或直接填写数值") if formula.error else _("在 Excel 中打开并保存一次，再导入")
    return SheetProblem(where, found, _("值，或能算出值的公式"), hint, sheet.name, formula.row)
