# ruff: noqa: N801, N805, PLR2004 - OpenFisca's way of naming; the clause's own numbers, cited beside
"""Basic living (基本生活救助): dibao, dibao alone, tekun (N1, N2, N10)."""

from openfisca_core.model_api import MONTH, Variable, not_, where

from .entities import Household, Person
from .facts import Category, Labour, Work
from .identification import one_of


class refuses_work(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "无正当理由连续三次拒绝就业"
    reference = "N1 art. 45"

    def formula(person, period):
        return (
            (person("job_refusals", period) >= 3)
            & (person("labour_capacity", period) != Labour.none)
            & one_of(person("employment", period), Work.unemployed, Work.not_working)
        )


class refuser_counted(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "参加家庭收入核算而拒绝就业"
    reference = "N1 art. 45"

    def formula(person, period):
        return person("in_means_test", period) & person("refuses_work", period)


class living_dibao_eligible(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "最低生活保障金：享受"
    reference = "N2 art. 21"

    def formula(household, period):
        return household("category", period) == Category.dibao


class living_dibao(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "最低生活保障金（元/年）"
    reference = "N1 art. 12, 45; N2 art. 23"

    def formula(household, period):
        gap = household("dibao_line", period) - household("income_year", period)
        refusers = household.sum(household.members("refuser_counted", period))
        size = household("size", period)
        gap = gap - gap * refusers / where(size == 0, 1, size)
        in_grace = household("in_grace", period) & not_(household("within_dibao", period))
        paid = where(in_grace, household("recognised_amount", period), gap)
        return household("living_dibao_eligible", period) * paid


class living_dibao_single(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "单人保（元/年）"
    reference = "N2 art. 8; N4"

    def formula(person, period):
        gap = person.household("dibao_standard", period) - person("own_income", period.this_year)
        alone = person("person_category", period) == Category.dibao_single
        return alone * not_(person("refuses_work", period)) * gap


class living_tekun(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "特困人员基本生活供养（元/年）"
    reference = "N10"

    def formula(person, period, parameters):
        standard = person.household("dibao_standard", period) * parameters(period).tekun.multiple
        return person("is_tekun", period) * standard


class living_tekun_care_able(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "特困人员照料护理（全自理，元/年）"
    reference = "N10; N3 art. 21"

    def formula(person, period, parameters):
        able = person("self_care_lost", period) == 0
        return (person("is_tekun", period) & able) * parameters(period).tekun.care.able


class living_tekun_care_partial(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "特困人员照料护理（半护理，元/年）"
    reference = "N10; N3 art. 22"

    def formula(person, period, parameters):
        lost = person("self_care_lost", period)
        partial = (lost >= 1) & (lost <= 3)
        return (person("is_tekun", period) & partial) * parameters(period).tekun.care.partial


class living_tekun_care_full(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "特困人员照料护理（全护理，元/年）"
    reference = "N10; N3 art. 22"

    def formula(person, period, parameters):
        full = person("self_care_lost", period) >= 4
        return (person("is_tekun", period) & full) * parameters(period).tekun.care.full
