"""A household's rows put together and checked as a whole; what is wrong is said by sheet, row and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import cast

from attrs import define, evolve, field

from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog, Level
from bangfu.files import household_from
from bangfu.households import Household
from bangfu.messages import _
from bangfu_office.registry.serialization import refuse_masked_people
from bangfu_office.sheets.drafts import HouseholdDraft, Subject
from bangfu_office.sheets.layout import NONE, SOME, Column, Layout, Sheet
from bangfu_office.sheets.problems import SheetProblem, place
from bangfu_office.sheets.table import SheetTable

_PATH = re.compile(r"(?:members\[(\d+)\]\.?)?(\w*)(?:\[(\d+)\])?(?:\.(\w+))?")

Spot = tuple[Sheet, int, str]
"""A sheet, a row and the name of a column."""


@define
class Assembler:
    """Makes households of drafts."""

    catalog: Catalog
    layout: Layout
    tables: Mapping[str, SheetTable]
    on: date
    _list_columns: dict[Level, list[tuple[Sheet, Column]]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._list_columns = {
            sheet.level: [
                (items, column)
                for items in self.layout.lists
                if items.items is not None and (column := sheet.column(items.items.name)) is not None
            ]
            for sheet in (self.layout.households, self.layout.members)
        }

    def assemble(
        self, number: str, draft: HouseholdDraft, flagged: Collection[tuple[str, int, str]]
    ) -> tuple[Household | None, list[SheetProblem]]:
        """Return the household, or None and what is wrong; cells that were ``flagged`` before are not told again."""
        problems = list(self._members(draft))
        for sheet, subject in self._subjects(draft):
            problems += self._lists(sheet, subject)
        household, found = self._checked(draft)
        members = [member.row for _place, member in draft.in_order]
        for problem in found:
            spot = self.spot(problem.path, draft)
            if not self._told_before(problem, spot, flagged):
                sheet, row, name = spot
                told = self.tables[sheet.name].translated(
                    problem, row, name, lambda i: _("第 {members} 行", members=members[i])
                )
                problems.append(told)
        return (None if problems else household), [evolve(problem, households=(number,)) for problem in problems]

    def _checked(self, draft: HouseholdDraft) -> tuple[Household | None, tuple[Problem, ...]]:
        data = draft.values | {"members": [member.values for _place, member in draft.in_order]}
        try:
            household = household_from(data, on=self.on, catalog=self.catalog)
            refuse_masked_people(self.catalog, household.members)
        except InputError as error:
            return None, error.problems
        return household, ()

    def _subjects(self, draft: HouseholdDraft) -> Iterator[tuple[Sheet, Subject]]:
        yield self.layout.households, draft
        for _place, member in draft.in_order:
            yield self.layout.members, member

    def _members(self, draft: HouseholdDraft) -> Iterator[SheetProblem]:
        if not draft.members and self.layout.members.name in self.tables:
            sheet, hint = self.layout.households.name, _("户编号须与“家庭”表完全一致")
            found, expected = _("“成员”表中没有这一户的成员"), _("“成员”表中至少一行")
            yield SheetProblem(place(sheet, draft.row), found, expected, hint, sheet, draft.row)

    def _lists(self, sheet: Sheet, subject: Subject) -> Iterator[SheetProblem]:
        """Put the entries of list facts to the values; yield where they and the word 有 or 无 disagree."""
        for items, column in self._list_columns[sheet.level]:
            stated, entries = subject.values.pop(column.name, None), subject.entries.get(column.name)
            if entries:
                subject.values[column.name] = entries
                if stated == NONE:
                    found = _(
                        "写了“无”，但“{name}”表第 {entry_rows} 行有内容",
                        name=items.name,
                        entry_rows=subject.entry_rows[column.name][0],
                    )
                    yield self.tables[sheet.name].problem(subject.row, column, found, _("“有”，或删去那里的行"))
            elif stated == NONE:
                subject.values[column.name] = []
            elif stated == SOME and items.name in self.tables:
                found, hint = (
                    _("写了“有”，但“{name}”表中没有相应的行", name=items.name),
                    _("没有的写“无”，不知道的留空"),
                )
                yield self.tables[sheet.name].problem(
                    subject.row, column, found, _("“{name}”表中至少一行", name=items.name), hint
                )

    def spot(self, path: str, draft: HouseholdDraft) -> Spot:
        """Return the cell that a path of a household file stands for."""
        match = _PATH.match(path)
        member, fact, entry, part = match.groups() if match else (None, "", None, None)
        sheet, subject = self.layout.households, cast("Subject", draft)
        if member is not None:
            sheet, subject = self.layout.members, draft.in_order[int(member)][1]
        if entry is None:
            return sheet, subject.row, fact
        items = next(s for s in self.layout.lists if s.items is not None and s.items.name == fact)
        return items, subject.entry_rows[fact][int(entry)], part or ""

    def _told_before(self, problem: Problem, spot: Spot, flagged: Collection[tuple[str, int, str]]) -> bool:
        """Return whether a problem follows from one that was reported: of the cell, the column or the sheet."""
        sheet, row, name = spot
        if problem.path == "members" or (sheet.name, row, name) in flagged:
            return True
        column = sheet.column(name)
        missing = name not in self.tables[sheet.name].headings.columns
        return column is not None and column.required and missing
