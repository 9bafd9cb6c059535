"""What employment aid gives (N1 art. 42–45, N8, S8); services without a sum stand in the pack."""

from collections.abc import Iterable

from bangfu import Benefit, Criterion, Expression, Level, Per, SupportKind, either, household, member, parameter

LOW_INCOME = ("dibao", "dibao_single", "margin", "rigid_expenditure")
_N1_42, _N8, _S8 = "N1 art. 42；N6", "N8", "S8"
_OFFICE = "乡镇（社区）人社服务窗口"
_DOCUMENTS = ("居民身份证", "就业创业证", "就业困难人员认定表")


_its = member.employment

HARD_TO_PLACE = either(
    _its.hard_age,
    member.is_disabled,
    _its.dibao_jobless,
    _its.jobless_graduate,
    Criterion(household.employment.zero_household, source="N1 art. 43"),
    label="属于就业困难人员",
).by_default(_S8)
"""Being hard to place, with each ground shown."""


def benefits() -> Iterable[Benefit]:
    """Return posts, insurance subsidy, training, start-up loan and services for the jobless."""
    low_income = Criterion(member.category.one_of(*LOW_INCOME), source=_N1_42)
    able = Criterion(_its.able, source=_N1_42)
    jobless = Criterion(_its.jobless, source=_N1_42)
    in_term = Criterion(member.on <= _its.until, "未超过补贴期限", _N8)
    return [
        Benefit(
            "employment.public_post",
            "公益性岗位安置和岗位补贴",
            Level.MEMBER,
            [low_income, able, jobless, HARD_TO_PLACE, in_term],
            parameter("employment.post_subsidy"),
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
                member.employment.one_of("flexible"),
                HARD_TO_PLACE,
                member.social_insurance_paid > 0,
                in_term,
            ],
            member.social_insurance_paid * parameter("employment.flexible_insurance_share"),
            source=_N8,
            documents=(*_DOCUMENTS, "社会保险缴费凭证"),
            office=_OFFICE,
            until="employment.until",
        ),
        _wanted("training", "职业培训补贴", member.wants_training, "training_subsidy"),
        _wanted("skill_test", "职业技能鉴定补贴", member.wants_training, "skill_test_subsidy"),
        Benefit(
            "employment.startup_loan",
            "创业担保贷款（财政贴息）",
            Level.MEMBER,
            [low_income, able, member.wants_startup],
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
            [household.category.one_of("dibao"), household.employment.zero_household],
            source="N1 art. 43",
            kind=SupportKind.SERVICE,
            office=_OFFICE,
        ),
        Benefit(
            "employment.employer",
            "招用单位可申请社会保险补贴、岗位补贴和税收减免（告知单位）",
            Level.MEMBER,
            [low_income, able, jobless, HARD_TO_PLACE],
            source=f"{_N8}；{_S8}",
            kind=SupportKind.SERVICE,
            office="招用单位所在地人社部门",
        ),
    ]


def _wanted(code: str, name: str, wish: Expression, amount: str) -> Benefit:
    return Benefit(
        f"employment.{code}",
        name,
        Level.MEMBER,
        [
            Criterion(member.category.one_of(*LOW_INCOME), source=_N1_42),
            Criterion(_its.able, source=_N1_42),
            Criterion(wish, source=_S8),
        ],
        parameter(f"employment.{amount}"),
        per=Per.ONCE,
        source=f"{_N8}；{_S8}",
        office=_OFFICE,
    )
