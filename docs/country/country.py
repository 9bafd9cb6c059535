"""The rules of OpenFisca's country template; every amount is by the year."""

from collections.abc import Iterable
from typing import Any

from bangfu import (
    Benefit,
    Choice,
    Derived,
    Fact,
    Integer,
    Level,
    Money,
    Parameter,
    Policy,
    Programme,
    Ratio,
    SupportKind,
    YesNo,
    choose,
    count,
    either,
    every,
    hookimpl,
    household,
    largest,
    member,
    parameter,
    some,
    total,
    yuan,
)

SOURCE = "模板"
MEMBER, HOUSEHOLD = Level.MEMBER, Level.HOUSEHOLD
person, family = member.country, household.country  # the columns below
IS_PARENT = member.relation.one_of("head", "spouse")
IS_TAXED = household.occupancy.one_of("owner", "tenant")
BY_AREA = household.dwelling_area * parameter("country.dwelling_tax")


@hookimpl
def facts() -> Iterable[Fact]:
    """Declare what the core does not know of."""
    housing = Choice({"owner": "自有", "tenant": "租住", "free_lodger": "借住", "homeless": "无住房"})
    return [
        Fact("salary_before_retirement", MEMBER, Money(), "退休前年工资"),
        Fact("rent", HOUSEHOLD, Money(), "年租金"),
        Fact("occupancy", HOUSEHOLD, housing, "居住方式"),
    ]


@hookimpl
def parameters() -> Iterable[Parameter]:
    """Declare what country.toml sets."""
    return [
        Parameter("country.basic_income", Money(), "基本收入"),
        Parameter("country.basic_income_without_salary_only", YesNo(), "基本收入限没有工资的人"),
        Parameter("country.majority", Integer(0, 100), "成年年龄"),
        Parameter("country.retirement", Integer(0, 120), "退休年龄"),
        Parameter("country.parenting", Money(), "育儿津贴"),
        Parameter("country.housing", Ratio(), "住房津贴占租金的比例"),
        Parameter("country.pension", Ratio(), "养老金占退休前工资的比例"),
        Parameter("country.income_tax", Ratio(), "所得税率"),
        *(Parameter(f"country.contribution.rate{n}", Ratio(), f"社会保险费率，第 {n} 档") for n in (1, 2, 3)),
        *(Parameter(f"country.contribution.from{n}", Money(), f"社会保险费第 {n} 档起点") for n in (2, 3)),
        Parameter("country.dwelling_tax", Money(), "每平方米房产税"),
        Parameter("country.least_tax", Money(), "最低房产税"),
        Parameter("country.small_child", Integer(0, 100), "小孩子的年龄"),
        Parameter("country.several", Integer(0, 100), "几个算多"),
    ]


def columns() -> Iterable[Derived]:
    """Return what is worked out, step by step."""

    def step(level: Level, name: str, label: str, value: Any) -> Derived:
        return Derived(f"country.{name}", level, value, label, SOURCE)

    salary, small = member.incomes.wage, parameter("country.small_child")
    rates = [parameter(f"country.contribution.rate{n}") for n in (1, 2, 3)]
    second, third = (largest(salary - parameter(f"country.contribution.from{n}"), yuan(0)) for n in (2, 3))
    contribution = salary * rates[0] + second * (rates[1] - rates[0]) + third * (rates[2] - rates[1])
    open_to_all = ~parameter("country.basic_income_without_salary_only")
    grown_up, retired = (member.age >= parameter(f"country.{age}") for age in ("majority", "retirement"))
    pension = member.salary_before_retirement * parameter("country.pension")
    taxes = person.income_tax + person.contribution
    return [
        step(MEMBER, "has_basic_income", "有基本收入", grown_up & (open_to_all | (salary == 0))),
        step(MEMBER, "basic_income", "基本收入", paid(person.has_basic_income, parameter("country.basic_income"))),
        step(MEMBER, "pension", "养老金", paid(retired, pension)),
        step(MEMBER, "income_tax", "所得税", salary * parameter("country.income_tax")),
        step(MEMBER, "contribution", "社会保险费", contribution),
        step(MEMBER, "is_small", "不满 8 周岁", member.age < small),
        step(HOUSEHOLD, "has_child", "有 0 至 8 周岁的孩子", some(member.age <= small)),
        step(HOUSEHOLD, "has_several", "有两个小孩子", count(person.is_small) >= parameter("country.several")),
        step(HOUSEHOLD, "without_salary", "父母都没有工资", every(~IS_PARENT | (salary == 0))),
        step(HOUSEHOLD, "dwelling_tax", "房产税", paid(IS_TAXED, largest(BY_AREA, parameter("country.least_tax")))),
        step(HOUSEHOLD, "earned", "全家的收入减去税费", total(salary + person.basic_income + person.pension - taxes)),
    ]


def paid(test: Any, amount: Any) -> Any:
    """Return an amount where a test holds, else nothing."""
    return choose((test, amount), otherwise=0)


@hookimpl
def programmes(policy: Policy) -> Iterable[Programme]:
    """Declare the programme; what a place gives at no time is no benefit there."""
    if policy.value("country.basic_income") is None:
        return []

    def benefit(code: str, name: str, level: Level, when: list[Any], amount: Any, **more: Any) -> Benefit:
        return Benefit(f"country.{code}", name, level, when=when, amount=amount, source=SOURCE, **more)

    need = either(family.has_several, family.without_salary, label="有两个小孩子，或父母没有工资", source=SOURCE)
    earns, retired = member.incomes.wage > 0, member.age >= parameter("country.retirement")
    benefits = [
        benefit("basic", "基本收入", MEMBER, [person.has_basic_income], parameter("country.basic_income")),
        benefit("old_age", "养老金", MEMBER, [retired], person.pension),
        benefit("parenting", "育儿津贴", HOUSEHOLD, [family.has_child, need], parameter("country.parenting")),
        benefit("tax", "所得税", MEMBER, [earns], person.income_tax, kind=SupportKind.FIGURE),
        benefit("contribution", "社会保险费", MEMBER, [earns], person.contribution, kind=SupportKind.FIGURE),
        benefit("dwelling_tax", "房产税", HOUSEHOLD, [IS_TAXED], family.dwelling_tax, kind=SupportKind.FIGURE),
    ]
    if policy.value("country.housing"):
        rent = household.rent
        benefits.append(benefit("housing", "住房津贴", HOUSEHOLD, [rent > 0], rent * parameter("country.housing")))
    return [Programme("country", "模板国", "税务局", benefits, columns())]
