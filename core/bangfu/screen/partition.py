"""The partition function (分区函数): some households in, their assessments and supports out.

One process, a process pool, Dask, Spark and Ray all call this one function; any division of a population
into whole households gives the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
from attrs import evolve, field, frozen

from bangfu.frames import Frames
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.rulebook import Rulebook
from bangfu.screen.outcome import candidates, outcomes_of, placed
from bangfu.screen.results import assessments_of, in_lists, in_words, supports_of
from bangfu.screen.rows import checked


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
