"""Dibao by three classes, as Feixi paid it (S10)."""

from collections.abc import Iterable

import polars as pl

from bangfu import (
    Amount,
    Benefit,
    Criterion,
    Derived,
    Level,
    Policy,
    above,
    across,
    all_of,
    any_of,
    below,
    count_of,
    every_of,
    holds,
    in_category,
    lacks,
    largest,
    some_of,
)
from bangfu_living.dibao import withheld

_S10, _N1_45 = "S10", "N1 art. 45"


def columns(policy: Policy) -> Iterable[Derived]:
    """Return what decides the class of a household, and the amount of class 3."""
    tested = pl.col("in_means_test")

    def member(name: str, value: pl.Expr, label: str) -> Derived:
        return Derived(f"living.{name}", Level.MEMBER, value, label, _S10)

    def household(name: str, value: pl.Expr, label: str) -> Derived:
        return Derived(f"living.{name}", Level.HOUSEHOLD, value, label, _S10)

    return (
        member("no_labour_or_out", any_of(~tested, pl.col("labour_capacity") == "none"), "丧失劳动能力"),
        member("no_support_or_out", any_of(~tested, ~pl.col("has_able_supporter")), "无人赡养扶养"),
        member(
            "gravely_ill", all_of(tested, any_of(pl.col("serious_illness"), pl.col("severe_disability"))), "重病或重残"
        ),
        member("is_spouse", all_of(tested, pl.col("relation") == "spouse"), "配偶"),
        member("is_young_child", all_of(tested, pl.col("is_minor_child")), "未成年子女"),
        across("living.nobody_can_work", every_of(pl.col("living.no_labour_or_out")), "全家丧失劳动能力", _S10),
        across("living.nobody_supports", every_of(pl.col("living.no_support_or_out")), "赡养扶养人无能力", _S10),
        across("living.somebody_gravely_ill", some_of(pl.col("living.gravely_ill")), "有重病或重残成员", _S10),
        across("living.spouses", count_of(pl.col("living.is_spouse")), "配偶人数", _S10),
        across("living.young_children", count_of(pl.col("living.is_young_child")), "未成年子女数", _S10),
        household("single_parent", all_of(pl.col("living.spouses") == 0, pl.col("living.young_children") > 0), "单亲"),
        household("no_income", pl.col("income_year") == 0, "无收入"),
        household(
            "class1",
            all_of(pl.col("living.nobody_can_work"), pl.col("living.no_income"), pl.col("living.nobody_supports")),
            "一类",
        ),
        household(
            "class2_ground",
            any_of(pl.col("living.somebody_gravely_ill"), pl.col("living.single_parent")),
            "重病、重残或单亲",
        ),
        household("class2", all_of(~pl.col("living.class1"), pl.col("living.class2_ground")), "二类"),
        household("floor", policy["living.class3.floor"] * pl.col("size"), "每人最低补助×人数"),
        household(
            "class3_full", largest(pl.col("dibao_line") - pl.col("income_year"), pl.col("living.floor")), "三类补助额"
        ),
        *_less_withheld("class3", "living.class3_full"),
        household("class2_full", pl.col("appraised_amount") * pl.col("size"), "二类补助额"),
        *_less_withheld("class2", "living.class2_full"),
    )


def _less_withheld(name: str, full: str) -> Iterable[Derived]:
    """Yield what a class loses by those who refuse work, and what is left (N1 art. 45)."""
    taken = f"living.{name}_withheld"
    yield Derived(taken, Level.HOUSEHOLD, withheld(full), "因拒绝就业停发的本人份额", _N1_45)
    left = pl.col(full) - pl.col(taken)
    yield Derived(f"living.{name}_amount", Level.HOUSEHOLD, left, "扣除停发份额后的补助额", _N1_45)


def benefits(policy: Policy) -> Iterable[Benefit]:
    """Return one benefit a class; a household on dibao is in exactly one of them."""

    def class_(number: int, name: str, when: Iterable[Criterion], amount: Amount) -> Benefit:
        return Benefit(
            f"living.dibao.class{number}",
            name,
            Level.HOUSEHOLD,
            [in_category("dibao", source=_S10), *when],
            amount,
            source=_S10,
            office="乡镇民政办，按季由银行卡发放",
        )

    return [
        class_(
            1,
            "农村低保一类（全额）",
            [
                holds("living.nobody_can_work", source=_S10),
                holds("living.no_income", source=_S10),
                holds("living.nobody_supports", source=_S10),
            ],
            Amount(pl.col("dibao_line"), "{dibao_standard} × {size}"),
        ),
        class_(
            2,
            "农村低保二类（评议定额）",
            [
                lacks("living.class1", "不属于一类", _S10),
                holds("living.class2_ground", source=_S10),
                above("appraised_amount", policy["living.class2.above"], "民主评议补助额高于下限", _S10),
                below("appraised_amount", pl.col("dibao_standard"), "民主评议补助额低于低保标准", _S10),
            ],
            Amount(pl.col("living.class2_amount"), "{appraised_amount} × {size} − {living.class2_withheld}"),
        ),
        class_(
            3,
            "农村低保三类（补差）",
            [
                lacks("living.class1", "不属于一类", _S10),
                lacks("living.class2_ground", "没有重病、重残或单亲的情形", _S10),
            ],
            Amount(
                pl.col("living.class3_amount"),
                "{dibao_standard} × {size} − {income_year}，不低于 {living.floor}，再减 {living.class3_withheld}",
            ),
        ),
    ]
