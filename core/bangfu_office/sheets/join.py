"""The rows of all sheets put together by household and member, not yet checked as a whole."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from attrs import define, evolve, field
from xlsxwriter.utility import xl_col_to_name

from bangfu.facts import Level, nearest
from bangfu.files import MOST_MEMBERS, holds_id_number, shown
from bangfu.messages import _, joined
from bangfu_office.masking import masked_id
from bangfu_office.registry.work import id_number_as_number
from bangfu_office.sheets.layout import CHOICES, HOUSEHOLD_NUMBER, MEMBER_NUMBER, NOTES, Column, Layout, Sheet
from bangfu_office.sheets.table import SheetRow, SheetTable, table_of
from bangfu_office.workbook_files.cell_scan import Scanned
from bangfu_office.workbook_files.problems import MOST, SheetProblem, of_sheet
from bangfu_office.workbook_files.unpacking import MOST_CELLS, Book, folded

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""


def silent(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


_LONGEST_PADDED = 13
_FEW = 2000
"""Households among which the nearest number is looked for; among more it would take too long."""


@define
class Subject:
    """A household or member: its row on its own sheet, its values, and the rows of its list facts' entries."""

    row: int
    values: dict[str, Any] = field(factory=dict, repr=False)
    entries: dict[str, list[dict[str, Any]]] = field(factory=dict, repr=False)
    entry_rows: dict[str, list[int]] = field(factory=dict)


@define
class HouseholdDraft(Subject):
    """A household as it stands in rows, with its members by their number within it."""

    members: dict[int, Subject] = field(factory=dict)

    @property
    def in_order(self) -> list[tuple[int, Subject]]:
        """The members by their number."""
        return sorted(self.members.items(), key=itemgetter(0))


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
        others = [name for name in book.sheet_names if name not in {NOTES, CHOICES}]
        for sheet in self.layout.sheets:
            if found.pop(folded(sheet.name), None) is None:
                self._absent(sheet, others)
            elif (cells := next(book.sheets)).large:
                self.problems.append(_too_large(sheet, cells.scanned))
            else:
                table, problems, notices = table_of(sheet, cells, [s for s in self.layout.sheets if s is not sheet])
                self.problems += problems
                self.notices += notices
                if table is not None and all(key.name in table.columns for key in sheet.keys):
                    self.tables[sheet.name] = table
                    self._rows(table, cells.scanned.rows)
        self.notices += [_("工作表“{text}”没有导入", text=shown(n, 40)) for n in found.values() if n in others]
        if self.layout.households.name in self.tables and not self.drafts and not self.problems:
            told = _("只有标题，没有数据"), _("至少一户"), _("每户一行，从标题下一行开始填写")
            self.problems.append(of_sheet(self.layout.households.name, *told))

    def _absent(self, sheet: Sheet, names: list[str]) -> None:
        if sheet.items is not None:
            self.notices.append(_("没有“{name}”表；{label}按未知处理", name=sheet.name, label=sheet.items.label))
            return
        close = nearest(sheet.name, names)
        found = _("没有这张工作表（有：{list}）", list=joined("、", names[:8]))
        hint = (
            _("最接近的是“{close}”；请改正它的名称", close=close) if close else _("从模板（bangfu template）开始填写")
        )
        self.problems.append(of_sheet(sheet.name, found, _("名为“{name}”的工作表", name=sheet.name), hint))

    def _rows(self, table: SheetTable, of: int) -> None:
        sheet = table.sheet
        doing = _("读取“{name}”", name=sheet.name)
        put = self._household if sheet is self.layout.households else self._below
        self._previous, self._strays = None, []
        for row in table.rows(lambda done: self.progress(doing, done, of)):
            number = row.values.pop(HOUSEHOLD_NUMBER.name, None)
            misplaced = put(table, row, number)
            if row.problems or misplaced is not None:
                # One of merged cells stands in several columns.
                problems = {id(problem): problem for problem in (*row.problems.values(), misplaced) if problem}
                self.flagged |= {(sheet.name, row.number, name) for name in row.problems}
                for problem in problems.values():
                    self._report(problem, number if number in self.drafts else None)
            if len(self.problems) > MOST:
                found = _("错误超过 {most:,} 处，其余没有列出", most=MOST)
                hint = _("可能整列放错或格式不对；先改正以上错误")
                self.problems.append(of_sheet(sheet.name, found, _("错误较少的表"), hint))
                return
        self.problems += table.loose_ends()
        self.progress(doing, of, of)

    def _household(self, table: SheetTable, row: SheetRow, number: str | None) -> SheetProblem | None:
        """Begin a household; return what is wrong with its number."""
        if number is None:
            hint = _("编号由填表单位自定，如 001")
            return _without(table, row, HOUSEHOLD_NUMBER, _("每户一个编号，各表一致"), hint)
        if number in self.drafts:
            found = _("户编号与第 {row} 行相同", row=self.drafts[number].row)
            return table.problem(row.number, HOUSEHOLD_NUMBER, found, _("每户一行，各有各的编号"))
        self.drafts[number] = HouseholdDraft(row.number, row.values)
        if not holds_id_number(number):
            return None
        # Handed back, not registered under another number: by the number in the file its household is found again
        # at the next import, and a clerk who wrote one here has to know by which. Its rows and those of no other
        # household are handed back with it.
        wrong = id_number_as_number("")
        hint = _("各表都换成户口簿上的户号，或自编的编号，如 001")
        return table.problem(row.number, HOUSEHOLD_NUMBER, wrong.found, wrong.expected, hint)

    def _below(self, table: SheetTable, row: SheetRow, number: str | None) -> SheetProblem | None:
        """Put a member or an entry where it belongs; return why it cannot be."""
        if number is None:
            return _without(table, row, HOUSEHOLD_NUMBER, _("“家庭”表中的户编号"))
        draft = self.drafts.get(number)
        if draft is None:
            return self._no_household(table, row, number)
        self._previous = number
        for stray in self._strays:  # a row whose household is not known may belong to the one above or the one below
            self._spoil(stray, number)
        self._strays.clear()
        if table.sheet.level is Level.MEMBER:
            return self._member(table, row, draft)
        self._enter(table, row, draft)
        return None

    def _no_household(self, table: SheetTable, row: SheetRow, number: str) -> SheetProblem | None:
        if self.layout.households.name not in self.tables:
            return None
        padded = next((text for n in range(_LONGEST_PADDED) if (text := number.zfill(n)) in self.drafts), None)
        nearby = padded or (nearest(number, self.drafts) if len(self.drafts) <= _FEW else None)
        number, close = _told(number), _told(nearby or "")
        hint = _("最接近的是 {close}", close=close) if nearby else _("核对户编号，或在“家庭”表中加上这一户")
        if padded:
            hint += _("；前面的 0 可能丢了，把这一列的单元格格式改成文本")
        found = _("“家庭”表中没有编号为 {number} 的户", number=number)
        problem = table.problem(row.number, HOUSEHOLD_NUMBER, found, _("“家庭”表中的户编号"), hint)
        return evolve(problem, households=(nearby,)) if nearby else problem

    def _member(self, table: SheetTable, row: SheetRow, draft: HouseholdDraft) -> SheetProblem | None:
        place, most = row.values.pop(MEMBER_NUMBER.name, None), MOST_MEMBERS
        if place is None:
            expected = _("1 至 {most_members} 的整数：户内第几名成员", most_members=most)
            return _without(table, row, MEMBER_NUMBER, expected)
        known = draft.members.get(place)
        if not 1 <= place <= most:
            found, expected = f"{place}", _("1 至 {most_members} 的整数", most_members=most)
        elif table.sheet is self.layout.members:
            if known is None:
                draft.members[place] = Subject(row.number, row.values)
                return None
            found, expected = _("序号与第 {row} 行相同", row=known.row), _("户内各有各的序号")
        else:
            if known is not None:
                self._enter(table, row, known)
            if known is not None or self.layout.members.name not in self.tables:
                return None
            found, expected = _("“成员”表中这一户没有序号为 {place} 的成员", place=place), _("“成员”表中的成员序号")
        return table.problem(row.number, MEMBER_NUMBER, found, expected)

    @staticmethod
    def _enter(table: SheetTable, row: SheetRow, subject: Subject) -> None:
        if table.sheet.items is not None:
            subject.entries.setdefault(table.sheet.items.name, []).append(row.values)
            subject.entry_rows.setdefault(table.sheet.items.name, []).append(row.number)

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

    def _spoil(self, problem: int, number: str | None) -> None:
        known = self.problems[problem]
        if number is not None and number not in known.households:
            self.problems[problem] = evolve(known, households=(*known.households, number))


def _without(table: SheetTable, row: SheetRow, key: Column, expected: str, hint: str = "") -> SheetProblem | None:
    """Return the problem of a row without a key, unless it was told that what stands there is wrong."""
    return None if key.name in row.problems else table.problem(row.number, key, _("没有写"), expected, hint)


def _too_large(sheet: Sheet, scanned: Scanned) -> SheetProblem:
    """Return the problem of a sheet that reaches too far to be laid out in memory."""
    last = xl_col_to_name(scanned.columns - 1)
    found = _("内容一直延伸到第 {rows:,} 行、{xl_col_to_name} 列", rows=scanned.rows, xl_col_to_name=last)
    expected = _("不超过 {most_cells:,} 个单元格的范围", most_cells=MOST_CELLS)
    hint = _("删去数据以外的行和列（远处可能有多余的内容），或按乡镇分成几个文件")
    return of_sheet(sheet.name, found, expected, hint)


def _told(number: str) -> str:
    """Return a household's number as messages have it; what holds an ID number is masked."""
    return masked_id(number) if holds_id_number(number) else shown(number, 64)
