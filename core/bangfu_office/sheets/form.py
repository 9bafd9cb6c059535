"""A workbook in the form of the template, to be filled by hand or with what the registry holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from attrs import define, field
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from bangfu.facts import CORE_FACTS, Catalog, Choice, Day, Integer, Money, Quantity, Text, YesNo
from bangfu_office.sheets.cells import harmless, narrow, restored, trimmed
from bangfu_office.sheets.layout import (
    CHOICES,
    HOUSEHOLD_NUMBER,
    MEMBER_NUMBER,
    NONE,
    NOTES,
    REASON,
    RULES,
    SOME,
    Column,
    Layout,
    Sheet,
    layout,
    note,
    rows_of_notes,
)
from bangfu_office.sheets.unnamed_files import Target, saved
from bangfu_office.workbook_files.problems import refused

_Put = Callable[[Worksheet, int, int, Any, Format], None]
"""Writes a value into a cell, by row and column from 0."""

_GENERAL, _WHOLE, _TWO_PLACES, _TEXT = 0, 1, 4, 49
_FIRST_SURE_DAY = date(1900, 3, 1)
"""Spreadsheets believe in 29 February 1900; a day before it is written as text."""


def _writing_of(column: Column) -> tuple[int | str, _Put]:
    """Return a column's number format, as spreadsheets number them or as a pattern, and what writes its values.

    These are given as a household file has them. A value that its declaration no longer allows, such as a choice that
    was taken away, is written as text.
    """
    number_format, show = _shown_by(column)

    def put(sheet: Worksheet, row: int, index: int, value: Any, form: Format) -> None:
        try:
            shown = show(value)
        except (KeyError, TypeError, ValueError):
            shown = harmless(str(value))
        if isinstance(shown, date):
            _put_day(sheet, row, index, shown, form)
        elif isinstance(shown, float):
            sheet.write_number(row, index, shown, form)
        else:
            sheet.write_string(row, index, shown, form)

    return number_format, put


def _shown_by(column: Column) -> tuple[int | str, Callable[[Any], str | float | date]]:
    """Return a column's number format, and the function that gives what a cell shows of a value."""
    match column.type:
        case Money() | Quantity():
            return _TWO_PLACES, float
        case Integer():
            return _WHOLE, float
        case Day():
            return "yyyy-mm-dd", date.fromisoformat
        case YesNo():
            return _GENERAL, lambda value: column.labels[{True: "true", False: "false"}[value]]
        case Choice():
            return _GENERAL, lambda value: column.labels[value]
        case _:
            reads = trimmed if isinstance(column.type, Text) and column.fact is not None else narrow
            return _TEXT, lambda value: harmless(str(value), reads)


def _put_back(sheet: Worksheet, row: int, index: int, cell: Any, form: Format) -> None:
    """Write a cell as it stood in another file, however wrong; a text that looks like a formula is escaped."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, index, cell, form)
    elif isinstance(cell, int | float) and math.isfinite(cell):
        sheet.write_number(row, index, cell, form)
    elif isinstance(cell, date) and not isinstance(cell, datetime):
        _put_day(sheet, row, index, cell, form)
    else:
        text = str(cell)
        sheet.write_string(row, index, harmless(text, str) if restored(text) is None else text, form)


def _put_day(sheet: Worksheet, row: int, index: int, day: date, form: Format) -> None:
    if day >= _FIRST_SURE_DAY:
        sheet.write_datetime(row, index, day, form)
    else:
        sheet.write_string(row, index, day.isoformat(), form)


LAST_ROW = 1_048_575
"""A sheet's last row, counted from 0."""

_HEADING = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
_KEY_COLOUR, _REQUIRED_COLOUR, _COLOUR = "#D9D9D9", "#FCE4D6", "#DDEBF7"
_WIDE, _ID, _NARROW = 24, 20, 11
_DROP_DOWN = {"validate": "list", "error_message": "请从下拉列表中选择；不知道的留空。"}
_NOTE = {"x_scale": 2.5, "y_scale": 1.5}


@define
class FilledSheet:
    """A sheet of a new workbook that is filled row by row."""

    worksheet: Worksheet
    _row: int = 1

    def next_row(self) -> int:
        """Return the next row to write into, from 0.

        Raises:
            InputError: the sheet is full.
        """
        if self._row > LAST_ROW:
            found = f"“{self.worksheet.name}”表超过 {LAST_ROW + 1:,} 行"
            raise refused("xlsx", found, "一张表放得下的内容", "按地区分成几个文件（--region）")
        self._row += 1
        return self._row - 1


@define
class WorkbookForm:
    """The sheets of a layout in an open workbook; rows are added sheet by sheet, in any order of sheets."""

    workbook: Workbook
    layout: Layout
    reasons: bool = False
    _sheets: dict[str, FilledSheet] = field(factory=dict)
    _puts: dict[str, dict[str, tuple[int, _Put, Format]]] = field(factory=dict)
    _lists: dict[tuple[str, ...], str] = field(factory=dict)
    _formats: dict[int | str, Format] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        notes = self.workbook.add_worksheet(NOTES)
        for sheet in self.layout.sheets:
            self._sheets[sheet.name] = FilledSheet(self.workbook.add_worksheet(sheet.name))
        choices = self.workbook.add_worksheet(CHOICES)
        choices.hide()
        self._sheets[self.layout.households.name].worksheet.activate()
        self._describe(notes)
        self._fill_choices(choices)
        for sheet in self.layout.sheets:
            self._head(sheet)

    def add_household(self, number: str, data: Mapping[str, Any]) -> None:
        """Add a household with its members, given as a household file has them.

        Raises:
            InputError: a sheet is full.
        """
        key = {HOUSEHOLD_NUMBER.name: number}
        self._add_subject(self.layout.households, key, {name: v for name, v in data.items() if name != "members"})
        for place, member in enumerate(data["members"], start=1):
            self._add_subject(self.layout.members, {**key, MEMBER_NUMBER.name: place}, member)

    def _add_subject(self, sheet: Sheet, keys: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Add a household's or member's own row, and the entries of its list facts on their sheets."""
        own = {name: (SOME if value else NONE) if isinstance(value, list) else value for name, value in facts.items()}
        self._add(sheet, {**keys, **own})
        for fact, items in self.layout.lists_of[sheet.level].items():
            for entry in facts.get(fact, ()):
                self._add(items, {**keys, **entry})

    def _add(self, sheet: Sheet, values: Mapping[str, Any]) -> None:
        filled, puts = self._sheets[sheet.name], self._puts[sheet.name]
        row = filled.next_row()
        for name, value in values.items():
            if name in puts:  # a list's entries may have parts that are declared no more
                index, put, form = puts[name]
                put(filled.worksheet, row, index, value, form)

    def hand_back(self, sheet: Sheet, cells: Mapping[str, Any], reason: str) -> None:
        """Add a row of cells as they stood in another file, with what is wrong beside them."""
        filled, puts = self._sheets[sheet.name], self._puts[sheet.name]
        row = filled.next_row()
        for name, cell in cells.items():
            index, _, form = puts[name]
            _put_back(filled.worksheet, row, index, cell, form)
        if reason:
            filled.worksheet.write_string(row, len(sheet.columns), harmless(reason))

    def _head(self, sheet: Sheet) -> None:
        worksheet = self._sheets[sheet.name].worksheet
        worksheet.freeze_panes(1, len(sheet.keys))
        worksheet.set_row(0, 45)
        puts = self._puts[sheet.name] = {}
        for index, column in enumerate([*sheet.columns, *([REASON] if self.reasons else [])]):
            colour = _KEY_COLOUR if column.fact is None else _REQUIRED_COLOUR if column.required else _COLOUR
            heading = self.workbook.add_format({**_HEADING, "bg_color": colour})
            worksheet.write_string(0, index, column.heading, heading)
            number_format, put = _writing_of(column)
            if number_format not in self._formats:
                self._formats[number_format] = self.workbook.add_format({"num_format": number_format})
            form = self._formats[number_format]
            worksheet.set_column(index, index, _width(column), form)
            if column is not REASON:
                worksheet.write_comment(0, index, note(column), _NOTE)
            if column.labels:
                drop_down = {**_DROP_DOWN, "source": self._lists[tuple(column.labels.values())]}
                drop_down["error_title"] = column.heading[:32]
                worksheet.data_validation(1, index, LAST_ROW, index, drop_down)
            puts[column.name] = (index, put, form)

    def _fill_choices(self, worksheet: Worksheet) -> None:
        """Write every list of choices into a column of the hidden sheet, and note where it stands."""
        lists = dict.fromkeys(
            tuple(c.labels.values()) for sheet in self.layout.sheets for c in sheet.columns if c.labels
        )
        for index, labels in enumerate(lists):
            letter = xl_col_to_name(index)
            self._lists[labels] = f"='{CHOICES}'!${letter}$1:${letter}${len(labels)}"
        for row, labels in enumerate(zip_longest(*lists)):
            for index, label in enumerate(labels):
                if label is not None:
                    worksheet.write_string(row, index, label)

    def _describe(self, worksheet: Worksheet) -> None:
        bold, wrap = self.workbook.add_format({"bold": True}), self.workbook.add_format({"text_wrap": True})
        for index, width in enumerate((10, 28, 26, 48, 60, 48)):
            worksheet.set_column(index, index, width, wrap)
        worksheet.write_string(0, 0, "填表说明", bold)
        plain = self.workbook.add_format()
        for row, rule in enumerate(RULES, start=1):
            worksheet.write_string(row, 0, f"{row}. {rule}", plain)
        for row, texts in enumerate(rows_of_notes(self.layout), start=len(RULES) + 2):
            for index, text in enumerate(texts):
                worksheet.write_string(row, index, text, bold if row == len(RULES) + 2 else wrap)


def _width(column: Column) -> int:
    """Return a column's width in characters: its heading on two lines, and what stands below it."""
    heading = len(column.heading) + 4  # a Chinese character is two wide, and the heading stands on two lines
    text = isinstance(column.type, Text) or column.name == "region"
    return max(_NARROW, min(_WIDE, heading), _ID if text else 0)


def write_template(target: Target, catalog: Catalog = CORE_FACTS) -> None:
    """Write an empty workbook with a sheet and column for every declared fact; ``import_workbook`` reads it.

    Args:
        target: the .xlsx file; one that is there is replaced. Or an open file.
        catalog: the declared facts, with those of plugins.

    Raises:
        OSError: it cannot be written.
    """
    with saved(target) as workbook:
        WorkbookForm(workbook, layout(catalog))
