"""Households out of a registry: the full form, which imports again, or the roster (花名册) with what is due to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal

from attrs import define, field, frozen
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from bangfu import clock
from bangfu.errors import InputError
from bangfu.facts import PER_LABELS
from bangfu.messages import _
from bangfu.plan import Plan, Status, make_plan
from bangfu.rulebook import Rulebook
from bangfu.rules import KIND_LABELS
from bangfu.show import Words, member_named
from bangfu_office.registry import Attribution, Disclosure, Record, Registry
from bangfu_office.sheets.cells import harmless
from bangfu_office.sheets.form import FilledSheet, WorkbookForm
from bangfu_office.sheets.join import Progress, silent
from bangfu_office.sheets.layout import layout
from bangfu_office.sheets.unnamed_files import Target, saved

_EVERY = 200
"""Households between two calls of the progress callback."""

Kind = Literal["full", "roster"]


_HOUSEHOLDS = (
    ("户编号", 20),
    ("户主", 12),
    ("行政区划代码", 16),
    ("家庭人口", 10),
    ("计入人口", 10),
    ("类别", 16),
    ("年收入（元）", 16),
    ("人均年收入（元）", 16),
    ("全年帮扶合计（元）", 18),
    ("一次性帮扶合计（元）", 18),
    ("备注", 40),
)
_SUPPORTS = (
    ("户编号", 20),
    ("户主", 12),
    ("对象", 14),
    ("项目", 14),
    ("待遇", 32),
    ("形式", 8),
    ("金额（元）", 14),
    ("周期", 8),
    ("全年金额（元）", 16),
    ("依据", 32),
)


@frozen
class Exported:
    """How many households were written, and the numbers of those that could not be: nobody lives in them."""

    households: int
    left_out: tuple[str, ...]


def export_workbook(  # noqa: PLR0913 - by keyword, and few need them
    registry: Registry,
    target: Target,
    *,
    kind: Kind = "full",
    region: str | None = None,
    rulebook: Rulebook | None = None,
    on: date | None = None,
    full_names: bool | None = None,
    by: Attribution | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Write the open households of a registry into a workbook and return how many.

    ``full`` is the form of the template with the values that count; imported into an empty registry it
    gives the same households, unless names are masked. ``roster`` (花名册) has one row for every household with its
    category and sums, and one for every support on a second sheet.

    Args:
        registry: where from.
        target: the .xlsx file; one that is there is replaced. Or an open file.
        kind: ``full`` or ``roster``.
        region: only the households of this region (prefix of the division code).
        rulebook: for the roster: the rules; default: those of all installed programmes.
        on: for the roster: the day to assess for; default: today.
        full_names: names and ID numbers in full instead of masked; default: in full in the form, masked in the roster.
        by: who takes it out, which is written into the journal before the file is there; None: nothing is written.
        progress: is told what is being done, how much of it is done, and of how much.

    Raises:
        InputError: more rows than a sheet can hold.
        RegistryError: the registry cannot be read.
        OSError: the file cannot be written.
    """
    full = in_full(kind, full_names)
    done, left_out = 0, []
    with saved(target) as workbook:
        if kind == "full":
            form = WorkbookForm(workbook, layout(registry.catalog))
        else:
            roster = _Roster(workbook, rulebook or Rulebook.load(), on or clock.today())
        for record in _told(registry, region or "", progress or silent):
            if not record.members:
                left_out.append(record.number)
                continue
            cover = registry.cover(record, shown=full)
            if kind == "full":
                form.add_household(record.number, cover.record.data())
            else:
                roster.add(record, cover)
            done += 1
        if by is not None:
            taken = {"what": kind, "region": region or _("全部"), "households": done}
            with registry.work(by) as work:
                work.note("seen", None, new={**taken, "names": "shown" if full else "masked"})
    return Exported(done, tuple(left_out))


def in_full(kind: Kind, full_names: bool | None) -> bool:  # noqa: FBT001 - as it was asked for
    """Return whether an export shows names and ID numbers: as asked for; else the form does, the roster does not."""
    return kind == "full" if full_names is None else full_names


def _told(registry: Registry, region: str, progress: Progress) -> Iterator[Record]:
    """Yield the records, telling how far it is."""
    of = len(registry.numbers(region))
    for done, record in enumerate(registry.records(region), start=1):
        yield record
        if done % _EVERY == 0:
            progress(_("导出"), done, of)
    progress(_("导出"), of, of)


@define
class _Roster:
    """Two sheets in an open workbook, filled household by household."""

    workbook: Workbook
    rulebook: Rulebook
    on: date
    _sheets: dict[str, FilledSheet] = field(factory=dict)
    _money: Format = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._money = self.workbook.add_format({"num_format": "#,##0.00"})
        bold = self.workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        for name, columns in (("花名册", _HOUSEHOLDS), ("帮扶", _SUPPORTS)):
            sheet = self.workbook.add_worksheet(name)
            self._sheets[name] = FilledSheet(sheet)
            sheet.freeze_panes(1, 1)
            for index, (heading, width) in enumerate(columns):
                sheet.set_column(index, index, width)
                sheet.write_string(0, index, heading, bold)

    def add(self, record: Record, cover: Disclosure) -> None:
        """Add a household, assessed for the day, as its cover shows it; where it cannot be, its row says why."""
        people = cover.record.members
        head = next((person for person in people if person.facts.get("relation") == "head"), people[0])
        who = (record.number, str(head.facts.get("name", "")))
        start = (*who, str(record.facts["region"]), len(record.members))
        try:
            plan = cover.plan(make_plan(record.household(self.on), self.rulebook))
        except InputError as error:
            told = "；".join(f"{problem.found}；应为：{problem.expected}" for problem in error.problems)
            self._write("花名册", (*start, *[None] * 6, f"不能评估：{told}"))
            return
        ruleset = self.rulebook.rules(plan.household.region, plan.household.on)
        self._write("花名册", (*start, *_sums(plan, Words(plan, ruleset))))
        names = {programme.code: programme.name for programme in ruleset.programmes}
        for support in plan.supports:
            if support.is_due:
                benefit, to = support.benefit, support.recipient
                recipient = "全户" if isinstance(to, str) else member_named(to, plan.members[to].name or "")
                about = (recipient, names.get(support.programme, support.programme), benefit.name)
                money = (KIND_LABELS[benefit.kind], support.amount, PER_LABELS[benefit.per], support.year_amount)
                self._write("帮扶", (*who, *about, *money, benefit.source))

    def _write(self, name: str, values: Iterable[Any]) -> None:
        row, sheet = self._sheets[name].next_row(), self._sheets[name].worksheet
        for index, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, index, harmless(value) if value else "")
            elif isinstance(value, int):
                sheet.write_number(row, index, value)
            elif value is not None:
                sheet.write_number(row, index, float(value), self._money)


def _sums(plan: Plan, words: Words) -> tuple[Any, ...]:
    """Return what stands in a household's row about its plan."""
    remarks = [f"渐退期，至 {plan.grace_until} 止"] if plan.grace_until else []
    open_ = sum(support.status is Status.UNDETERMINED for support in plan.supports)
    remarks += [f"{open_} 项帮扶还不能确定，{len(plan.missing)} 项事实未知"] if open_ else []
    category, totals = words.category(plan.category, plan.candidates), plan.totals
    income, per_head = plan.income_year, plan.income_per_head_year
    return plan.size, category, income, per_head, totals.year, totals.once, "；".join(remarks)
