"""The partition function (分区函数): some households in, their rows checked, their assessments and supports out.

Rows are checked as a household file is: what can be assessed, and what cannot and why. One process, a process pool,
Dask, Spark and Ray all call this one function; any division of a population into whole households gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import numpy as np
import polars as pl
from attrs import define, evolve, field, frozen

from bangfu import clock
from bangfu.facts import Catalog, Level
from bangfu.files.household_file import MOST_MEMBERS
from bangfu.frames import Frames
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.list_sums import entries_in
from bangfu.lists import FILES, parquet_schema
from bangfu.rulebook import Rulebook
from bangfu.screen.columns import Flaw, columns_of
from bangfu.screen.outcome import candidates, outcomes_of, placed
from bangfu.screen.results import assessments_of, in_lists, in_words, supports_of

REJECTS: dict[str, pl.DataType] = {
    HOUSEHOLD_KEY: pl.Int64(),
    MEMBER_KEY: pl.Int64(),
    "column": pl.String(),
    "reason": pl.String(),
}
_KNOWN, _PEOPLE, _HEADS = "known", "people", "heads"
_HAS_KEY = pl.col(HOUSEHOLD_KEY).is_not_null()


def _like_neighbour(*keys: str) -> pl.Expr:
    """Return whether a row has the keys of the row before or behind it."""
    shifted = (pl.all_horizontal(*(pl.col(key) == pl.col(key).shift(by) for key in keys)) for by in (1, -1))
    return pl.any_horizontal(*shifted)


_FLAWS = {
    Level.HOUSEHOLD: (
        Flaw(HOUSEHOLD_KEY, _like_neighbour(HOUSEHOLD_KEY), "这个编号出现不止一次；应为：每户一行"),
        Flaw("members", pl.col(_PEOPLE).is_null() & _HAS_KEY, "没有成员；应为：至少一名成员"),
        Flaw("members", pl.col(_PEOPLE) > MOST_MEMBERS, f"成员太多；应为：至多 {MOST_MEMBERS} 名成员"),
        Flaw("relation", pl.col(_HEADS) > 1, "户主不止一名；应为：全户只有一名户主"),
    ),
    Level.MEMBER: (
        Flaw(HOUSEHOLD_KEY, pl.col(_KNOWN).is_null() & _HAS_KEY, f"{FILES[Level.HOUSEHOLD]} 中没有这一户"),
        Flaw(MEMBER_KEY, _like_neighbour(HOUSEHOLD_KEY, MEMBER_KEY), "这个位置在户内出现不止一次；应为：每人一行"),
        Flaw("birth_date", pl.col("birth_date") > pl.col(DAY), "晚于评估日；应为：不晚于评估日的日期"),
    ),
}
"""What can be wrong with rows as such, and among each other; the rows are sorted by their keys."""


@frozen
class CheckedRows(Frames):
    """Households and members that can be assessed, and what is wrong with the others.

    ``households`` and ``members`` have the columns of ``bangfu.lists.parquet_schema``, ``on`` filled in, and
    are sorted by their keys. ``rejects``: ``household``, ``member`` (Int64; null for the whole household),
    ``column``, ``reason`` (String), sorted so.
    """

    rejects: pl.DataFrame = field(repr=False)


def checked(households: pl.DataFrame, members: pl.DataFrame, catalog: Catalog, on: date | None) -> CheckedRows:
    """Return the households whose rows are right in every value, and the reasons against the others.

    Both frames are as files have them; they are assessed for a day (None: each household's own ``on``, else today).

    Raises:
        InputError: a key or a required fact has no column, or a column is of a type that cannot be read.
    """
    checker = _RowChecker(catalog)
    day = pl.coalesce(pl.col(DAY), pl.lit(clock.today())) if on is None else pl.lit(on)
    h = _in_order(checker.read(households, Level.HOUSEHOLD).with_columns(day.alias(DAY)), HOUSEHOLD_KEY)
    m = checker.read(members, Level.MEMBER)
    if MEMBER_KEY not in members.columns:
        m = m.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).over(HOUSEHOLD_KEY).alias(MEMBER_KEY))
    m = _in_order(m, HOUSEHOLD_KEY, MEMBER_KEY)
    days = h.select(HOUSEHOLD_KEY, DAY, pl.lit(True).alias(_KNOWN)).unique(HOUSEHOLD_KEY, maintain_order=True)
    m = m.drop(DAY).join(days, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    h = h.join(_families(m), on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    checker.note(h, _FLAWS[Level.HOUSEHOLD])
    checker.note(m, _FLAWS[Level.MEMBER])
    h, m = h.drop(_PEOPLE, _HEADS), m.drop(_KNOWN)
    if not checker.noted:
        return CheckedRows(h, m, pl.DataFrame(schema=REJECTS))
    rejects = pl.concat(checker.noted).unique()
    wrong = rejects[HOUSEHOLD_KEY].unique().implode()
    right = _HAS_KEY & ~pl.col(HOUSEHOLD_KEY).is_in(wrong)
    return CheckedRows(h.filter(right), m.filter(right), rejects.sort(list(REJECTS)))


def _in_order(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return the frame sorted by its keys; one that is so already, as files should be, is not copied."""
    if any(frame[key].null_count() for key in keys):
        return frame.sort(*keys, maintain_order=True)
    out_of_order, equal = np.zeros(max(frame.height - 1, 0), dtype=np.bool_), np.True_
    for key in keys:
        values = frame[key].to_numpy()
        out_of_order = out_of_order | (equal & (values[:-1] > values[1:]))
        equal = equal & (values[:-1] == values[1:])
    return frame.sort(*keys, maintain_order=True) if np.any(out_of_order) else frame


def _families(members: pl.DataFrame) -> pl.DataFrame:
    """Return how many members and how many heads there are, by household; the rows are sorted by their keys."""
    runs = members[HOUSEHOLD_KEY].rle().struct.unnest()
    heads = members[HOUSEHOLD_KEY].filter(members["relation"] == "head").rle().struct.unnest()
    people = runs.select(pl.col("value").alias(HOUSEHOLD_KEY), pl.col("len").alias(_PEOPLE))
    several = heads.filter(pl.col("len") > 1).select(pl.col("value").alias(HOUSEHOLD_KEY), pl.col("len").alias(_HEADS))
    return people.join(several, on=HOUSEHOLD_KEY, how="left", maintain_order="left")


@define
class _RowChecker:
    catalog: Catalog
    noted: list[pl.DataFrame] = field(factory=list)

    def read(self, frame: pl.DataFrame, level: Level) -> pl.DataFrame:
        """Return the facts of a frame in their declared types, after noting what does not fit them."""
        columns = columns_of(frame.schema, self.catalog, level, FILES[level])
        reads = {name: read for name, (read, _) in columns.items()}
        flaws = [flaw for _, found in columns.values() for flaw in found]
        self.note(frame, flaws, {name: reads[name] for name in REJECTS if name in reads})
        types = parquet_schema(self.catalog, level).items()
        return frame.select(**{name: reads.get(name, pl.lit(None, dtype=dtype)) for name, dtype in types})

    def note(self, frame: pl.DataFrame, flaws: Sequence[Flaw], keys: dict[str, pl.Expr] | None = None) -> None:
        """Note the rows of a frame that have a flaw; ``keys`` says how to read theirs."""
        if frame.is_empty() or not flaws:
            return
        read = keys or {name: pl.col(name) for name in (HOUSEHOLD_KEY, MEMBER_KEY) if name in frame.columns}
        for found in _there(frame, flaws):
            said = {"column": pl.lit(found.column), "reason": pl.lit(found.reason)}
            of_row = {name: pl.lit(None) for name in REJECTS} | read | said
            rows = frame.filter(found.test).select(**of_row)
            self.noted.append(rows.select(pl.col(name).cast(dtype) for name, dtype in REJECTS.items()))


def _there(frame: pl.DataFrame, flaws: Sequence[Flaw]) -> Iterator[Flaw]:
    """Yield the flaws that some row has."""
    for entries_of, group in groupby(flaws, key=lambda flaw: flaw.entries_of):
        tested = list(group)
        rows = entries_in(frame[entries_of]) if entries_of else frame
        anywhere = rows.select(flaw.anywhere.alias(str(i)) for i, flaw in enumerate(tested)).row(0)
        yield from (flaw for flaw, there in zip(tested, anywhere, strict=True) if there)


@frozen
class Screened:
    """The results of some households.

    ``assessments``: a row for each household (``member`` null) and each member: ``household``, ``member``
    (Int64), ``region`` (String), ``on`` (Date), ``category`` (String; null: not known yet), ``candidates``
    (List(String)), of the household ``size`` (Int64) and ``income_year`` (Decimal, yuan), and ``year`` and
    ``once`` (Decimal, yuan): the sums of what is due and not replaced, by the year and paid once; the
    household's with all its members'. Sorted by ``household``, ``member``.

    ``supports``: ``household``, ``recipient`` (Int64: a member; null: the household), ``benefit``,
    ``programme``, ``status`` (``eligible``, ``undetermined``), ``amount`` (Decimal, yuan for ``per``),
    ``per``, ``year_amount`` (yuan a year; of a single payment the payment), ``replaced_by``. Sorted by
    ``household``, ``recipient``, and in the order of the programmes.

    ``rejects``: what was wrong with rows that were left out: ``household``, ``member`` (Int64; null for the
    whole household), ``column``, ``reason``.

    ``left_out``: plugins that could not be used under one of the policies, each with its reason. ``names``: what
    the codes of benefits and programmes stand for, in the order of the programmes.
    """

    assessments: pl.DataFrame = field(repr=False)
    supports: pl.DataFrame = field(repr=False)
    rejects: pl.DataFrame = field(repr=False)
    left_out: tuple[tuple[str, str], ...] = ()
    names: Mapping[str, str] = field(factory=dict, repr=False)


def screen_partition(
    households: pl.DataFrame,
    members: pl.DataFrame,
    rulebook: Rulebook,
    on: date | None = None,
    *,
    ineligible: bool = False,
) -> Screened:
    """Return what the rules say of some households, each under the policy of its region and day.

    Both frames have the columns of ``bangfu.lists.parquet_schema``, those that are missing being unknown
    throughout; ``household`` is the key, and all members of a household must be there with it. Rows that are
    not right in every value, as a household file would have to be, leave their household out and go to the
    rejects. Columns that nobody declared are not read.

    Args:
        households: a row for each household.
        members: a row for each member; without a column ``member`` they are numbered as they stand.
        rulebook: the rules.
        on: the day to assess for; None: the household's own ``on``, else today.
        ineligible: give supports that are not due a row as well (status ``ineligible``, no amounts): one for
            each benefit of each member, some hundred million for a province.

    Raises:
        InputError: a key or a required fact has no column, or a column is of a type that cannot be read.
        PackError, RuleError: an added policy pack holds a benefit that cannot work.
    """
    made = screened(Frames(households, members), rulebook, on, ineligible=ineligible)
    return evolve(made, assessments=in_lists(in_words(made.assessments)), supports=in_words(made.supports))


def screened(frames: Frames, rulebook: Rulebook, on: date | None, *, ineligible: bool) -> Screened:
    """Return the same as ``screen_partition`` does, words as Enum and candidates as sets: shorter, to be kept."""
    rows = checked(frames.households, frames.members, rulebook.catalog, on)
    everybody = placed(rows)
    recipients = everybody.recipients()
    outcomes = list(outcomes_of(everybody, rulebook))
    supports = supports_of(outcomes, recipients.height, ineligible=ineligible)
    keys = recipients.select(HOUSEHOLD_KEY, pl.col(MEMBER_KEY).alias("recipient"))[supports.place]
    left_out = {(error.plugin, error.reason) for outcome in outcomes for error in outcome.ruleset.left_out}
    names: dict[str, str] = {}
    for programme in (programme for outcome in outcomes for programme in outcome.ruleset.programmes):
        names |= {programme.code: programme.name, **{benefit.code: benefit.name for benefit in programme.benefits}}
    return Screened(
        assessments_of(recipients, [(outcome, candidates(outcome)) for outcome in outcomes], supports),
        pl.concat([keys, supports.frame()], how="horizontal"),
        rows.rejects,
        tuple(sorted(left_out)),
        names,
    )
