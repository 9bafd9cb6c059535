"""Dibao (最低生活保障金) by the actual gap, for the whole household or for one member alone."""

from collections.abc import Iterable

import polars as pl

from bangfu import (
    Amount,
    Benefit,
    Derived,
    Level,
    across,
    all_of,
    count_of,
    in_category,
    lacks,
    largest,
    switch,
)

ZERO = pl.lit(0).cast(pl.Decimal(18, 2))
EXACT = pl.Decimal(38, 12)


def withheld(amount: str) -> pl.Expr:
    """Return the part of a household's dibao (a column, yuan a year) that those who refuse work lose (N1 art. 45)."""
    share = pl.col(amount).cast(EXACT) * pl.col("living.refusers") / pl.col("size")
    return pl.when(pl.col("living.refusers") == 0).then(ZERO).otherwise(share)


COLUMNS = (
    # Who refuses suitable work so many times in a row loses his or her own part, and nobody else's.
    Derived(
        "living.refuses_work",
        Level.MEMBER,
        all_of(
            pl.col("job_refusals") > 0,  # who has refused nothing needs no limit
            pl.col("job_refusals") >= pl.col("policy:living.job_refusals"),
            pl.col("labour_capacity") != "none",
            pl.col("employment").is_in(["unemployed", "not_working"]),
        ),
        "无正当理由连续拒绝就业",
        "N1 art. 45",
    ),
    Derived(
        "living.refuser_counted",
        Level.MEMBER,
        all_of(pl.col("in_means_test"), pl.col("living.refuses_work")),
        "参加家庭收入核算而拒绝就业",
        "N1 art. 45",
    ),
    across("living.refusers", count_of(pl.col("living.refuser_counted")), "拒绝就业人数", "N1 art. 45"),
    Derived("living.full_gap", Level.HOUSEHOLD, pl.col("dibao_line") - pl.col("income_year"), "差额", "N2 art. 23"),
    Derived(
        "living.withheld",
        Level.HOUSEHOLD,
        withheld("living.full_gap"),
        "因拒绝就业停发的本人份额",
        "N1 art. 45",
    ),
    Derived(
        "living.gap", Level.HOUSEHOLD, pl.col("living.full_gap") - pl.col("living.withheld"), "实际差额", "N2 art. 23"
    ),
    Derived("living.in_grace", Level.HOUSEHOLD, pl.col("rule.grace") & ~pl.col("rule.dibao"), "在渐退期内"),
    # In grace the income is above the line: what was drawn so far goes on, and only the file knows it.
    switch(
        "living.dibao",
        Level.HOUSEHOLD,
        "living.in_grace",
        {True: "recognised_amount", False: "living.gap"},
        label="低保金",
        source="N2 art. 23",
    ),
    Derived(
        "living.alone",
        Level.MEMBER,
        largest(pl.col("dibao_standard") - pl.col("own_income"), ZERO),
        "单人保差额",
        "N2 art. 8",
    ),
)


def by_gap() -> Iterable[Benefit]:
    """Return the household's dibao: standard × size − income, paid by the month (N1 art. 12, N2 art. 23)."""
    return [
        Benefit(
            "living.dibao",
            "最低生活保障金",
            Level.HOUSEHOLD,
            [in_category("dibao", source="N2 art. 21")],
            Amount(pl.col("living.dibao"), "{dibao_standard} × {size} − {income_year} − {living.withheld}"),
            source="N1 art. 12; N2 art. 23",
            office="乡镇民政办，按月发放",
            documents=("居民身份证", "户口簿", "家庭经济状况申报和核对授权书"),
        )
    ]


def alone() -> Benefit:
    """Return the dibao of a member taken in alone: standard − own income (N2 art. 8).

    It is all his or her own: who refuses work as N1 art. 45 says loses it.
    """
    return Benefit(
        "living.dibao_single",
        "单人保（最低生活保障金）",
        Level.MEMBER,
        [
            in_category("dibao_single", source="N2 art. 8"),
            lacks("living.refuses_work", source="N1 art. 45"),
        ],
        Amount(pl.col("living.alone"), "{dibao_standard} − {own_income}"),
        source="N2 art. 8; N4",
        office="乡镇民政办，按月发放",
        documents=("居民身份证", "残疾人证或重病诊断证明"),
        members_only=False,
    )
