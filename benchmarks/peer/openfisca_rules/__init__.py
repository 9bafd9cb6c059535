"""The five programmes as a stranger would write them for OpenFisca-core: one policy, Guiding's, on any day.

Every variable cites its clause (``reference``). The same rules as bangfu's plugins and packs, without what
OpenFisca does not have: unknown facts, presumptions shown, reasons. Where an amount says whether a benefit
is due (it is never zero then), there is no variable for that besides.
"""

from pathlib import Path

from openfisca_core.model_api import Variable
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from . import (
    classification,
    education,
    education_later,
    employment,
    housing,
    identification,
    living,
    medical,
    tekun,
)
from .entities import Household, Person
from .facts import INPUTS

_RULES = (identification, tekun, classification, living, medical, education, education_later, employment, housing)
_PROGRAMMES = ("education_", "employment_", "housing_", "living_", "medical_")


def system() -> TaxBenefitSystem:
    """Return the tax and benefit system with all variables and parameters."""
    made = TaxBenefitSystem([Person, Household])
    made.load_parameters(str(Path(__file__).parent / "parameters"))
    made.add_variables(*INPUTS, *(v for module in _RULES for v in vars(module).values() if _is_rule(v, module)))
    return made


CountryTaxBenefitSystem = system
"""The name under which ``openfisca serve --country-package`` looks for it."""


def outputs(rules: TaxBenefitSystem) -> tuple[str, ...]:
    """Return every variable that a screening asks for; a benefit's begin with its programme."""
    given = {variable.__name__ for variable in INPUTS}
    benefits = [name for name in rules.variables if name.startswith(_PROGRAMMES) and name not in given]
    return ("category", "size", "income_year", "counted", "person_category", *benefits)


def _is_rule(value, module) -> bool:
    return isinstance(value, type) and issubclass(value, Variable) and value.__module__ == module.__name__
