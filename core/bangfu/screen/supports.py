"""From the columns of results to a row for each support (每项待遇一行).

Rows are millions, benefits a few dozen: how many supports each recipient has is counted first, so that each benefit's
are written at once to where they stand, in the order of recipients and benefits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import polars as pl
from attrs import field, frozen
from numpy.typing import NDArray

from bangfu.dtypes import MONEY, money_of
from bangfu.engine import BoundBenefit
from bangfu.facts import Per
from bangfu.keys import HOUSEHOLD_KEY
from bangfu.plan import Status
from bangfu.rules import Benefit, SupportKind
from bangfu.screen.outcome import Places, ScreeningOutcome, holding, possible

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
_STATUSES = (Status.INELIGIBLE, Status.UNDETERMINED, Status.ELIGIBLE)
_NO, _OPEN, _DUE = range(3)


AnyFrame = TypeVar("AnyFrame", pl.DataFrame, pl.LazyFrame)


@frozen(eq=False)
class Supports:
    """The supports of all recipients, in the order of recipients and benefits.

    ``number`` says how many each recipient has, by its place among all households and members. ``benefit`` counts
    ``benefits``, ``status`` the statuses from ineligible to eligible. ``fen`` is the amount for the benefit's period,
    where it is ``known``, and ``times`` how often that is in a year (0 of a figure, which nobody gets). ``replaced_by``
    counts ``codes``, the first being nobody's.
    """

    benefits: tuple[BoundBenefit, ...] = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)
    number: Places = field(repr=False)
    benefit: NDArray[np.uint32] = field(repr=False)
    status: NDArray[np.uint8] = field(repr=False)
    fen: NDArray[np.int64] = field(repr=False)
    known: NDArray[np.bool_] = field(repr=False)
    times: NDArray[np.int64] = field(repr=False)
    replaced_by: NDArray[np.uint16] = field(repr=False)

    @property
    def place(self) -> Places:
        """The recipient's place of each support."""
        return np.repeat(np.arange(len(self.number)), self.number)

    def totals(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what counts, by the year and paid once, in fen, added up from the first place on.

        Both have a value more than there are places: what one has is the difference of two.
        """
        counts = (self.status == _DUE) & (self.replaced_by == 0) & self.known
        fen = np.where(counts, self.fen * self.times, 0)
        once = np.array([bound.benefit.per is Per.ONCE for bound in self.benefits], dtype=np.bool_)
        paid_once = np.where(once[self.benefit], fen, 0) if once.any() else np.zeros_like(fen)
        ends = _running(self.number)
        return _running(fen - paid_once)[ends], _running(paid_once)[ends]

    def frame(self) -> pl.DataFrame:
        """Return the columns of ``SUPPORTS`` but the keys, words as Enum."""
        codes = [bound.benefit.code for bound in self.benefits]
        programmes = [bound.programme for bound in self.benefits]
        pers = [bound.benefit.per.value for bound in self.benefits]
        return pl.DataFrame(
            [
                _told("benefit", codes, self.benefit),
                _told("programme", programmes, self.benefit),
                _told("status", [status.value for status in _STATUSES], self.status),
                money_of("amount", self.fen, ~self.known),
                _told("per", pers, self.benefit),
                money_of("year_amount", self.fen * self.times, ~self.known | (self.times == 0)),
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


def _times(benefit: Benefit) -> int:
    """Return how often an amount is given in a year; 0 of a figure, which nobody gets."""
    if benefit.kind is SupportKind.FIGURE:
        return 0
    return 1 if benefit.per is Per.ONCE else benefit.times_a_year


def supports_of(outcomes: Sequence[ScreeningOutcome], places: int, *, ineligible: bool) -> Supports:
    """Return the supports that the benefits of each policy give its households.

    Args:
        outcomes: what the rules make of the households under each policy.
        places: how many households and members there are.
        ineligible: take in what is not due, too.
    """
    columns = [
        _columns_of(outcome, bound, ineligible=ineligible) for outcome in outcomes for bound in outcome.ruleset.benefits
    ]
    number = np.zeros(places, dtype=np.intp)
    for column in columns:
        number[column.place] += 1
    following = np.cumsum(number) - number
    size = int(number.sum())
    codes = tuple(dict.fromkeys(["", *(word for column in columns for word in column.codes)]))
    made = Supports(
        tuple(column.bound for column in columns),
        codes,
        number,
        np.empty(size, dtype=np.uint32),  # of every policy its own: counties by the thousand
        np.empty(size, dtype=np.uint8),
        np.zeros(size, dtype=np.int64),
        np.zeros(size, dtype=np.bool_),
        np.empty(size, dtype=np.int64),
        np.zeros(size, dtype=np.uint16),
    )
    for benefit, column in enumerate(columns):
        at = following[column.place]
        following[column.place] += 1
        made.benefit[at] = benefit
        made.status[at] = column.status
        made.times[at] = _times(column.bound.benefit)
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
        column = self._amount_column()
        if column:
            amount = self.outcome.column(benefit.for_, column).rows(row)
            made.fen[to] = amount.values
            made.known[to] = True if amount.unknown is None else ~amount.unknown
        elif self.bound.amount and benefit.fixed_amount is not None:
            made.fen[to] = int(benefit.fixed_amount.scaleb(2))
            made.known[to] = True
        if self.bound.replaced_by:
            other = self.outcome.column(benefit.for_, self.bound.replaced_by).rows(row)
            codes = np.array([made.codes.index(word) for word in self.codes], dtype=np.uint16)
            made.replaced_by[to] = np.where(False if other.unknown is None else other.unknown, 0, codes[other.values])

    def _amount_column(self) -> str | None:
        """Return the column of what it gives; None where that is the same for everybody, or no money."""
        bound = self.bound
        if bound.amount is None or (bound.allowed is None and bound.benefit.fixed_amount is not None):
            return None
        return bound.allowed or bound.amount


def _columns_of(outcome: ScreeningOutcome, bound: BoundBenefit, *, ineligible: bool) -> _OfBenefit:
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
