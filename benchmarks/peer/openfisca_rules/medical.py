# ruff: noqa: N801, N805 - OpenFisca names variables and their first argument so
"""Medical aid (医疗救助): premium subsidy, aid on the covered cost that is left, enrolment (N6, N7)."""

from openfisca_core.model_api import MONTH, YEAR, Variable, max_, min_, not_, select, where

from .entities import Person
from .facts import Category

CATEGORIES = ("tekun", "dibao", "dibao_single", "margin", "rigid_expenditure", "watched")


def by_category(person, period, node):
    """Return the parameter of the person's category, zero for none."""
    category = person("person_category", period)
    return select([category == Category[code] for code in CATEGORIES], [node[code] for code in CATEGORIES], 0.0)


class has_category(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "共同生活的低收入成员"
    reference = "N6; N2 art. 7"

    def formula(person, period):
        return person("counted", period) & (person("person_category", period) != Category.none)


class medical_premium_in_full(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "特困人员参保全额资助（元/年）"
    reference = "N7; N6"

    def formula(person, period, parameters):
        return person("is_tekun", period) * parameters(period).medical.premium.tekun


class medical_premium(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "参保定额资助（元/年）"
    reference = "N7; N6"

    def formula(person, period, parameters):
        due = person("has_category", period) & not_(person("is_tekun", period))
        return due * by_category(person, period, parameters(period).medical.premium)


class medical_enrol(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "办理基本医疗保险参保"
    reference = "N7; N6"

    def formula(person, period):
        return person("has_category", period) & not_(person("insured", period))


class covered_left(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR
    label = "基本医保和大病保险支付后剩余的政策范围内费用"
    reference = "N7"

    def formula(person, period):
        return sum(
            person(f"treatments_{setting}_covered", period)
            - person(f"treatments_{setting}_basic_paid", period)
            - person(f"treatments_{setting}_serious_illness_paid", period)
            for setting in ("inpatient", "outpatient_chronic")
        )


class deductible(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "起付线（元）"
    reference = "N7"

    def formula(person, period, parameters):
        set_at = by_category(person, period, parameters(period).medical.deductible)
        # A share is of last year's disposable income.
        return where(set_at <= 1, set_at * person.household("disposable_income", period), set_at)


class medical_aid(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "医疗救助（元/年）"
    reference = "N7"

    def formula(person, period, parameters):
        medical = parameters(period).medical
        base = person("covered_left", period.this_year) - person("deductible", period)
        due = person("has_category", period) & person("insured", period)
        return due * min_(max_(base, 0) * by_category(person, period, medical.ratio), medical.cap)
