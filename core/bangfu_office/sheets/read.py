"""From a workbook to households checked as a whole; every wrong cell is reported by sheet, row and column, at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from attrs import define, evolve, field, frozen

from bangfu import clock
from bangfu.errors import InputError, Problem
from bangfu.facts import CORE_FACTS, Catalog, Level
from bangfu.files import household_from
from bangfu.households import Household
from bangfu.messages import _
from bangfu_office.registry.bulk_read import collecting_seldom
from bangfu_office.registry.serialization import refuse_masked_people
from bangfu_office.sheets.join import HouseholdDraft, Joined, Progress, Subject, silent
from bangfu_office.sheets.layout import NONE, SOME, Layout, Sheet, layout
from bangfu_office.sheets.table import SheetTable
from bangfu_office.workbook_files.package import Given
from bangfu_office.workbook_files.problems import SheetProblem, of_cell
from bangfu_office.workbook_files.unpacking import opened

_EVERY = 1000
"""Households between two calls of the progress callback."""
_PATH = re.compile(r"(?:members\[(\d+)\]\.?)?(\w*)(?:\[(\d+)\])?(?:\.(\w+))?")


@frozen
class SheetHousehold:
    """A household of a workbook: its number, its row, its members' numbers and rows, in the members' order."""

    number: str
    household: Household
    row: int
    members: tuple[tuple[int, int], ...]


@frozen
class Workbook:
    """What a workbook holds: the households that are right, and everything that is wrong.

    ``problems`` name the households they spoil, which are not among ``households``. ``notices`` tell
    what was left unread and hurts nobody.
    """

    source: str
    households: tuple[SheetHousehold, ...] = field(repr=False)
    problems: tuple[SheetProblem, ...]
    notices: tuple[str, ...]
    layout: Layout = field(repr=False)
    tables: Mapping[str, SheetTable] = field(repr=False)


@collecting_seldom()
def read_workbook(
    source: str | Given, catalog: Catalog = CORE_FACTS, *, on: date | None = None, progress: Progress | None = None
) -> Workbook:
    """Return the households of a workbook that has the form of the template, and everything wrong in it.

    Args:
        source: the .xlsx file, or one in memory.
        catalog: the declared facts, with those of plugins.
        on: the day the facts are of; nobody may be born later. Default: today.
        progress: is told what is being done, how much of it is done, and of how much.

    Raises:
        InputError: the file is no workbook, protected, damaged, far too large, or takes far too long to read.
        OSError: the file cannot be opened.
    """
    file = Path(source) if isinstance(source, str) else source
    joined = Joined(layout(catalog), progress or silent)
    with opened(file, joined.layout.names) as book:
        joined.read(book)
    households = _Assembler(joined, catalog, on or clock.today()).households()
    spoiled = {number for problem in joined.problems for number in problem.households}
    order = {name: i for i, name in enumerate(joined.layout.names)}
    return Workbook(
        file.name,
        tuple(one for one in households if one.number not in spoiled),
        tuple(sorted(joined.problems, key=lambda problem: (order.get(problem.sheet, -1), problem.row))),
        tuple(joined.notices),
        joined.layout,
        joined.tables,
    )


@define
class _Assembler:
    """Makes households of the drafts in ``joined``, and adds what is wrong with them to its problems."""

    joined: Joined
    catalog: Catalog
    on: date

    def households(self) -> list[SheetHousehold]:
        """Return those that are right; the drafts are used up, so that both are not in memory at once."""
        made, drafts = [], self.joined.drafts
        of = len(drafts)
        for number in list(drafts):
            draft = drafts.pop(number)
            members = draft.in_order
            household, problems = self._assembled(draft, [member for _, member in members])
            self.joined.problems += (evolve(problem, households=(number,)) for problem in problems)
            if not problems and household is not None:
                rows = tuple((place, member.row) for place, member in members)
                made.append(SheetHousehold(number, household, draft.row, rows))
            if (done := of - len(drafts)) % _EVERY == 0 or done == of:
                self.joined.progress(_("核对"), done, of)
        return made

    def _assembled(self, draft: HouseholdDraft, members: list[Subject]) -> tuple[Household | None, list[SheetProblem]]:
        """Return the household, and what is wrong with it; what was told before of a cell is not told again."""
        layout, household, problems = self.joined.layout, None, []
        if not members and layout.members.name in self.joined.tables:
            told = _("“成员”表中没有这一户的成员"), _("“成员”表中至少一行"), _("户编号须与“家庭”表完全一致")
            problems.append(of_cell(layout.households.name, draft.row, told))
        problems += self._lists(layout.households, draft)
        for member in members:
            problems += self._lists(layout.members, member)
        try:
            data = draft.values | {"members": [member.values for member in members]}
            household = household_from(data, on=self.on, catalog=self.catalog)
            refuse_masked_people(self.catalog, household.members)
        except InputError as error:
            problems += self._translated(error.problems, draft, members)
        return household, problems

    def _lists(self, sheet: Sheet, subject: Subject) -> Iterator[SheetProblem]:
        """Put the entries of list facts to the values; yield where they and the word 有 or 无 disagree."""
        tables = self.joined.tables
        for fact, items in self.joined.layout.lists_of[sheet.level].items():
            stated, entries = subject.values.pop(fact, None), subject.entries.get(fact)
            if entries:
                subject.values[fact] = entries
                if stated == NONE:
                    row = subject.entry_rows[fact][0]
                    found = _("写了“无”，但“{name}”表第 {entry_rows} 行有内容", name=items.name, entry_rows=row)
                    expected = _("“有”，或删去那里的行")
                    yield tables[sheet.name].problem(subject.row, sheet.column(fact), found, expected)
            elif stated == NONE:
                subject.values[fact] = []
            elif stated == SOME and items.name in tables:
                found = _("写了“有”，但“{name}”表中没有相应的行", name=items.name)
                expected, hint = _("“{name}”表中至少一行", name=items.name), _("没有的写“无”，不知道的留空")
                yield tables[sheet.name].problem(subject.row, sheet.column(fact), found, expected, hint)

    def _translated(
        self, problems: tuple[Problem, ...], draft: HouseholdDraft, members: list[Subject]
    ) -> Iterator[SheetProblem]:
        """Yield a household file's problems as those of cells, but for those that follow from one told before."""
        for problem in problems:
            sheet, row, name = self._spot(problem.path, draft, members)
            table, column = self.joined.tables[sheet.name], sheet.column(name)
            if problem.path == "members" or (sheet.name, row, name) in self.joined.flagged:
                continue  # of the sheet, the cell
            if column is None or not column.required or name in table.columns:  # of the column
                yield table.translated(problem, row, name, lambda i: _("第 {members} 行", members=members[i].row))

    def _spot(self, path: str, draft: HouseholdDraft, members: list[Subject]) -> tuple[Sheet, int, str]:
        """Return the cell that a path of a household file stands for: sheet, row and the name of its column."""
        match, layout = _PATH.match(path), self.joined.layout
        member, fact, entry, part = match.groups() if match else (None, "", None, None)
        subject = draft if member is None else members[int(member)]
        if entry is None:
            return (layout.households if member is None else layout.members), subject.row, fact
        items = layout.lists_of[Level.HOUSEHOLD if member is None else Level.MEMBER][fact]
        return items, subject.entry_rows[fact][int(entry)], part or ""
