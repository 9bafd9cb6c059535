"""A workbook taken into a registry: all of it or nothing, or what is right with the rest handed back.

The rows of households that were not taken come back in the same form, with the reason beside each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from bangfu import clock
from bangfu.errors import InputError
from bangfu.files import Wrong
from bangfu.messages import _, joined
from bangfu_office.registry import Attribution, Registry, Source
from bangfu_office.registry.bulk_read import collecting_seldom
from bangfu_office.sheets.applying import Taking
from bangfu_office.sheets.cells import reader_of
from bangfu_office.sheets.form import WorkbookForm
from bangfu_office.sheets.join import Progress, silent
from bangfu_office.sheets.layout import HOUSEHOLD_NUMBER
from bangfu_office.sheets.read import Workbook, read_workbook
from bangfu_office.sheets.unnamed_files import Target, saved
from bangfu_office.workbook_files.package import Given
from bangfu_office.workbook_files.problems import SheetProblem, refused
from bangfu_office.workbook_files.unpacking import folded, opened

_NAMED = 10
_ELSEWHERE = _("这一户的其他行有错误，整户退回")
_read_number = reader_of(HOUSEHOLD_NUMBER)


@frozen
class Report:
    """How many households were added, changed, found unchanged and rejected; why, and what else is to be known."""

    added: int
    changed: int
    unchanged: int
    rejected: int
    problems: tuple[SheetProblem, ...]
    notices: tuple[str, ...]


@collecting_seldom()
def import_workbook(  # noqa: PLR0913 - by keyword, and few need them
    registry: Registry,
    source: str | Given,
    by: Attribution,
    *,
    partial: bool = False,
    rejects: Target | None = None,
    progress: Progress | None = None,
    allowed: Callable[[str], bool] | None = None,
) -> Report:
    """Take the households of a workbook into a registry and return what came of it.

    A household whose number is registered is updated: facts that differ are changed, an empty cell
    changes nothing, members are found by ID number, else by name and birth date, else by position; new
    ones join, and nobody is removed. The same file twice changes nothing.

    All of it is checked first; then it is written some hundred households at a time, so that others are not kept
    waiting. A household that somebody changed meanwhile, so that its rows do not fit any more, is left out and told.

    Args:
        registry: where to.
        source: the .xlsx file, or one in memory, in the form of the template.
        by: who imports, and the day the facts are of; the source is always "imported".
        partial: take the households that are right although others are wrong.
        rejects: with ``partial``, an .xlsx file (or an open file) for the rows of the wrong ones, and why.
        progress: is told what is being done, how much of it is done, and of how much.
        allowed: says of a division code whether households there may be touched; one that may not, by the
            file or by the registry, has the whole file refused, ``partial`` or not.

    Raises:
        InputError: something is wrong, with every problem found; nothing was written. With ``partial``,
            only what leaves no household that could be taken, such as a missing sheet.
        ImportStoppedError: the registry could take no more in the middle; says how much was written, and the same
            file imported again goes on.
        RegistryError: the registry cannot take it; nothing was written.
        OSError: the file cannot be opened, or ``rejects`` not be written; nothing was imported.
    """
    file = Path(source) if isinstance(source, str) else source
    attribution = evolve(by, source=Source.IMPORTED, evidence=by.evidence or file.name)
    day = max(attribution.observed_on, clock.today())
    book = read_workbook(file, registry.catalog, on=day, progress=progress)
    if any(problem.stops for problem in book.problems):
        raise InputError(book.source, book.problems)
    taking = Taking(registry, attribution, book, progress or silent, allowed or (lambda _region: True))
    taking.compare()
    if taking.outside:
        raise InputError(book.source, (*taking.outside, *book.problems))
    known = (*book.problems, *taking.problems)
    if known and not partial:
        raise InputError(book.source, known)
    if known and rejects is not None:
        _write_rejects(rejects, file, book, known)  # before anything is written: it may turn out that it cannot be
    taking.write()
    problems = (*book.problems, *taking.problems)
    if len(problems) > len(known) and rejects is not None:
        _write_rejects(rejects, file, book, problems)
    rejected = {number for problem in problems for number in problem.households}
    added, changed, unchanged = (taking.counts[what] for what in ("added", "changed", "unchanged"))
    return Report(added, changed, unchanged, len(rejected), problems, _noticed(taking))


def _noticed(taking: Taking) -> tuple[str, ...]:
    """Return what is to be known besides what is wrong."""
    found = [*taking.book.notices, *taking.twice.notices()]
    absent, gone = ({number: n for number, n in people.items() if n} for people in (taking.absent, taking.gone))
    if absent:
        found.append(_("{n} 户（{some}）已登记的成员中有 {people} 人不在表中，没有改动", **_counted(absent)))
    if gone:
        people = _counted(gone)
        found.append(
            _("{n} 户（{some}）表中有 {people} 人已登记为去世或离开，没有再加入；确已回来的，请在网页上加入", **people)
        )
    return tuple(found)


def _counted(people: Mapping[str, int]) -> dict[str, Any]:
    """Return of people by household how many households they are, the numbers of the first, and how many people."""
    some = joined("、", list(people)[:_NAMED]) + (_("等") if len(people) > _NAMED else "")
    return {"n": len(people), "some": some, "people": sum(people.values())}


def _write_rejects(target: Target, source: Given, book: Workbook, problems: Iterable[SheetProblem]) -> None:
    """Write the rows of the households with problems, and rows that belong to none, to be mended and imported again.

    Raises:
        InputError: ``target`` is the same file as ``source``.
        OSError: it cannot be written.
    """
    if isinstance(target, str | Path) and isinstance(source, Path) and Path(target).resolve() == source.resolve():
        raise refused(source.name, _("退回的文件与导入的文件同名"), _("另一个文件名"), _("改写 --rejects"))
    reasons: dict[tuple[str, int], list[str]] = defaultdict(list)
    rejected: set[str] = set()
    for problem in problems:
        rejected.update(problem.households)
        for row in range(problem.row, max(problem.row, problem.last_row) + 1):
            reasons[problem.sheet, row].append(problem.reason)
    tables = {folded(name): table for name, table in book.tables.items()}
    with saved(target) as workbook, opened(source, list(book.tables)) as original:
        form = WorkbookForm(workbook, book.layout, reasons=True)
        for loaded in original.sheets:
            table = evolve(tables[folded(loaded.name)], cells=loaded)
            name, columns = table.sheet.name, table.columns
            for row, cells in table.raw():
                if (name, row) in reasons or _number(cells[columns[HOUSEHOLD_NUMBER.name]]) in rejected:
                    filled = {column: cells[i] for column, i in columns.items() if cells[i] != ""}
                    said = joined("；", reasons[name, row]) if (name, row) in reasons else _ELSEWHERE
                    form.hand_back(table.sheet, filled, said)


def _number(cell: Any) -> str | None:
    try:
        return None if cell == "" else _read_number(cell)
    except Wrong:
        return None
