"""The rows of all sheets put together by household and member."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, evolve, field

from bangfu.facts import Level, nearest
from bangfu.files import MOST_MEMBERS, holds_id_number, shown
from bangfu.messages import _
from bangfu_office.masking import masked_id
from bangfu_office.registry.work import id_number_as_number
from bangfu_office.sheets.book import Book
from bangfu_office.sheets.drafts import HouseholdDraft, Subject
from bangfu_office.sheets.layout import (
    CHOICES,
    HOUSEHOLD_NUMBER,
    MEMBER_NUMBER,
    NOTES,
    Column,
    Layout,
    Sheet,
    folded,
)
from bangfu_office.sheets.problems import MOST, SheetProblem
from bangfu_office.sheets.table import SheetRow, SheetTable, no_sheet, table_of, too_large

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""


def silent(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


_LONGEST_PADDED = 13
_FEW = 2000
"""Households among which the nearest number is looked for; among more it would take too long."""


@define
class Joined:
    """Goes through the sheets of a workbook; ``drafts`` are the households, ``flagged`` the wrong cells."""

    layout: Layout
    progress: Progress
    drafts: dict[str, HouseholdDraft] = field(factory=dict)
    tables: dict[str, SheetTable] = field(factory=dict)
    problems: list[SheetProblem] = field(factory=list)
    notices: list[str] = field(factory=list)
    flagged: set[tuple[str, int, str]] = field(factory=set)
    _previous: str | None = None
    _strays: list[int] = field(factory=list)
    _told: dict[int, int] = field(factory=dict)

    def read(self, book: Book) -> None:
        """Read all sheets that are known."""
        found = {folded(name): name for name in book.sheet_names}
        for sheet in self.layout.sheets:
            name = found.pop(folded(sheet.name), None)
            if name is None:
                self._absent(sheet, [n for n in book.sheet_names if n not in {NOTES, CHOICES}])
            elif (cells := next(book.sheets)).large:
                self.problems.append(too_large(sheet, cells.scanned))
            else:
                others = [other for other in self.layout.sheets if other is not sheet]
                table, problems, notices = table_of(sheet, cells, others)
                self.problems += problems
                self.notices += notices
                if table is not None and all(key.name in table.headings.columns for key in sheet.keys):
                    self.tables[sheet.name] = table
                    self._rows(table, cells.scanned.rows)
        self.notices += [
            _("工作表“{text}”没有导入", text=shown(n, 40)) for n in found.values() if n not in {NOTES, CHOICES}
        ]
        if self.layout.households.name in self.tables and not self.drafts and not self.problems:
            self._empty()

    def _absent(self, sheet: Sheet, names: list[str]) -> None:
        if sheet.items is None:
            self.problems.append(no_sheet(sheet, names, nearest(sheet.name, names)))
        else:
            self.notices.append(_("没有“{name}”表；{label}按未知处理", name=sheet.name, label=sheet.items.label))

    def _empty(self) -> None:
        sheet, hint = self.layout.households, _("每户一行，从标题下一行开始填写")
        self.problems.append(
            SheetProblem(
                _("{name} 表", name=sheet.name), _("只有标题，没有数据"), _("至少一户"), hint, sheet.name, stops=True
            )
        )

    def _rows(self, table: SheetTable, of: int) -> None:
        sheet = table.sheet
        self._previous, self._strays = None, []
        for row in table.rows(lambda done: self.progress(_("读取“{name}”", name=sheet.name), done, of)):
            number = row.values.pop(HOUSEHOLD_NUMBER.name, None)
            problems = []
            if row.problems:
                problems = list({id(problem): problem for problem in row.problems.values()}.values())
                self.flagged |= {(sheet.name, row.number, name) for name in row.problems}
            if sheet is self.layout.households:
                problems += self._household(table, row, number)
            else:
                problems += self._below(table, row, number)
            for problem in problems:
                self._report(problem, number if number in self.drafts else None)
            if len(self.problems) > MOST:
                self._too_many(sheet)
                return
        self.problems += table.loose_ends()
        self.progress(_("读取“{name}”", name=sheet.name), of, of)

    def _household(self, table: SheetTable, row: SheetRow, number: str | None) -> list[SheetProblem]:
        if number is None:
            return self._no_key(
                table, row, HOUSEHOLD_NUMBER, _("每户一个编号，各表一致"), _("编号由填表单位自定，如 001")
            )
        if number in self.drafts:
            found = _("户编号与第 {row} 行相同", row=self.drafts[number].row)
            return [table.problem(row.number, HOUSEHOLD_NUMBER, found, _("每户一行，各有各的编号"))]
        self.drafts[number] = HouseholdDraft(row.number, row.values)
        if holds_id_number(number):
            # Handed back, not registered under another number: by the number in the file its household is found again
            # at the next import, and a clerk who wrote one here has to know by which. Its rows and those of no other
            # household are handed back with it.
            wrong = id_number_as_number("")
            hint = _("各表都换成户口簿上的户号，或自编的编号，如 001")
            return [table.problem(row.number, HOUSEHOLD_NUMBER, wrong.found, wrong.expected, hint)]
        return []

    def _below(self, table: SheetTable, row: SheetRow, number: str | None) -> list[SheetProblem]:
        """Put a member or an entry where it belongs."""
        if number is None:
            return self._no_key(table, row, HOUSEHOLD_NUMBER, _("“家庭”表中的户编号"))
        draft = self.drafts.get(number)
        if draft is None:
            return self._no_household(table, row, number)
        self._previous = number
        self._tell_strays(number)
        if table.sheet.level is Level.HOUSEHOLD:
            self._enter(table, row, draft)
            return []
        return self._of_member(table, row, draft)

    def _no_household(self, table: SheetTable, row: SheetRow, number: str) -> list[SheetProblem]:
        if self.layout.households.name not in self.tables:
            return []
        padded = next((text for n in range(_LONGEST_PADDED) if (text := number.zfill(n)) in self.drafts), None)
        nearby = padded or (nearest(number, self.drafts) if len(self.drafts) <= _FEW else None)
        number, close = _told(number), _told(nearby or "")
        hint = _("最接近的是 {close}", close=close) if nearby else _("核对户编号，或在“家庭”表中加上这一户")
        if padded:
            hint += _("；前面的 0 可能丢了，把这一列的单元格格式改成文本")
        found = _("“家庭”表中没有编号为 {number} 的户", number=number)
        problem = table.problem(row.number, HOUSEHOLD_NUMBER, found, _("“家庭”表中的户编号"), hint)
        return [evolve(problem, households=(nearby,)) if nearby else problem]

    def _of_member(self, table: SheetTable, row: SheetRow, draft: HouseholdDraft) -> list[SheetProblem]:
        place = row.values.pop(MEMBER_NUMBER.name, None)
        if place is None:
            return self._no_key(
                table, row, MEMBER_NUMBER, _("1 至 {most_members} 的整数：户内第几名成员", most_members=MOST_MEMBERS)
            )
        if not 1 <= place <= MOST_MEMBERS:
            return [
                table.problem(
                    row.number, MEMBER_NUMBER, f"{place}", _("1 至 {most_members} 的整数", most_members=MOST_MEMBERS)
                )
            ]
        known = draft.members.get(place)
        if table.sheet is self.layout.members:
            if known is not None:
                found = _("序号与第 {row} 行相同", row=known.row)
                return [table.problem(row.number, MEMBER_NUMBER, found, _("户内各有各的序号"))]
            draft.members[place] = Subject(row.number, row.values)
        elif known is not None:
            self._enter(table, row, known)
        elif self.layout.members.name in self.tables:
            found = _("“成员”表中这一户没有序号为 {place} 的成员", place=place)
            return [table.problem(row.number, MEMBER_NUMBER, found, _("“成员”表中的成员序号"))]
        return []

    @staticmethod
    def _enter(table: SheetTable, row: SheetRow, subject: Subject) -> None:
        fact = table.sheet.items
        if fact is not None:
            subject.add_entry(fact.name, row.number, row.values)

    @staticmethod
    def _no_key(table: SheetTable, row: SheetRow, key: Column, expected: str, hint: str = "") -> list[SheetProblem]:
        return [] if key.name in row.problems else [table.problem(row.number, key, _("没有写"), expected, hint)]

    def _report(self, problem: SheetProblem, number: str | None) -> None:
        """Keep a problem with the household it spoils: its own, or where that is not known those beside it."""
        told = self._told.get(id(problem)) if problem.last_row else None
        if told is None:
            told = len(self.problems)
            self.problems.append(problem)
            if problem.last_row:
                self._told[id(problem)] = told
        if number is None:
            self._strays.append(told)
        self._spoil(told, number or self._previous)

    def _tell_strays(self, number: str) -> None:
        """A row whose household is not known may belong to the one above or to the one below."""
        for stray in self._strays:
            self._spoil(stray, number)
        self._strays.clear()

    def _spoil(self, problem: int, number: str | None) -> None:
        known = self.problems[problem]
        if number is not None and number not in known.households:
            self.problems[problem] = evolve(known, households=(*known.households, number))

    def _too_many(self, sheet: Sheet) -> None:
        found, hint = _("错误超过 {most:,} 处，其余没有列出", most=MOST), _("可能整列放错或格式不对；先改正以上错误")
        self.problems.append(
            SheetProblem(_("{name} 表", name=sheet.name), found, _("错误较少的表"), hint, sheet.name, stops=True)
        )


def _told(number: str) -> str:
    """Return a household's number as messages have it; what holds an ID number is masked."""
    return masked_id(number) if holds_id_number(number) else shown(number, 64)
