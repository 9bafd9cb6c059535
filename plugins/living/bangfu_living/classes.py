"""Dibao by three classes, as Feixi paid it (S10)."""

from collections.abc import Iterable

from bangfu import (
    Benefit,
    Criterion,
    Derived,
    Expression,
    Level,
    count,
    every,
    household,
    largest,
    member,
    parameter,
    some,
)
from bangfu_living.dibao import withheld

_S10, _N1_45 = "S10", "N1 art. 45"


def columns() -> Iterable[Derived]:
    """Return what decides the class of a household, and the amount of class 3."""
    tested, living, of_member = member.in_means_test, household.living, member.living

    def of(level: Level, name: str, value: Expression, label: str) -> Derived:
        return Derived(f"living.{name}", level, value, label, _S10)

    return (
        of(Level.MEMBER, "no_labour_or_out", ~tested | (member.labour_capacity == "none"), "丧失劳动能力"),
        of(Level.MEMBER, "no_support_or_out", ~tested | ~member.has_able_supporter, "无人赡养扶养"),
        of(
            Level.MEMBER,
            "gravely_ill",
            tested & (member.serious_illness | member.severe_disability),
            "重病或重残",
        ),
        of(Level.MEMBER, "is_spouse", tested & (member.relation == "spouse"), "配偶"),
        of(Level.MEMBER, "is_young_child", tested & member.is_minor_child, "未成年子女"),
        of(Level.HOUSEHOLD, "nobody_can_work", every(of_member.no_labour_or_out), "全家丧失劳动能力"),
        of(Level.HOUSEHOLD, "nobody_supports", every(of_member.no_support_or_out), "赡养扶养人无能力"),
        of(Level.HOUSEHOLD, "somebody_gravely_ill", some(of_member.gravely_ill), "有重病或重残成员"),
        of(Level.HOUSEHOLD, "spouses", count(of_member.is_spouse), "配偶人数"),
        of(Level.HOUSEHOLD, "young_children", count(of_member.is_young_child), "未成年子女数"),
        of(Level.HOUSEHOLD, "single_parent", (living.spouses == 0) & (living.young_children > 0), "单亲"),
        of(Level.HOUSEHOLD, "no_income", household.income_year == 0, "无收入"),
        of(Level.HOUSEHOLD, "class1", living.nobody_can_work & living.no_income & living.nobody_supports, "一类"),
        of(Level.HOUSEHOLD, "class2_ground", living.somebody_gravely_ill | living.single_parent, "重病、重残或单亲"),
        Derived(
            "living.floor",
            Level.HOUSEHOLD,
            parameter("living.class3.floor") * household.size,
            "每人最低补助×人数",
            _S10,
            figure=True,
        ),
        of(
            Level.HOUSEHOLD,
            "class3_full",
            largest(household.dibao_line - household.income_year, living.floor),
            "三类补助额",
        ),
        *_less_withheld("class3", living.class3_full),
        of(Level.HOUSEHOLD, "class2_full", household.appraised_amount * household.size, "二类补助额"),
        *_less_withheld("class2", living.class2_full),
    )


def _less_withheld(name: str, full: Expression) -> Iterable[Derived]:
    """Yield what a class loses by those who refuse work, and what is left (N1 art. 45)."""
    taken = f"living.{name}_withheld"
    yield Derived(taken, Level.HOUSEHOLD, withheld(full), "因拒绝就业停发的本人份额", _N1_45, figure=True)
    left = full - household[taken]
    yield Derived(f"living.{name}_amount", Level.HOUSEHOLD, left, "扣除停发份额后的补助额", _N1_45)


def benefits() -> Iterable[Benefit]:
    """Return one benefit a class; a household on dibao is in exactly one of them."""
    living, appraised = household.living, household.appraised_amount

    def class_(number: int, name: str, when: Iterable[Criterion | Expression], amount: Expression) -> Benefit:
        return Benefit(
            f"living.dibao.class{number}",
            name,
            Level.HOUSEHOLD,
            [household.category.one_of("dibao"), *when],
            amount,
            source=_S10,
            office="乡镇民政办，按季由银行卡发放",
        )

    return [
        class_(
            1,
            "农村低保一类（全额）",
            [living.nobody_can_work, living.no_income, living.nobody_supports],
            household.dibao_line,
        ),
        class_(
            2,
            "农村低保二类（评议定额）",
            [
                Criterion(~living.class1, "不属于一类"),
                living.class2_ground,
                Criterion(appraised > parameter("living.class2.above"), "民主评议补助额高于下限"),
                Criterion(appraised < household.dibao_standard, "民主评议补助额低于低保标准"),
            ],
            living.class2_amount,
        ),
        class_(
            3,
            "农村低保三类（补差）",
            [
                Criterion(~living.class1, "不属于一类"),
                Criterion(~living.class2_ground, "没有重病、重残或单亲的情形"),
            ],
            living.class3_amount,
        ),
    ]
