"""Which sheets a workbook has, which columns, and what is said of each: everything follows from the declared facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from attrs import define, evolve

from bangfu.facts import (
    Catalog,
    Choice,
    Day,
    Digits,
    Fact,
    FactType,
    Integer,
    Items,
    Level,
    Money,
    Quantity,
    Text,
    YesNo,
)
from bangfu.files import MOST_MEMBERS
from bangfu.messages import _, joined
from bangfu_office.workbook_files.unpacking import folded

HOUSEHOLDS, MEMBERS, NOTES, CHOICES = "家庭", "成员", "说明", "选项"
NONE, SOME = "none", "some"

_LIST_SHEETS = {"incomes": "收入", "expenses": "支出", "treatments": "治疗"}
"""Short names for the sheets of core's list facts; a plugin's is named like the fact's label."""

_LONGEST_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
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


@define(frozen=True, slots=False)
class Column:
    """A column: its heading, the key it has in a household file, its type.

    ``fact`` is what it belongs to; None for a key column. Of a list fact, ``presence`` marks the column
    that says whether there are entries at all, and ``part`` those of the entries, which stand on a sheet of
    their own. ``note`` is what whoever fills it in should know.
    """

    heading: str
    name: str
    type: FactType
    fact: Fact | None = None
    required: bool = False
    presence: bool = False
    part: bool = False
    note: str = ""

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What a clerk chooses from, by the value it stands for, each different; empty without a drop-down."""
        if isinstance(self.type, YesNo):
            return {"true": "是", "false": "否"}
        if not isinstance(self.type, Choice):
            return {}
        times = Counter(self.type.labels.values())
        return {
            key: label if times[label] == 1 else _("{label}（{key}）", label=label, key=key)
            for key, label in self.type.labels.items()
        }


HOUSEHOLD_NUMBER = Column(_("户编号"), "household_number", Text(longest=64), required=True)
MEMBER_NUMBER = Column(_("成员序号"), "member_number", Integer(1, MOST_MEMBERS), required=True)
REASON = Column(_("问题"), "problem", Text())
"""The column beside each row that was handed back; on the way in it is left unread."""


@define(frozen=True, slots=False)
class Sheet:
    """A sheet with its columns, the keys first; ``items`` is the list fact whose entries it holds."""

    name: str
    level: Level
    columns: tuple[Column, ...]
    items: Fact | None = None

    def column(self, name: str) -> Column | None:
        """Return the column of a name."""
        return next((column for column in self.columns if column.name == name), None)

    @cached_property
    def keys(self) -> tuple[Column, ...]:
        """The columns that say whose row it is."""
        return tuple(column for column in self.columns if column.fact is None)

    @cached_property
    def by_heading(self) -> Mapping[str, Column]:
        """The columns by everything they may be headed with, as ``folded``."""
        names = {folded(column.name): column for column in self.columns}
        return names | {folded(column.heading): column for column in self.columns}


@define(frozen=True, slots=False)
class Layout:
    """All sheets of a catalogue."""

    households: Sheet
    members: Sheet
    lists: tuple[Sheet, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """All sheets, in the order of the workbook."""
        return (self.households, self.members, *self.lists)

    @cached_property
    def lists_of(self) -> Mapping[Level, Mapping[str, Sheet]]:
        """The sheets of list facts by level and name of the fact."""
        return {
            level: {sheet.items.name: sheet for sheet in self.lists if sheet.items and sheet.level is level}
            for level in Level
        }

    @property
    def names(self) -> list[str]:
        """The names of all sheets."""
        return [sheet.name for sheet in self.sheets]


def layout(catalog: Catalog) -> Layout:
    """Return the sheets for the facts of a catalogue."""
    lists: list[Sheet] = []
    for fact in (*catalog.at(Level.MEMBER), *catalog.at(Level.HOUSEHOLD)):
        if isinstance(fact.type, Items):
            name = _free_name(fact, {HOUSEHOLDS, MEMBERS, NOTES, CHOICES, *(sheet.name for sheet in lists)})
            parts = (
                Column(f.label, f.name, f.type, fact, required=f.required, part=True, note=f.note)
                for f in fact.type.fields
            )
            lists.append(Sheet(name, fact.level, _columns(fact.level, parts), fact))
    households = Sheet(
        HOUSEHOLDS, Level.HOUSEHOLD, _columns(Level.HOUSEHOLD, map(_column, catalog.at(Level.HOUSEHOLD)))
    )
    members = Sheet(MEMBERS, Level.MEMBER, _columns(Level.MEMBER, map(_column, catalog.at(Level.MEMBER))))
    return Layout(households, members, tuple(lists))


def _free_name(fact: Fact, taken: Iterable[str]) -> str:
    """Return a name for a list fact's sheet that Excel takes and no other sheet has."""
    name = _LIST_SHEETS.get(fact.name, fact.label).translate(_NOT_IN_NAMES).strip()[:_LONGEST_NAME]
    lower = {other.lower() for other in taken}
    return name if name and name.lower() not in lower else fact.name[:_LONGEST_NAME]


def _column(fact: Fact) -> Column:
    if isinstance(fact.type, Items):
        return Column(fact.label, fact.name, Choice({NONE: "无", SOME: "有"}), fact, presence=True)
    return Column(fact.label, fact.name, fact.type, fact, required=fact.required)


def _columns(level: Level, others: Iterable[Column]) -> tuple[Column, ...]:
    """Return the keys of a level and others, with headings of their own: a twin's name is added to its heading."""
    columns, taken = [], {folded(REASON.heading)}
    for column in (HOUSEHOLD_NUMBER, *([MEMBER_NUMBER] if level is Level.MEMBER else []), *others):
        if folded(column.heading) in taken:
            heading = _("{heading}（{name}）", heading=column.heading, name=column.name)
            columns.append(evolve(column, heading=heading))
        else:
            columns.append(column)
        taken.add(folded(columns[-1].heading))
    return tuple(columns)


def _how_to_fill(column: Column) -> str:
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
            chosen = f"从下拉列表中选择：{joined('、', column.labels.values())}"
            return f"{chosen}。{column.note}" if column.note else chosen
        case Day():
            return "日期，如 2020-09-01"
        case Digits(lengths):
            return f"{joined('、', map(str, lengths))} 位数字（文本格式）"
        case Text(id_number=True):
            return "18 位公民身份号码（文本格式）"
        case Text(longest=longest):
            return f"文本，至多 {longest} 个字"
        case _:
            raise TypeError("a list fact has a sheet of its own")


def _when_empty(column: Column) -> str:
    """Return what an empty cell stands for."""
    if column.required:
        return "必填"
    if column.fact is not None and column.fact.presumption is not None and not column.part:
        return column.fact.presumption.text
    return "未知（不是没有，也不是零）"


def _question(column: Column) -> str:
    """Return what the column asks."""
    if column.name == HOUSEHOLD_NUMBER.name:
        return "这一户的编号，由填表单位自定，如 001；再次导入时凭它找到这一户"
    if column.name == MEMBER_NUMBER.name:
        return "户内第几名成员，从 1 起；“收入”等表凭它找到这个人"
    return column.heading if column.fact is None or column.part else column.fact.asks


def note(column: Column) -> str:
    """Return the text of the note on a column's heading."""
    return f"{column.name}\n{_question(column)}\n填写：{_how_to_fill(column)}\n空着：{_when_empty(column)}"


def rows_of_notes(layout: Layout) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the sheet 说明, its headings first."""
    yield ("工作表", "列", "名称", "问什么", "怎样填写", "空着时")
    for sheet in layout.sheets:
        for column in sheet.columns:
            asked = (_question(column), _how_to_fill(column), _when_empty(column))
            yield (sheet.name, column.heading, column.name, *asked)
