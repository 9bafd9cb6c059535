# ruff: noqa: N801, N805, PLR2004 - OpenFisca's way of naming; the clause's own numbers, cited beside
"""Employment aid (就业援助): posts, insurance subsidy, training, start-up, services (N1, N6, N8, S2, S8)."""

from openfisca_core.model_api import MONTH, Variable, not_, where

from .entities import Household, Person
from .facts import Category, Labour, Residence, Sex, Work
from .identification import one_of, years_before

_LOW_INCOME = (Category.dibao, Category.dibao_single, Category.margin, Category.rigid_expenditure)


class able_to_work(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "法定劳动年龄内有劳动能力"
    reference = "N1 art. 42"

    def formula(person, period, parameters):
        retirement, years = parameters(period).employment.retirement_age, person("age", period)
        until = where(person("sex", period) == Sex.female, retirement.female, retirement.male)
        return (years >= 16) & (years < until) & (person("labour_capacity", period) != Labour.none)


class jobless(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "无业"
    reference = "N1 art. 42"

    def formula(person, period):
        return one_of(person("employment", period), Work.unemployed, Work.not_working)


class zero_household(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "零就业家庭"
    reference = "N1 art. 43"

    def formula(household, period):
        able, work = household.members("able_to_work", period), household.members("employment", period)
        working = one_of(work, Work.employed, Work.self_employed, Work.flexible, Work.farming)
        return household.any(able) & not_(household.any(able & working))


class hard_to_place(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "就业困难人员"
    reference = "S8; N1 art. 43"

    def formula(person, period, parameters):
        hard_age, on = parameters(period).employment.hard_age, period.start.date
        old = person("age", period) >= where(person("sex", period) == Sex.female, hard_age.female, hard_age.male)
        jobless = person("jobless", period)
        on_dibao = one_of(person("person_category", period), Category.dibao, Category.dibao_single)
        a_year = person("unemployed_since", period) <= years_before(period, 1)
        graduate = person("college_graduate", period) & (person("graduated_on", period) <= on)
        return (
            old
            | person("is_disabled", period)
            | (jobless & ((on_dibao & a_year) | graduate))
            | person.household("zero_household", period)
        )


class able_and_poor(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "有劳动能力的低收入成员"
    reference = "N1 art. 42; N6; N2 art. 7"

    def formula(person, period):
        low_income = one_of(person("person_category", period), *_LOW_INCOME)
        return person("counted", period) & low_income & person("able_to_work", period)


class employment_services(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "就业登记、职业指导和职业介绍"
    reference = "N1 art. 42; N6; S8"

    def formula(person, period):
        return person("able_and_poor", period) & person("jobless", period)


class employment_employer(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "招用单位可申请社会保险补贴、岗位补贴和税收减免"
    reference = "N8; S8"

    def formula(person, period):
        return person("employment_services", period) & person("hard_to_place", period)


class employment_public_post(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "公益性岗位安置和岗位补贴（元/年）"
    reference = "N8"

    def formula(person, period, parameters):
        return person("employment_employer", period) * parameters(period).employment.post_subsidy


class employment_flexible_insurance(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "灵活就业社会保险补贴（元/年）"
    reference = "N8"

    def formula(person, period, parameters):
        flexible = person("employment", period) == Work.flexible
        due = person("able_and_poor", period) & flexible & person("hard_to_place", period)
        paid = person("social_insurance_paid", period.this_year)
        return due * paid * parameters(period).employment.flexible_insurance_share


class employment_training(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "职业培训补贴（元）"
    reference = "N8; S8"

    def formula(person, period, parameters):
        due = person("able_and_poor", period) & person("wants_training", period)
        return due * parameters(period).employment.training_subsidy


class employment_skill_test(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH
    label = "职业技能鉴定补贴（元）"
    reference = "N8; S8"

    def formula(person, period, parameters):
        due = person("able_and_poor", period) & person("wants_training", period)
        return due * parameters(period).employment.skill_test_subsidy


class employment_startup_loan(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "创业担保贷款（财政贴息）"
    reference = "N1 art. 42; N6"

    def formula(person, period):
        return person("able_and_poor", period) & person("wants_startup", period)


class employment_zero_household(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "零就业家庭至少安置一人就业"
    reference = "N1 art. 43"

    def formula(household, period):
        return (household("category", period) == Category.dibao) & household("zero_household", period)


class employment_rural_industry(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "产业帮扶"
    reference = "S2"

    def formula(household, period):
        rural = household("residence", period) == Residence.rural
        return rural & (household("category", period) != Category.none)


class rural_worker(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "农村有劳动能力、未稳定就业的低收入成员"
    reference = "S2"

    def formula(person, period):
        low_income = one_of(person("person_category", period), *_LOW_INCOME, Category.watched)
        free = person("jobless", period) | (person("employment", period) == Work.farming)
        fit = (person("labour_capacity", period) != Labour.none) & (person("age", period) >= 16)
        rural = person.household("residence", period) == Residence.rural
        return rural & low_income & free & fit


class employment_rural_labour_export(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "组织外出务工"
    reference = "S2"

    def formula(person, period):
        return person("rural_worker", period)


class employment_rural_workshop(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "就业帮扶车间吸纳就业"
    reference = "S2"

    def formula(person, period):
        return person("rural_worker", period)


class employment_rural_work_for_relief(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "以工代赈"
    reference = "S2"

    def formula(person, period):
        return person("rural_worker", period)


class employment_rural_village_post(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "乡村公益性岗位"
    reference = "S2"

    def formula(person, period):
        return person("rural_worker", period)
