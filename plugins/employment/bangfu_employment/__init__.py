"""Employment aid (就业援助): posts, insurance subsidy, training, start-up, services (N1, N8, S2, S8)."""

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from bangfu import (
    Day,
    Fact,
    Integer,
    Level,
    Money,
    Parameter,
    Policy,
    Presumption,
    Programme,
    Ratio,
    YesNo,
    hookimpl,
    is_stated,
    member,
)
from bangfu_employment import measures, people


@hookimpl
def facts() -> Iterable[Fact]:
    """Declare whether somebody is a college graduate, and since when a subsidy is drawn: both hold for few.

    A term counts from its beginning. Who has drawn nothing so far says no, or nothing, and begins on the day of the
    assessment; who has is asked for the day.
    """
    return [
        Fact(
            "employment_subsidised",
            Level.MEMBER,
            YesNo(),
            "享受过社会保险补贴或岗位补贴",
            presumption=Presumption(
                is_stated(member.employment_subsidy_since), "写明开始享受日期的推定是，否则推定没有享受过", "N8"
            ),
            question="现在是否享受、以前是否享受过社会保险补贴或公益性岗位补贴？",
        ),
        Fact(
            "employment_subsidy_since",
            Level.MEMBER,
            Day(),
            "社会保险补贴、岗位补贴开始享受的日期",
            question="社会保险补贴或公益性岗位补贴是从哪一天开始享受的？",
        ),
        Fact(
            "college_graduate",
            Level.MEMBER,
            YesNo(),
            "高校毕业生",
            presumption=Presumption(is_stated(member.graduated_on), "写明高校毕业日期的推定是，否则推定不是"),
        ),
    ]


@hookimpl
def parameters() -> Iterable[Parameter]:
    """Declare subsidies, the share of insurance paid back, terms and ages (N8)."""
    return [
        Parameter("employment.post_subsidy", Money(), "公益性岗位补贴", "元/人", periodic=True),
        Parameter("employment.flexible_insurance_share", Ratio(), "灵活就业社保补贴占实缴的比例", "比例"),
        Parameter("employment.training_subsidy", Money(), "职业培训补贴", "元/人"),
        Parameter("employment.skill_test_subsidy", Money(), "职业技能鉴定补贴", "元/人"),
        Parameter("employment.jobless_years", Integer(1, 20), "低保对象失业满几年的属于就业困难人员", "年"),
        Parameter("employment.term_years", Integer(1, 20), "补贴期限", "年"),
        Parameter("employment.near_retirement_years", Integer(1, 20), "距退休不足几年的可延至退休", "年"),
        Parameter("employment.retirement_age.female", Integer(40, 80), "法定退休年龄（女）", "周岁"),
        Parameter("employment.retirement_age.male", Integer(40, 80), "法定退休年龄（男）", "周岁"),
        Parameter("employment.hard_age.female", Integer(30, 80), "大龄就业困难人员（女）", "周岁"),
        Parameter("employment.hard_age.male", Integer(30, 80), "大龄就业困难人员（男）", "周岁"),
    ]


@hookimpl
def packs() -> Iterable[Traversable]:
    """Return the national values and the measures that are services."""
    return [files(__name__) / "packs"]


@hookimpl
def programmes(policy: Policy) -> Iterable[Programme]:  # noqa: ARG001 - a place sets amounts, no rules
    """Return the programme with who is hard to place and what is given."""
    return [
        Programme(
            "employment",
            "就业援助",
            "人力资源和社会保障局",
            measures.benefits(),
            people.columns(),
        )
    ]
