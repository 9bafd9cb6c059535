# ruff: noqa: N801, N805, PLR2004 - OpenFisca's way of naming; the clause's own numbers, cited beside
"""Education aid (教育资助): Guiding's subsidies from senior secondary on, per school year (S1)."""

from openfisca_core.model_api import MONTH, Variable

from .entities import Person
from .facts import Stage
from .identification import one_of


class poor_in_senior_secondary(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "建档立卡，普通高中"
    reference = "S1"

    def formula(person, period):
        return person("poor", period) & (person("school_stage", period) == Stage.senior_secondary)


class poor_in_vocational_secondary(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "建档立卡，中职"
    reference = "S1"

    def formula(person, period):
        return person("poor", period) & (person("school_stage", period) == Stage.vocational_secondary)


class poor_in_higher(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "建档立卡，本专科"
    reference = "S1"

    def formula(person, period):
        return person("poor", period) & one_of(
            person("school_stage", period), Stage.undergraduate, Stage.junior_college
        )


class education_senior_secondary_national_grant(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "普通高中国家助学金"
    reference = "S1 普通高中"

    def formula(person, period, parameters):
        amount = parameters(period).education.senior_secondary.national_grant
        return person("poor_in_senior_secondary", period) * amount


class education_senior_secondary_poverty_grant(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "普通高中扶贫专项助学金"
    reference = "S1 普通高中"

    def formula(person, period, parameters):
        amount = parameters(period).education.senior_secondary.poverty_grant
        return person("poor_in_senior_secondary", period) * amount


class education_senior_secondary_tuition(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "普通高中免学费"
    reference = "S1 普通高中"

    def formula(person, period, parameters):
        amount = parameters(period).education.senior_secondary.tuition
        return person("poor_in_senior_secondary", period) * amount


class education_senior_secondary_textbooks(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "普通高中免教科书费"
    reference = "S1 普通高中"

    def formula(person, period, parameters):
        amount = parameters(period).education.senior_secondary.textbooks
        return person("poor_in_senior_secondary", period) * amount


class education_senior_secondary_lodging(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "普通高中免住宿费"
    reference = "S1 普通高中"

    def formula(person, period, parameters):
        due = person("poor_in_senior_secondary", period) & person("boarding", period)
        return due * parameters(period).education.senior_secondary.lodging


class education_vocational_tuition(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "中职免学费（一至三年级）"
    reference = "S1 中职"

    def formula(person, period, parameters):
        due = person("poor_in_vocational_secondary", period) & (person("school_year", period) <= 3)
        return due * parameters(period).education.vocational.tuition


class education_vocational_national_grant(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "中职国家助学金（一、二年级）"
    reference = "S1 中职"

    def formula(person, period, parameters):
        due = person("poor_in_vocational_secondary", period) & (person("school_year", period) <= 2)
        return due * parameters(period).education.vocational.national_grant


class education_vocational_poverty_grant(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "中职扶贫专项助学金"
    reference = "S1 中职"

    def formula(person, period, parameters):
        amount = parameters(period).education.vocational.poverty_grant
        return person("poor_in_vocational_secondary", period) * amount


class education_vocational_textbooks(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "中职免教科书费"
    reference = "S1 中职"

    def formula(person, period, parameters):
        amount = parameters(period).education.vocational.textbooks
        return person("poor_in_vocational_secondary", period) * amount


class education_vocational_lodging(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "中职免住宿费"
    reference = "S1 中职"

    def formula(person, period, parameters):
        due = person("poor_in_vocational_secondary", period) & person("boarding", period)
        return due * parameters(period).education.vocational.lodging


class education_higher_national_grant(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "高校国家助学金（平均标准）"
    reference = "S1 高等教育"

    def formula(person, period, parameters):
        return person("poor_in_higher", period) * parameters(period).education.higher.national_grant


class education_higher_poverty_grant(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "高校扶贫专项助学金"
    reference = "S1 高等教育"

    def formula(person, period, parameters):
        return person("poor_in_higher", period) * parameters(period).education.higher.poverty_grant


class education_higher_tuition_undergraduate(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "本科免学费"
    reference = "S1 高等教育"

    def formula(person, period, parameters):
        amount = parameters(period).education.higher.tuition.undergraduate
        return (person("poor", period) & (person("school_stage", period) == Stage.undergraduate)) * amount


class education_higher_tuition_junior_college(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "专科（高职）免学费"
    reference = "S1 高等教育"

    def formula(person, period, parameters):
        amount = parameters(period).education.higher.tuition.junior_college
        return (person("poor", period) & (person("school_stage", period) == Stage.junior_college)) * amount
