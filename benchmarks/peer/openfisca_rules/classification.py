# ruff: noqa: N801, N805, PLR2004 - OpenFisca's way of naming; the clause's own numbers, cited beside
"""The means test and the low-income category of household and person (N2, N4, N5, N6)."""

from openfisca_core.model_api import MONTH, YEAR, Enum, Variable, not_, select, where

from .entities import Household, Person
from .facts import RIGID_SPENDING, Category, Residence, Work
from .identification import one_of


def by_residence(household, period, node):
    """Return the parameter for the countryside or for the town."""
    return where(household("residence", period) == Residence.rural, node.rural, node.urban)


class dibao_standard(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "低保标准（每人每年）"
    reference = "N2 art. 9"

    def formula(household, period, parameters):
        return by_residence(household, period, parameters(period).dibao.standard)


class disposable_income(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "上年度当地人均可支配收入"
    reference = "N5"

    def formula(household, period, parameters):
        return by_residence(household, period, parameters(period).disposable_income)


class in_means_test(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "参加家庭收入核算"
    reference = "N2 art. 7"

    def formula(person, period):
        return person("counted", period) & not_(person("is_tekun", period))


class size(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "核算人数"
    reference = "N2 art. 7"

    def formula(household, period):
        return household.sum(household.members("in_means_test", period))


class income_year(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "家庭年收入"
    reference = "N2 art. 13"

    def formula(household, period):
        counted = household.members("in_means_test", period)
        return household.sum(counted * household.members("own_income", period.this_year))


class dibao_line(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "低保标准×人数"
    reference = "N2 art. 9"

    def formula(household, period):
        return household("dibao_standard", period) * household("size", period)


class rigid_spending(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR
    label = "刚性支出"
    reference = "N5"

    def formula(household, period):
        return sum(household(f"expenses_{kind}", period) for kind in RIGID_SPENDING)


class within_dibao(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "收入和财产符合低保"
    reference = "N2 art. 9, 14"

    def formula(household, period):
        below = household("income_year", period) < household("dibao_line", period)
        return below & household("assets_within_limits", period)


class in_grace(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "在渐退期内"
    reference = "N4; N2 art. 33"

    def formula(household, period, parameters):
        risen = household("income_risen_on", period)
        month = risen.astype("datetime64[M]")
        later = month + parameters(period).dibao.grace_months
        last = (later + 1).astype("datetime64[D]") - 1
        # The last day is the day of the same number, or the month's last (Civil Code art. 202).
        same = later.astype("datetime64[D]") + (risen - month.astype("datetime64[D]"))
        until = where(same < last, same, last)
        on = period.start.date
        return (
            (household("recognised_as", period) == Category.dibao)
            & (household("income_year", period) >= household("dibao_line", period))
            & household("assets_within_limits", period)
            & (risen <= on)
            & (on <= until)
        )


class category(Variable):
    value_type = Enum
    possible_values = Category
    default_value = Category.none
    entity = Household
    definition_period = MONTH
    label = "家庭类别"
    reference = "N2 art. 8–9; N3; N5; N6"

    def formula(household, period, parameters):
        at = parameters(period)
        assets = household("assets_within_limits", period)
        income, size = household("income_year", period), household("size", period)
        line = household("dibao_line", period)
        margin_line = line * at.margin.multiple
        spending = household("rigid_spending", period.this_year)
        somebody_else = household.any(household.members("in_means_test", period))
        tekun = not_(somebody_else) & (household("counted_size", period) >= 1)
        margin = assets & (income >= line) & (income < margin_line)
        rigid = (
            assets
            & (income >= margin_line)
            & (income < household("disposable_income", period) * size)
            & (spending > 0)
            & (spending > at.rigid.share * income)
        )
        return select(
            [
                tekun,
                household("within_dibao", period) | household("in_grace", period),
                margin,
                rigid,
                household("watched_for_return_to_poverty", period),
            ],
            [
                Category.tekun.index,
                Category.dibao.index,
                Category.margin.index,
                Category.rigid_expenditure.index,
                Category.watched.index,
            ],
            Category.none.index,
        )


class is_dibao_single(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "单人保"
    reference = "N2 art. 8; N4; S2"

    def formula(person, period):
        household = person.household("category", period)
        severe = person("severe_disability", period)
        jobless = one_of(person("employment", period), Work.unemployed, Work.not_working)
        cost = person("treatments_inpatient_own_paid", period.this_year) + person(
            "treatments_outpatient_chronic_own_paid", period.this_year
        )
        in_margin = (household == Category.margin) & (
            severe | person("serious_illness", period) | (cost > person.household("income_year", period))
        )
        grown = (household != Category.dibao) & (person("age", period) >= 18) & jobless & severe
        ground = (person("counted", period) & (in_margin | grown)) | person("is_clergy_long_away", period)
        below = person("own_income", period.this_year) < person.household("dibao_standard", period)
        return ground & below & person.household("assets_within_limits", period)


class person_category(Variable):
    value_type = Enum
    possible_values = Category
    default_value = Category.none
    entity = Person
    definition_period = MONTH
    label = "本人类别"
    reference = "N2 art. 8; N3; N6"

    def formula(person, period):
        return select(
            [person("is_tekun", period), person("is_dibao_single", period), person("counted", period)],
            [Category.tekun.index, Category.dibao_single.index, person.household("category", period)],
            Category.none.index,
        )
