"""Households of a workbook against a registry: compared while nobody waits, then written part by part.

On SQLite one writes at a time. So what takes long is done in reading transactions first (``compare``), and the rest is
written some hundred households at a time (``write``), with a pause in which others take their turn. What was compared
is used only of a household that is still as it was then.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Event
from typing import Any

from attrs import define, evolve, field

from bangfu.errors import InputError, Problem
from bangfu.messages import _
from bangfu_office.registry import Attribution, Registry, RegistryError, Work
from bangfu_office.registry.journal import entries
from bangfu_office.registry.sources import counting_value
from bangfu_office.registry.state import HouseholdState
from bangfu_office.registry.tables import Prepared, people_of, prepared
from bangfu_office.sheets.duplicate_ids import Twice
from bangfu_office.sheets.join import Progress
from bangfu_office.sheets.layout import HOUSEHOLD_NUMBER
from bangfu_office.sheets.matching import TELLING_APART
from bangfu_office.sheets.read import SheetHousehold, Workbook
from bangfu_office.sheets.table import MEMBER_PATH
from bangfu_office.sheets.updates import Past, Update, update_of
from bangfu_office.workbook_files.problems import SheetProblem, of_cell

PART = 500
"""Households that are written together: a tenth of a second on an ordinary PC, for which others wait."""

_TURN = 0.01
"""Seconds between two parts; who waits for SQLite looks every few thousandths of a second whether it is free."""

_CHANGED_SINCE = _("导入期间有人改动了这一户")


class ImportStoppedError(RegistryError):
    """The registry could take no more in the middle of an import; ``written`` households of ``of`` were taken.

    ``cause`` says why. Every household is whole or was not begun, and the same workbook can be imported again.
    """

    def __init__(self, written: int, of: int, cause: RegistryError) -> None:
        self.written, self.of, self.cause = written, of, cause
        done = _(
            "要写入的 {of} 户已写入 {written} 户，中途停下；同一份表可以再导入一次，会接着写", of=of, written=written
        )
        super().__init__(f"{done}\n{cause}")


@define
class Taking:
    """Takes the households of a workbook into a registry; counts, and collects what is wrong."""

    registry: Registry
    by: Attribution
    book: Workbook
    progress: Progress
    allowed: Callable[[str], bool]
    counts: Counter[str] = field(factory=Counter)
    problems: list[SheetProblem] = field(factory=list)
    outside: list[SheetProblem] = field(factory=list)
    absent: dict[str, int] = field(factory=dict)
    gone: dict[str, int] = field(factory=dict)
    """How many are so in each registered household, as ``Update`` has them."""
    twice: Twice = field(init=False)
    _compared: dict[str, tuple[int, Update] | None] = field(factory=dict)
    """By household what its rows would change, at the version that was compared; None: it is new."""

    def __attrs_post_init__(self) -> None:
        self.twice = Twice(self.book.layout.members.name, self.allowed)

    def compare(self) -> None:
        """Find out what every household's rows would change, and what is wrong with that; nothing is written."""
        of = len(self.book.households)
        for start in range(0, of, PART):
            some = self.book.households[start : start + PART]
            with self.registry.trial(self.by) as work:
                registered = work.fetch([one.number for one in some])
                self.twice.look(work, some)
                for one in some:
                    self._compare(work, one, registered.get(one.number))
            self.progress(_("比对"), start + len(some), of)

    def _compare(self, work: Work, one: SheetHousehold, state: HouseholdState | None) -> None:
        outside = self._outside(one, state)
        if outside is not None:
            self.outside.append(outside)
            return
        if state is None:
            self._compared[one.number] = None
            return
        version = state.version
        try:
            update = self._updated(work, one, state)
        except InputError as error:
            self.problems += _refusals(one, error)
            return
        if update.empty:
            self.counts["unchanged"] += 1
        else:
            self._compared[one.number] = version, update
        self.absent[one.number], self.gone[one.number] = update.absent, update.gone

    def write(self) -> None:
        """Write what is new or changed, part by part.

        Raises:
            ImportStoppedError: the registry could take no more; what was written stays.
            RegistryError: it could not even take the first part; nothing was written.
        """
        waiting = [one for one in self.book.households if one.number in self._compared]
        parts = [waiting[start : start + PART] for start in range(0, len(waiting), PART)]
        done = 0
        with ThreadPoolExecutor(1) as database:
            states = self._prepared(parts[0] if parts else ())
            for some, following in zip(parts, [*parts[1:], []], strict=False):
                written = Event()
                stored = database.submit(copy_context().run, self._write, some, states, written.set)
                written.wait()  # while the disk is waited for there, the next part is prepared here
                states = self._prepared(following)
                try:
                    since = stored.result()
                except RegistryError as error:
                    if not done:
                        raise
                    raise ImportStoppedError(done, len(waiting), error) from error
                done += len(some)
                self.progress(_("写入"), done, len(waiting))
                time.sleep(max(0.0, since + _TURN - time.monotonic()))
        if not waiting:
            self.progress(_("写入"), 0, 0)

    def _prepared(self, some: Iterable[SheetHousehold]) -> dict[str, Prepared]:
        """Return what the new ones of some households state."""
        new = (one for one in some if self._compared[one.number] is None)
        catalog, encryption = self.registry.catalog, self.registry.encryption
        return {one.number: prepared(one.household, self.by, catalog, encryption) for one in new}

    def _write(
        self, some: Sequence[SheetHousehold], states: Mapping[str, Prepared], written: Callable[[], None]
    ) -> float:
        """Write a part as a whole and return since when others can write; what came of it counts once it is stored."""
        done: Counter[str] = Counter()
        problems: list[SheetProblem] = []
        try:
            with self.registry.work(self.by, written) as work:
                registered = work.fetch([one.number for one in some])
                for one in some:
                    try:
                        done[self._take(work, one, registered.get(one.number), states.get(one.number))] += 1
                    except InputError as error:
                        problems += _refusals(one, error)
        finally:
            written()  # whoever waits for that is told, too, where it could not be
        self.counts += done
        self.problems += problems
        return time.monotonic()

    def _take(self, work: Work, one: SheetHousehold, state: HouseholdState | None, states: Prepared | None) -> str:
        """Add or change a household as it stands at this moment, which nobody else changes now.

        Raises:
            InputError: somebody changed it since so that the rows do not fit any more.
        """
        compared = self._compared[one.number]
        if state is None:
            work.add(one.household, one.number, states)
            return "added"
        if compared is not None and compared[0] == state.version:
            work.revise(one.number, compared[1].changes, compared[1].joining)
            return "changed"
        outside = self._outside(one, state)
        if outside is not None:
            found = _("{changed_since}：{found}", changed_since=_CHANGED_SINCE, found=outside.found)
            raise InputError(self.book.source, [evolve(outside, found=found, stops=False)])
        update = self._updated(work, one, state)
        self.absent[one.number], self.gone[one.number] = update.absent, update.gone
        return "unchanged" if update.empty else "changed"

    def _updated(self, work: Work, one: SheetHousehold, state: HouseholdState) -> Update:
        """Change a registered household in a piece of work and return what was changed.

        Raises:
            InputError: it is closed, or would not hold together; with ``SheetProblem``.
        """
        if state.closed is not None:
            told = _("这一户已注销，不能再修改"), _("没有注销的户，或新的户编号"), ""
            raise InputError(self.book.source, [of_cell(self.book.layout.households.name, one.row, told)])
        members = [(number, facts) for (number, _row), facts in zip(one.members, one.household.members, strict=True)]
        update = update_of(state, work.encryption, one.household.facts, members, lambda: _past(work, state))
        if not update.empty:
            try:
                work.revise(one.number, update.changes, update.joining)
            except InputError as error:
                beside = [self._beside_registered(problem, one, update) for problem in error.problems]
                raise InputError(self.book.source, beside) from None
        return update

    def _outside(self, one: SheetHousehold, state: HouseholdState | None) -> SheetProblem | None:
        """Return the problem of a household that lies where it may not be touched, or would from now on."""
        sheet = self.book.layout.households
        if not self.allowed(one.household.region):
            column, found, expected = sheet.column("region"), one.household.region, _("您所管地区内的代码")
        elif state is not None and not self.allowed(str(counting_value(state.statements["region"]))):  # is never sealed
            column, found = HOUSEHOLD_NUMBER, _("这个户编号不能用")
            expected = _("您所管地区内一户的编号，或新的户编号")
        else:
            return None
        problem = self.book.tables[sheet.name].problem(one.row, column, found, expected)
        return evolve(problem, households=(one.number,), stops=True)

    def _beside_registered(self, problem: Problem, one: SheetHousehold, update: Update) -> SheetProblem:
        """Return what would be wrong after the update, at the member's row if the file has one."""
        rows = [None if here is None else one.members[here][1] for here in update.people]

        def who(place: int) -> str:
            if rows[place] is None:
                return _("已登记的第 {place} 名成员", place=place + 1)
            return _("第 {members} 行", members=rows[place])

        member = MEMBER_PATH.match(problem.path)
        row = rows[int(member[1])] if member else None
        layout, found = self.book.layout, _("与已登记的内容合起来不符：{found}", found=problem.found)
        if member is not None and row is None:
            found = _("与已登记的内容合起来不符：{who}：{found}", who=who(int(member[1])), found=problem.found)
        table = self.book.tables[(layout.households if row is None else layout.members).name]
        name = problem.path.rpartition(".")[2]
        return table.translated(evolve(problem, found=found), one.row if row is None else row, name, who)


def _refusals(one: SheetHousehold, error: InputError) -> Iterator[SheetProblem]:
    """Yield the problems for which a household is refused."""
    for problem in error.problems:
        if isinstance(problem, SheetProblem):
            yield evolve(problem, households=(one.number,))


def _past(work: Work, state: HouseholdState) -> Past:
    """Return who moved from a household to another one, and what was put right of who people are."""
    moved: set[int] = set()
    values: dict[tuple[int, str], list[Any]] = {}
    for entry in entries(work.connection, [state.number]):
        if entry.member is None:
            continue
        if entry.operation == "left" and entry.new and json.loads(entry.new)["status"] == "moved":
            moved.add(entry.member)
        if entry.operation == "fact" and entry.old and entry.fact in TELLING_APART:
            values.setdefault((entry.member, entry.fact), []).append(json.loads(entry.old))
    return Past(tuple(people_of(work.connection, moved - state.members.keys())), values)
