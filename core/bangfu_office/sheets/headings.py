"""The row of headings: found by its text, wherever it stands and in whatever order its columns are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from xlsxwriter.utility import xl_col_to_name

from bangfu.facts import nearest
from bangfu.files import shown
from bangfu.messages import _
from bangfu_office.sheets.layout import HOUSEHOLD_KEY, HOUSEHOLD_NUMBER, REASON, Column, Sheet, folded
from bangfu_office.sheets.problems import SheetProblem, listed, place

SEARCHED_ROWS = 20
"""Above the headings there may be a title and remarks."""

_KEY_NAMES = {folded(HOUSEHOLD_KEY), folded(HOUSEHOLD_NUMBER.name)}
_UNREAD = {folded(REASON.heading), folded(REASON.name)}
_FROM_TEMPLATE = _("与模板（bangfu template）对照")


@frozen
class Headings:
    """The headings of a sheet: their row, from 1, where each column stands, from 0, and the places ``without`` one."""

    row: int
    columns: Mapping[str, int]
    without: tuple[int, ...] = ()


def heading_row(rows: Sequence[Sequence[Any]]) -> int | None:
    """Return which of a sheet's first rows has the headings: the first with a household-number column."""
    return next((i for i, row in enumerate(rows) if not _KEY_NAMES.isdisjoint(map(_text, row))), None)


def read_headings(sheet: Sheet, row: int, cells: Sequence[Any]) -> tuple[Headings, list[SheetProblem], list[str]]:
    """Return the headings in a row (from 1), what is wrong with them, and notices of columns that are not read."""
    columns: dict[str, int] = {}
    problems: list[SheetProblem] = []
    unknown: list[int] = []
    for index, cell in enumerate(cells):
        column = sheet.by_heading.get(_text(cell))
        if column is None:
            unknown += [index] if _text(cell) and _text(cell) not in _UNREAD else []
        elif column.name in columns:
            found = _("标题与 {xl_col_to_name} 列相同", xl_col_to_name=xl_col_to_name(columns[column.name]))
            problems.append(
                SheetProblem(place(sheet.name, row, index, column), found, _("每个标题只有一列"), _("删去其中一列"),
                             sheet.name, row, stops=True)
            )  # fmt: skip
        else:
            columns[column.name] = index
    problems += _missing(sheet, row, columns)
    notices: list[str] = []
    for index in unknown:
        told = _unknown(sheet, row, index, str(cells[index]), columns)
        if isinstance(told, str):
            notices.append(told)
        else:
            problems.append(told)
    without = tuple(index for index, cell in enumerate(cells) if not _text(cell))
    return Headings(row, columns, without), problems, notices


def _missing(sheet: Sheet, row: int, columns: Mapping[str, int]) -> Iterator[SheetProblem]:
    for column in sheet.columns:
        if column.required and column.name not in columns:
            yield SheetProblem(
                place(sheet.name, row), _("没有“{heading}”列", heading=column.heading), _("标题行中有这一列"),
                _FROM_TEMPLATE,
                sheet.name, row, stops=True,
            )  # fmt: skip


def _unknown(sheet: Sheet, row: int, index: int, heading: str, columns: Mapping[str, int]) -> SheetProblem | str:
    """Return what to say of a column nobody declared: wrong where it looks like one that is missing, else a notice."""
    where, told = place(sheet.name, row, index), _("不认识的列“{text}”", text=shown(heading, 40))
    close = _nearest(heading, [column for column in sheet.columns if column.name not in columns])
    if close is None:
        return _("{where}：{told}，没有导入", where=where, told=told)
    hint = _("最接近的是“{heading}”；请改正标题，或删去这一列", heading=close.heading)
    return SheetProblem(where, told, _("模板中的标题"), hint, sheet.name, row, stops=True)


def _nearest(heading: str, columns: Sequence[Column]) -> Column | None:
    by_text = {folded(column.name): column for column in columns}
    by_text |= {folded(column.heading): column for column in columns}
    close = nearest(folded(heading), by_text)
    return None if close is None else by_text[close]


def no_headings(sheet: Sheet, found: Sequence[Sequence[Any]]) -> SheetProblem:
    """Return the problem of a sheet without a row of headings."""
    if not any(map(_text, (cell for row in found for cell in row))):
        told, hint = _("空表"), _("从模板（bangfu template）开始填写")
    else:
        told, hint = (
            _(
                "前 {searched_rows} 行中没有标题行（找不到“{household_key}”列）",
                searched_rows=SEARCHED_ROWS,
                household_key=HOUSEHOLD_KEY,
            ),
            _FROM_TEMPLATE,
        )
    expected = _("一行标题：{list}……", list=listed(column.heading for column in sheet.columns[:6]))
    return SheetProblem(_("{name} 表", name=sheet.name), told, expected, hint, sheet.name, stops=True)


def other_sheet(sheet: Sheet, cells: Sequence[Any], others: Sequence[Sheet]) -> Sheet | None:
    """Return the sheet whose headings these are rather than this one's; None where they are this one's."""
    texts = {_text(cell) for cell in cells}
    own = texts & sheet.by_heading.keys()
    for other in others:
        theirs = texts & other.by_heading.keys()
        if len(theirs - own) > len(own - theirs):
            return other
    return None


def _text(cell: Any) -> str:
    return folded(cell) if isinstance(cell, str) else ""
