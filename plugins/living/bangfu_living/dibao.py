"""Dibao (最低生活保障金) by the actual gap, for the whole household or for one member alone."""

from collections.abc import Iterable

from bangfu import (
    Benefit,
    Criterion,
    Derived,
    Expression,
    Level,
    choose,
    count,
    household,
    member,
    parameter,
    yuan,
)

REFUSERS = household.living.refusers


def withheld(amount: Expression) -> Expression:
    """Return the part of a household's dibao (yuan a year) that those who refuse work lose (N1 art. 45)."""
    return choose((REFUSERS == 0, yuan(0)), otherwise=amount * REFUSERS / household.size)


COLUMNS = (
    # Who refuses suitable work so many times in a row loses his or her own part, and nobody else's.
    Derived(
        "living.refuses_work",
        Level.MEMBER,
        (member.job_refusals > 0)  # who has refused nothing needs no limit
        & (member.job_refusals >= parameter("living.job_refusals"))
        & (member.labour_capacity != "none")
        & member.employment.one_of("unemployed", "not_working"),
        "无正当理由连续拒绝就业",
        "N1 art. 45",
    ),
    Derived(
        "living.refuser_counted",
        Level.MEMBER,
        member.in_means_test & member.living.refuses_work,
        "参加家庭收入核算而拒绝就业",
        "N1 art. 45",
    ),
    Derived("living.refusers", Level.HOUSEHOLD, count(member.living.refuser_counted), "拒绝就业人数", "N1 art. 45"),
    Derived("living.full_gap", Level.HOUSEHOLD, household.dibao_line - household.income_year, "差额", "N2 art. 23"),
    Derived(
        "living.withheld",
        Level.HOUSEHOLD,
        withheld(household.living.full_gap),
        "因拒绝就业停发的本人份额",
        "N1 art. 45",
        figure=True,
    ),
    Derived(
        "living.gap",
        Level.HOUSEHOLD,
        household.living.full_gap - household.living.withheld,
        "实际差额",
        "N2 art. 23",
    ),
    # In grace the income is above the line: what was drawn so far goes on, and only the file knows it.
    Derived(
        "living.dibao",
        Level.HOUSEHOLD,
        choose((household.rule.grace, household.recognised_amount), otherwise=household.living.gap),
        "低保金",
        "N2 art. 23",
    ),
)


def by_gap() -> Iterable[Benefit]:
    """Return the household's dibao: standard × size − income, paid by the month (N1 art. 12, N2 art. 23)."""
    return [
        Benefit(
            "living.dibao",
            "最低生活保障金",
            Level.HOUSEHOLD,
            [Criterion(household.category.one_of("dibao"), source="N2 art. 21")],
            household.living.dibao,
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
            Criterion(member.category.one_of("dibao_single"), source="N2 art. 8"),
            Criterion(~member.living.refuses_work, source="N1 art. 45"),
        ],
        household.dibao_standard - member.own_income,
        source="N2 art. 8; N4",
        office="乡镇民政办，按月发放",
        documents=("居民身份证", "残疾人证或重病诊断证明"),
        members_only=False,
    )
