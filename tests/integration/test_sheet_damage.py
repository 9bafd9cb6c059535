"""Damaged workbooks: each is answered by cell or by file, in words, and nothing of it reaches the registry."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from bangfu import InputError
from bangfu_office.commands.sheets import import_command
from bangfu_office.registry import Registry
from bangfu_office.sheets import SheetProblem, read_workbook
from workbooks import (
    MAN,
    PERSONAL,
    REGION,
    WOMAN,
    Book,
    Formula,
    repacked,
    right_book,
)

Make = Callable[[Path], Path]
SPREADSHEETML = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


class Damage(NamedTuple):
    """A kind of damage: how such a file is made, where it is said to be, and what is said of it."""

    kind: str
    make: Make
    place: str
    said: tuple[str, ...]


def cell(kind: str, sheet: str, row: int, heading: str, value: Any, *said: str) -> Damage:
    """Return the damage of one cell, which is named by sheet, row and column."""
    letter = chr(ord("A") + right_book().sheets[sheet][0].index(heading))
    place = f"{sheet} 第 {row} 行 {letter} 列"
    return Damage(kind, lambda path: right_book().put(sheet, row, heading, value).save(path), place, said)


def book(kind: str, change: Callable[[Book], object], place: str, *said: str) -> Damage:
    """Return damage that takes more than one cell."""

    def make(path: Path) -> Path:
        changed = right_book()
        change(changed)
        return changed.save(path)

    return Damage(kind, make, place, said)


def content(kind: str, data: bytes | Callable[[], bytes], *said: str) -> Damage:
    """Return a file that is no workbook at all."""

    def make(path: Path) -> Path:
        path.write_bytes(data if isinstance(data, bytes) else data())
        return path

    return Damage(kind, make, "文件", said)


def package(kind: str, change: Callable[[str, bytes], bytes | None], *said: str, place: str = "文件") -> Damage:
    """Return a workbook with damaged parts."""
    return Damage(kind, lambda path: repacked(right_book().save(path), change), place, said)


def on_sheet(number: int, old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    """Return the change of some bytes of a sheet's part."""

    def change(name: str, part: bytes) -> bytes:
        if name != f"xl/worksheets/sheet{number}.xml":
            return part
        assert old in part
        return part.replace(old, new, 1)

    return change


def without(suffix: str) -> Callable[[str, bytes], bytes | None]:
    """Return the change that leaves a part out."""
    return lambda name, part: None if name.endswith(suffix) else part


def zipped(*names: str) -> bytes:
    """Return a zip file with these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return held.getvalue()


def swapped(one: str, other: str) -> Callable[[Book], object]:
    """Return the change that swaps two sheets' names."""

    def change(changed: Book) -> None:
        sheets = changed.sheets
        sheets[one], sheets[other] = sheets[other], sheets[one]

    return change


def renamed(sheet: str, name: str) -> Callable[[Book], object]:
    """Return the change of a sheet's name."""
    return lambda changed: changed.sheets.update({name: changed.sheets.pop(sheet)})


def only(name: str, cells: list[list[Any]]) -> Callable[[Book], object]:
    """Return the change that leaves a single sheet."""

    def change(changed: Book) -> None:
        changed.sheets = {name: cells}

    return change


def headed(sheet: str, old: str, new: str) -> Callable[[Book], object]:
    """Return the change of a heading."""
    return lambda changed: changed.put(sheet, 1, old, new)


def dropped(sheet: str, heading: str) -> Callable[[Book], object]:
    """Return the change that removes a column."""

    def change(changed: Book) -> None:
        index = changed.sheets[sheet][0].index(heading)
        for row in changed.sheets[sheet]:
            del row[index]

    return change


def shifted(changed: Book) -> None:
    """Move the members' values one column to the right, below headings that stay."""
    for row in changed.sheets["成员"][1:]:
        row.insert(2, "")


def bomb(path: Path) -> Path:
    """Write a workbook of which a sheet has 600 MB of blanks."""
    right_book().save(path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/big.xml", "w") as part,
    ):
        for _ in range(600):
            part.write(b" " * 1_000_000)
    return path


def lying_bomb(path: Path) -> Path:
    """Write a workbook of which the zip directory gives 1,000 bytes for a part of 50 MB."""
    with zipfile.ZipFile(right_book().save(path), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/big.xml", b" " * 50_000_000)
    data = bytearray(path.read_bytes())
    real, told = struct.pack("<I", 50_000_000), struct.pack("<I", 1000)
    assert real in data
    path.write_bytes(bytes(data).replace(real, told))
    return path


def twice(path: Path) -> Path:
    """Write a workbook with the same part twice."""
    right_book().save(path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", b"<x/>")
    return path


def encrypted(path: Path) -> Path:
    """Mark every part of the zip as encrypted."""
    data = bytearray(right_book().save(path).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    path.write_bytes(data)
    return path


def cut(share: float) -> Make:
    """Return what cuts a workbook off."""

    def make(path: Path) -> Path:
        data = right_book().save(path).read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        return path

    return make


def laughing(name: str, part: bytes) -> bytes:
    """Give the second sheet an entity of a million laughs, and a cell that holds it."""
    if not name.endswith("sheet2.xml"):
        return part
    return part.replace(b"<worksheet ", LAUGHS, 1).replace(b"</sheetData>", LAUGHING + b"</sheetData>", 1)


def many_parts(path: Path) -> Path:
    """Write a workbook of 10,001 parts."""
    right_book().save(path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"xl/media/{number}.png", b"")
    return path


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRIES = [["001", 1, "工资", 10, "月"]] * 201
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]><worksheet '
LAUGHING = b'<row r="9"><c r="C9" t="inlineStr"><is><t>&b;</t></is></c></row>'
XML_2003 = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
IN_MEMBERS, IN_HOUSEHOLDS = "成员 第 {} 行", "家庭 第 {} 行"

DAYS = [
    cell("a day the calendar lacks", "成员", 2, "birth_date", "1978-02-30", "日历上没有这一天", "应为：日期"),
    cell("a thirteenth month", "成员", 2, "birth_date", "1978年13月1日", "日历上没有这一天"),
    cell("a day without a year", "成员", 2, "birth_date", "3月2日", "年份用四位数字"),
    cell("a month without a day", "成员", 2, "birth_date", "1978年3月", "写明年、月、日"),
    cell("a year of two digits", "成员", 2, "birth_date", "78-03-02", "年份用四位数字"),
    cell("a day written from the day on", "成员", 2, "birth_date", "02/03/1978", "年份用四位数字"),
    cell("a day as a plain number", "成员", 2, "birth_date", 28551, "格式改成日期"),
    cell("eight digits that are no day", "成员", 2, "birth_date", 19780230, "日历上没有这一天"),
    cell("a day with a time", "成员", 2, "birth_date", datetime(1978, 3, 2, 10, 30), "去掉时刻"),  # noqa: DTZ001
    cell("a time instead of a day", "成员", 2, "birth_date", time(10, 30), "时刻", "应为：日期"),
    cell("yes instead of a day", "成员", 2, "birth_date", True, "应为：日期"),
    cell("a day in the future", "成员", 4, "birth_date", date(2150, 1, 1), "不晚于评估日"),
    cell("a day before 1900", "成员", 2, "birth_date", "1850-01-01", "1900-01-01 至 2199-12-31"),
    cell("a word for an unknown day", "成员", 2, "birth_date", "不详", "不知道的请留空"),
    cell("a name in the column of days", "成员", 2, "birth_date", "岑大禾", "“岑**”", "应为：日期"),
]
PEOPLE = [
    cell("an ID number as a number", "成员", 2, "id_number", int(MAN[:17] + "0"), "丢掉", "格式改成文本"),
    cell("an ID number in scientific notation", "成员", 2, "id_number", "9.99999E+17", "科学记数法", "格式改成文本"),
    cell("an ID number of 17 digits", "成员", 2, "id_number", MAN[:17], "17 个字符"),
    cell("an ID number of the old kind", "成员", 2, "id_number", MAN[:6] + MAN[8:17], "15 个字符"),
    cell(
        "an ID number with a wrong check digit",
        "成员",
        2,
        "id_number",
        MAN[:17] + ("1" if MAN[17] != "1" else "2"),
        "校验码不符",
    ),
    cell("an ID number with a letter", "成员", 2, "id_number", "A" + MAN[1:], "数字以外"),
    cell("an ID number of a day that never was", "成员", 2, "id_number", MAN[:6] + "19780230" + MAN[14:], "不存在"),
    cell("an ID number hidden by stars", "成员", 2, "id_number", MAN[:4] + "*" * 10 + MAN[14:], "数字以外"),
    cell("a word instead of an ID number", "成员", 2, "id_number", "无", "应为：18 位"),
    cell("a day instead of an ID number", "成员", 2, "id_number", date(1978, 3, 2), "应为：18 位"),
    cell("a birth date other than the ID number's", "成员", 2, "birth_date", date(1978, 3, 3), "与公民身份号码一致"),
    cell("another sex than the ID number's", "成员", 2, "sex", "女", "与公民身份号码一致"),
    cell("the same ID number twice in a household", "成员", 4, "id_number", WOMAN, "另一成员的公民身份号码相同"),
    cell("a day instead of a name", "成员", 2, "name", date(1978, 3, 2), "不是文本"),
    cell("a name of 101 characters", "成员", 2, "name", "岑" * 101, "101 个字符"),
    cell("a name on two lines", "成员", 2, "name", "岑大\n禾", "换行"),
    cell("a relation that is none", "成员", 3, "relation", "儿媳或女婿", "最接近的是“儿媳/女婿”"),
    cell("no relation", "成员", 3, "relation", "", "没有写", "与户主关系"),
    cell("a second head", "成员", 4, "relation", "户主", "第二名户主（第 2 行 已是户主）"),
    cell("a sex that is none", "成员", 3, "sex", "x", "其中之一：女、男"),
    cell("a number as a choice", "成员", 3, "sex", 7, "其中之一：女、男"),
    cell("a word instead of yes or no", "成员", 3, "insured", "大概", "其中之一：是、否"),
    cell("two instead of yes or no", "成员", 3, "insured", 2, "其中之一：是、否"),
    book("everything one column to the right", shifted, "成员 第 2 行 D 列", "应为：18 位"),
]
NUMBERS = [
    cell("a negative amount", "家庭", 2, "financial_assets", -5, "金额不能为负"),
    cell("a negative amount as text", "家庭", 2, "financial_assets", "-5", "金额不能为负"),
    cell("an amount with a word", "家庭", 2, "financial_assets", "1500块", "只写数字"),
    cell("an amount in ten thousands", "家庭", 2, "financial_assets", "1.5万", "以元为单位"),
    cell("an amount grouped wrongly", "家庭", 2, "financial_assets", "1,50", "应为：金额"),
    cell("an amount with two points", "家庭", 2, "financial_assets", "1.500.00", "应为：金额"),
    cell("a fraction of a fen", "家庭", 2, "financial_assets", 1.005, "精确到分"),
    cell("an amount without end", "家庭", 2, "financial_assets", 1e12, "100,000,000"),
    cell("an amount in scientific notation", "家庭", 2, "financial_assets", "1E+5", "应为：金额"),
    cell("a day instead of an amount", "家庭", 2, "financial_assets", date(1903, 2, 11), "从日期改成数值"),
    cell("true instead of an amount", "家庭", 2, "financial_assets", True, "应为：金额"),
    cell("a stroke for nothing", "家庭", 2, "financial_assets", "—", "不知道的请留空"),
    cell("half a house", "家庭", 2, "homes", 1.5, "应为：整数"),
    cell("fewer houses than none", "家庭", 2, "homes", -1, "0 至 1000"),
    cell("a grade that is none", "成员", 3, "disability_grade", 5, "1 至 4 的整数"),
    cell("a grade in characters", "成员", 3, "disability_grade", "二级", "只写阿拉伯数字"),
    cell("a negative income", "收入", 2, "amount", "－1500", "金额不能为负"),
    cell("an income by the week", "收入", 2, "per", "周", "其中之一：年、月、天、一次性"),
    cell("an income of no kind", "收入", 2, "kind", "", "没有写", "收入种类"),
    cell("an income of an unknown kind", "收入", 2, "kind", "经营净收人", "最接近的是“经营净收入”"),
    cell("an income in the column that says whether there is any", "成员", 2, "incomes", 1500, "其中之一：无、有"),
]
KEYS = [
    cell("a region of four digits", "家庭", 2, "region", "5227", "6、9、12 位数字"),
    cell("a region in scientific notation", "家庭", 2, "region", "5.22723E+11", "格式改成文本"),
    cell("a region by name", "家庭", 2, "region", "龙里县", "只写数字"),
    cell("no region", "家庭", 2, "region", "", "没有写", "行政区划代码"),
    cell("no household number", "家庭", 2, "户编号", "", "没有写", "每户一个编号"),
    cell("a household number twice", "家庭", 3, "户编号", "001", "与第 2 行相同"),
    cell("a household number that lost digits", "家庭", 2, "户编号", 123456789012345678, "格式改成文本"),
    cell("a household number of 65 characters", "家庭", 2, "户编号", "号" * 65, "65 个字符"),
    cell("a household number with a stroke", "家庭", 2, "户编号", "龙里/001", "户编号中不能有"),
    cell("a household number on two lines", "家庭", 2, "户编号", "0\n1", "户编号中不能有"),
    cell("a household number that lost its noughts", "成员", 2, "户编号", 1, "没有编号为 1 的户", "“家庭”表中的户编号"),
    book(
        "a household without members",
        lambda b: b.sheets["家庭"].append(["003", REGION, *[""] * 6]),
        "家庭 第 4 行",
        "“成员”表中没有这一户的成员",
    ),
    cell("a member of an unknown household", "成员", 3, "户编号", "0010", "没有编号为 0010 的户", "最接近的是 001"),
    cell("a member without a household", "成员", 3, "户编号", "", "没有写"),
    cell("a member without a number", "成员", 3, "成员序号", "", "没有写", "户内第几名成员"),
    cell("two members with the same number", "成员", 3, "成员序号", 1, "与第 2 行相同"),
    cell("a member number nought", "成员", 3, "成员序号", 0, "1 至 100 的整数"),
    cell("a member number with a fraction", "成员", 3, "成员序号", 1.5, "应为：整数"),
    cell("a member number in words", "成员", 3, "成员序号", "二", "应为：整数"),
    cell("an income of an unknown member", "收入", 2, "成员序号", 9, "没有序号为 9 的成员"),
    cell("an income of an unknown household", "收入", 2, "户编号", "009", "没有编号为 009 的户"),
    cell("an expense of an unknown household", "支出", 2, "户编号", "009", "没有编号为 009 的户"),
    cell("none, though incomes are listed", "成员", 2, "incomes", "无", "写了“无”", "“收入”表第 2 行"),
    cell("some, though no incomes are listed", "成员", 3, "incomes", "有", "写了“有”", "没有相应的行"),
    cell("some, though no expenses are listed", "家庭", 3, "expenses", "有", "写了“有”", "“支出”表"),
    book("201 incomes of one person", lambda b: b.sheets["收入"].extend(ENTRIES), "成员 第 2 行 H 列", "至多 200 项"),
]
FORMULAS = [
    cell("a broken reference", "家庭", 2, "financial_assets", Formula("=#REF!", "#REF!"), "公式出错（#REF!）"),
    cell("a division by nought", "收入", 2, "amount", Formula("=1/0", "#DIV/0!"), "公式出错（#DIV/0!）"),
    cell("a lookup without a find", "成员", 3, "户编号", Formula("=VLOOKUP(1,A1:B2,2)", "#N/A"), "公式出错（#N/A）"),
    package(
        "a formula without its result",
        on_sheet(1, b"<v>1200.5</v>", b"<f>600.25*2</f><v></v>"),
        "公式没有算出的结果",
        "打开并保存一次",
        place="家庭 第 2 行 E 列",
    ),
    package(
        "a shared formula without its result",
        on_sheet(1, b"<v>1200.5</v>", b'<f t="shared" si="0"/>'),
        "公式没有算出的结果",
        place="家庭 第 2 行 E 列",
    ),
]
SHEETS = [
    book(
        "merged cells down the household numbers",
        lambda b: b.merged.append(("成员", "A2:A4")),
        "成员 第 2–4 行 A 列",
        "合并的单元格",
        "取消合并",
    ),
    book("merged cells across", lambda b: b.merged.append(("家庭", "E2:F2")), "家庭 第 2 行 E–F 列", "合并的单元格"),
    book(
        "merged cells among the headings",
        lambda b: b.merged.append(("收入", "C1:C2")),
        "收入 第 1–2 行 C 列",
        "合并的单元格",
    ),
    book("no members' sheet", lambda b: b.sheets.pop("成员"), "成员 表", "没有这张工作表"),
    book("no households' sheet", lambda b: b.sheets.pop("家庭"), "家庭 表", "没有这张工作表"),
    book("a sheet with a name of its own", renamed("成员", "成员表"), "成员 表", "最接近的是“成员表”"),
    book("one sheet that is named by nobody", only("Sheet1", [["姓名", "性别"]]), "家庭 表", "有：Sheet1"),
    book("households and members swapped", swapped("家庭", "成员"), "家庭 表", "标题是“成员”表的", "放反"),
    book(
        "incomes and expenses swapped",
        lambda b: swapped("收入", "支出")(b) or by_label(b),
        "收入 表",
        "标题是“支出”表的",
    ),
    book("no row of headings", lambda b: b.sheets["成员"].pop(0), "成员 表", "没有标题行"),
    book("no column of household numbers", dropped("成员", "户编号"), "成员 表", "没有标题行", "“户编号”"),
    book("no column of member numbers", dropped("成员", "成员序号"), "成员 第 1 行", "没有“成员序号”列"),
    book("no column of regions", dropped("家庭", "region"), "家庭 第 1 行", "没有“行政区划代码”列"),
    book("no column of relations", dropped("成员", "relation"), "成员 第 1 行", "没有“与户主关系”列"),
    book("no column of kinds", dropped("收入", "kind"), "收入 第 1 行", "没有“收入种类”列"),
    book(
        "a misspelt heading",
        headed("成员", "birth_date", "出身日期"),
        "成员 第 1 行 G 列",
        "不认识的列“出身日期”",
        "最接近的是“出生日期”",
    ),
    book(
        "a column without a heading",
        headed("成员", "birth_date", ""),
        "成员 第 2 行 G 列",
        "有内容，但这一列没有标题",
    ),
    book("a remark beside the table", lambda b: b.sheets["收入"][2].append("已核"), "收入 第 3 行 F 列", "没有标题"),
    book("a heading twice", headed("成员", "sex", "姓名"), "成员 第 1 行 F 列", "标题与 C 列相同"),
    book("sheets without a cell", lambda b: b.sheets.update({name: [] for name in b.sheets}), "家庭 表", "空表"),
    book(
        "nothing but headings",
        lambda b: b.sheets.update({n: c[:1] for n, c in b.sheets.items()}),
        "家庭 表",
        "只有标题",
    ),
    book("no sheet but an empty one", only("Sheet1", []), "家庭 表", "没有这张工作表"),
    package(
        "a cell at the far end of the sheet",
        on_sheet(2, b"</sheetData>", FAR),
        "第 1,048,576 行、XFD 列",
        "删去数据以外的行和列",
        place="成员 表",
    ),
]
FILES = [
    content("no bytes", b"", "空文件"),
    content("a CSV file renamed", "户编号,姓名\n001,岑大禾\n".encode(), "文本文件（如 CSV）", "另存为"),
    content("a CSV file in GBK renamed", "户编号,姓名\n001,岑大禾\n".encode("gbk"), "文本文件（如 CSV）"),
    content("a text file in UTF-16 renamed", "户编号\t姓名\n".encode("utf-16"), "文本文件"),
    content("a web page renamed", b"<html><table><tr><td>1</td></tr></table></html>", "网页（HTML）"),
    content("an XML workbook of 2003 renamed", XML_2003.encode(), "XML 文件"),
    content("a JSON file renamed", b'{"region": "522723"}', "文本文件"),
    content("an .xls file renamed", OLE + b"\x00" * 5000, "旧版 Excel 文件（.xls", "另存为"),
    content("a workbook with a password", OLE + b"\x00" * 5000 + "EncryptedPackage".encode("utf-16-le"), "有密码保护"),
    content("a PDF renamed", b"%PDF-1.7\n", "PDF 文件"),
    content("a picture renamed", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "图片"),
    content("a photograph renamed", b"\xff\xd8\xff\xe0" + b"\x00" * 50, "图片"),
    content("a RAR archive renamed", b"Rar!\x1a\x07\x00", "RAR 压缩包"),
    content("some program renamed", b"\x7fELF\x02\x01\x01" + b"\x00" * 50, "不是工作簿的文件"),
    content("an archive of other files", lambda: zipped("成员.xlsx"), "其中没有工作簿", "先解压缩"),
    content("an .ods file renamed", lambda: zipped("mimetype", "content.xml"), "ODF 文件"),
    content("a .docx file renamed", lambda: zipped("[Content_Types].xml", "word/document.xml"), "Word 文档"),
    content("a .pptx file renamed", lambda: zipped("ppt/presentation.xml"), "PowerPoint"),
    content("an .xlsb file renamed", lambda: zipped("xl/workbook.bin"), "二进制工作簿"),
    content("two letters of a zip file", b"PK", "已损坏"),
    content("an empty zip file", b"PK\x05\x06" + b"\x00" * 18, "其中没有工作簿"),
    Damage("half a file", cut(0.5), "文件", ("已损坏", "重新传送")),
    Damage("all but the end", cut(0.99), "文件", ("已损坏",)),
    Damage("a zip bomb", bomb, "文件", ("解压后有", "比正常的工作簿大得多")),
    Damage("a zip bomb that gives a small size", lying_bomb, "文件", ("已损坏",)),
    Damage("ten thousand parts", many_parts, "文件", ("比正常的工作簿大得多",)),
    Damage("a part twice", twice, "文件", ("同名",)),
    Damage("an encrypted zip file", encrypted, "文件", ("密码",)),
    package("no sheet behind a name", without("sheet2.xml"), "已损坏"),
    package("no list of sheets' parts", without("workbook.xml.rels"), "已损坏"),
    package("no shared strings", without("sharedStrings.xml"), "已损坏"),
    package("half a sheet", lambda n, c: c[: len(c) // 2] if n.endswith("sheet2.xml") else c, "已损坏"),
    package("an empty list of sheets", lambda n, c: b"" if n.endswith("xl/workbook.xml") else c, "已损坏"),
    package("a string that is not there", on_sheet(2, b't="s"><v>', b't="s"><v>9999'), "已损坏"),
    package("a cell beyond the sheet", on_sheet(2, b'r="A2"', b'r="ZZZ9999999"'), "格式无法识别"),
    package("a cell without an address", on_sheet(2, b' r="A2"', b""), "格式无法识别"),
    package("a sheet in UTF-16", lambda n, c: c.decode().encode("utf-16") if n.endswith("sheet2.xml") else c,
            "格式无法识别"),
    package("entities within entities", laughing, "已损坏"),
]  # fmt: skip
DAMAGES = [*DAYS, *PEOPLE, *NUMBERS, *KEYS, *FORMULAS, *SHEETS, *FILES]


def by_label(changed: Book) -> None:
    """Head incomes and expenses by the Chinese labels of their kinds: the facts' names are the same on both."""
    changed.put("收入", 1, "kind", "支出种类").put("支出", 1, "kind", "收入种类")


def problems_in(path: Path) -> list[SheetProblem]:
    """Return what is wrong with a workbook."""
    try:
        return list(read_workbook(path).problems)
    except InputError as error:
        return [problem for problem in error.problems if isinstance(problem, SheetProblem)]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.kind)
def test_damage_is_answered_by_cell_or_by_file(damage: Damage, tmp_path: Path) -> None:
    """One of the problems is at the place and says what is found, what is expected and how to mend it."""
    path = damage.make(tmp_path / "households.xlsx")
    problems = problems_in(path)
    here = [problem for problem in problems if problem.path.startswith(damage.place)]
    assert here, [str(problem) for problem in problems]
    assert any(all(text in str(problem) for text in damage.said) for problem in here), [str(p) for p in problems]
    assert all(problem.expected for problem in problems)
    told = "\n".join(map(str, problems))
    assert not [text for text in PERSONAL if text in told]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.kind)
def test_nothing_damaged_reaches_the_registry(damage: Damage, tmp_path: Path, sqlite_url: str) -> None:
    """The command says the same on standard error, with exit code 1; no household is there afterwards."""
    path = damage.make(tmp_path / "households.xlsx")
    result = CliRunner().invoke(import_command, [str(path), "--database", sqlite_url])
    assert (result.exit_code, result.stdout) == (1, "")
    assert isinstance(result.exception, SystemExit)
    assert all(text in result.stderr for text in damage.said)
    with Registry.open(sqlite_url) as registry:
        assert registry.numbers() == []


def test_there_are_enough_kinds() -> None:
    """Sixty kinds were asked for; no two have the same name."""
    kinds = [damage.kind for damage in DAMAGES]
    assert len(set(kinds)) == len(kinds) >= 60


def test_the_undamaged_workbook_is_right(tmp_path: Path) -> None:
    """What all damages start from has nothing wrong with it."""
    found = read_workbook(right_book().save(tmp_path / "right.xlsx"))
    assert (found.problems, found.notices) == ((), ())
    assert [one.number for one in found.households] == ["001", "002"]
