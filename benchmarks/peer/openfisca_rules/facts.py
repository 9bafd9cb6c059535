"""The facts that the rules read, as input variables, and the enumerations among them.

An OpenFisca package would write each out as a class. They are made from a table here; the outcome is the
same. Their names, choices and types are bangfu's.
"""

from openfisca_core.model_api import ETERNITY, MONTH, YEAR, Enum, Variable, date

from bangfu.facts.household import (
    CATEGORY_LABELS,
    DISABILITY_LABELS,
    DWELLING_GRADES,
    EMPLOYMENT_LABELS,
    LABOUR_LABELS,
    RELATION_LABELS,
    RESIDENCE_LABELS,
    SCHOOL_KIND_LABELS,
    STAGE_LABELS,
    WHEREABOUTS_LABELS,
)

from .entities import Household, Person

Category = Enum("Category", CATEGORY_LABELS)
Residence = Enum("Residence", RESIDENCE_LABELS)
Grade = Enum("Grade", DWELLING_GRADES)
Sex = Enum("Sex", {"female": "女", "male": "男"})
Relation = Enum("Relation", RELATION_LABELS)
Whereabouts = Enum("Whereabouts", WHEREABOUTS_LABELS)
Stage = Enum("Stage", STAGE_LABELS)
SchoolKind = Enum("SchoolKind", SCHOOL_KIND_LABELS)
Disability = Enum("Disability", DISABILITY_LABELS)
Work = Enum("Work", EMPLOYMENT_LABELS)
Labour = Enum("Labour", LABOUR_LABELS)
"""What the rule on labour capacity gives; the population states none."""

OTHER_INCOMES = (
    "business", "property", "transfer", "other", "basic_pension", "disability_subsidy", "old_age_allowance",
)  # fmt: skip
"""What counts besides wages (N2 art. 13)."""

RIGID_SPENDING = ("living", "medical", "education", "disability_rehabilitation")
"""Kinds of rigid spending (N5)."""

_HOUSEHOLD = {
    MONTH: {
        "residence": Residence,
        "registered_poor": bool,
        "watched_for_return_to_poverty": bool,
        "financial_assets": float,
        "homes": int,
        "vehicles": int,
        "large_machinery": int,
        "business_registered": bool,
        "recognised_as": Category,
        "recognised_amount": float,
        "income_risen_on": date,
        "housing_difficulty": bool,
        "dwelling_grade": Grade,
        "dwelling_only": bool,
        "renovated_before": bool,
        "special_hardship": bool,
        "lacks_seismic_resistance": bool,
        "chooses_rent_subsidy": bool,
    },
    YEAR: {f"expenses_{kind}": float for kind in RIGID_SPENDING},
}
_PERSON = {
    ETERNITY: {"birth_date": date, "sex": Sex},
    MONTH: {
        "relation": Relation,
        "lives_together": bool,
        "whereabouts": Whereabouts,
        "away_since": date,
        "school_stage": Stage,
        "school_year": int,
        "boarding": bool,
        "school_kind": SchoolKind,
        "disability_kind": Disability,
        "disability_grade": int,
        "serious_illness": bool,
        "self_care_lost": int,
        "has_able_supporter": bool,
        "orphan": bool,
        "supported_as_orphan": bool,
        "martyr_child": bool,
        "employment": Work,
        "unemployed_since": date,
        "graduated_on": date,
        "college_graduate": bool,
        "job_refusals": int,
        "wants_training": bool,
        "wants_startup": bool,
        "insured": bool,
    },
    YEAR: {f"incomes_{kind}": float for kind in ("wage", *OTHER_INCOMES)}
    | {"job_costs": float, "social_insurance_paid": float}
    | {
        f"treatments_{setting}_{part}": float
        for setting in ("inpatient", "outpatient_chronic")
        for part in ("covered", "basic_paid", "serious_illness_paid", "own_paid")
    },
}


def _variable(name, value_type, entity, period):
    attributes = {"value_type": value_type, "entity": entity, "definition_period": period, "label": name}
    if issubclass(value_type, Enum):
        first = next(iter(value_type))
        attributes |= {"value_type": Enum, "possible_values": value_type, "default_value": first}
    return type(name, (Variable,), attributes)


INPUTS = [
    _variable(name, value_type, entity, period)
    for entity, table in ((Household, _HOUSEHOLD), (Person, _PERSON))
    for period, facts in table.items()
    for name, value_type in facts.items()
]
