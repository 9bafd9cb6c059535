# ruff: noqa: N801, N805 - OpenFisca names variables and their first argument so
"""Housing aid (住房救助): rural renovation and retrofit, urban public rental or rent subsidy (N1, N6, N9, S2)."""

from openfisca_core.model_api import MONTH, Variable, not_

from .entities import Household
from .facts import Category, Grade, Residence
from .identification import one_of


class renovation_group(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "农村六类重点对象，唯一住房"
    reference = "N9"

    def formula(household, period):
        low_income = not_(one_of(household("category", period), Category.none, Category.dibao_single))
        somebody_tekun = household.any(household.members("is_tekun", period))
        in_group = (
            low_income
            | somebody_tekun
            | household("watched_for_return_to_poverty", period)
            | household("registered_poor", period)
        )
        rural = household("residence", period) == Residence.rural
        return rural & in_group & household("dwelling_only", period)


class housing_renovation_D(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "D 级危房拆除重建（元）"
    reference = "N9"

    def formula(household, period, parameters):
        unsafe = household("dwelling_grade", period) == Grade.D
        due = household("renovation_group", period) & unsafe & not_(household("renovated_before", period))
        return due * parameters(period).housing.renovation.D


class housing_renovation_C(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "C 级危房维修加固（元）"
    reference = "N9"

    def formula(household, period, parameters):
        unsafe = household("dwelling_grade", period) == Grade.C
        due = household("renovation_group", period) & unsafe & not_(household("renovated_before", period))
        return due * parameters(period).housing.renovation.C


class housing_seismic_eligible(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "农房抗震改造：符合条件"
    reference = "S2"

    def formula(household, period):
        return household("renovation_group", period) & household("lacks_seismic_resistance", period)


class housing_seismic(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "农房抗震改造（元），修缮、重建和抗震改造只享受一项"
    reference = "S2; N9"

    def formula(household, period, parameters):
        renovated = (household("housing_renovation_D", period) > 0) | (household("housing_renovation_C", period) > 0)
        due = household("housing_seismic_eligible", period) & not_(renovated)
        return due * parameters(period).housing.seismic


class housing_rent_subsidy_eligible(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "住房租赁补贴：符合条件"
    reference = "N1 art. 37–38; N6"

    def formula(household, period):
        low_income = one_of(
            household("category", period),
            Category.tekun,
            Category.dibao,
            Category.margin,
            Category.rigid_expenditure,
        )
        urban = household("residence", period) == Residence.urban
        return urban & low_income & household("housing_difficulty", period)


class housing_public_rental(Variable):
    value_type = bool
    entity = Household
    definition_period = MONTH
    label = "公租房实物配租"
    reference = "N1 art. 37–38; N6"

    def formula(household, period):
        in_need = household("housing_rent_subsidy_eligible", period)
        return in_need & not_(household("chooses_rent_subsidy", period))


class housing_rent_subsidy(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH
    label = "住房租赁补贴（元/年），有实物配租的不享受"
    reference = "N1 art. 37–38; N6"

    def formula(household, period, parameters):
        due = household("housing_rent_subsidy_eligible", period) & not_(household("housing_public_rental", period))
        return due * parameters(period).housing.rent_subsidy
