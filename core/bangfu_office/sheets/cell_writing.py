"""Values into cells: as the form shows them, or as they stood in the file they came from."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bangfu.facts import Choice, Day, Integer, Money, Quantity, Text, YesNo
from bangfu_office.sheets.cells import harmless, narrow, restored, trimmed
from bangfu_office.sheets.layout import Column

Put = Callable[[Worksheet, int, int, Any, Format], None]
"""Writes a value into a cell, by row and column from 0."""

_GENERAL, _WHOLE, _TWO_PLACES, _TEXT = 0, 1, 4, 49
_FIRST_SURE_DAY = date(1900, 3, 1)
"""Spreadsheets believe in 29 February 1900; a day before it is written as text."""


def writing_of(column: Column) -> tuple[int | str, Put]:
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


def put_back(sheet: Worksheet, row: int, index: int, cell: Any, form: Format) -> None:
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
