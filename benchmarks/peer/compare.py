"""Whether another side says the same as bangfu of every household and member.

Compared are categories, sizes, incomes, and of every benefit the status, the amount and whether it stays
where another can replace it. Amounts must agree to the fen. OpenFisca's are 32-bit floats, which cannot hold
the fen of every amount: they must be as close as such a float can come.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from attrs import frozen

from bangfu import Level
from bangfu.dtypes import MONEY
from bangfu.engine import BoundBenefit, Ruleset
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY

from .tables import Results

_KEYS = {Level.HOUSEHOLD: [HOUSEHOLD_KEY], Level.MEMBER: [HOUSEHOLD_KEY, MEMBER_KEY]}
_HALF_A_FEN, _FLOAT32, _FLOAT64 = 0.005, 2.0**-23, 1e-6
_OURS = "ours "
_NAMED = 3
"""Rows that are named of each result that differs."""


def close_enough(ours: float, theirs: float) -> bool:
    """Return whether an amount is as close to ours as a 32-bit float can come."""
    return abs(ours - theirs) <= _HALF_A_FEN + ours * _FLOAT32


@frozen
class Difference:
    """One value that differs: in what, of whom (no member: the household itself), and what each side says."""

    what: str
    household: int
    member: int | None
    ours: Any
    theirs: Any

    def __str__(self) -> str:
        of_member = "" if self.member is None else f", member {self.member}"
        values = f"{self.ours} by bangfu, {self.theirs} by the other side"
        return f"household {self.household}{of_member}: {self.what}: {values}"


@frozen
class Comparison:
    """How many values were compared, in how many rows each differs, and some of these rows.

    ``rounded`` counts amounts of another fen that a 32-bit float cannot tell apart.
    """

    values: int
    differences: dict[str, int]
    rounded: int
    named: tuple[Difference, ...] = ()

    def __add__(self, other: Comparison) -> Comparison:
        found = dict(self.differences)
        for what, rows in other.differences.items():
            found[what] = found.get(what, 0) + rows
        return Comparison(self.values + other.values, found, self.rounded + other.rounded, self.named + other.named)

    def told(self) -> Iterator[str]:
        """Yield a line on each result that differs, followed by some of the households where it does."""
        for what, rows in self.differences.items():
            yield f"{what}: {rows} rows differ"
            yield from (f"  {one}" for one in [one for one in self.named if one.what == what][:_NAMED])


NOTHING = Comparison(0, {}, 0)


def compared(ruleset: Ruleset, ours: Results, theirs: Results) -> Comparison:
    """Return what differs between bangfu's results and another side's of the same households."""
    of_household, of_member = (
        _compared(ruleset, level, *pair) for level, pair in zip(Level, zip(ours, theirs, strict=True), strict=True)
    )
    return of_household + of_member


@frozen
class _Test:
    """Two expressions for one result, and the one that is true where they differ."""

    what: str
    ours: pl.Expr
    theirs: pl.Expr
    differs: pl.Expr
    rounded: pl.Expr | None = None

    @classmethod
    def same(cls, what: str, ours: pl.Expr, theirs: pl.Expr, *, where: pl.Expr | None = None) -> _Test:
        """Return the test that finds any difference, in the rows that it is about."""
        differs = ours.ne_missing(theirs)
        return cls(what, ours, theirs, differs if where is None else where & differs)


def _compared(ruleset: Ruleset, level: Level, ours: pl.DataFrame, theirs: pl.DataFrame) -> Comparison:
    if not ours.select(_KEYS[level]).equals(theirs.select(pl.col(_KEYS[level]).cast(pl.Int64))):
        return Comparison(ours.height, {f"the order of {level}s": ours.height}, 0)
    both = ours.select(pl.all().name.prefix(_OURS)).hstack(theirs)
    tests = list(_tests(ruleset, level, theirs.schema))
    rows = both.select(test.differs.sum().alias(test.what) for test in tests).row(0, named=True)
    differences = {what: differing for what, differing in rows.items() if differing}
    rounded = both.select(t.rounded.sum().alias(t.what) for t in tests if t.rounded is not None)
    named = [one for test in tests if test.what in differences for one in _named(test, level, both)]
    return Comparison(len(tests) * both.height, differences, sum(sum(row) for row in rounded.rows()), tuple(named))


def _named(test: _Test, level: Level, both: pl.DataFrame) -> Iterator[Difference]:
    """Yield the first rows that differ."""
    keys = [_ours(key) for key in _KEYS[level]]
    for *of, ours, theirs in both.filter(test.differs).head(_NAMED).select(*keys, o=test.ours, t=test.theirs).rows():
        yield Difference(test.what, of[0], of[1] if level is Level.MEMBER else None, ours, theirs)


def _ours(name: str) -> pl.Expr:
    return pl.col(_OURS + name)


def _in_fen(name: str, theirs: pl.Schema) -> pl.Expr:
    """Return their amount as ours are; what a 64-bit float is off by must not decide which way half a fen goes."""
    if theirs[name] == pl.Float64:
        fen = (pl.col(name) * 100 + 0.5 + _FLOAT64).floor().cast(pl.Int64)
        return (fen.cast(MONEY) * pl.lit("0.01").cast(MONEY)).cast(MONEY)
    return pl.col(name).cast(MONEY)


def _tests(ruleset: Ruleset, level: Level, theirs: pl.Schema) -> Iterator[_Test]:
    category = "category"
    yield _Test.same(f"category of the {level}", *(c.cast(pl.String) for c in (_ours(category), pl.col(category))))
    if level is Level.HOUSEHOLD:
        yield _Test.same("size", _ours("size").cast(pl.Int64), pl.col("size").cast(pl.Int64))
        yield _Test.same("income_year", _ours("income_year").cast(MONEY), _in_fen("income_year", theirs))
    else:
        yield _Test.same("counted", _ours("counted"), pl.col("counted"))
    for bound in ruleset.benefits:
        if bound.benefit.for_ is level:
            yield from _of_benefit(bound, theirs)


def _of_benefit(bound: BoundBenefit, theirs: pl.Schema) -> Iterator[_Test]:
    code = bound.benefit.code
    due = _ours(f"status:{code}")
    stays = due & _ours(bound.replaced_by).is_null() if bound.replaced_by else due
    amount, their_due, they_stay = _theirs(bound, theirs)
    yield _Test.same(f"{code}, status", due, their_due)
    if bound.replaced_by:
        yield _Test.same(f"{code}, combined", stays, they_stay)
    if bound.amount is None:
        return
    what, where = f"{code}, amount", due if f"status:{code}" in theirs else stays
    if theirs[amount] != pl.Float32:
        yield _Test.same(what, _ours(bound.amount), _in_fen(amount, theirs), where=where)
        return
    mine, other = _ours(bound.amount).cast(pl.Float64), pl.col(amount).cast(pl.Float64)
    off = (mine - other).abs()
    differs, rounded = where & (off > _HALF_A_FEN + mine * _FLOAT32), where & (off >= _HALF_A_FEN)
    yield _Test(what, _ours(bound.amount), pl.col(amount), differs, rounded)


def _theirs(bound: BoundBenefit, theirs: pl.Schema) -> tuple[str, pl.Expr, pl.Expr]:
    """Return the other side's column of the amount, and whether the benefit is due and whether it stays.

    OpenFisca has no column for what an amount above zero says.
    """
    code = bound.benefit.code
    if f"status:{code}" in theirs:
        due = pl.col(f"status:{code}")
        return f"amount:{code}", due, pl.col(f"counts:{code}") if f"counts:{code}" in theirs else due
    name = code.replace(".", "_")
    given = pl.col(name) > 0 if theirs[name].is_float() else pl.col(name)
    due = pl.col(f"{name}_eligible") if f"{name}_eligible" in theirs else given
    return name, due, given if bound.replaced_by else due
