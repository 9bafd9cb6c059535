"""A workbook taken into a registry: all of it or nothing, or what is right with the rest handed back."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from attrs import define, evolve, field, frozen
from sqlalchemy import select

from bangfu import clock
from bangfu.errors import InputError, Problem
from bangfu.registry import Attribution, Registry, Source, Work
from bangfu.registry.journal import entries
from bangfu.registry.patience import patiently
from bangfu.registry.schema import households
from bangfu.registry.state import HouseholdState, MemberState
from bangfu.registry.tables import people_of
from bangfu.sheets.join import Progress, silent
from bangfu.sheets.layout import HOUSEHOLD_NUMBER, Column
from bangfu.sheets.problems import SheetProblem, listed, place
from bangfu.sheets.read import SheetHousehold, Workbook, read_workbook
from bangfu.sheets.rejects import write_rejects
from bangfu.sheets.table import MEMBER_PATH
from bangfu.sheets.updates import Update, update_of

_EVERY = 500
"""Households that are looked up and written together, and between two calls of the progress callback."""

_NAMED = 10


@frozen
class Report:
    """How many households were added, changed, found unchanged and rejected; why, and what else is to be known."""

    added: int
    changed: int
    unchanged: int
    rejected: int
    problems: tuple[SheetProblem, ...]
    notices: tuple[str, ...]


@patiently
def import_workbook(  # noqa: PLR0913 - by keyword, and few need them
    registry: Registry,
    path: str | Path,
    by: Attribution,
    *,
    partial: bool = False,
    rejects: str | Path | None = None,
    progress: Progress | None = None,
    allowed: Callable[[str], bool] | None = None,
) -> Report:
    """Take the households of a workbook into a registry and return what came of it.

    A household whose number is registered is updated: facts that differ are changed, an empty cell
    changes nothing, members are found by ID number, else by name and birth date, else by position; new
    ones join, and nobody is removed. Everything is written together at the end. The same file twice changes nothing.

    Args:
        registry: where to.
        path: the .xlsx file, in the form of the template.
        by: who imports, and the day the facts are of; the source is always "imported".
        partial: take the households that are right although others are wrong.
        rejects: with ``partial``, an .xlsx file for the rows of the wrong ones, the reason beside each.
        progress: is told what is being done, how much of it is done, and of how much.
        allowed: says of a division code whether households there may be touched; one that may not, by the
            file or by the registry, has the whole file refused, ``partial`` or not.

    Raises:
        InputError: something is wrong, with every problem found; nothing was written. With ``partial``,
            only what leaves no household that could be taken, such as a missing sheet.
        RegistryError: the registry cannot take it.
        OSError: the file cannot be opened, or ``rejects`` not be written; nothing was imported.
    """
    file = Path(path)
    attribution = evolve(by, source=Source.IMPORTED, evidence=by.evidence or file.name)
    day = max(attribution.observed_on, clock.today())
    book = read_workbook(file, registry.catalog, on=day, progress=progress)
    if any(problem.stops for problem in book.problems):
        raise InputError(book.source, book.problems)
    with registry.work(attribution) as work:
        intake = _Intake(work, book, progress or silent)
        if allowed is not None and (outside := tuple(intake.outside(allowed))):
            raise InputError(book.source, (*outside, *book.problems))
        intake.take(writing=partial or not book.problems)
        problems = (*book.problems, *intake.problems)
        if problems and not partial:
            raise InputError(book.source, problems)
        if problems and rejects is not None:
            write_rejects(Path(rejects), file, book, problems)
    rejected = {number for problem in problems for number in problem.households}
    return Report(intake.added, intake.changed, intake.unchanged, len(rejected), problems, intake.notices)


@define
class _Intake:
    """Takes household by household; counts, and collects what is wrong."""

    work: Work
    book: Workbook
    progress: Progress
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[SheetProblem] = field(factory=list)
    _absent: dict[str, int] = field(factory=dict)
    _gone: dict[str, int] = field(factory=dict)

    def outside(self, allowed: Callable[[str], bool]) -> Iterator[SheetProblem]:
        """Yield a problem for every household that lies where it may not be touched, or would from now on."""
        sheet = self.book.layout.households
        for one in self.book.households:
            if not allowed(one.household.region):
                told = one.household.region, "您所管地区内的代码"
                yield self._stopping(one, sheet.column("region") or HOUSEHOLD_NUMBER, *told)
            elif not allowed(self._registered_in(one.number) or one.household.region):
                told = "这个编号的户登记在您所管地区以外", "您所管地区内的户，或新的户编号"
                yield self._stopping(one, HOUSEHOLD_NUMBER, *told)

    def _registered_in(self, number: str) -> str | None:
        """Return the division code of a registered household."""
        found = self.work.connection.execute(select(households.c.region).where(households.c.number == number))
        return found.scalar()

    def _stopping(self, one: SheetHousehold, column: Column, found: str, expected: str) -> SheetProblem:
        problem = self.book.tables[self.book.layout.households.name].problem(one.row, column, found, expected)
        return evolve(problem, households=(one.number,), stops=True)

    def take(self, *, writing: bool) -> None:
        """Take all households; where nothing will stay (not ``writing``), only those that may turn out to be wrong."""
        of = len(self.book.households)
        for start in range(0, of, _EVERY):
            some = self.book.households[start : start + _EVERY]
            registered = self.work.fetch([one.number for one in some])
            for one in some:
                if one.number in registered:
                    self._update(one, registered[one.number])
                elif writing:
                    self.work.add(one.household, one.number)
                    self.added += 1
            self.work.flush()  # what was fetched and what was done would fill the memory
            self.progress("写入", start + len(some), of)

    @property
    def notices(self) -> tuple[str, ...]:
        """What is to be known besides what is wrong."""
        found = list(self.book.notices)
        if self._absent:
            n, some, people = len(self._absent), _some(self._absent), sum(self._absent.values())
            found.append(f"{n} 户（{some}）已登记的成员中有 {people} 人不在表中，没有改动")
        if self._gone:
            n, some, people = len(self._gone), _some(self._gone), sum(self._gone.values())
            found.append(
                f"{n} 户（{some}）表中有 {people} 人已登记为去世或离开，没有再加入；确已回来的，请在网页上加入"
            )
        return tuple(found)

    def _update(self, one: SheetHousehold, state: HouseholdState) -> None:
        sheet = self.book.layout.households.name
        if state.closed is not None:
            found, expected = "这一户已注销，不能再修改", "没有注销的户，或新的户编号"
            self._refuse(one, SheetProblem(place(sheet, one.row), found, expected, sheet=sheet, row=one.row))
            return
        members = [(number, facts) for (number, _), facts in zip(one.members, one.household.members, strict=True)]
        update = update_of(state, self.work.vault, one.household.facts, members, lambda: self._moved_away(state))
        try:
            self._write(one.number, update)
        except InputError as error:
            for problem in error.problems:
                self._refuse(one, self._beside_registered(problem, one, update))

    def _moved_away(self, state: HouseholdState) -> list[MemberState]:
        """Return the people who moved from a household to another one."""
        left = entries(self.work.connection, [state.number], operation="left")
        moved = {entry.member for entry in left if entry.new and json.loads(entry.new)["status"] == "moved"}
        return people_of(self.work.connection, [i for i in moved if i is not None and i not in state.members])

    def _write(self, number: str, update: Update) -> None:
        if update.empty:
            self.unchanged += 1
        else:
            self.work.revise(number, update.changes, update.joining)
            self.changed += 1
        if update.absent:
            self._absent[number] = update.absent
        if update.gone:
            self._gone[number] = update.gone

    def _beside_registered(self, problem: Problem, one: SheetHousehold, update: Update) -> SheetProblem:
        """Return what would be wrong after the update, at the member's row if the file has one."""

        def who(place: int) -> str:
            here = update.people[place]
            return f"已登记的第 {place + 1} 名成员" if here is None else f"第 {one.members[here][1]} 行"

        member = MEMBER_PATH.match(problem.path)
        here = update.people[int(member[1])] if member else None
        layout, found = self.book.layout, f"与已登记的内容合起来不符：{problem.found}"
        sheet, row = layout.households, one.row
        if here is not None:
            sheet, row = layout.members, one.members[here][1]
        elif member is not None:
            found = f"与已登记的内容合起来不符：{who(int(member[1]))}：{problem.found}"
        name = problem.path.rpartition(".")[2]
        return self.book.tables[sheet.name].translated(evolve(problem, found=found), row, name, who)

    def _refuse(self, one: SheetHousehold, problem: SheetProblem) -> None:
        self.problems.append(evolve(problem, households=(one.number,)))


def _some(numbers: Collection[str]) -> str:
    """Return the first of some numbers."""
    return listed(list(numbers)[:_NAMED]) + ("等" if len(numbers) > _NAMED else "")
