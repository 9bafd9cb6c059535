"""From what is true of made-up households to what has been stated of them: lists, unknowns, the columns of files."""

from __future__ import annotations

from datetime import date

import polars as pl

from bangfu.facts import CORE_FACTS, Catalog, Level
from bangfu.generate.draw import Draws
from bangfu.generate.entries import entry_of, with_list
from bangfu.generate.families import FAMILY, PERSON
from bangfu.generate.home import spending
from bangfu.generate.income import ASSISTANCE, sources
from bangfu.generate.others import other_facts
from bangfu.generate.treatment import SETTINGS, treatment_entry
from bangfu.generate.unknown import as_said
from bangfu.keys import DAY
from bangfu.lists import parquet_schema

_SAID_TO_HAVE_NONE = 0.1
_EARNING_AGE = 16


def stated(truth: pl.DataFrame, level: Level, seed: int, on: date, catalog: Catalog) -> pl.DataFrame:
    """Return the frame with ``bangfu.lists.parquet_schema``, some facts unknown."""
    draws = Draws(seed, FAMILY if level is Level.HOUSEHOLD else PERSON)
    columns = parquet_schema(catalog, level)
    frame = _with_lists(truth, level, draws).with_columns(pl.lit(on).alias(DAY))
    # A step's own column may have the name of a plugin's fact, which it is not.
    known = [name for name in columns if name in frame.columns and name in CORE_FACTS.by_name]
    frame = frame.with_columns(*as_said(draws, known), *other_facts(catalog, level, known, draws))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def _with_lists(truth: pl.DataFrame, level: Level, draws: Draws) -> pl.DataFrame:
    if level is Level.HOUSEHOLD:
        return with_list(truth, "expenses", [entry_of(source, draws) for source in spending(draws.seed)])
    incomes = [entry_of(source, draws) for source in (*sources(draws.seed), ASSISTANCE)]
    frame = with_list(truth, "incomes", incomes)
    frame = with_list(frame, "treatments", [treatment_entry(setting, draws) for setting in SETTINGS])
    asked = (pl.col("age") >= _EARNING_AGE) | draws.chance("said to have no income", _SAID_TO_HAVE_NONE)
    return frame.with_columns(pl.when(asked | (pl.col("incomes").list.len() > 0)).then("incomes").alias("incomes"))
