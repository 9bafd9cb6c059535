"""The trial: a plugin's rules on thousands of random households, in every place where they differ.

The households are drawn from the declared facts: every type, unknowns among them, the same for the same seed. They
are no sample of any place: each fact is drawn by itself, so that rules also meet what hardly ever happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from random import Random
from typing import Any

import polars as pl
from attrs import define

from bangfu.dtypes import MONEY, dtype_of
from bangfu.engine import BoundBenefit, Ruleset
from bangfu.engine.bound import Reference
from bangfu.engine.values import as_in_frames, worked_with
from bangfu.facts import Catalog, Choice, Day, Digits, Fact, Integer, Items, Level, Money, Quantity, YesNo
from bangfu.facts.declare import STATED
from bangfu.frames import Frames
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.kit.plugin import Plugin
from bangfu.rules.language import Expression
from bangfu.rules.language.known import Value
from bangfu.rules.language.nodes import Quotient
from bangfu.rules.language.over_members import Before, OverMembers

HOUSEHOLDS = 10_000
ALONE = 200
"""Households that are assessed one by one as well."""

UNKNOWN_SHARE = 0.2
MOST_MEMBERS = 6
_OLDEST = 95
_DAYS_A_YEAR = 365.25
_DAYS_BACK, _DAYS_AHEAD = 1500, 60
_FEN = Decimal("0.01")
_AMOUNTS = 200
_WIDEST = 8
"""How far above its least value a whole number is drawn."""


def population(catalog: Catalog, households: int, *, on: date, seed: int = 0) -> Frames:
    """Return the frames of so many random households of one to six members, assessed for a day."""
    draw = _Draw(Random(seed), on)  # noqa: S311 - nothing secret is drawn
    sizes = draw.random.choices(range(1, MOST_MEMBERS + 1), k=households)
    numbers = [(number, place) for number, size in enumerate(sizes) for place in range(size)]
    of_households = pl.select(pl.int_range(households).alias(HOUSEHOLD_KEY))
    of_members = pl.DataFrame(numbers, {HOUSEHOLD_KEY: pl.Int64, MEMBER_KEY: pl.Int64}, orient="row")
    of_households = of_households.with_columns(pl.lit(on).alias(DAY), *draw.facts(catalog, Level.HOUSEHOLD, households))
    of_members = of_members.with_columns(pl.lit(on).alias(DAY), *draw.facts(catalog, Level.MEMBER, len(numbers)))
    relation = pl.when(pl.col(MEMBER_KEY) == 0).then(pl.lit("head")).otherwise("relation")
    return Frames(of_households, of_members.with_columns(relation=relation))


def moved(frames: Frames, days: int) -> Frames:
    """Return the same households so many days later, birthdays and all."""
    later = (pl.col(pl.Date) + pl.duration(days=days)).cast(pl.Date)
    return Frames(frames.households.with_columns(later), frames.members.with_columns(later))


@define(slots=False)
class _Draw:
    random: Random
    on: date

    def facts(self, catalog: Catalog, level: Level, rows: int) -> Iterator[pl.Series]:
        for fact in catalog.at(level):
            if fact.personal:
                continue
            if isinstance(fact.type, Items):
                yield from self._items(fact, fact.type, rows)
            else:
                share = 0.0 if fact.required else UNKNOWN_SHARE
                yield self._column(fact.name, self._values(fact), dtype_of(fact.type), rows, share)

    def _items(self, fact: Fact, kind: Items, rows: int) -> Iterator[pl.Series]:
        """Yield the columns of a list: unknown together, of the stated ones most zero and a few unknown."""
        stated = self._column(fact.name, [True], pl.Boolean(), rows, UNKNOWN_SHARE)
        yield stated
        for column in kind.columns(fact.name):
            amounts = [*[Decimal("0.00")] * len(self._money) * 2, *self._money]
            drawn = self._column(column, amounts, MONEY, rows, UNKNOWN_SHARE / 4)
            yield drawn.set(stated.is_null(), None)

    def _column(self, name: str, values: Sequence[Any], dtype: pl.DataType, rows: int, unknown: float) -> pl.Series:
        pool = pl.Series(name, [None, *values], dtype=dtype)
        weights = [unknown * len(values), *[1 - unknown] * len(values)]
        return pool.gather(self.random.choices(range(len(pool)), weights, k=rows))

    def _values(self, fact: Fact) -> Sequence[Any]:
        match fact.type:
            case Money():
                return self._money
            case Quantity():
                return [(amount / 100).quantize(_FEN) for amount in self._money]
            case Integer(least, most):
                return range(least, min(most, least + _WIDEST) + 1)
            case YesNo():
                return [False, True]
            case Choice(labels):
                return [label for label in labels if (fact.name, label) != ("relation", "head")]
            case Day():
                days = self._births() if fact.name == "birth_date" else range(-_DAYS_AHEAD, _DAYS_BACK)
                return [self.on - timedelta(days=past) for past in days]
            case Digits(lengths):
                return ["1" * max(lengths)]
            case _:
                return ["某"]

    @cached_property
    def _money(self) -> list[Decimal]:
        largest = (100, 1_000, 10_000, 100_000)
        fen = [self.random.randrange(self.random.choice(largest) * 100) for _ in range(_AMOUNTS)]
        return [Decimal("0.00"), _FEN, *(amount * _FEN for amount in fen)]

    def _births(self) -> Sequence[int]:
        """Return how many days ago births are, of all ages, some birthdays the day of assessment or beside it."""
        days = [round(age * _DAYS_A_YEAR) + by for age in range(1, _OLDEST) for by in (-1, 0, 1)]
        return days + [self.random.randrange(round(_OLDEST * _DAYS_A_YEAR)) for _ in days]


def trial(plugin: Plugin) -> Iterator[str]:
    """Yield what fails, with where: a rule that raises an error, or a benefit that gives less than nothing."""
    drawn = population(plugin.rulebook.catalog, HOUSEHOLDS, on=plugin.today)
    found: dict[str, list[str]] = {}
    for place, benefits in groupby(plugin.benefits(), itemgetter(0)):
        frames = moved(drawn, (place.on - plugin.today).days)
        for line in failures(place.ruleset, [bound for _, bound in benefits], frames):
            found.setdefault(line, []).append(str(place))
    for line, places in found.items():
        others = f" and {len(places) - 1} other place(s)" if places[1:] else ""
        yield f"{line} (in {places[0]}{others})"


def failures(ruleset: Ruleset, benefits: Sequence[BoundBenefit], frames: Frames) -> Iterator[str]:
    """Yield what fails where these benefits meet these households; other columns are not computed."""
    wanted = dict.fromkeys((bound.benefit.for_, column) for bound in benefits for column in _results(bound))
    try:
        frames_found = ruleset.columns(wanted).run(frames.households, frames.members)
    except Exception as error:  # noqa: BLE001 - whatever a rule raises is what is looked for
        yield f"{type(error).__name__}: {error!s}".splitlines()[0]
        return
    located = [ruleset.graph.locate(*key) for key in wanted]
    collected = {
        level: frame.select(list({reference.name: None for reference in located if reference.level is level}))
        for level, frame in zip(Level, frames_found, strict=True)
    }
    yield from _disagreements(ruleset, collected, frames)
    for bound in benefits:
        frame = collected[bound.benefit.for_]
        met = pl.all_horizontal(pl.lit(value=True), *(c.status for c in bound.criteria if c.status in frame.columns))
        if bound.amount in frame.columns and frame.select((met & (pl.col(bound.amount) < 0)).any()).item():
            yield f"{bound.benefit.code} gives less than nothing"
    yield from _divisions_by_zero(ruleset, benefits, frames)


def _divisions_by_zero(ruleset: Ruleset, benefits: Sequence[BoundBenefit], frames: Frames) -> Iterator[str]:
    """Yield each column of these benefits' programmes that divides by what is zero for some household or member."""
    programmes, graph = {bound.programme for bound in benefits}, ruleset.graph
    for node in list(graph.nodes.values()):
        if node.owner.split(" / ")[0] not in programmes:
            continue
        for level, divisor in _divisors(node.value, node.level):
            found = graph.locate(level, graph.add_test(level, divisor, node.owner, "divisor"))
            if found.parameter:
                if ruleset.parameters[found.name] == 0:
                    yield f"{node.name} divides by {divisor!s}, which this place sets to zero"
                continue
            h, m = ruleset.columns([found.key]).run(frames.households, frames.members)
            frame = h if found.level is Level.HOUSEHOLD else m
            if zeros := (frame[found.name] == 0).sum():
                yield f"{node.name} divides by {divisor!s}, which is zero for {zeros:,} of {frame.height:,}"


def _divisors(expression: Expression, level: Level) -> Iterator[tuple[Level, Expression]]:
    """Yield what an expression divides by, and for whom that is worked out."""
    if isinstance(expression, Quotient):
        yield level, expression.other
    inner = Level.MEMBER if isinstance(expression, OverMembers | Before) else level
    for part in expression.inputs:
        yield from _divisors(part, inner)


def _disagreements(ruleset: Ruleset, results: Mapping[Level, pl.DataFrame], frames: Frames) -> Iterator[str]:
    """Yield each column that is another for a household by itself than for the same one among many."""
    key = pl.col(HOUSEHOLD_KEY) < ALONE
    numbers = frames.members[HOUSEHOLD_KEY]
    households = frames.households.filter(key).rows(named=True)
    members = frames.members.filter(key).rows_by_key(HOUSEHOLD_KEY, named=True)
    of_members = results[Level.MEMBER]
    of_members = of_members.with_columns(numbers) if of_members.width else frames.members.select(HOUSEHOLD_KEY)
    many = of_members.filter(key).rows_by_key(HOUSEHOLD_KEY, named=True)
    differing: dict[str, None] = {}
    of_households = results[Level.HOUSEHOLD].rows(named=True) or [{}] * len(households)
    for number, (household, found) in enumerate(zip(households, of_households, strict=False)):
        alone = ruleset.explaining_one.run_rows(
            known_of(ruleset, Level.HOUSEHOLD, household), [known_of(ruleset, Level.MEMBER, m) for m in members[number]]
        )
        pairs = [(Level.HOUSEHOLD, alone.household, found)]
        pairs += [(Level.MEMBER, one, other) for one, other in zip(alone.members, many[number], strict=True)]
        for level, one, other in pairs:
            for name, value in other.items():
                of_one = as_in_frames(one[name], ruleset.graph.kind(Reference(level, name)))
                if of_one != value:
                    differing[name] = None
    for name in differing:
        yield f"{name} of a household by itself is another than among many"


def known_of(ruleset: Ruleset, level: Level, row: Mapping[str, Any]) -> dict[str, Value]:
    """Return what a row of a frame says of facts, as rules work with it."""
    base = ruleset.graph.base
    kinds = {name: (base.get((level, name)) or base.get((level, STATED + name))) for name in row}
    return {name: worked_with(row[name], at.kind) for name, at in kinds.items() if at and row[name] is not None}


def _results(bound: BoundBenefit) -> Iterator[str]:
    """Yield the columns of a benefit's results; an amount that is the same for everybody has none."""
    yield from (criterion.status for criterion in bound.criteria)
    amount = bound.amount if bound.benefit.fixed_amount is None else None
    yield from filter(None, (bound.status, amount, bound.replaced_by, bound.allowed))
