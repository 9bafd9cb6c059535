"""From a workbook to checked households; every wrong cell is reported, all in one go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from bangfu import clock
from bangfu.facts import CORE_FACTS, Catalog
from bangfu.households import Household
from bangfu.messages import _
from bangfu_office.registry.bulk_read import collecting_seldom
from bangfu_office.sheets.assemble import Assembler
from bangfu_office.sheets.book import opened
from bangfu_office.sheets.join import Joined, Progress, silent
from bangfu_office.sheets.layout import Layout, layout
from bangfu_office.sheets.package import Given, source_of
from bangfu_office.sheets.problems import SheetProblem
from bangfu_office.sheets.table import SheetTable

_EVERY = 1000
"""Households between two calls of the progress callback."""


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
    file = source_of(source)
    joined = Joined(layout(catalog), progress or silent)
    with opened(file, joined.layout) as book:
        joined.read(book)
    households = _assembled(joined, Assembler(catalog, joined.layout, joined.tables, on or clock.today()))
    spoiled = {number for problem in joined.problems for number in problem.households}
    order = {sheet.name: i for i, sheet in enumerate(joined.layout.sheets)}
    return Workbook(
        file.name,
        tuple(one for one in households if one.number not in spoiled),
        tuple(sorted(joined.problems, key=lambda problem: (order.get(problem.sheet, -1), problem.row))),
        tuple(joined.notices),
        joined.layout,
        joined.tables,
    )


def _assembled(joined: Joined, assembler: Assembler) -> list[SheetHousehold]:
    """Return the households; the drafts are used up, so that both are not in memory at once."""
    households = []
    of = len(joined.drafts)
    for number in list(joined.drafts):
        draft = joined.drafts.pop(number)
        household, problems = assembler.assemble(number, draft, joined.flagged)
        joined.problems += problems
        if household is not None:
            members = tuple((place, member.row) for place, member in draft.in_order)
            households.append(SheetHousehold(number, household, draft.row, members))
        if (done := of - len(joined.drafts)) % _EVERY == 0 or done == of:
            joined.progress(_("核对"), done, of)
    return households
