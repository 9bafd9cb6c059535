"""A workbook taken into a registry: all of it or nothing, or what is right with the rest handed back."""

from __future__ import annotations

from collections.abc import Callable, Collection

from attrs import evolve, frozen

from bangfu import clock
from bangfu.errors import InputError
from bangfu.messages import _
from bangfu_office.registry import Attribution, Registry, Source
from bangfu_office.registry.bulk_read import collecting_seldom
from bangfu_office.sheets.applying import Taking
from bangfu_office.sheets.form import Target
from bangfu_office.sheets.join import Progress, silent
from bangfu_office.sheets.package import Given, source_of
from bangfu_office.sheets.problems import SheetProblem, listed
from bangfu_office.sheets.read import read_workbook
from bangfu_office.sheets.rejects import write_rejects

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
    file = source_of(source)
    attribution = evolve(by, source=Source.IMPORTED, evidence=by.evidence or file.name)
    day = max(attribution.observed_on, clock.today())
    book = read_workbook(file, registry.catalog, on=day, progress=progress)
    if any(problem.stops for problem in book.problems):
        raise InputError(book.source, book.problems)
    taking = Taking(registry, attribution, book, progress or silent, allowed or _anywhere)
    taking.compare()
    if taking.outside:
        raise InputError(book.source, (*taking.outside, *book.problems))
    known = _problems(taking)
    if known and not partial:
        raise InputError(book.source, known)
    if known and rejects is not None:
        write_rejects(rejects, file, book, known)  # before anything is written: it may turn out that it cannot be
    taking.write()
    problems = _problems(taking)
    if len(problems) > len(known) and rejects is not None:
        write_rejects(rejects, file, book, problems)
    rejected = {number for problem in problems for number in problem.households}
    return Report(taking.added, taking.changed, taking.unchanged, len(rejected), problems, _noticed(taking))


def _anywhere(_region: str) -> bool:
    return True


def _problems(taking: Taking) -> tuple[SheetProblem, ...]:
    return (*taking.book.problems, *taking.problems)


def _noticed(taking: Taking) -> tuple[str, ...]:
    """Return what is to be known besides what is wrong."""
    found = [*taking.book.notices, *taking.twice.notices()]
    if taking.absent:
        n, some, people = len(taking.absent), _some(taking.absent), sum(taking.absent.values())
        found.append(_("{n} 户（{some}）已登记的成员中有 {people} 人不在表中，没有改动", n=n, some=some, people=people))
    if taking.gone:
        n, some, people = len(taking.gone), _some(taking.gone), sum(taking.gone.values())
        found.append(
            _(
                "{n} 户（{some}）表中有 {people} 人已登记为去世或离开，没有再加入；确已回来的，请在网页上加入",
                n=n,
                some=some,
                people=people,
            )
        )
    return tuple(found)


def _some(numbers: Collection[str]) -> str:
    """Return the first of some numbers."""
    return listed(list(numbers)[:_NAMED]) + (_("等") if len(numbers) > _NAMED else "")
