"""What a column means, how it is filled in and what an empty cell stands for: the words of notes and of 说明."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.facts import Choice, Day, Digits, Integer, Money, Quantity, Text, YesNo
from bangfu_office.sheets.layout import HOUSEHOLD_NUMBER, MEMBER_NUMBER, Column, Layout
from bangfu_office.workbook_files.problems import listed

_MANY = 10_000
"""A larger limit of a whole number is no more than a guard against slips."""

RULES = (
    "每户在“家庭”表占一行，每名成员在“成员”表占一行；其他表每项一行。",
    "户编号必填，各表完全一致；成员序号是户内第几名，从 1 起。",
    "不知道的留空：空着表示未知，不表示没有，也不表示零。确实没有收入、支出的，在相应的“收入”等列写“无”。",
    "再次导入时按户编号更新已登记的家庭；空着的格不改动原有内容，表中没有写的成员不会被删除。",
    "列的先后可以调整，标题不要改动；不要合并单元格，不要在标题行下面留说明文字。",
    "证件号码、编号、代码按文本填写；日期如 2020-09-01；金额以元为单位，至多两位小数。",
)


def how_to_fill(column: Column) -> str:
    """Return what may stand in a cell of a column."""
    if column.presence:
        return "没有的写“无”；有的写“有”（或留空），并在相应的表中每项一行"
    match column.type:
        case Money():
            return "金额（元），至多两位小数"
        case Quantity(unit):
            return f"数，单位 {unit}"
        case Integer(least, most):
            return f"{least} 至 {most} 的整数" if most <= _MANY else f"整数，不小于 {least}"
        case YesNo() | Choice():
            chosen = f"从下拉列表中选择：{listed(column.labels.values())}"
            return f"{chosen}。{column.note}" if column.note else chosen
        case Day():
            return "日期，如 2020-09-01"
        case Digits(lengths):
            return f"{listed(map(str, lengths))} 位数字（文本格式）"
        case Text(id_number=True):
            return "18 位公民身份号码（文本格式）"
        case Text(longest=longest):
            return f"文本，至多 {longest} 个字"
        case _:
            raise TypeError("a list fact has a sheet of its own")


def when_empty(column: Column) -> str:
    """Return what an empty cell stands for."""
    if column.required:
        return "必填"
    if column.fact is not None and column.fact.presumption is not None and not column.part:
        return column.fact.presumption.text
    return "未知（不是没有，也不是零）"


def question(column: Column) -> str:
    """Return what the column asks."""
    if column.name == HOUSEHOLD_NUMBER.name:
        return "这一户的编号，由填表单位自定，如 001；再次导入时凭它找到这一户"
    if column.name == MEMBER_NUMBER.name:
        return "户内第几名成员，从 1 起；“收入”等表凭它找到这个人"
    if column.fact is None or column.part:
        return column.heading
    return column.fact.asks


def note(column: Column) -> str:
    """Return the text of the note on a column's heading."""
    return f"{column.name}\n{question(column)}\n填写：{how_to_fill(column)}\n空着：{when_empty(column)}"


def rows_of_notes(layout: Layout) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the sheet 说明, its headings first."""
    yield ("工作表", "列", "名称", "问什么", "怎样填写", "空着时")
    for sheet in layout.sheets:
        for column in sheet.columns:
            asked = (question(column), how_to_fill(column), when_empty(column))
            yield (sheet.name, column.heading, column.name, *asked)
