"""OpenFisca-core over the same tables: inputs from arrays, every result calculated, results as tables.

As OpenFisca is meant to be used on populations: entities declared by arrays, inputs set by arrays, formulas
vectorised; nowhere a Python loop over households or persons. Polars reads and converts the columns, all at
once, straight into the types that OpenFisca keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from openfisca_core.indexed_enums import EnumArray
from openfisca_core.model_api import ETERNITY, YEAR, Enum
from openfisca_core.periods import DateUnit, Instant, Period
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from bangfu.facts.household import CATEGORY_LABELS
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY

from .openfisca_rules import INPUTS, outputs, system
from .population import DAY
from .tables import Results, tables

MONTH = f"{DAY:%Y-%m}"
PERIODS = {ETERNITY: ETERNITY, YEAR: f"{DAY:%Y}"}
_CATEGORY = pl.Enum(list(CATEGORY_LABELS))

Arrays = Mapping[str, Any]
"""The array of every input variable by name, and ``household`` and ``person``: whose household's number."""


def periods(on: date) -> Mapping[Any, Any]:
    """Return the period of each kind that an assessment on a day is about; its month begins on that very day."""
    month = Period((DateUnit.MONTH, Instant((on.year, on.month, on.day)), 1))
    return {ETERNITY: ETERNITY, YEAR: month.this_year, DateUnit.MONTH: month}


def variable_of(column: str) -> str:
    """Return the variable of a column or a benefit."""
    return column.replace(".", "_")


def inputs(households: pl.LazyFrame, members: pl.LazyFrame, money: type[pl.DataType] = pl.Float32) -> Arrays:
    """Return the array of every input variable, amounts as floats of a type."""
    arrays: dict[str, Any] = {}
    for entity, frame in (("household", households), ("person", members)):
        types = frame.collect_schema()
        columns = {variable_of(column): column for column in types}
        variables = [variable for variable in INPUTS if variable.entity.key == entity]
        wanted = [_converted(v, columns[v.__name__], types, money).alias(v.__name__) for v in variables]
        table = frame.select(pl.col(HOUSEHOLD_KEY).alias(entity), *wanted).collect()
        arrays[entity] = table[entity].to_numpy()
        arrays |= {variable.__name__: _array(variable, table[variable.__name__]) for variable in variables}
    return arrays


def _converted(variable: type, column: str, types: Mapping[str, pl.DataType], money: type[pl.DataType]) -> pl.Expr:
    value = pl.col(column)
    if variable.value_type is Enum:
        labels = pl.Enum([item.name for item in variable.possible_values])
        return value.cast(labels).to_physical().fill_null(0).cast(pl.UInt8)
    match types[column]:
        case pl.Boolean:
            return value.fill_null(value=False)
        case pl.Date:
            return value.fill_null(pl.date(1970, 1, 1))
        case pl.Decimal:
            return value.cast(pl.Float64).cast(money).fill_null(0)  # straight to 32 bits takes ten times as long
        case _:
            return value.cast(pl.Int32).fill_null(0)


def _array(variable: type, column: pl.Series) -> Any:
    array = column.to_numpy()
    return EnumArray(array, variable.possible_values) if variable.value_type is Enum else array


def in_64_bits(rules: TaxBenefitSystem) -> TaxBenefitSystem:
    """Return the rules with amounts in 64 bits, which hold every fen; OpenFisca's own 32 bits do not."""
    for variable in rules.variables.values():
        if variable.value_type is float:
            variable.dtype = np.float64
    return rules


def simulation(rules: TaxBenefitSystem, arrays: Arrays, on: date = DAY) -> Simulation:
    """Return a simulation with all inputs set."""
    builder = SimulationBuilder()
    builder.create_entities(rules)
    builder.declare_person_entity("person", np.arange(len(arrays["person"])))
    household = builder.declare_entity("household", arrays["household"])
    builder.join_with_persons(household, arrays["person"], np.zeros(len(arrays["person"]), dtype=np.int8))
    made = builder.build(rules)
    when = periods(on)
    for variable in INPUTS:
        made.set_input(variable.__name__, when[variable.definition_period], arrays[variable.__name__])
    return made


def calculated(made: Simulation, names: Sequence[str], on: date = DAY) -> dict[str, Any]:
    """Return the array of every variable asked for."""
    month = periods(on)[DateUnit.MONTH]
    return {name: made.calculate(name, month) for name in names}


class OpenFisca:
    """OpenFisca-core with the rules of ``openfisca_rules``; ``exact``: to the fen, for which it has no setting."""

    def __init__(self, on: date = DAY, *, exact: bool = False) -> None:
        self.on = on
        self.money = pl.Float64 if exact else pl.Float32
        self.system = in_64_bits(system()) if exact else system()
        self.outputs = outputs(self.system)

    def read(self, folder: Path, first: int, end: int) -> Simulation:
        return self.simulated(*tables(folder, first, end))

    def simulated(self, households: pl.LazyFrame, members: pl.LazyFrame) -> Simulation:
        """Return the simulation of households that are at hand."""
        return simulation(self.system, inputs(households, members, self.money), self.on)

    def rules(self, data: Simulation) -> tuple[Simulation, dict[str, Any]]:
        return data, calculated(data, self.outputs, self.on)

    def results(self, outcome: tuple[Simulation, dict[str, Any]]) -> Results:
        made, arrays = outcome
        people = made.household
        tables_of: dict[str, dict[str, pl.Series]] = {
            "household": {HOUSEHOLD_KEY: pl.Series(people.ids)},
            "person": {
                HOUSEHOLD_KEY: pl.Series(people.ids[people.members_entity_id]),
                MEMBER_KEY: pl.Series(people.members_position),
            },
        }
        for name, array in arrays.items():
            of_entity = tables_of[self.system.variables[name].entity.key]
            of_entity["category" if name == "person_category" else name] = _series(array)
        return pl.DataFrame(tables_of["household"]), pl.DataFrame(tables_of["person"])


def _series(array: Any) -> pl.Series:
    if isinstance(array, EnumArray):
        return pl.Series(array.view(np.ndarray)).cast(pl.UInt8).cat.to(_CATEGORY)
    return pl.Series(array)
