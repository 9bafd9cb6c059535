"""From the columns of results to a row for each household, each member (评估结果) and each support (每项待遇一行).

Rows are millions, benefits a few dozen: how many supports each recipient has is counted first, so that each benefit's
are written at once to where they stand, in the order of recipients and benefits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import polars as pl
from attrs import field, frozen
from numpy.typing import NDArray

from bangfu.dtypes import CATEGORY, MONEY, money_of
from bangfu.engine import BoundBenefit
from bangfu.engine.columns import Plain
from bangfu.facts import Level, Per
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan import Status
from bangfu.rules import SupportKind
from bangfu.screen.outcome import SETS, Bits, Filled, Places, ScreeningOutcome, holding, possible

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
ASSESSMENTS: dict[str, pl.DataType] = {
    HOUSEHOLD_KEY: pl.Int64(),
    MEMBER_KEY: pl.Int64(),
    "region": pl.String(),
    DAY: pl.Date(),
    "category": pl.String(),
    "candidates": pl.List(pl.String()),
    "size": pl.Int64(),
    "income_year": MONEY,
    "year": MONEY,
    "once": MONEY,
}
COUNTS = (pl.col("status") == Status.ELIGIBLE.value) & pl.col("replaced_by").is_null()
"""Whether a support counts in totals: it is due, and no other replaces it."""
_STATUSES = (Status.INELIGIBLE, Status.UNDETERMINED, Status.ELIGIBLE)
_NO, _OPEN, _DUE = range(3)
AnyFrame = TypeVar("AnyFrame", pl.DataFrame, pl.LazyFrame)


@frozen(eq=False)
class Supports:
    """The supports of all recipients, in the order of recipients and benefits.

    ``number`` says how many each recipient has, by its place among all households and members. ``benefit`` counts
    ``benefits``, ``status`` the statuses from ineligible to eligible. ``fen`` is the amount for the benefit's period.
    ``replaced_by`` counts ``codes``, the first being nobody's.
    """

    benefits: tuple[BoundBenefit, ...] = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)
    number: Places = field(repr=False)
    benefit: NDArray[np.uint32] = field(repr=False)
    status: NDArray[np.uint8] = field(repr=False)
    fen: Filled = field(repr=False)
    replaced_by: NDArray[np.uint16] = field(repr=False)

    @property
    def place(self) -> Places:
        """The recipient's place of each support."""
        return np.repeat(np.arange(len(self.number)), self.number)

    def times(self) -> NDArray[np.int64]:
        """Return how often each amount is given in a year: a single payment once, a figure, nobody's, never."""
        benefits = [bound.benefit for bound in self.benefits]
        often = [1 if benefit.per is Per.ONCE else benefit.times_a_year for benefit in benefits]
        is_figure = [benefit.kind is SupportKind.FIGURE for benefit in benefits]
        return np.where(is_figure, 0, often).astype(np.int64)[self.benefit]

    def totals(self, households: Places) -> Iterator[NDArray[np.int64]]:
        """Yield what counts by the year, and paid once, in fen, of each place; a household's with its members'."""
        counts = (self.status == _DUE) & (self.replaced_by == 0) & ~self.fen.unknown
        fen = np.where(counts, self.fen.values * self.times(), 0)
        once = np.array([bound.benefit.per is Per.ONCE for bound in self.benefits], dtype=np.bool_)
        paid_once = np.where(once[self.benefit], fen, 0) if once.any() else np.zeros_like(fen)
        ends, beyond = _running(self.number), np.append(households[1:], len(self.number))
        for paid in (fen - paid_once, paid_once):
            running = _running(paid)[ends]
            sums = np.diff(running)
            sums[households] = running[beyond] - running[households]
            yield sums

    def frame(self) -> pl.DataFrame:
        """Return the columns of ``SUPPORTS`` but the keys, words as Enum."""
        benefits, unknown, times = [bound.benefit for bound in self.benefits], self.fen.unknown, self.times()
        return pl.DataFrame(
            [
                _told("benefit", [benefit.code for benefit in benefits], self.benefit),
                _told("programme", [bound.programme for bound in self.benefits], self.benefit),
                _told("status", [status.value for status in _STATUSES], self.status),
                money_of("amount", self.fen.values, unknown),
                _told("per", [benefit.per.value for benefit in benefits], self.benefit),
                money_of("year_amount", self.fen.values * times, unknown | (times == 0)),
                _told("replaced_by", self.codes, self.replaced_by).set(pl.Series(self.replaced_by == 0), None),
            ]
        )


def _running(numbers: NDArray[Any]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(numbers)])


def _told(name: str, words: Sequence[str], places: NDArray[np.unsignedinteger[Any]]) -> pl.Series:
    """Return the word at each place among some, which can be there several times."""
    listed = {word: number for number, word in enumerate(dict.fromkeys(words))}
    numbers = np.array([listed[word] for word in words], dtype=np.uint16)
    return pl.Series(name, numbers[places]).cat.to(pl.Enum(list(listed)))


def supports_of(outcomes: Sequence[ScreeningOutcome], places: int, *, ineligible: bool) -> Supports:
    """Return the supports that the benefits of each policy give its households, of so many places of recipients."""
    each = ((outcome, bound) for outcome in outcomes for bound in outcome.ruleset.benefits)
    columns = [_of_benefit(outcome, bound, ineligible=ineligible) for outcome, bound in each]
    number = np.zeros(places, dtype=np.intp)
    for column in columns:
        number[column.place] += 1
    following = np.cumsum(number) - number
    size = int(number.sum())
    made = Supports(
        tuple(column.bound for column in columns),
        tuple(dict.fromkeys(["", *(word for column in columns for word in column.codes)])),
        number,
        np.empty(size, dtype=np.uint32),  # of every policy its own: counties by the thousand
        np.empty(size, dtype=np.uint8),
        Filled(np.zeros(size, dtype=np.int64)),
        np.zeros(size, dtype=np.uint16),
    )
    for benefit, column in enumerate(columns):
        at = following[column.place]
        following[column.place] += 1
        made.benefit[at] = benefit
        made.status[at] = column.status
        column.put_amounts(made, at)
    return made


@frozen(eq=False)
class _OfBenefit:
    """The recipients of a benefit: ``row`` among the results, ``place`` among all, and the status of each."""

    outcome: ScreeningOutcome
    bound: BoundBenefit
    row: Places
    place: Places
    status: NDArray[np.uint8]

    @property
    def codes(self) -> list[str]:
        """The codes that can stand for what replaces it."""
        column = self.bound.replaced_by
        return self.outcome.words(self.bound.benefit.for_, column) if column else []

    def put_amounts(self, made: Supports, at: Places) -> None:
        """Write what is due, and what replaces it."""
        benefit, due = self.bound.benefit, self.status == _DUE
        row, to = self.row[due], at[due]
        column = self.bound.allowed or (self.bound.amount if benefit.fixed_amount is None else None)
        if column:
            made.fen.put(to, self.outcome.column(benefit.for_, column).rows(row))
        elif benefit.fixed_amount is not None:  # the same for everybody
            made.fen.put(to, Plain(np.full(len(to), int(benefit.fixed_amount.scaleb(2)))))
        if self.bound.replaced_by:
            other = self.outcome.column(benefit.for_, self.bound.replaced_by).rows(row)
            codes = np.array([made.codes.index(word) for word in self.codes], dtype=np.uint16)
            made.replaced_by[to] = np.where(False if other.unknown is None else other.unknown, 0, codes[other.values])


def _of_benefit(outcome: ScreeningOutcome, bound: BoundBenefit, *, ineligible: bool) -> _OfBenefit:
    level = bound.benefit.for_
    due = outcome.column(level, f"status:{bound.benefit.code}")
    row = np.arange(len(due.values)) if ineligible else np.flatnonzero(possible(due))
    status = np.where(holding(due.rows(row)), _DUE, _NO).astype(np.uint8)
    if due.unknown is not None:
        status[due.unknown[row]] = _OPEN
    return _OfBenefit(outcome, bound, row, outcome.places[level][row], status)


def in_words(frame: AnyFrame) -> AnyFrame:
    """Return a frame with the words of its Enum columns as text; looked up, which is quicker than a cast."""
    enums = {name: dtype for name, dtype in frame.collect_schema().items() if isinstance(dtype, pl.Enum)}
    return frame.with_columns(
        pl.lit(dtype.categories).gather(pl.col(name).to_physical()).alias(name) for name, dtype in enums.items()
    )


def assessments_of(
    recipients: pl.DataFrame, outcomes: Sequence[tuple[ScreeningOutcome, Mapping[Level, Bits]]], supports: Supports
) -> pl.DataFrame:
    """Return a row for each household and each member, with ``ASSESSMENTS``: categories as Enum, candidates as sets.

    ``recipients`` are those of ``HouseholdGroup``; beside each outcome stand the categories its rows can still be in.
    """
    size = recipients.height
    category, people, income = (Filled(np.zeros(size, dtype=dtype)) for dtype in (np.uint8, np.int64, np.int64))
    sets = np.zeros(size, dtype=np.uint8)
    for outcome, candidates in outcomes:
        for level, places in outcome.places.items():
            category.put(places, outcome.column(level, "category"))  # whose words are those of CATEGORY
            sets[places] = candidates[level]
        for column, name in ((people, "size"), (income, "income_year")):
            column.put(outcome.places[Level.HOUSEHOLD], outcome.column(Level.HOUSEHOLD, name))
    year, once = supports.totals(np.flatnonzero(recipients[MEMBER_KEY].is_null().to_numpy()))
    return recipients.with_columns(
        category.series("category").cat.to(CATEGORY),
        pl.Series("candidates", sets),
        people.series("size"),
        money_of("income_year", income.values, income.unknown),
        money_of("year", year),
        money_of("once", once),
    ).select(*ASSESSMENTS)


def in_lists(assessments: AnyFrame) -> AnyFrame:
    """Return assessments with the lists of the categories that are possible, instead of sets."""
    return assessments.with_columns(pl.lit(SETS).gather("candidates").alias("candidates"))
