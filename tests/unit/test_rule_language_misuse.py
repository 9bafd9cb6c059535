"""What an author of rules gets wrong, and what he or she is told: no family loses money to a slip in silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bangfu import (
    Benefit,
    Choice,
    Derived,
    Fact,
    Group,
    GroupRule,
    Level,
    Money,
    Parameter,
    Per,
    Plan,
    Presumption,
    Programme,
    Rounding,
    Rulebook,
    Status,
    YesNo,
    any_of,
    by,
    choose,
    either,
    hookimpl,
    household,
    household_from,
    is_stated,
    make_plan,
    member,
    parameter,
    total,
    years_after,
    years_between,
    yuan,
)
from bangfu.errors import RuleError
from bangfu.kit.trial import population
from bangfu.rules import together

ON = date(2026, 3, 1)
REGION = "220102001001"
X: Any = household
M: Any = member


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (lambda: X.homes >= 2 & X.registered_poor, "2 is no test; put each test in parentheses"),
        (lambda: X.registered_poor & False, "a plain False stands where a test is joined"),
        (lambda: X.registered_poor | (X.homes is None), "a plain False stands where a test is joined"),
        (lambda: 0 < X.homes < 3, "write & | ~ for and, or, not"),
        (lambda: not X.registered_poor, "write & | ~ for and, or, not"),
        (lambda: "rural" in X.residence, "write residence.one_of(…) for in"),
        (X.residence.one_of, "residence is never one of none"),
        (lambda: X.residence.startswith("r"), "residence.startswith(…) is nothing a rule can work out"),
        (lambda: f"{X.homes} 套", "a text cannot have it in"),
        (lambda: round(X.homes / 3), "nothing is rounded before the end"),
        (lambda: X.homes // 3, "nothing is rounded before the end"),
        (lambda: X.homes % 3, "nothing is rounded before the end"),
        (lambda: X.homes / 0, "nothing can be divided by zero"),
        (lambda: X.homes * 0.1, "float is nothing a rule can work with"),
        (lambda: X.financial_assets * Decimal(0.1), "has more decimals than any rule, as what was made of a float has"),  # noqa: RUF032 - what is to be refused
        (lambda: any_of(test for test in (X.a, X.b)), "several tests one by one, as in any_of(*tests)"),
        (any_of, "of no test never holds"),
        (either, "of no test never holds"),
        (together, "of nothing always holds"),
        (lambda: choose(X.registered_poor, 1, 2), "choose takes pairs"),
        (choose, "choose takes pairs"),
        (lambda: yuan(X.homes), "an amount by the piece is yuan(…) * its number"),
        (lambda: parameter("dibao.standard." + X.residence), "by(household.residence"),
        (lambda: parameter(X.residence), "by(household.residence"),
        (lambda: is_stated(X.homes > 3), "is_stated asks for a fact"),
        (lambda: total(X.homes), "total(household.homes) is the same for every member"),
        (lambda: total(parameter("heat.sum")), "is the same for every member"),
        (lambda: years_between(M.on, M.birth_date), "has the day of the assessment second"),
        (lambda: years_after(M.birth_date, Decimal("0.5")), "a day is moved by whole years"),
        (lambda: Rounding(0), "so many fen, 1, 10 or 100"),
        (lambda: Rounding(100, "nearest"), "'nearest' is no Direction, which is one of half_up, up, down"),
        (lambda: Derived("heat.x", "househole", X.homes > 1), "nearest: household"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_where_it_is_written(slip: Callable[[], object], told: str) -> None:
    """At the line that has it, in words that say how it is written."""
    with pytest.raises((RuleError, TypeError)) as refused:
        slip()
    assert told in str(refused.value)


def test_what_python_can_say_is_taken() -> None:
    """A minus before a number, a number over a column, fractions, words for levels and periods."""
    half = -(X.financial_assets) + X.financial_assets + 1 / (X.homes + 1) * yuan(3)
    assert given_to({"financial_assets": 100, "homes": 1}, half) == Decimal("1.50")
    assert given_to({}, 30, per="month").year_amount == 360
    assert given_to({"homes": 2}, yuan(3), X.homes > Fraction(3, 2)) == 3
    assert given_to({}, Decimal("99.50"), rounding=Rounding(100)) == 100


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount": -5}, "an amount lies between 0 and 100,000,000 yuan, and this is -5"),
        ({"amount": yuan(-5)}, "an amount lies between 0"),
        ({"amount": 10**12}, "an amount lies between 0"),
        ({"amount": 10**20}, "a number of a rule lies below 1,000,000,000,000,000"),
        ({"amount": None}, "what is paid in cash has an amount"),
        ({"times": 0}, "so many periods, 1 to 100,000, and this is 0"),
        ({"times": 100_001}, "so many periods, 1 to 100,000, and this is 100001"),
        ({"times": -5}, "so many periods"),
        ({"times": 2.5}, "so many periods"),
        ({"for_": "members"}, "nearest: member"),
        ({"per": "monthly"}, "nearest: month"),
        ({"kind": "money"}, "which is one of cash"),
        ({"shows": "homes"}, "several columns are named here"),
        ({"until": X.homes + 1}, "a column is named here"),
        ({"when": [False]}, "a plain False"),
        ({"until": "residence"}, "until names the column of a day, and residence is choice of rural, urban"),
        ({"when": [X.region.one_of("220102")]}, "a choice is needed here, and this is text (region)"),
        ({"when": [X.region == "220102"]}, "no rule hangs on a text"),
        ({"when": [X.financial_assets < 5400 * X.homes]}, "write yuan(…) for an amount that stands by itself"),
        ({"when": [X.financial_assets > X.on]}, "household.financial_assets > household.on: money > day"),
        ({"when": [X.on + 3 > X.on]}, "years_after, years_before and months_after move a day"),
        ({"amount": by(X.residence, {"rural": 100})}, "the amount is to be money a year, and this is count"),
    ],
)
def test_a_benefit_that_cannot_be_is_left_out_with_its_reason(wrong: dict[str, Any], told: str) -> None:
    """The other programmes go on."""
    made = planned({}, lambda: [Programme("heat", "取暖", "民政局", [benefit(**wrong)])])
    assert [(error.plugin, told in error.reason) for error in made.left_out] == [("trial", True)], made.left_out


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (-50, "an amount lies between 0"),
        (X.residence, "an amount of money is needed here, and this is choice"),
        (X.homs, "homs"),
    ],
)
def test_a_cap_that_cannot_be_is_left_out_with_its_reason(limit: Any, told: str) -> None:
    """Its programme goes, the others stay."""

    def programmes() -> list[Programme]:
        cap = Group("heat.cap", "封顶", GroupRule.CAP, Level.HOUSEHOLD, limit)
        return [
            Programme("heat", "取暖", "民政局", [benefit(amount=X.financial_assets, group="heat.cap")], groups=[cap])
        ]

    made = planned({}, programmes)
    assert [(error.plugin, told in error.reason) for error in made.left_out] == [("trial", True)], made.left_out


def test_two_groups_of_one_code_and_different_limits_are_refused() -> None:
    """The last would win and cut what the first allows."""

    def programmes() -> list[Programme]:
        groups = [Group("heat.cap", "封顶", "cap", Level.HOUSEHOLD, limit) for limit in (500, 20)]
        return [Programme("heat", "取暖", "民政局", [benefit(group="heat.cap")], groups=groups)]

    (error,) = planned({}, programmes).left_out
    assert "declared twice" in error.reason


@pytest.mark.parametrize(
    ("value", "told"),
    [("homs > 1", "homs"), ("homes", "yes/no"), ("heat.warm", "circle"), (True, "")],
)
def test_what_is_presumed_wrongly_takes_one_plugin_down(value: Any, told: str) -> None:
    """A fact stands in the catalogue for all; its plugin is refused before it gets there."""
    fact = Fact("heat.warm", Level.HOUSEHOLD, YesNo(), "住房保暖", Presumption(value, "推定", "试点办法"))
    rulebook = Rulebook.load(plugins={"trial": stranger(list, facts=lambda: [fact])})
    assert ("heat.warm" in rulebook.catalog.by_name) is not told
    assert [told in error.reason for error in rulebook.left_out] == [True] * bool(told), rulebook.left_out


def test_a_fact_that_no_rule_can_say_is_refused() -> None:
    """``household.heat.kind == "coal"`` would ask what kind of thing the expression is, and be false for everybody."""
    fact = Fact("heat.kind", Level.HOUSEHOLD, Choice({"coal": "煤"}), "取暖方式")
    (error,) = Rulebook.load(plugins={"trial": stranger(list, facts=lambda: [fact])}).left_out
    assert "'heat.kind' cannot be said in a rule" in error.reason
    column = Derived("heat.kind", Level.HOUSEHOLD, X.homes > 1, "取暖方式", "试点办法")
    (error,) = planned({}, lambda: [Programme("heat", "取暖", "民政局", [benefit()], [column])]).left_out
    assert "'heat.kind' cannot be said in a rule" in error.reason


def test_a_benefits_code_is_no_name_that_a_rule_says() -> None:
    """It may end as it likes: nothing is asked of an expression by it."""
    made = planned({}, lambda: [Programme("heat", "取暖", "民政局", [benefit("heat.kind")])])
    assert (made.left_out, made.totals.year) == ((), 10)


def test_what_nobody_foresaw_takes_down_the_plugins_that_have_it_alone() -> None:
    """1,500 tests joined one by one are more than Python can follow, in one plugin or in two at once."""

    def endless(code: str) -> list[Programme]:
        test = X.registered_poor
        for _ in range(1_500):
            test = test | X.registered_poor
        return [Programme(code, "取暖", "民政局", [benefit(f"{code}.sum", when=[test])])]

    for codes in (["heat"], ["heat", "stove"]):
        plugins = {code: stranger(lambda code=code: endless(code)) for code in codes}  # type: ignore[misc]
        sound = stranger(lambda: [Programme("sound", "其他", "民政局", [benefit("sound.sum", amount=7)])])
        rulebook = Rulebook.load(plugins={"sound": sound} | plugins)
        data = {"region": REGION, "residence": "rural", "members": [{"relation": "head"}]}
        made = make_plan(household_from(data, on=ON, catalog=rulebook.catalog), rulebook)
        assert [error.plugin for error in made.left_out] == codes
        assert all("RecursionError" in error.reason for error in made.left_out)
        assert made.totals.year == 7


def test_an_amount_beyond_any_household_is_no_amount() -> None:
    """30,000 × 10¹⁴ yuan: the support stays open and says why."""
    programmes = [Programme("heat", "取暖", "民政局", [benefit(amount=X.financial_assets * 10**14)])]
    made = planned({"financial_assets": 30_000}, lambda: programmes)
    (support,) = made.supports
    assert (support.status, support.amount) == (Status.UNDETERMINED, None)
    assert support.reasons[-1].because == "算得的金额过大：3,000,000,000,000,000,000.00"


def test_large_numbers_beside_a_ratio_are_worked_out_for_many_as_for_one() -> None:
    """Where 64 bits do not hold a row, each is worked out by itself; a ratio beside it has its own decimals."""
    ratio = Derived("heat.ratio", Level.HOUSEHOLD, X.financial_assets / yuan(7), "比", "试点办法")
    shown = benefit(amount=X.financial_assets * 10**14, shows=(X.heat.ratio,))
    rulebook = Rulebook.load(
        plugins={"trial": stranger(lambda: [Programme("heat", "取暖", "民政局", [shown], [ratio])])}
    )
    drawn = population(rulebook.catalog, 200, on=ON)
    households, _ = rulebook.rules(REGION, ON).explained.run(drawn.households, drawn.members)
    for found, assets in zip(households["heat.ratio"], drawn.households["financial_assets"], strict=True):
        assert found == (None if assets is None else (assets / 7).quantize(Decimal("1e-12")))
    screened, _ = rulebook.rules(REGION, ON).screening.run(drawn.households, drawn.members)
    paid = [True if assets == 0 else None for assets in drawn.households["financial_assets"]]
    assert screened["status:heat.sum"].to_list() == paid


def test_a_word_without_a_standard_says_so() -> None:
    """Nothing is missing that the family could tell: the rule has no case for it."""
    programmes = [Programme("heat", "取暖", "民政局", [benefit(amount=by(X.residence, {"urban": yuan(100)}))])]
    (support,) = planned({}, lambda: programmes).supports
    assert support.status is Status.UNDETERMINED
    assert support.reasons[-1].because == "规则没有规定这种情况"


def test_a_month_that_a_place_sets_is_not_paid_twelve_times_a_month(tmp_path: Path) -> None:
    """600 a month enters rules as 7,200 a year: a benefit by the month cannot take it as it is."""
    heating = Parameter("heat.sum", Money(), "取暖补助")
    monthly = benefit(amount=parameter("heat.sum"), per=Per.MONTH)
    module = stranger(lambda: [Programme("heat", "取暖", "民政局", [monthly])], parameters=lambda: [heating])
    pack = tmp_path / "pack.toml"
    pack.write_text(
        '[pack]\nregion = "220102"\nsource = "试点办法"\n[parameters]\n"heat.sum" = { value = 600, per = "month" }\n',
        encoding="utf-8",
    )
    rulebook = Rulebook.load([pack], plugins={"trial": module})
    (error,) = rulebook.rules(REGION, ON).left_out
    assert "the amount is to be money a month, and this is money a year" in error.reason


def benefit(code: str = "heat.sum", **more: Any) -> Benefit:
    """Return a household's benefit of 10 yuan a year."""
    declared = {"for_": Level.HOUSEHOLD, "when": [], "amount": 10, "source": "试点办法"} | more
    return Benefit(code, "取暖补助", **declared)


def stranger(programmes: Callable[[], list[Programme]], **hooks: Callable[[], Any]) -> ModuleType:
    """Return a plugin with these programmes, made when they are asked for, and other hooks."""
    module = ModuleType("stranger")

    def of_policy(policy: Any) -> list[Programme]:  # noqa: ARG001 - the hook's signature
        return programmes()

    module.__dict__.update({"programmes": hookimpl(of_policy)} | {name: hookimpl(hook) for name, hook in hooks.items()})
    return module


def planned(facts: dict[str, Any], programmes: Callable[[], list[Programme]], sound: list[Benefit] = []) -> Plan:  # noqa: B006
    """Return the plan of a rural household of one under a stranger's programmes, beside a sound one's."""
    beside = stranger(lambda: [Programme("sound", "其他", "民政局", sound)])
    rulebook = Rulebook.load(plugins={"sound": beside, "trial": stranger(programmes)})
    data = {"region": REGION, "residence": "rural", "members": [{"relation": "head"}]} | facts
    return make_plan(household_from(data, on=ON, catalog=rulebook.catalog), rulebook)


def given_to(facts: dict[str, Any], amount: Any, *when: Any, **more: Any) -> Any:
    """Return what a benefit gives a household: the amount, or where more is said of it the support."""
    made = planned(facts, lambda: [Programme("heat", "取暖", "民政局", [benefit(amount=amount, when=when, **more)])])
    assert not made.left_out, made.left_out
    (support,) = made.supports
    return support if "per" in more else support.amount
