"""Which sheets a workbook has, and which columns: everything follows from the declared facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from attrs import define, evolve

from bangfu.facts import Catalog, Choice, Fact, FactType, Integer, Items, Level, Text, YesNo
from bangfu.files import MOST_MEMBERS
from bangfu.messages import _
from bangfu_office.workbook_files.unpacking import folded

HOUSEHOLD_KEY, MEMBER_KEY, PROBLEM = _("户编号"), _("成员序号"), _("问题")
HOUSEHOLDS, MEMBERS, NOTES, CHOICES = "家庭", "成员", "说明", "选项"
NONE, SOME = "none", "some"

_LIST_SHEETS = {"incomes": "收入", "expenses": "支出", "treatments": "治疗"}
"""Short names for the sheets of core's list facts; a plugin's is named like the fact's label."""

_LONGEST_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


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

    @property
    def personal(self) -> bool:
        """Whether its values identify a person and may stand in no message."""
        return self.fact is not None and self.fact.personal

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What a clerk chooses from, by the value it stands for; empty where the column has no drop-down."""
        if isinstance(self.type, YesNo):
            return {"true": "是", "false": "否"}
        return distinct(self.type.labels) if isinstance(self.type, Choice) else {}


HOUSEHOLD_NUMBER = Column(HOUSEHOLD_KEY, "household_number", Text(longest=64), required=True)
MEMBER_NUMBER = Column(MEMBER_KEY, "member_number", Integer(1, MOST_MEMBERS), required=True)
REASON = Column(PROBLEM, "problem", Text())
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

    @property
    def names(self) -> list[str]:
        """The names of all sheets."""
        return [sheet.name for sheet in self.sheets]


def layout(catalog: Catalog) -> Layout:
    """Return the sheets for the facts of a catalogue."""
    facts = [fact for level in (Level.MEMBER, Level.HOUSEHOLD) for fact in catalog.at(level)]
    lists = []
    taken = {HOUSEHOLDS, MEMBERS, NOTES, CHOICES}
    for fact in facts:
        if isinstance(fact.type, Items):
            lists.append(_list_sheet(fact, fact.type, _free(_LIST_SHEETS.get(fact.name, fact.label), fact, taken)))
            taken.add(lists[-1].name)
    households = Sheet(HOUSEHOLDS, Level.HOUSEHOLD, _columns((HOUSEHOLD_NUMBER,), catalog.household))
    members = Sheet(MEMBERS, Level.MEMBER, _columns((HOUSEHOLD_NUMBER, MEMBER_NUMBER), catalog.member))
    return Layout(households, members, tuple(lists))


def _free(wanted: str, fact: Fact, taken: Iterable[str]) -> str:
    """Return a name that Excel takes for a sheet and no other sheet has."""
    name = wanted.translate(_NOT_IN_NAMES).strip()[:_LONGEST_NAME]
    lower = {other.lower() for other in taken}
    return name if name and name.lower() not in lower else fact.name[:_LONGEST_NAME]


def _columns(keys: tuple[Column, ...], facts: Iterable[Fact]) -> tuple[Column, ...]:
    return _headed([*keys, *(_column(fact) for fact in facts)])


def _column(fact: Fact) -> Column:
    if isinstance(fact.type, Items):
        return Column(fact.label, fact.name, Choice({NONE: "无", SOME: "有"}), fact, presence=True)
    return Column(fact.label, fact.name, fact.type, fact, required=fact.required)


def _list_sheet(fact: Fact, items: Items, name: str) -> Sheet:
    keys = (HOUSEHOLD_NUMBER,) if fact.level is Level.HOUSEHOLD else (HOUSEHOLD_NUMBER, MEMBER_NUMBER)
    fields = (Column(f.label, f.name, f.type, fact, required=f.required, part=True, note=f.note) for f in items.fields)
    return Sheet(name, fact.level, _headed([*keys, *fields]), fact)


def _headed(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns with headings of their own: where two would have the same, the later one's name is added."""
    headed = []
    taken = {folded(REASON.heading)}
    for column in columns:
        twin = folded(column.heading) in taken
        headed.append(
            evolve(column, heading=_("{heading}（{name}）", heading=column.heading, name=column.name))
            if twin
            else column
        )
        taken.add(folded(headed[-1].heading))
    return tuple(headed)


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of choices, each with its key beside it where another has the same."""
    return {
        key: label if list(labels.values()).count(label) == 1 else _("{label}（{key}）", label=label, key=key)
        for key, label in labels.items()
    }
