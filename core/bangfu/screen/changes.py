"""What differs between two runs (两次筛查的变化): who enters, who leaves, who gets more or less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl
from attrs import field, frozen

from bangfu.dtypes import MONEY
from bangfu.facts import Per
from bangfu.facts.declare import ZERO
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan import Status
from bangfu.screen.assessments import COUNTS

CHANGES: dict[str, pl.DataType] = {
    HOUSEHOLD_KEY: pl.Int64(),
    MEMBER_KEY: pl.Int64(),
    "of": pl.String(),
    "code": pl.String(),
    "change": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
    "amount_before": MONEY,
    "amount_after": MONEY,
}
CATEGORY, BENEFIT, TOTAL = "category", "benefit", "total"
ENTERS, LEAVES, MORE, LESS = "enters", "leaves", "more", "less"
_REPLACED = "replaced"
_BEFORE, _AFTER = "_before", "_after"
_WHO = [HOUSEHOLD_KEY, MEMBER_KEY]


@frozen
class Results:
    """The assessments and supports of some households in one run."""

    assessments: pl.DataFrame = field(repr=False)
    supports: pl.DataFrame = field(repr=False)


def changes_of(before: Results, after: Results) -> pl.DataFrame:
    """Return what changed for some households from one run to another, with ``CHANGES``, sorted by all but amounts.

    ``of`` says in what: in ``category``, of a household (``member`` null) or a member, one row for the category
    left and one for that entered (``undetermined``: not known yet); in a ``benefit``, where ``before`` and
    ``after`` are its status (``replaced``: due, but another replaces it; null: not due) and the amounts what it
    gives, in yuan a year or paid once; in the household's ``total``, ``year`` or ``once``, in yuan. A household
    that is in one run only enters or leaves all it has.
    """
    rows = [*_of_categories(before, after), *_of_benefits(before, after), *_of_totals(before, after)]
    told = [frame.select(pl.col(name).cast(dtype) for name, dtype in CHANGES.items()) for frame in rows]
    return pl.concat(told).sort(list(CHANGES)[:5])


def _joined(one: pl.DataFrame, other: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the rows of both side by side, every other column once with each suffix, those of one alone too."""
    return one.rename({name: name + _BEFORE for name in one.columns if name not in keys}).join(
        other.rename({name: name + _AFTER for name in other.columns if name not in keys}),
        on=keys,
        how="full",
        coalesce=True,
        nulls_equal=True,
    )


def _of_categories(before: Results, after: Results) -> Iterator[pl.DataFrame]:
    code = pl.col("category").fill_null(Status.UNDETERMINED.value)
    one, other = (run.assessments.select(*_WHO, code) for run in (before, after))
    both = _joined(one, other, _WHO).rename({"category_before": "before", "category_after": "after"})
    moved = both.filter(pl.col("before").ne_missing(pl.col("after"))).with_columns(of=pl.lit(CATEGORY))
    for change, side in ((LEAVES, "before"), (ENTERS, "after")):
        yield _amounts(moved.filter(pl.col(side).is_not_null())).with_columns(code=pl.col(side), change=pl.lit(change))


def _of_benefits(before: Results, after: Results) -> Iterator[pl.DataFrame]:
    state = pl.when(pl.col("replaced_by").is_null()).then(pl.col("status")).otherwise(pl.lit(_REPLACED))
    state = pl.when(pl.col("status") != Status.INELIGIBLE.value).then(state)
    keys = [HOUSEHOLD_KEY, "recipient", "benefit"]
    one, other = (
        run.supports.select(*keys, state.alias("state"), "year_amount", counts=COUNTS) for run in (before, after)
    )
    both = _joined(one, other, keys).rename(
        {"recipient": MEMBER_KEY, "benefit": "code", "state_before": "before", "state_after": "after"}
    )
    had, has = pl.col("counts_before").fill_null(False), pl.col("counts_after").fill_null(False)
    was, now = (
        pl.when(has_it).then(name) for has_it, name in ((had, "year_amount_before"), (has, "year_amount_after"))
    )
    both = both.with_columns(of=pl.lit(BENEFIT), amount_before=was, amount_after=now)
    yield both.filter(had & ~has).with_columns(change=pl.lit(LEAVES))
    yield both.filter(~had & has).with_columns(change=pl.lit(ENTERS))
    yield both.filter(had & has & (pl.col("amount_before") < pl.col("amount_after"))).with_columns(change=pl.lit(MORE))
    yield both.filter(had & has & (pl.col("amount_before") > pl.col("amount_after"))).with_columns(change=pl.lit(LESS))


def _of_totals(before: Results, after: Results) -> Iterator[pl.DataFrame]:
    of_household = pl.col(MEMBER_KEY).is_null()
    one, other = (run.assessments.filter(of_household).select(*_WHO, "year", "once") for run in (before, after))
    both = _joined(one, other, _WHO)
    for code in ("year", "once"):
        was, now = (pl.col(code + side).fill_null(ZERO) for side in (_BEFORE, _AFTER))
        totals = both.select(
            *_WHO,
            pl.lit(TOTAL).alias("of"),
            pl.lit(code).alias("code"),
            pl.when(was < now).then(pl.lit(MORE)).when(was > now).then(pl.lit(LESS)).alias("change"),
            pl.lit(None).alias("before"),
            pl.lit(None).alias("after"),
            was.alias("amount_before"),
            now.alias("amount_after"),
        )
        yield totals.filter(pl.col("change").is_not_null())


def _amounts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of changes that are not about yuan."""
    return frame.with_columns(amount_before=pl.lit(None), amount_after=pl.lit(None))


COSTS: dict[str, pl.DataType] = {
    "region": pl.String(),
    "programme": pl.String(),
    "benefit": pl.String(),
    "number_before": pl.Int64(),
    "number_after": pl.Int64(),
    "year_before": MONEY,
    "year_after": MONEY,
    "once_before": MONEY,
    "once_after": MONEY,
}
_OF = ["region", "programme", "benefit"]
_VALUES = ["number", "year", "once"]


def cost_of(results: Results, side: str) -> pl.DataFrame:
    """Return what some households get in one run: the columns of ``COSTS`` that end in ``side``, not yet summed."""
    places = results.assessments.filter(pl.col(MEMBER_KEY).is_null()).select(HOUSEHOLD_KEY, "region")
    counted = results.supports.filter(COUNTS).join(places, on=HOUSEHOLD_KEY, how="left")
    once = pl.col("per") == Per.ONCE.value
    amount = pl.col("year_amount")
    sums = [pl.len().alias("number"), amount.filter(~once).sum().alias("year"), amount.filter(once).sum().alias("once")]
    return counted.group_by(_OF).agg(sums).rename({name: f"{name}_{side}" for name in _VALUES})


def summed(
    frames: Iterable[pl.DataFrame], schema: Mapping[str, pl.DataType] = COSTS, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Return frames that have columns of a schema as one, summed by some of its texts (none: all), sorted by them."""
    typed = (frame.cast({name: schema[name] for name in frame.columns}) for frame in frames)
    together = pl.concat([pl.DataFrame(schema=schema), *typed], how="diagonal")
    keys = by or [name for name, dtype in schema.items() if dtype == pl.String()]
    sums = [pl.col(name).sum().cast(dtype) for name, dtype in schema.items() if dtype != pl.String()]
    return together.group_by(keys).agg(sums).sort(keys)
