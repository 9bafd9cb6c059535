"""Many households at once: read into frames, and without the garbage collector looking through all of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from threading import Lock

import polars as pl
from attrs import field, frozen
from sqlalchemy import Connection, Select, and_, select

from bangfu.dtypes import MONEY, dtype_of
from bangfu.facts import Catalog, Choice, Day, Fact, Integer, Items, Level, Money, Quantity, YesNo
from bangfu.frames import Frames, declared
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.lists import summed
from bangfu_office.registry.schema import households, members, within

_SELDOM = (250_000, 20)
"""New objects before the collector looks at the youngest, and how often so before the older ones. Values of facts
hold no cycles, so there is next to nothing to find; at its usual pace the search takes a third of an import."""

_lock = Lock()
_usual: list[tuple[int, int, int]] = []


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Let the garbage collector run seldom while anybody is in here; also a decorator of functions."""
    with _lock:
        _usual.append(_usual[0] if _usual else gc.get_threshold())
        gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        with _lock:
            usual = _usual.pop()
            if not _usual:
                gc.set_threshold(*usual)


_BATCH = 500
_PIECE = 10_000
"""Rows that are read as one piece."""


@frozen
class RegisteredFrames:
    """Households as frames, with the numbers the registry knows them by.

    ``numbers``: ``household`` (Int64, the frames' key), ``number`` (String). ``people``: ``household``,
    ``member`` (Int64, position in the household), ``person`` (Int64, the registry's number).
    """

    frames: Frames = field(repr=False)
    numbers: pl.DataFrame = field(repr=False)
    people: pl.DataFrame = field(repr=False)


@collecting_seldom()
def population(connection: Connection, catalog: Catalog, *, on: date, region: str = "") -> RegisteredFrames:
    """Return all open households of a region (prefix; empty for all) as frames for a day."""
    here = and_(households.c.closed.is_(None), within(region))
    key = households.c.id.label(HOUSEHOLD_KEY)
    of_households = select(key, households.c.number, households.c.facts).where(here).order_by(key)
    present = (
        select(members.c.household_id.label(HOUSEHOLD_KEY), members.c.id.label("person"), members.c.facts)
        .join(households)
        .where(here, members.c.status == "present")
        .order_by(members.c.household_id, members.c.place, members.c.id)
    )
    known = _read(connection, of_households, catalog, Level.HOUSEHOLD)
    people = _read(connection, present, catalog, Level.MEMBER)
    place = pl.int_range(pl.len(), dtype=pl.Int64).over(HOUSEHOLD_KEY).alias(MEMBER_KEY)
    people = people.with_columns(place)
    day = pl.lit(on).alias(DAY)
    frames = Frames(
        declared(known.with_columns(day), catalog, Level.HOUSEHOLD),
        declared(people.with_columns(day), catalog, Level.MEMBER),
    )
    return RegisteredFrames(
        frames, known.select(HOUSEHOLD_KEY, "number"), people.select(HOUSEHOLD_KEY, MEMBER_KEY, "person")
    )


def _read(connection: Connection, query: Select[*tuple[object, ...]], catalog: Catalog, level: Level) -> pl.DataFrame:
    """Return the rows of a query with their facts read and summed, a column for each."""
    facts = [fact for fact in catalog.at(level) if not fact.personal]
    stored = pl.Struct({fact.name: _stored(fact) for fact in facts})
    decoded = pl.col("facts").str.json_decode(stored)
    typed = [_typed(fact) for fact in facts]
    pieces = [
        piece.lazy().with_columns(decoded).unnest("facts").with_columns(typed) for piece in _pieces(connection, query)
    ]
    return summed(pl.concat(pl.collect_all(pieces)), catalog, level)


def _pieces(connection: Connection, query: Select[*tuple[object, ...]]) -> list[pl.DataFrame]:
    """Return the rows of a query in pieces, of which several can be read at once; at least one."""
    types = {"facts": pl.String(), "number": pl.String()}
    columns = {column.name: types.get(column.name, pl.Int64()) for column in query.selected_columns}
    found = [list(zip(*rows, strict=True)) for rows in connection.execute(query).partitions(_PIECE)]
    return [
        pl.DataFrame([pl.Series(name, part, dtype=columns[name]) for name, part in zip(columns, parts, strict=True)])
        for parts in found
    ] or [pl.DataFrame(schema=columns)]


def _stored(fact: Fact) -> pl.DataType:
    """Return the type a fact's value has in the registry's JSON."""
    match fact.type:
        case YesNo() | Integer():
            return dtype_of(fact.type)
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
        case Choice():  # a choice that is not declared any more is unknown
            return pl.col(fact.name).cast(dtype_of(fact.type), strict=False)
        case _:
            return pl.col(fact.name)


def id_batches(connection: Connection, region: str = "") -> Iterator[Sequence[int]]:
    """Yield the ids of the households of a region (prefix), closed ones too, some hundred at a time."""
    query = select(households.c.id).where(within(region)).order_by(households.c.id)
    return connection.execute(query).scalars().partitions(_BATCH)
