# ruff: noqa: N801, N805, PLR2004 - OpenFisca's way of naming; the clause's own numbers, cited beside
"""Tekun (特困人员): no labour capacity, no income source, no able supporter (N3)."""

from openfisca_core.model_api import MONTH, Variable, not_

from .entities import Household, Person
from .facts import Category, Relation, Stage, Whereabouts
from .identification import one_of


class no_labour(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "无劳动能力"
    reference = "N3 art. 5, 24"

    def formula(person, period):
        years, stage = person("age", period), person("school_stage", period)
        growing = (years < 18) | one_of(
            stage, Stage.primary, Stage.junior_secondary, Stage.senior_secondary, Stage.vocational_secondary
        )
        kept = (person.household("recognised_as", period) == Category.tekun) & growing
        return (years >= 60) | (years < 16) | person("labour_lost_by_disability", period) | kept


class no_income(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "无生活来源"
    reference = "N3 art. 6"

    def formula(person, period):
        return person("tekun_income", period.this_year) < person.household("dibao_standard", period)


class able_supporter(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "有履行义务能力的成年人"
    reference = "N3 art. 8"

    def formula(person, period):
        years = person("age", period)
        low_income = person("tekun_income", period.this_year) < person.household("disposable_income", period)
        on_dibao = person.household("recognised_as", period) == Category.dibao
        unable = (
            (person("no_labour", period) & person("no_income", period))
            | ((years >= 60) & on_dibao)
            | (((years >= 70) | person("severe_disability", period)) & low_income)
            | one_of(person("whereabouts", period), Whereabouts.prison, Whereabouts.missing)
        )
        by_law = one_of(
            person("relation", period),
            Relation.head,
            Relation.spouse,
            Relation.child,
            Relation.parent,
            Relation.grandchild,
            Relation.grandparent,
        )
        return (years >= 18) & by_law & not_(unable)


class family_can_support(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "家中有具备履行义务能力的人"
    reference = "N3 art. 8"

    def formula(household, period):
        return household.any(household.members("able_supporter", period))


class is_tekun(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "特困人员"
    reference = "N3 art. 4–9; N1, in force from 2014-05-01: nobody is before"

    def formula_2014_05_01(person, period):
        return (
            person("counted", period)
            & person("no_labour", period)
            & person("no_income", period)
            & person.household("assets_within_limits", period)
            & not_(person.household("family_can_support", period))
            & not_(person("has_able_supporter", period))
            & not_(person("supported_as_orphan", period))
        )
