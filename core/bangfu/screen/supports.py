"""From wide results to a row for each support (每项待遇一行).

Rows are millions, benefits a few dozen, so a row carries one number (its recipient's place and its
benefit's) until it has found its place; what goes by the benefit or the recipient alone is looked up then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from bangfu.dtypes import MONEY
from bangfu.engine import BoundBenefit
from bangfu.facts import Level, Per
from bangfu.frames import Frames
from bangfu.keys import HOUSEHOLD_KEY
from bangfu.plan import Status
from bangfu.rules import Benefit, SupportKind

SUPPORTS: dict[str, pl.DataType] = {
    HOUSEHOLD_KEY: pl.Int64(),
    "recipient": pl.Int64(),
    "benefit": pl.String(),
    "programme": pl.String(),
    "status": pl.String(),
    "amount": MONEY,
    "per": pl.String(),
    "year_amount": MONEY,
    "replaced_by": pl.String(),
}
PLACE = "screen:place"
"""The column of a row's place among all households and members, each household before its members."""
_ROW = "row"


def wanted(benefits: Sequence[BoundBenefit], level: Level) -> list[str]:
    """Return the columns of results that the supports of one level are made of."""
    own = [bound for bound in benefits if bound.benefit.for_ is level]
    columns = [column for bound in own for column in (_status(bound), _amount_column(bound), bound.replaced_by)]
    return [column for column in dict.fromkeys(columns) if column]


def _status(bound: BoundBenefit) -> str:
    return f"status:{bound.benefit.code}"


def _amount_column(bound: BoundBenefit) -> str | None:
    """Return the column of what a due benefit gives; None where that is the same for everybody, or no money."""
    if bound.amount is None or (bound.allowed is None and bound.benefit.fixed_amount is not None):
        return None
    return bound.allowed or bound.amount


def supports_of(groups: Sequence[tuple[Frames, Sequence[BoundBenefit]]], *, ineligible: bool) -> pl.DataFrame:
    """Return a row for each support, in the order of recipients and benefits.

    Columns: ``screen:place``, those of ``SUPPORTS`` but ``household`` and ``recipient``.

    Args:
        groups: results with ``screen:place`` and the ``wanted`` columns, each with the benefits they are of.
        ineligible: take in what is not due, too.
    """
    benefits = [bound for _, of_group in groups for bound in of_group]
    numbers = iter(range(len(benefits)))
    rows = [
        _rows(results, bound, next(numbers), len(benefits), ineligible=ineligible)
        for results, of_group in groups
        for bound in of_group
    ]
    if not rows:
        return pl.DataFrame(schema={PLACE: pl.UInt32(), **dict(list(SUPPORTS.items())[2:])})
    sorted_rows = pl.concat(rows).collect().sort(_ROW)
    benefit = sorted_rows.select(pl.col(_ROW) % len(benefits)).to_series()
    looked_up = [of_benefits.gather(benefit) for of_benefits in _of_benefits(benefits)]
    times = pl.col("times")
    return sorted_rows.with_columns(looked_up).select(
        (pl.col(_ROW) // len(benefits)).cast(pl.UInt32).alias(PLACE),
        "benefit",
        "programme",
        _STATUS.alias("status"),
        "amount",
        "per",
        (pl.col("amount") * times).cast(MONEY).alias("year_amount"),
        "replaced_by",
    )


_STATUS = (
    pl.when("due")
    .then(pl.lit(Status.ELIGIBLE.value))
    .when(pl.col("due").is_null())
    .then(pl.lit(Status.UNDETERMINED.value))
    .otherwise(pl.lit(Status.INELIGIBLE.value))
)


def _rows(results: Frames, bound: BoundBenefit, number: int, of: int, *, ineligible: bool) -> pl.LazyFrame:
    """Return a row for each recipient of a benefit, ``row`` being the recipient's place and then the benefit's."""
    benefit, status = bound.benefit, pl.col(_status(bound))
    frame = (results.households if benefit.for_ is Level.HOUSEHOLD else results.members).lazy()
    column = _amount_column(bound)
    amount = pl.col(column) if column else pl.lit(benefit.fixed_amount if bound.amount else None, dtype=MONEY)
    replaced_by = pl.col(bound.replaced_by) if bound.replaced_by else pl.lit(None, dtype=pl.String)
    due = status.fill_null(False)
    shown = frame if ineligible else frame.filter(status.fill_null(True))
    return shown.select(
        (pl.col(PLACE).cast(pl.UInt64) * of + number).alias(_ROW),
        status.alias("due"),
        pl.when(due).then(amount).alias("amount"),
        pl.when(due).then(replaced_by).alias("replaced_by"),
    )


def _of_benefits(benefits: Sequence[BoundBenefit]) -> Iterator[pl.Series]:
    """Yield what goes by the benefit alone."""
    yield pl.Series("benefit", [bound.benefit.code for bound in benefits])
    yield pl.Series("programme", [bound.programme for bound in benefits])
    yield pl.Series("per", [bound.benefit.per.value for bound in benefits])
    times = [_times(bound.benefit) for bound in benefits]
    yield pl.Series("times", times, dtype=pl.Decimal(6, 0))


def _times(benefit: Benefit) -> int | None:
    """Return how often an amount is given in a year; None of a figure, which nobody gets."""
    if benefit.kind is SupportKind.FIGURE:
        return None
    return 1 if benefit.per is Per.ONCE else benefit.times_a_year
