"""Formulas: what they say, and what they cannot say, told so that whoever wrote it can mend it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bangfu.errors import RuleError
from bangfu.facts import Level, Per
from bangfu.rules.language import Expression, KnownRows, Name, expression_of, given
from bangfu.rules.language.days import Age, Moved, Unit
from bangfu.rules.language.kinds import AREA, COUNT, DAY, MONEY, NUMBER, YEARS, YES_NO, Kind, choice, money
from bangfu.rules.language.known import UNKNOWN, Bounds, Value

STAGES = choice({"none": "不在学", "primary": "小学", "junior_secondary": "初中"})
KINDS: dict[str, Kind] = {
    "age": YEARS, "severe_disability": YES_NO, "income_year": money(Per.YEAR), "standard": money(Per.YEAR),
    "rent": money(Per.MONTH), "cost": MONEY, "size": COUNT, "share": NUMBER, "stage": STAGES, "area": AREA,
    "born": DAY, "on": DAY, "heating.amount.rural": money(Per.YEAR),
}  # fmt: skip
HOUSEHOLD: dict[str, Value] = {
    "income_year": 1_200_000, "standard": 648_000, "size": 3, "heating.amount.rural": 40_000, "cost": UNKNOWN,
    "area": 250, "share": 0,
}  # fmt: skip
MEMBERS: list[dict[str, Value]] = [
    {"age": 72, "severe_disability": False, "stage": "none"},
    {"age": 8, "severe_disability": None, "stage": "primary"},
    {"age": Bounds(40, 41), "severe_disability": False, "stage": "none"},
]


def whose(name: Name) -> Name:
    """Return a name with its kind and the level where it stands."""
    return Name(name.name, Level.MEMBER if name.name in MEMBERS[0] else Level.HOUSEHOLD, kind=KINDS[name.name])


def looked_up(value: Expression) -> Expression:
    """Return an expression with what each name stands for in its place."""
    if isinstance(value, Name):
        return whose(value)
    return value.rebuilt(map(looked_up, value.inputs)) if value.inputs else value


def said(formula: str) -> Any:
    """Return what a formula gives for the household."""
    return looked_up(expression_of(formula)).function()(KnownRows(HOUSEHOLD, MEMBERS))


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("some(age >= 70 or severe_disability)", True),
        ("every(age >= 8)", True),
        ("every(age >= 41)", False),
        ("count(age >= 41)", Bounds(1, 2)),
        ("count(severe_disability)", Bounds(0, 1)),
        ("total(100 if stage == 'primary' else 50)", 200),
        ("largest(age)", 72),
        ("smallest(age)", 8),
        ("standard * size - income_year", 744_000),
        ("income_year < standard * size", True),
        ("not income_year < standard * size", False),
        ("heating.amount.rural * 0.75", 30_000),
        ("largest(standard - income_year, 0)", 0),
        ("smallest(standard, income_year, 5000)", 500_000),
        ("income_year / size", 400_000),
        ("income_year / share", UNKNOWN),
        ("0 < income_year < 20000", True),
        ("some(stage in ('primary', 'junior_secondary'))", True),
        ("every(stage not in ('primary',))", False),
        ("area == 2.5", True),
        ("-income_year", -1_200_000),
        ("cost + 100 if 1 > 2 else standard", 648_000),
        ("known(cost)", False),
        ("area * standard", 1_620_000),  # 2.50 m² × 6,480
        ("standard * area / 2", 810_000),
        ("largest(age) * standard", 46_656_000),  # 72 × 6,480
        ("scale(size, (2, 10), (3, 20), (4, 30))", 20),
        ("scale(size, (4, yuan(30)))", 0),
        ("standard\n  + 100", 658_000),
        ("scale(size, (2, standard), (4, yuan(30)))", 648_000),
        ("scale(income_year, (12000, standard), (12000.01, standard * 2))", 648_000),
    ],
)
def test_a_formula_says_what_its_clause_says(formula: str, value: Any) -> None:
    """Money is worked out in fen, areas in hundredths, and a number beside either is yuan or square metres."""
    assert said(formula) == value


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("income_year < age", "money a year < years: they cannot be compared"),
        ("income_year + rent", "money a year + money a month"),
        ("income_year * standard", "money a year × money a year: one of them is to be a number"),
        ("area * area", "area × area: one of them is to be a number"),
        ("area * age", "area × years: one of them is to be a number"),
        ("born / 2", "day ÷ count"),
        (
            "stage == 'primry'",
            "stage is never 'primry'; nearest known: primary; its choices are none, primary",
        ),
        ("stage in ('primary', 'primry')", "nearest known: primary"),
        ("stage < 'primary'", "neither is more or less than the other"),
        ("severe_disability == 'yes'", "yes/no == text: they cannot be compared"),
        ("income_year and severe_disability", "& asks for yes or no, and this is money a year"),
        ("not age", "~ asks for yes or no, and this is years"),
        ("some(age)", "some asks for yes or no, and this is years"),
        ("total(severe_disability)", "an amount is needed here, and this is yes/no"),
        ("income_year if severe_disability else born", "choose gives money a year in one case and day in another"),
    ],
)
def test_what_cannot_be_is_told_with_both_kinds(formula: str, told: str) -> None:
    """A rule that would always be false is refused before any household is asked about."""
    with pytest.raises(RuleError) as refused:
        looked_up(expression_of(formula))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("age > > 3", "no formula at character 7: 'age > > 3'"),
        ("-" * 1_900 + "age", "no formula"),
        ("", "no formula"),
        ("age ** 2", "'age ** 2' is nothing a formula can say: there are no powers"),
        ("a & b", "write and"),
        ("a // 2", "nothing is rounded before the end"),
        ("smalest(age)", "nearest: smallest"),
        ("some(age > 3, age < 5)", "some takes one value"),
        ("some(where=age)", "some takes one value"),
        ("stage in 'primary'", 'write in ("one", "another")'),
        ("stage is 'primary'", "write == or !="),
        ("[age for age in stage]", "is nothing a formula can say"),
        ("__import__('os').system('id')", "a name is words and dots"),
        ("lambda: 1", "is nothing a formula can say"),
        ("age[0]", "is nothing a formula can say"),
        ("f'{age}'", "is nothing a formula can say"),
        ("1j", "is nothing a formula can say"),
        ("None", "is nothing a formula can say"),
        ("scale(age)", "scale takes a value and pairs of a step and what it gives"),
        ("scale(age, 3)", "scale takes a value and pairs"),
        ("scale(age, (80, 1), (70, 2))", "scale takes steps that rise"),
        ("yuan(age)", "yuan takes a plain number"),
        ("years_after(born)", "years_after takes a day and a number"),
        ("a" * 2_001, "has at most 2,000 characters, and this has 2,001"),
        ("(" * 900 + "a" + ")" * 900, "no formula"),
    ],
)
def test_what_no_formula_can_say(formula: str, told: str) -> None:
    """Nothing is executed; what was meant is named where it can be."""
    with pytest.raises(RuleError) as refused:
        expression_of(formula)
    assert told in str(refused.value)


def test_an_expression_has_no_truth_of_its_own() -> None:
    """``and``, ``if`` and chained comparisons would take one part and drop the other in silence."""
    income, standard = Name("income_year", kind=MONEY), Name("standard", kind=MONEY)
    with pytest.raises(RuleError, match=r"write & \| ~ for and, or, not"):
        _ = income < standard and income > 0
    with pytest.raises(RuleError, match=r"choose\(...\) for if"):
        _ = 1 if income < standard else 2
    with pytest.raises(RuleError, match="float is nothing a rule can work with"):
        _ = income * 0.5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("day", "number", "unit", "expected"),
    [
        (date(2024, 2, 29), 1, Unit.YEARS, date(2025, 2, 28)),
        (date(2024, 2, 29), -4, Unit.YEARS, date(2020, 2, 29)),
        (date(2026, 1, 31), 1, Unit.MONTHS, date(2026, 2, 28)),
        (date(2026, 1, 31), -2, Unit.MONTHS, date(2025, 11, 30)),
        (date(2026, 12, 31), 1, Unit.DAYS, date(2027, 1, 1)),
    ],
)
def test_days_are_moved_by_the_calendar(day: date, number: int, unit: Unit, expected: date) -> None:
    """A month without such a day gives its last."""
    moved = Moved(given(day), given(number), unit).function()(KnownRows({}, []))
    assert date.fromordinal(moved) == expected


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(2010, 6, 1), 15),
        (date(2010, 6, 2), 15),
        (date(2010, 5, 31), 16),
        ((date(2010, 1, 1), date(2010, 12, 31)), Bounds(15, 16)),
        ((date(2011, 1, 1), date(2011, 5, 31)), 15),
    ],
)
def test_age_of_a_day_or_of_a_year_of_birth(born: Any, age: Any) -> None:
    """On 31 May 2026 whoever was born in 2010 is 15 or 16."""
    first, last = born if isinstance(born, tuple) else (born, born)
    household: dict[str, Value] = {
        "born": Bounds(first.toordinal(), last.toordinal()) if first != last else first.toordinal()
    }
    found = Age(Name("born", Level.HOUSEHOLD, kind=DAY), given(date(2026, 5, 31))).function()(KnownRows(household, []))
    assert found == age
