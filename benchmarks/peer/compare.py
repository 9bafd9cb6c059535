"""Whether another side says the same as bangfu of every household and member.

Compared are categories, sizes, incomes, and of every benefit the status, the amount and whether it stays
where another can replace it. Plain Polars must agree to the fen. OpenFisca's amounts are 32-bit floats,
which cannot hold the fen of every amount: they must be as close as such a float can come.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from attrs import frozen

from bangfu import Level
from bangfu.engine import BoundBenefit, Ruleset
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY

from .tables import Results

_KEYS = {Level.HOUSEHOLD: [HOUSEHOLD_KEY], Level.MEMBER: [HOUSEHOLD_KEY, MEMBER_KEY]}
_HELD = {Level.HOUSEHOLD: ["size", "income_year"], Level.MEMBER: ["counted"]}
_HALF_A_FEN, _FLOAT32 = 0.005, 2.0**-23
_OURS = "ours "


def close_enough(ours: float, theirs: float) -> bool:
    """Return whether an amount is as close to ours as a 32-bit float can come."""
    return abs(ours - theirs) <= _HALF_A_FEN + ours * _FLOAT32


@frozen
class Comparison:
    """How many values were compared, and in how many rows each differs.

    ``rounded`` counts amounts of another fen that a 32-bit float cannot tell apart.
    """

    values: int
    differences: dict[str, int]
    rounded: int

    def __add__(self, other: Comparison) -> Comparison:
        found = dict(self.differences)
        for what, rows in other.differences.items():
            found[what] = found.get(what, 0) + rows
        return Comparison(self.values + other.values, found, self.rounded + other.rounded)


NOTHING = Comparison(0, {}, 0)


def compared(ruleset: Ruleset, ours: Results, theirs: Results) -> Comparison:
    """Return what differs between bangfu's results and another side's of the same households."""
    of_household, of_member = (
        _compared(ruleset, level, *pair) for level, pair in zip(Level, zip(ours, theirs, strict=True), strict=True)
    )
    return of_household + of_member


def _compared(ruleset: Ruleset, level: Level, ours: pl.DataFrame, theirs: pl.DataFrame) -> Comparison:
    if not ours.select(_KEYS[level]).equals(theirs.select(pl.col(_KEYS[level]).cast(pl.Int64))):
        return Comparison(ours.height, {f"the order of {level}s": ours.height}, 0)
    both = ours.select(pl.all().name.prefix(_OURS)).hstack(theirs)
    tests = dict(_tests(ruleset, level, theirs.schema))
    counted = both.select(test.sum().alias(what) for what, test in tests.items()).row(0, named=True)
    rounded = sum(rows for what, rows in counted.items() if what.endswith(_ROUNDED))
    differences = {what: rows for what, rows in counted.items() if rows and not what.endswith(_ROUNDED)}
    values = sum(not what.endswith(_ROUNDED) for what in tests) * both.height
    return Comparison(values, differences, rounded)


_ROUNDED = " (rounded)"


def _ours(name: str) -> pl.Expr:
    return pl.col(_OURS + name)


def _tests(ruleset: Ruleset, level: Level, theirs: pl.Schema) -> Iterator[tuple[str, pl.Expr]]:
    """Yield what is compared, with the expression that is true where the two sides differ."""
    yield f"category of the {level}", _ours("category").cast(pl.String).ne_missing(pl.col("category").cast(pl.String))
    for name in _HELD[level]:
        yield name, _ours(name).cast(pl.Float64).ne_missing(pl.col(name).cast(pl.Float64))
    for bound in ruleset.benefits:
        if bound.benefit.for_ is level:
            yield from _of_benefit(bound, theirs)


def _of_benefit(bound: BoundBenefit, theirs: pl.Schema) -> Iterator[tuple[str, pl.Expr]]:
    code = bound.benefit.code
    due = _ours(f"status:{code}")
    stays = due & _ours(bound.replaced_by).is_null() if bound.replaced_by else due
    amount, their_due, they_stay = _theirs(bound, theirs)
    yield f"{code}, status", due.ne_missing(their_due)
    if bound.replaced_by:
        yield f"{code}, combined", stays.ne_missing(they_stay)
    if bound.amount is None:
        return
    same = due if f"status:{code}" in theirs else stays
    if theirs[amount] != pl.Float32:
        yield f"{code}, amount", same & _ours(bound.amount).ne_missing(pl.col(amount).cast(pl.Decimal(18, 2)))
        return
    mine, other = _ours(bound.amount).cast(pl.Float64), pl.col(amount).cast(pl.Float64)
    yield f"{code}, amount", same & ((mine - other).abs() > _HALF_A_FEN + mine * _FLOAT32)
    yield f"{code}, amount{_ROUNDED}", same & ((mine - other).abs() >= _HALF_A_FEN)


def _theirs(bound: BoundBenefit, theirs: pl.Schema) -> tuple[str, pl.Expr, pl.Expr]:
    """Return the other side's column of the amount, and whether the benefit is due and whether it stays.

    OpenFisca has no column for what an amount above zero says.
    """
    code = bound.benefit.code
    if f"status:{code}" in theirs:
        due = pl.col(f"status:{code}")
        return f"amount:{code}", due, pl.col(f"counts:{code}") if f"counts:{code}" in theirs else due
    name = code.replace(".", "_")
    given = pl.col(name) > 0 if theirs[name] == pl.Float32 else pl.col(name)
    due = pl.col(f"{name}_eligible") if f"{name}_eligible" in theirs else given
    return name, due, given if bound.replaced_by else due
