"""OpenFisca-core computing one household, from its description and from arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from openfisca_core.periods import period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from bangfu.frames import Frames

from .openfisca_rules import INPUTS, outputs, system
from .openfisca_side import MONTH, PERIODS, calculated, inputs, simulation, variable_of


@cache
def _rules() -> TaxBenefitSystem:
    return system()


def ways(frames: Frames) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the two ways by name; each computes every category, status and amount of the household."""
    rules, described = _rules(), situation(frames)
    arrays, asked = inputs(frames.households.lazy(), frames.members.lazy()), outputs(rules)
    yield (
        "OpenFisca, from a description",
        lambda: calculated(SimulationBuilder().build_from_entities(rules, described), asked),
    )
    yield "OpenFisca, from arrays", lambda: calculated(simulation(rules, arrays), asked)


def situation(frames: Frames) -> dict[str, Any]:
    """Return the household as OpenFisca's web API takes it; what is zero, false or absent is left out."""
    people = {f"person {i}": _described("person", row) for i, row in enumerate(frames.members.rows(named=True))}
    household = _described("household", frames.households.row(0, named=True))
    return {"persons": people, "households": {"household": {"members": list(people), **household}}}


def _described(entity: str, row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    values = {variable_of(column): value for column, value in row.items()}
    return {
        variable.__name__: {
            _written(PERIODS.get(variable.definition_period, MONTH)): _plain(values[variable.__name__], variable)
        }
        for variable in INPUTS
        if variable.entity.key == entity and values[variable.__name__]
    }


def _written(when: str) -> str:
    """Return a period as OpenFisca writes it itself; of what is set under another spelling only the last one stays."""
    return str(period(when))


def _plain(value: Any, variable: type) -> Any:
    if variable.value_type is float:
        return float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
