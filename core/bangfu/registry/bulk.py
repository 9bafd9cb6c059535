"""Many households at once: read from the tables into frames, without building a value for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
from attrs import field, frozen
from sqlalchemy import Connection, Select, and_, select

from bangfu.facts import Catalog, Day, Fact, Integer, Items, Level, Money, Quantity, YesNo
from bangfu.facts.declare import MONEY
from bangfu.frames import HOUSEHOLD_KEY, MEMBER_KEY, Frames, schema
from bangfu.lists import summed
from bangfu.registry.schema import households, members
from bangfu.registry.state import HouseholdState
from bangfu.registry.tables import states

_BATCH = 500


@frozen
class Population:
    """Households as frames, with the numbers the registry knows them by.

    ``numbers``: ``household`` (Int64, the frames' key), ``number`` (String). ``people``: ``household``,
    ``member`` (Int64, position in the household), ``person`` (Int64, the registry's number).
    """

    frames: Frames = field(repr=False)
    numbers: pl.DataFrame = field(repr=False)
    people: pl.DataFrame = field(repr=False)


def population(connection: Connection, catalog: Catalog, *, on: date, region: str = "") -> Population:
    """Return all open households of a region (prefix; empty for all) as frames for a day."""
    here = and_(households.c.closed.is_(None), households.c.region.startswith(region, autoescape=True))
    of_households = _read(connection, select(households.c.id, households.c.number, households.c.facts).where(here))
    present = (
        select(members.c.household_id, members.c.id, members.c.facts)
        .join(households)
        .where(here, members.c.status == "present")
    )
    ordered = present.order_by(members.c.household_id, members.c.place, members.c.id)
    of_members = _read(connection, ordered).rename({"household_id": HOUSEHOLD_KEY})
    place = pl.int_range(pl.len(), dtype=pl.Int64).over(HOUSEHOLD_KEY).alias(MEMBER_KEY)
    of_members = of_members.with_columns(place)
    of_households = of_households.rename({"id": HOUSEHOLD_KEY}).sort(HOUSEHOLD_KEY)
    frames = Frames(_frame(of_households, catalog, Level.HOUSEHOLD, on), _frame(of_members, catalog, Level.MEMBER, on))
    people = of_members.select(HOUSEHOLD_KEY, MEMBER_KEY, pl.col("id").alias("person"))
    return Population(frames, of_households.select(HOUSEHOLD_KEY, "number"), people)


def _read(connection: Connection, query: Select[*tuple[object, ...]]) -> pl.DataFrame:
    rows = connection.execute(query).all()
    columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) or [()] * len(query.selected_columns)
    types = {"facts": pl.String, "number": pl.String}
    names = [column.name for column in query.selected_columns]
    return pl.DataFrame(
        [pl.Series(name, column, dtype=types.get(name, pl.Int64)) for name, column in zip(names, columns, strict=True)]
    )


def _frame(read: pl.DataFrame, catalog: Catalog, level: Level, on: date) -> pl.DataFrame:
    facts = [fact for fact in catalog.at(level) if not fact.personal]
    stored = pl.Struct({fact.name: _stored(fact) for fact in facts})
    keys = [name for name in (HOUSEHOLD_KEY, MEMBER_KEY) if name in read.columns]
    decoded = read.select(*keys, pl.col("facts").str.json_decode(stored)).unnest("facts")
    typed = decoded.with_columns(pl.lit(on).alias("on"), *(_typed(fact) for fact in facts))
    return summed(typed, catalog, level).select(list(schema(catalog, level)))


def _stored(fact: Fact) -> pl.DataType:
    """Return the type a fact's value has in the registry's JSON."""
    match fact.type:
        case YesNo() | Integer():
            return fact.type.dtype
        case Items(fields=fields):
            return pl.List(pl.Struct({part.name: pl.String for part in fields}))
        case _:
            return pl.String()


def _typed(fact: Fact) -> pl.Expr:
    match fact.type:
        case Money() | Quantity():
            return pl.col(fact.name).cast(MONEY)
        case Day():
            return pl.col(fact.name).str.to_date("%Y-%m-%d")
        case _:
            return pl.col(fact.name)


def numbers(connection: Connection, region: str = "") -> list[str]:
    """Return the numbers of all households of a region (prefix), closed ones too, as they were registered."""
    query = select(households.c.number).where(households.c.region.startswith(region, autoescape=True))
    return list(connection.execute(query.order_by(households.c.id)).scalars())


def batches(connection: Connection, region: str = "") -> Iterator[list[HouseholdState]]:
    """Yield every household of a region (prefix), closed ones too, some hundred at a time."""
    for ids in id_batches(connection, region):
        yield [state for _, state in states(connection, households.c.id.in_(ids))]


def id_batches(connection: Connection, region: str = "") -> Iterator[list[int]]:
    """Yield the ids of the households of a region (prefix), some hundred at a time."""
    query = select(households.c.id).where(households.c.region.startswith(region, autoescape=True))
    ids = connection.execute(query.order_by(households.c.id)).scalars().all()
    for start in range(0, len(ids), _BATCH):
        yield list(ids[start : start + _BATCH])
