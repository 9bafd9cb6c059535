"""Workbooks for the tests of spreadsheets: cells as plain values, written without the help of what is tested."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from attrs import define, field, frozen
from xlsxwriter.utility import xl_cell_to_rowcol

from bangfu.files.id_number import check_character

Cells = list[list[Any]]

REGION = "522723102201"
HOUSEHOLD = ["region", "residence", "registered_poor", "financial_assets", "homes", "expenses", "recognised_on"]
MEMBER = ["name", "id_number", "relation", "sex", "birth_date", "incomes", "disability_grade", "insured"]


def id_number(born: str, order: int) -> str:
    """Return a made-up ID number; there is no division 999999. An odd order number is a man's."""
    digits = f"999999{born}{order:03}"
    return digits + check_character(digits)


MAN, WOMAN, CHILD, SINGLE = (
    id_number(born, order) for born, order in (("19780302", 1), ("19810715", 2), ("20120601", 3), ("19550101", 4))
)
NAMES = ("岑大禾", "覃春谷", "岑小穗", "冉月麦")
PERSONAL = (*NAMES, MAN, WOMAN, CHILD, SINGLE)
"""What may stand in no message."""


@frozen
class Formula:
    """A formula with the result that was stored with it."""

    text: str
    result: Any = 0


@define
class Book:
    """A workbook by sheets; rows and columns are found as the tests name them: row from 1, column by heading."""

    sheets: dict[str, Cells]
    merged: list[tuple[str, str]] = field(factory=list)

    def put(self, sheet: str, row: int, heading: str, value: Any) -> Book:
        """Put a value into a cell and return the book."""
        cells = self.sheets[sheet]
        while len(cells) < row:
            cells.append([""] * len(cells[0]))
        cells[row - 1][cells[0].index(heading)] = value
        return self

    def save(self, path: Path) -> Path:
        """Write the workbook and return its path."""
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
            day = workbook.add_format({"num_format": "yyyy-mm-dd"})
            for name, cells in self.sheets.items():
                sheet = workbook.add_worksheet(name)
                for row, values in enumerate(cells):
                    for column, value in enumerate(values):
                        _write(sheet, row, column, value, day)
                for area in (area for where, area in self.merged if where == name):
                    row, column = xl_cell_to_rowcol(area.split(":")[0])
                    sheet.merge_range(area, cells[row][column])
        return path


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    match value:
        case "":
            pass
        case Formula(text, result):
            sheet.write_formula(row, column, text, None, result)
        case str():
            sheet.write_string(row, column, value)
        case bool() | int() | float():
            sheet.write(row, column, value)
        case _:
            sheet.write_datetime(row, column, value, day)


def right_book() -> Book:
    """Return a workbook without a fault: three households, four members, headings by the facts' names."""
    return Book(
        {
            "家庭": [
                ["户编号", *HOUSEHOLD],
                ["001", REGION, "农村", "是", 1200.5, 1, "有", date(2024, 5, 1)],
                ["002", REGION, "城镇", "否", "", 0, "无", ""],
            ],
            "成员": [
                ["户编号", "成员序号", *MEMBER],
                ["001", 1, NAMES[0], MAN, "户主", "男", date(1978, 3, 2), "有", "", "是"],
                ["001", 2, NAMES[1], WOMAN, "配偶", "女", date(1981, 7, 15), "无", 2, "是"],
                ["001", 3, NAMES[2], CHILD, "子女", "男", date(2012, 6, 1), "", "", ""],
                ["002", 1, NAMES[3], SINGLE, "户主", "女", date(1955, 1, 1), "有", "", "否"],
            ],
            "收入": [
                ["户编号", "成员序号", "kind", "amount", "per"],
                ["001", 1, "工资", 1500, "月"],
                ["001", 1, "经营净收入", 3000, "年"],
                ["002", 1, "居民养老保险基础养老金", 120.5, "月"],
            ],
            "治疗": [["户编号", "成员序号", "setting", "covered", "own_paid"], ["001", 2, "住院", 8000, 2000]],
            "支出": [["户编号", "kind", "amount", "per"], ["001", "教育", 5800, "年"]],
        }
    )


def repacked(path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """Change the parts of a workbook (None leaves one out), add more, and return the path."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**{n: change(n, c) for n, c in parts.items()}, **more}.items():
            if content is not None:
                package.writestr(name, content)
    return path
