"""A comparison as text and as a chart, for whoever decides (对照结果)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl
from attrs import define

from bangfu.classification import MEMBER_ORDER
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.plan import Status
from bangfu.screen.comparison import BENEFIT, CATEGORY, ENTERS, LEAVES, LESS, MORE, TOTAL, Run, RunComparison, summed
from bangfu.show.figures import paired_bars, text_table

_COUNTY = 6
"""Digits of a county's code."""

_TOGETHER = "合计"
_WHO = {"household": "户", "member": "人"}
_OPEN = Status.UNDETERMINED.value
_LABELS = {**CATEGORY_LABELS, _OPEN: "尚不能确定"}


def comparison_as_text(comparison: RunComparison) -> str:
    """Return the comparison as lines of Chinese text: categories, benefits, costs by programme and county."""
    return "\n".join(_ComparisonText(comparison).lines()) + "\n"


def comparison_as_chart(comparison: RunComparison) -> str:
    """Return an SVG of what each programme costs a year, in the one run and in the other."""
    costs = summed([comparison.costs], by=["programme"])
    rows = [
        (comparison.names.get(code, code), (before, after))
        for code, before, after in costs.select("programme", "year_before", "year_after").iter_rows()
        if before or after
    ]
    title = "各项目每年的费用（元）"
    return paired_bars(title, (label_of(comparison.before), label_of(comparison.after)), rows)


def label_of(run: Run) -> str:
    """Return what tells a run from another: its folder, its day, its policy packs."""
    said = [*([run.on] if run.on else []), *run.policies]
    return f"{run.folder.name}（{'，'.join(said)}）" if said else run.folder.name


@define
class _ComparisonText:
    comparison: RunComparison

    def lines(self) -> Iterator[str]:
        for side, run in (("甲", self.comparison.before), ("乙", self.comparison.after)):
            rejected = f"，退回 {run.summary.rejected:,} 户" if run.summary.rejected else ""
            yield f"{side}：{label_of(run)}，{run.summary.households:,} 户{rejected}"
        tables = {
            "类别": self._categories(),
            "待遇有变化的": self._benefits(),
            "各项目的费用（元）": self._costs("programme", "项目"),
            "各县的费用（元）": self._costs("region", "县"),
        }
        for title, lines in tables.items():
            yield from ("", f"【{title}】", *lines)
        more, less = (self._number(of=TOTAL, code="year", change=change) for change in (MORE, LESS))
        yield from ("", f"每年得到更多的 {more:,} 户，更少的 {less:,} 户")

    def _number(self, **of: str) -> int:
        """Return how often a change happened."""
        return int(self.comparison.moves.filter(**of)["number"].sum())

    def _categories(self) -> Iterator[str]:
        rows = []
        for who, unit in _WHO.items():
            standing = self.comparison.standing.filter(who=who).iter_rows()
            counts = {category or _OPEN: (before, after) for _, category, before, after in standing}
            for code in (code for code in (*MEMBER_ORDER, _OPEN) if code in counts):
                before, after = counts[code]
                moved = [self._number(who=who, of=CATEGORY, code=code, change=change) for change in (LEAVES, ENTERS)]
                rows.append([f"{_LABELS[code]}（{unit}）", *(f"{number:,}" for number in (before, *moved, after))])
        yield from text_table(["类别", "甲", "离开", "进入", "乙"], rows)

    def _benefits(self) -> Iterator[str]:
        costs = {row["benefit"]: row for row in summed([self.comparison.costs], by=["benefit"]).iter_rows(named=True)}
        rows = []
        for code in (code for code in self.comparison.names if code in costs):
            cost = costs[code]
            moves = [self._number(of=BENEFIT, code=code, change=change) for change in (LEAVES, ENTERS, MORE, LESS)]
            if any(moves):
                numbers = (f"{number:,}" for number in (cost["number_before"], *moves, cost["number_after"]))
                paid = (_paid(cost[f"year_{side}"], cost[f"once_{side}"]) for side in ("before", "after"))
                rows.append([self.comparison.names[code], *numbers, *paid])
        yield from text_table(["待遇", "甲", "停发", "新增", "提高", "降低", "乙", "甲（元）", "乙（元）"], rows)
        if not rows:
            yield "没有变化"

    def _costs(self, by: str, title: str) -> Iterator[str]:
        counties = self.comparison.costs.with_columns(pl.col("region").str.head(_COUNTY))
        found = summed([counties], by=[by])
        together = found.select(pl.lit(_TOGETHER).alias(by), pl.exclude(by).sum())
        kinds = {"year": "每年", "once": "一次性"}
        if not any(together.row(0, named=True)[f"once_{side}"] for side in ("before", "after")):
            del kinds["once"]
        head = [title, *(cell for unit in kinds.values() for cell in (f"甲{unit}", f"乙{unit}", f"{unit}差额"))]
        rows = [
            [self.comparison.names.get(row[by], row[by]), *(cell for kind in kinds for cell in _pair(row, kind))]
            for frame in (found, together)
            for row in frame.iter_rows(named=True)
        ]
        yield from text_table(head, rows)


def _paid(year: Decimal, once: Decimal) -> str:
    """Return what a benefit comes to, what is paid once apart; a dash for one that is no sum of money."""
    said = [f"{year:,.2f}"] if year else []
    return "，".join([*said, f"一次性 {once:,.2f}"] if once else said) or "—"


def _pair(row: Mapping[str, Any], kind: str) -> tuple[str, str, str]:
    before, after = row[f"{kind}_before"], row[f"{kind}_after"]
    return f"{before:,.2f}", f"{after:,.2f}", f"{after - before:+,.2f}"
