# ruff: noqa: N801, N805, PLR2004 - OpenFisca's way of naming; the clause's own numbers, cited beside
"""Education aid (教育资助): national aid (N1); Guiding's subsidies up to junior secondary, per school year (S1)."""

from openfisca_core.model_api import MONTH, Variable, not_

from .entities import Person
from .facts import Category, SchoolKind, Stage
from .identification import one_of

_LATER = (Stage.senior_secondary, Stage.vocational_secondary, Stage.undergraduate, Stage.junior_college)
_POOREST = (Category.tekun, Category.dibao, Category.dibao_single)
_HELPED = (*_POOREST, Category.margin, Category.rigid_expenditure)


class poor(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "建档立卡户的成员"
    reference = "S1"

    def formula(person, period):
        return person.household("registered_poor", period)


class in_compulsory(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "义务教育阶段在校"
    reference = "S1"

    def formula(person, period):
        return one_of(person("school_stage", period), Stage.primary, Stage.junior_secondary)


class poor_in_compulsory(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "建档立卡，义务教育阶段"
    reference = "S1"

    def formula(person, period):
        return person("poor", period) & person("in_compulsory", period)


class education_aid_compulsory(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "义务教育阶段教育救助"
    reference = "N1 art. 33; N6 from 2023-10-19"

    def formula(person, period):
        return one_of(person("person_category", period), *_POOREST) & person("in_compulsory", period)

    def formula_2023_10_19(person, period):
        return one_of(person("person_category", period), *_HELPED) & person("in_compulsory", period)


class education_aid_later(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "高中、职业和高等教育阶段教育救助"
    reference = "N1 art. 33; N6 from 2023-10-19"

    def formula(person, period):
        return one_of(person("person_category", period), *_POOREST) & one_of(person("school_stage", period), *_LATER)

    def formula_2023_10_19(person, period):
        return one_of(person("person_category", period), *_HELPED) & one_of(person("school_stage", period), *_LATER)


class education_aid_home_teaching(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "不能入学残疾儿童送教上门"
    reference = "N1 art. 33; S2"

    def formula(person, period):
        years = person("age", period)
        of_age = (years >= 6) & (years < 16)
        return of_age & not_(person("in_school", period)) & person("is_disabled", period)


class education_preschool_living(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "学前教育生活补助"
    reference = "S1 学前"

    def formula(person, period, parameters):
        school = one_of(person("school_kind", period), SchoolKind.public, SchoolKind.inclusive_private)
        group = (
            person("poor", period)
            | person("martyr_child", period)
            | person("orphan", period)
            | person("is_disabled", period)
        )
        due = (person("school_stage", period) == Stage.preschool) & school & group
        return due * parameters(period).education.preschool.living


class education_preschool_fee_reduction(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "减免保教费"
    reference = "S1 学前"

    def formula(person, period):
        hardship = person.household("special_hardship", period)
        return (person("poor", period) & (person("school_stage", period) == Stage.preschool)) & hardship


class education_compulsory_two_waivers(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "义务教育免学杂费和教科书费"
    reference = "S1 义务教育"

    def formula(person, period):
        return person("in_compulsory", period)


class education_primary_boarder(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "小学寄宿生生活补助"
    reference = "S1 小学"

    def formula(person, period, parameters):
        due = (person("poor", period) & (person("school_stage", period) == Stage.primary)) & person("boarding", period)
        return due * parameters(period).education.primary.boarder


class education_junior_secondary_boarder(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "初中寄宿生生活补助"
    reference = "S1 初中"

    def formula(person, period, parameters):
        due = (person("poor", period) & (person("school_stage", period) == Stage.junior_secondary)) & person(
            "boarding", period
        )
        return due * parameters(period).education.junior_secondary.boarder


class education_compulsory_boarder_top_up(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "寄宿生县级补助"
    reference = "S1 义务教育"

    def formula(person, period, parameters):
        due = person("poor_in_compulsory", period) & person("boarding", period)
        return due * parameters(period).education.compulsory.boarder_top_up


class education_compulsory_meals(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "营养改善计划（元/天）"
    reference = "S1 义务教育"

    def formula(person, period, parameters):
        return person("poor_in_compulsory", period) * parameters(period).education.compulsory.meals
