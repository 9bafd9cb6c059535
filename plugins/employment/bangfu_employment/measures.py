"""What employment aid gives (N1 art. 42–45, N8, S8); services without a sum stand in the pack."""

from collections.abc import Iterable

import polars as pl

from bangfu import (
    Amount,
    Benefit,
    Criterion,
    Level,
    Per,
    Policy,
    SupportKind,
    above,
    at_most,
    either,
    holds,
    in_category,
    is_in,
)

LOW_INCOME = ("dibao", "dibao_single", "margin", "rigid_expenditure")
_N1_42, _N8, _S8 = "N1 art. 42；N6", "N8", "S8"
_OFFICE = "乡镇（社区）人社服务窗口"
_DOCUMENTS = ("居民身份证", "就业创业证", "就业困难人员认定表")


def hard_to_place() -> Criterion:
    """Return the criterion of being hard to place, with each ground shown."""
    return either(
        holds("employment.hard_age", source=_S8),
        holds("is_disabled", source=_S8),
        holds("employment.dibao_jobless", source=_S8),
        holds("employment.jobless_graduate", source=_S8),
        holds("employment.zero_household", source="N1 art. 43"),
        label="属于就业困难人员",
        source=_S8,
    )


def benefits(policy: Policy) -> Iterable[Benefit]:
    """Return posts, insurance subsidy, training, start-up loan and services for the jobless."""
    low_income = in_category(*LOW_INCOME, source=_N1_42)
    able = holds("employment.able", source=_N1_42)
    jobless = holds("employment.jobless", source=_N1_42)
    in_term = at_most("on", pl.col("employment.until"), "未超过补贴期限", _N8)
    return [
        Benefit(
            "employment.public_post",
            "公益性岗位安置和岗位补贴",
            Level.MEMBER,
            [low_income, able, jobless, hard_to_place(), in_term],
            Amount(policy["employment.post_subsidy"], "{policy:employment.post_subsidy}"),
            source=_N8,
            documents=_DOCUMENTS,
            office=_OFFICE,
            until="employment.until",
        ),
        Benefit(
            "employment.flexible_insurance",
            "灵活就业社会保险补贴",
            Level.MEMBER,
            [
                low_income,
                able,
                is_in("employment", "flexible", source=_N8),
                hard_to_place(),
                above("social_insurance_paid", 0, source=_N8),
                in_term,
            ],
            Amount(
                pl.col("social_insurance_paid") * policy["employment.flexible_insurance_share"],
                "{social_insurance_paid} × {policy:employment.flexible_insurance_share}",
            ),
            source=_N8,
            documents=(*_DOCUMENTS, "社会保险缴费凭证"),
            office=_OFFICE,
            until="employment.until",
        ),
        _wanted(policy, "training", "职业培训补贴", "wants_training", "training_subsidy"),
        _wanted(policy, "skill_test", "职业技能鉴定补贴", "wants_training", "skill_test_subsidy"),
        Benefit(
            "employment.startup_loan",
            "创业担保贷款（财政贴息）",
            Level.MEMBER,
            [low_income, able, holds("wants_startup", source=_N1_42)],
            source=_N1_42,
            kind=SupportKind.SERVICE,
            office=_OFFICE,
        ),
        Benefit(
            "employment.services",
            "就业登记、职业指导和职业介绍",
            Level.MEMBER,
            [low_income, able, jobless],
            source=f"{_N1_42}；{_S8}",
            kind=SupportKind.SERVICE,
            office=_OFFICE,
            note="无正当理由连续三次拒绝介绍的与其健康状况、劳动能力相适应的工作，本人的低保金减发或停发（N1 art. 45）",
        ),
        Benefit(
            "employment.zero_household",
            "零就业家庭至少安置一人就业",
            Level.HOUSEHOLD,
            [in_category("dibao", source="N1 art. 43"), holds("employment.zero_household", source="N1 art. 43")],
            source="N1 art. 43",
            kind=SupportKind.SERVICE,
            office=_OFFICE,
        ),
        Benefit(
            "employment.employer",
            "招用单位可申请社会保险补贴、岗位补贴和税收减免（告知单位）",
            Level.MEMBER,
            [low_income, able, jobless, hard_to_place()],
            source=f"{_N8}；{_S8}",
            kind=SupportKind.SERVICE,
            office="招用单位所在地人社部门",
        ),
    ]


def _wanted(policy: Policy, code: str, name: str, wish: str, parameter: str) -> Benefit:
    return Benefit(
        f"employment.{code}",
        name,
        Level.MEMBER,
        [
            in_category(*LOW_INCOME, source=_N1_42),
            holds("employment.able", source=_N1_42),
            holds(wish, source=_S8),
        ],
        Amount(policy[f"employment.{parameter}"], f"{{policy:employment.{parameter}}}"),
        per=Per.ONCE,
        source=f"{_N8}；{_S8}",
        office=_OFFICE,
    )
