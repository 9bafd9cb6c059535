"""Spreadsheets: the template, and what is understood of one that was filled in."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bangfu import Catalog, Choice, Fact, Field, Items, Level, Money, Rulebook, YesNo
from bangfu.facts import CORE_FACTS
from bangfu_office.sheets import read_workbook, write_template
from sheet_files import cells, part
from workbooks import MAN, Formula, repacked, right_book

pytest_plugins = ["sheet_files"]


def test_the_template_has_a_sheet_for_every_list_and_a_heading_for_every_fact(file: Path, rulebook: Rulebook) -> None:
    """Headings are the facts' labels, each only once on a sheet, keys first."""
    write_template(file, rulebook.catalog)
    assert CalamineWorkbook.from_path(file).sheet_names == [
        "说明", "家庭", "成员", "收入", "治疗", "支出", "选项",
    ]  # fmt: skip
    for sheet, level in (("家庭", Level.HOUSEHOLD), ("成员", Level.MEMBER)):
        headings = cells(file, sheet)[0]
        assert len(set(headings)) == len(headings)
        assert [fact.label for fact in rulebook.catalog.at(level)] == headings[1 + (level is Level.MEMBER) :]
    assert cells(file, "收入")[0] == ["户编号", "成员序号", "收入种类", "金额", "周期"]
    assert cells(file, "支出")[0] == ["户编号", "支出种类", "金额", "周期"]


def test_the_template_has_drop_downs_notes_and_formats(file: Path) -> None:
    """Choices are lists to choose from, notes hold the fact's name and meaning, codes and numbers are text."""
    write_template(file)
    members = part(file, "xl/worksheets/sheet3.xml")
    assert 'type="list"' in members
    assert "<formula1>'选项'!$" in members
    assert 'state="frozen"' in members
    choices = cells(file, "选项")
    assert ["女", "男"] in [[row[i] for row in choices if row[i]] for i in range(len(choices[0]))]
    assert 'name="选项" sheetId="7" state="hidden"' in part(file, "xl/workbook.xml")
    notes = part(file, "xl/comments2.xml")
    assert "birth_date\n出生日期？\n填写：日期，如 2020-09-01\n空着：未知（不是没有，也不是零）" in notes
    assert "空着：未满 16 周岁的，推定没有收入" in notes
    assert 'numFmtId="49"' in part(file, "xl/styles.xml")  # text
    described = cells(file, "说明")
    assert ["成员", "与户主关系", "relation"] in [row[:3] for row in described]


PETS = Fact(
    "pets",
    Level.MEMBER,
    Items(
        "kind",
        (Field("kind", Choice({"cat": "猫", "dog": "狗"}), "种类", required=True), Field("cost", Money(), "花费")),
    ),
    "宠物：猫/狗",
)
TWIN = Fact("other_name", Level.MEMBER, YesNo(), "姓名")


def test_a_plugins_facts_have_their_columns_and_sheets(file: Path) -> None:
    """A list fact gets a sheet of its own; a label that is taken gets the fact's name beside it."""
    catalog = Catalog((*CORE_FACTS.facts, PETS, TWIN))
    write_template(file, catalog)
    assert cells(file, "宠物：猫 狗")[0] == ["户编号", "成员序号", "种类", "花费"]
    assert {"宠物：猫/狗", "姓名（other_name）"} <= set(cells(file, "成员")[0])
    book = right_book()
    book.sheets["宠物：猫 狗"] = [["户编号", "成员序号", "种类", "花费"], ["001", 1, "猫", 3]]
    found = read_workbook(book.save(file), catalog)
    assert found.problems == ()
    assert found.households[0].household.members[0]["pets"][0]["kind"] == "cat"


# Reading what is written in other ways


@pytest.mark.parametrize(
    ("sheet", "row", "heading", "written", "meant"),
    [
        ("成员", 2, "birth_date", "1978-3-2", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "1978年3月2日", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "1978/3/2", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "1978.3.2", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "１９７８－０３－０２", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "19780302", date(1978, 3, 2)),
        ("成员", 2, "birth_date", 19780302, date(1978, 3, 2)),
        ("成员", 2, "birth_date", datetime(1978, 3, 2), date(1978, 3, 2)),  # noqa: DTZ001
        ("成员", 2, "birth_date", "1978-03-02 00:00:00", date(1978, 3, 2)),
        ("成员", 2, "birth_date", " 1978-03-02　", date(1978, 3, 2)),
        ("成员", 2, "insured", "有", True),
        ("成员", 2, "insured", "FALSE", False),
        ("成员", 2, "insured", True, True),
        ("成员", 2, "insured", 0, False),
        ("成员", 2, "insured", "１", True),
        ("成员", 2, "sex", "male", "male"),
        ("成员", 2, "sex", " 男 ", "male"),
        ("成员", 2, "name", " 岑大禾　", "岑大禾"),
        ("成员", 2, "name", "'=岑大禾", "=岑大禾"),
        ("成员", 2, "name", "\u200b岑大禾\ufeff", "岑大禾"),
        ("成员", 2, "name", 12, "12"),
        ("成员", 2, "name", "", None),
        ("成员", 2, "id_number", f"'{MAN}", MAN),
        ("成员", 2, "id_number", f"{MAN[:6]} {MAN[6:14]} {MAN[14:]}", MAN),
        ("成员", 2, "id_number", MAN.translate({c: c + 0xFEE0 for c in range(48, 58)}), MAN),
        ("成员", 2, "disability_grade", "２", 2),
        ("成员", 2, "disability_grade", "2.0", 2),
        ("家庭", 2, "financial_assets", "1,200.50", "1200.50"),
        ("家庭", 2, "financial_assets", "１２００．５", "1200.50"),
        ("家庭", 2, "financial_assets", "￥1200.5元", "1200.50"),
        ("家庭", 2, "financial_assets", 0.1 + 0.2, "0.30"),
        ("家庭", 2, "financial_assets", "  ", None),
        ("家庭", 2, "region", 522723102201, "522723102201"),
        ("家庭", 2, "region", "522723102201　", "522723102201"),
        ("家庭", 2, "户编号", "００１", None),
    ],
)
def test_what_is_certain_is_understood(
    sheet: str, row: int, heading: str, written: Any, meant: Any, file: Path
) -> None:
    """Dates, numbers, words and codes in the ways in which people write them."""
    found = read_workbook(right_book().put(sheet, row, heading, written).save(file))
    assert found.problems == ()
    first = found.households[0]
    assert first.number == "001"
    value = (first.household.facts if sheet == "家庭" else first.household.members[0]).get(heading)
    assert str(value) == str(meant) if meant is not None else value is None


def test_columns_may_move_and_titles_stand_above(file: Path) -> None:
    """Headings are found by their text: in another order, below a title, as label or as the fact's name."""
    book = right_book()
    book.sheets["成员"] = [row[::-1] for row in book.sheets["成员"]]
    book.put("成员", 1, "birth_date", " 出生 日期 ").put("成员", 1, "sex", "性别*")
    width = len(book.sheets["成员"][0])
    book.sheets["成员"][:0] = [["龙里县家庭情况登记表"] + [""] * (width - 1), [""] * width]
    book.merged.append(("成员", "A1:E1"))
    found = read_workbook(book.save(file))
    assert found.problems == ()
    assert found.households[0].household.members[1]["birth_date"] == date(1981, 7, 15)


def test_what_is_left_unread_is_said(file: Path) -> None:
    """Columns of one's own, other sheets and a missing list sheet hurt nobody, and are named."""
    book = right_book()
    for row, text in zip(book.sheets["成员"], ["联系电话", "", "", "", ""], strict=True):
        row.append(text)
    book.sheets["备忘"] = [["随便"]]
    del book.sheets["治疗"]
    found = read_workbook(book.save(file))
    assert found.problems == ()
    assert found.notices == (
        "成员 第 1 行 K 列：不认识的列“联系电话”，没有导入",
        "没有“治疗”表；本年度就医费用按未知处理",
        "工作表“备忘”没有导入",
    )


def test_unknown_is_not_none(file: Path) -> None:
    """An empty cell leaves a list unknown, 无 makes it empty, rows fill it."""
    households = read_workbook(right_book().save(file)).households
    first, second, third = households[0].household.members
    assert [entry["kind"] for entry in first["incomes"]] == ["wage", "business"]
    assert second["incomes"] == ()
    assert "incomes" not in third
    assert "financial_assets" not in households[1].household.facts


def test_a_million_empty_rows_take_neither_time_nor_memory(file: Path) -> None:
    """Formatted rows down to the end of the sheet, as Excel leaves them, are gone through within seconds."""
    rows = b"".join(
        b'<row r="%d" s="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (n, n, n) for n in range(9, 1_000_009)
    )
    repacked(
        right_book().save(file),
        lambda name, held: (
            held.replace(b"</sheetData>", rows + b"</sheetData>") if name.endswith("sheet2.xml") else held
        ),
    )
    # The kernel's own mark: ru_maxrss of a child begins with what its parent had.
    script = (
        "import sys; from bangfu_office.sheets import read_workbook; found = read_workbook(sys.argv[1]); "
        "status = open('/proc/self/status').read(); peak = status.split('VmHWM:')[1].split()[0]; "
        "print(len(found.households), len(found.problems), peak)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script, file], capture_output=True, text=True, check=True)
    households, problems, kilobytes = map(int, done.stdout.split())
    assert (households, problems) == (2, 0)
    assert kilobytes < 300_000
    assert time.perf_counter() - start < 30


def test_what_follows_the_cells_may_be_long(file: Path) -> None:
    """A sheet with megabytes of formatting rules below its cells is read like any other, failed formulas among it."""
    rule = '<conditionalFormatting sqref="Z{n}"><cfRule type="expression" priority="{n}"><formula>1</formula></cfRule>'
    rules = "".join(rule.format(n=n) + "</conditionalFormatting>" for n in range(1, 40_000)).encode()
    book = right_book().put("成员", 5, "insured", Formula("=1/0", "#DIV/0!"))
    repacked(
        book.save(file),
        lambda name, held: (
            held.replace(b"</sheetData>", b"</sheetData>" + rules) if name.endswith("sheet2.xml") else held
        ),
    )
    (problem,) = read_workbook(file).problems
    assert problem.path == "成员 第 5 行 J 列（参加基本医疗保险）"
