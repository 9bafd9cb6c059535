# ruff: noqa: N801, N805, PLR2004 - OpenFisca's way of naming; the clause's own numbers, cited beside
"""Who belongs to the household, what income and property count (N2, N3)."""

import numpy as np
from openfisca_core.model_api import MONTH, YEAR, Enum, Variable, max_, not_, select

from .entities import Household, Person
from .facts import OTHER_INCOMES, Disability, Labour, Relation, Stage, Whereabouts


def years_before(period, years):
    """Return the day so many years before the assessment."""
    return np.datetime64(period.start.offset(-years, "year").date)


def one_of(array, *items):
    """Return where an enumeration's value is one of several."""
    result = array == items[0]
    for item in items[1:]:
        result |= array == item
    return result


def income(person, period, kinds):
    """Return the year's wages without the costs of work, and what came in of other kinds."""
    net_wage = max_(person("incomes_wage", period) - person("job_costs", period), 0)
    return net_wage + sum(person(f"incomes_{kind}", period) for kind in kinds)


class age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "年龄（周岁）"

    def formula(person, period):
        born = person("birth_date", period)
        year = born.astype("datetime64[Y]")
        month = born.astype("datetime64[M]")
        month_and_day = (month - year).astype(int) * 100 + (born - month).astype(int)
        on = period.start
        before_birthday = (on.month - 1) * 100 + on.day - 1 < month_and_day
        return on.year - 1970 - year.astype(int) - before_birthday


class in_school(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "在学"

    def formula(person, period):
        return person("school_stage", period) != Stage.none


class is_disabled(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "有残疾"

    def formula(person, period):
        return person("disability_kind", period) != Disability.none


class labour_lost_by_disability(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "残疾类别和等级属于无劳动能力"
    reference = "N3 art. 5"

    def formula(person, period):
        kind, grade = person("disability_kind", period), person("disability_grade", period)
        mind = one_of(kind, Disability.intellectual, Disability.mental) & (grade <= 3)
        return mind | ((kind == Disability.limb) & (grade <= 2)) | ((kind == Disability.visual) & (grade <= 1))


class severe_disability(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "重度残疾（一、二级，或三级智力、精神残疾）"
    reference = "N2 art. 8"

    def formula(person, period):
        kind, grade = person("disability_kind", period), person("disability_grade", period)
        mind = one_of(kind, Disability.intellectual, Disability.mental) & (grade <= 3)
        return (kind != Disability.none) & ((grade <= 2) | mind)


class labour_capacity(Variable):
    value_type = Enum
    possible_values = Labour
    default_value = Labour.able
    entity = Person
    definition_period = MONTH
    label = "劳动能力"
    reference = "N3 art. 5"

    def formula(person, period):
        years, stage = person("age", period), person("school_stage", period)
        unable = (
            (years < 16)
            | (years >= 60)
            | person("labour_lost_by_disability", period)
            | not_(one_of(stage, Stage.none, Stage.postgraduate))
        )
        disabled = person("is_disabled", period)
        return select([unable, disabled], [Labour.none.index, Labour.partial.index], Labour.able.index)


class is_clergy_long_away(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "宗教教职人员脱离家庭满三年"
    reference = "N2 art. 7"

    def formula(person, period):
        away = person("whereabouts", period) == Whereabouts.clergy_away
        return away & (person("away_since", period) <= years_before(period, 3))


class is_minor_child(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "未成年子女"
    reference = "N2 art. 7"

    def formula(person, period):
        return (person("relation", period) == Relation.child) & (person("age", period) < 18)


class counted(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "属于共同生活的家庭成员"
    reference = "N2 art. 7"

    def formula(person, period):
        relation, stage = person("relation", period), person("school_stage", period)
        gone = one_of(
            person("whereabouts", period),
            Whereabouts.prison,
            Whereabouts.compulsory_rehabilitation,
            Whereabouts.missing,
        )
        dependent = person("labour_lost_by_disability", period) | not_(one_of(stage, Stage.none, Stage.postgraduate))
        included = (
            one_of(relation, Relation.head, Relation.spouse)
            | person("is_minor_child", period)
            | ((relation == Relation.child) & dependent)
            | (person("lives_together", period) & (relation != Relation.other))
        )
        return included & not_(gone | person("is_clergy_long_away", period))


class counted_size(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH
    label = "共同生活的家庭成员数"
    reference = "N2 art. 7"

    def formula(household, period):
        return household.sum(household.members("counted", period))


class own_income(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR
    label = "本人计入的年收入（元）"
    reference = "N2 art. 13, which leaves out the basic pension from 2021 to 2025"

    def formula(person, period):
        return income(person, period, OTHER_INCOMES)

    def formula_2021(person, period):
        return income(person, period, [kind for kind in OTHER_INCOMES if kind != "basic_pension"])

    formula_2026 = formula


class tekun_income(Variable):
    value_type = float
    entity = Person
    definition_period = YEAR
    label = "认定特困时本人计入的年收入（元）"
    reference = "N3 art. 6"

    def formula(person, period):
        own = person("own_income", period)
        return own - person("incomes_basic_pension", period) - person("incomes_old_age_allowance", period)

    def formula_2021(person, period):
        return person("own_income", period) - person("incomes_old_age_allowance", period)

    formula_2026 = formula


class assets_within_limits(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "家庭财产符合规定"
    reference = "N2 art. 14"

    def formula(household, period, parameters):
        limits = parameters(period).assets
        allowed = limits.financial_per_head * household("counted_size", period)
        within = (
            (household("financial_assets", period) <= allowed)
            & (household("homes", period) <= limits.homes)
            & (household("vehicles", period) <= limits.vehicles)
            & (household("large_machinery", period) <= limits.large_machinery)
        )
        return within & (not_(household("business_registered", period)) | limits.business_allowed)
