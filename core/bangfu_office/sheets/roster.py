"""The roster (花名册): every household with its category and sums, and everything that is due to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from attrs import define, field
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bangfu.errors import InputError
from bangfu.facts import PER_LABELS
from bangfu.plan import Plan, Status, Support, make_plan
from bangfu.rulebook import Rulebook
from bangfu.rules import KIND_LABELS
from bangfu.show import Words, member_named
from bangfu_office.registry import Disclosure, Record
from bangfu_office.sheets.form import LAST_ROW
from bangfu_office.sheets.texts import harmless
from bangfu_office.workbook_files.problems import refused

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


@define
class Roster:
    """Two sheets in an open workbook, filled household by household."""

    workbook: Workbook
    rulebook: Rulebook
    on: date
    _sheets: dict[str, Worksheet] = field(factory=dict)
    _rows: dict[str, int] = field(factory=dict)
    _money: Format = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._money = self.workbook.add_format({"num_format": "#,##0.00"})
        bold = self.workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        for name, columns in (("花名册", _HOUSEHOLDS), ("帮扶", _SUPPORTS)):
            sheet = self._sheets[name] = self.workbook.add_worksheet(name)
            self._rows[name] = 1
            sheet.freeze_panes(1, 1)
            for index, (heading, width) in enumerate(columns):
                sheet.set_column(index, index, width)
                sheet.write_string(0, index, heading, bold)

    def add(self, record: Record, cover: Disclosure) -> None:
        """Add a household, assessed for the day, as its cover shows it; where it cannot be, its row says why."""
        head = _head(cover.record)
        start = (record.number, head, str(record.facts["region"]), len(record.members))
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
                programme = names.get(support.programme, support.programme)
                self._write("帮扶", (record.number, head, *self._support(plan, support, programme)))

    def _support(self, plan: Plan, support: Support, programme: str) -> Iterator[Any]:
        benefit = support.benefit
        yield _who(plan, support)
        yield programme
        yield benefit.name
        yield KIND_LABELS[benefit.kind]
        yield support.amount
        yield PER_LABELS[benefit.per]
        yield support.year_amount
        yield benefit.source

    def _write(self, name: str, values: Iterable[Any]) -> None:
        sheet, row = self._sheets[name], self._rows[name]
        if row > LAST_ROW:
            hint = "按地区分成几个文件（--region）"
            raise refused("xlsx", f"“{name}”表超过 {LAST_ROW + 1:,} 行", "一张表放得下的内容", hint)
        for index, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, index, harmless(value) if value else "")
            elif isinstance(value, int):
                sheet.write_number(row, index, value)
            elif value is not None:
                sheet.write_number(row, index, float(value), self._money)
        self._rows[name] = row + 1


def _who(plan: Plan, support: Support) -> str:
    who = support.recipient
    return "全户" if isinstance(who, str) else member_named(who, plan.members[who].name or "")


def _head(record: Record) -> str:
    heads = [person for person in record.members if person.facts.get("relation") == "head"]
    return str((heads or record.members)[0].facts.get("name", ""))


def _sums(plan: Plan, words: Words) -> tuple[Any, ...]:
    """Return what stands in a household's row about its plan."""
    remarks = [f"渐退期，至 {plan.grace_until} 止"] if plan.grace_until else []
    open_ = sum(support.status is Status.UNDETERMINED for support in plan.supports)
    remarks += [f"{open_} 项帮扶还不能确定，{len(plan.missing)} 项事实未知"] if open_ else []
    category = words.category(plan.category, plan.candidates)
    totals = plan.totals
    income, per_head = plan.income_year, plan.income_per_head_year
    return plan.size, category, income, per_head, totals.year, totals.once, "；".join(remarks)
