"""Two runs side by side (两次筛查对照): who enters, who leaves, who gets more or less, and what each costs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from attrs import field, frozen

from bangfu.dtypes import MONEY
from bangfu.errors import InputError, Problem
from bangfu.facts import Level, Per
from bangfu.facts.declare import ZERO
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.lists import ROWS_IN_GROUP
from bangfu.plan import Status
from bangfu.private import make_folder, written
from bangfu.screen.part import CHUNK, numbers_in, with_numbers
from bangfu.screen.results import ASSESSMENTS, COUNTS, SUPPORTS
from bangfu.screen.sources import File, Range, ranges, reading, step_of, survey
from bangfu.screen.summary import NOTE, Summary, finished_run

CHANGES: dict[str, pl.DataType] = {
    **dict.fromkeys((HOUSEHOLD_KEY, MEMBER_KEY), pl.Int64()),
    **dict.fromkeys(("of", "code", "change", "before", "after"), pl.String()),
    **dict.fromkeys(("amount_before", "amount_after"), MONEY),
}
COSTS: dict[str, pl.DataType] = {
    **dict.fromkeys(("region", "programme", "benefit"), pl.String()),
    **dict.fromkeys(("number_before", "number_after"), pl.Int64()),
    **dict.fromkeys(("year_before", "year_after", "once_before", "once_after"), MONEY),
}
_STANDING = {**dict.fromkeys(("who", "category"), pl.String()), **dict.fromkeys(("before", "after"), pl.Int64())}
_MOVES = {**dict.fromkeys(("who", "of", "code", "change"), pl.String()), "number": pl.Int64()}
CATEGORY, BENEFIT, TOTAL = "category", "benefit", "total"
ENTERS, LEAVES, MORE, LESS = "enters", "leaves", "more", "less"
_REPLACED = "replaced"
_BEFORE, _AFTER = "_before", "_after"
_WHO = [HOUSEHOLD_KEY, MEMBER_KEY]
_IS_HOUSEHOLD = pl.col(MEMBER_KEY).is_null()
_LEVEL = pl.when(_IS_HOUSEHOLD).then(pl.lit("household")).otherwise(pl.lit("member")).alias("who")


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
    rows = [*_of_categories(before, after), _of_benefits(before, after), *_of_totals(before, after)]
    none = {name: pl.lit(None) for name in CHANGES}
    told = (frame.with_columns(**{name: value for name, value in none.items() if name not in frame}) for frame in rows)
    moved = [frame.select(pl.col(name).cast(dtype) for name, dtype in CHANGES.items()) for frame in told]
    return pl.concat(moved).drop_nulls("change").sort(list(CHANGES)[:5])


def _both(before: pl.DataFrame, after: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the rows of both side by side, every other column once with each suffix, those of one alone too."""
    sides = ((before, _BEFORE), (after, _AFTER))
    one, other = (frame.select(*keys, pl.exclude(keys).name.suffix(side)) for frame, side in sides)
    return one.join(other, on=keys, how="full", coalesce=True, nulls_equal=True)


def _of_categories(*runs: Results) -> Iterator[pl.DataFrame]:
    code = pl.col("category").fill_null(Status.UNDETERMINED.value)
    one, other = (run.assessments.select(*_WHO, code) for run in runs)
    both = _both(one, other, _WHO).rename({"category_before": "before", "category_after": "after"})
    moved = both.filter(pl.col("before").ne_missing(pl.col("after"))).with_columns(of=pl.lit(CATEGORY))
    for change, side in ((LEAVES, "before"), (ENTERS, "after")):
        yield moved.drop_nulls(side).with_columns(code=pl.col(side), change=pl.lit(change))


def _of_benefits(*runs: Results) -> pl.DataFrame:
    state = pl.when(pl.col("replaced_by").is_null()).then(pl.col("status")).otherwise(pl.lit(_REPLACED))
    state = pl.when(pl.col("status") != Status.INELIGIBLE.value).then(state).alias("state")
    named = {MEMBER_KEY: pl.col("recipient"), "code": pl.col("benefit"), "counts": COUNTS}
    one, other = (run.supports.select(HOUSEHOLD_KEY, state, "year_amount", **named) for run in runs)
    both = _both(one, other, [*_WHO, "code"])
    had, has = (pl.col("counts" + side).fill_null(False) for side in (_BEFORE, _AFTER))
    was, now = pl.when(had).then("year_amount_before"), pl.when(has).then("year_amount_after")
    moved = pl.when(had & ~has).then(pl.lit(LEAVES)).when(~had & has).then(pl.lit(ENTERS))
    change = moved.when(was < now).then(pl.lit(MORE)).when(was > now).then(pl.lit(LESS))
    amounts = {"amount_before": was, "amount_after": now}
    return both.with_columns(of=pl.lit(BENEFIT), change=change, before="state_before", after="state_after", **amounts)


def _of_totals(*runs: Results) -> Iterator[pl.DataFrame]:
    one, other = (run.assessments.filter(_IS_HOUSEHOLD).select(*_WHO, "year", "once") for run in runs)
    both = _both(one, other, _WHO).with_columns(of=pl.lit(TOTAL))
    for code in ("year", "once"):
        was, now = (pl.col(code + side).fill_null(ZERO) for side in (_BEFORE, _AFTER))
        change = pl.when(was < now).then(pl.lit(MORE)).when(was > now).then(pl.lit(LESS))
        yield both.with_columns(code=pl.lit(code), change=change, amount_before=was, amount_after=now)


def cost_of(results: Results, side: str) -> pl.DataFrame:
    """Return what some households get in one run: the columns of ``COSTS`` that end in ``side``, not yet summed."""
    places = results.assessments.filter(_IS_HOUSEHOLD).select(HOUSEHOLD_KEY, "region")
    counted = results.supports.filter(COUNTS).join(places, on=HOUSEHOLD_KEY, how="left")
    once, amount = pl.col("per") == Per.ONCE.value, pl.col("year_amount")
    sums = {"number": pl.len(), "year": amount.filter(~once).sum(), "once": amount.filter(once).sum()}
    by = counted.group_by("region", "programme", "benefit")
    return by.agg(value.alias(f"{name}_{side}") for name, value in sums.items())


def summed(
    frames: Iterable[pl.DataFrame], schema: Mapping[str, pl.DataType] = COSTS, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Return frames that have columns of a schema as one, summed by some of its texts (none: all), sorted by them."""
    typed = (frame.cast({name: schema[name] for name in frame.columns}) for frame in frames)
    together = pl.concat([pl.DataFrame(schema=schema), *typed], how="diagonal")
    keys = by or [name for name, dtype in schema.items() if dtype == pl.String()]
    sums = [pl.col(name).sum().cast(dtype) for name, dtype in schema.items() if dtype != pl.String()]
    return together.group_by(keys).agg(sums).sort(keys)


_ROWS_A_HOUSEHOLD = 4
"""Of assessments: itself and its members."""
_CURE = "应是 bangfu screen 写的文件；请重新筛查"


@frozen
class Run:
    """A finished run: its folder, its counts, the day and the policy packs it was asked for."""

    folder: Path
    summary: Summary
    on: str | None
    policies: tuple[str, ...]

    @classmethod
    def at(cls, folder: Path) -> Run:
        """Return the run in a folder; ``InputError``: none that is finished, or its files are not those it wrote."""
        note = finished_run(folder)
        if note is None:
            problem = Problem(NOTE, "没有", "已完成的 bangfu screen 的结果文件夹")
            raise InputError(str(folder), [problem])
        summary = Summary.from_json(note)
        rows = {"assessments": summary.households + summary.members, "supports": sum(summary.supports.values())}
        for name, columns in _RESULTS.items():
            _must_hold(_result(folder, name), columns, rows[name])
        return cls(folder, summary, note["on"], tuple(note["policies"]))

    def results(self, part: Range) -> Results:
        """Return the results of some households; ``InputError`` as ``reading``."""
        files = [_result(self.folder, name) for name in _RESULTS]
        with reading(*files):
            return Results(*pl.collect_all(file.scan().filter(part.test) for file in files))


_RESULTS: Mapping[str, Mapping[str, pl.DataType]] = {"assessments": ASSESSMENTS, "supports": SUPPORTS}
"""The files of a run that are compared, with their columns."""


def _result(folder: Path, name: str) -> File:
    return File(str(folder / f"{name}.parquet"), Level.HOUSEHOLD)


def _must_hold(file: File, columns: Mapping[str, pl.DataType], rows: int) -> None:
    """Refuse a file that does not hold the columns and as many rows as a result."""
    with reading(file):
        found = file.scan().collect_schema()
        counted = int(file.scan().select(pl.len()).collect().item())
    problems = [
        Problem(name, f"列的类型是 {found[name]}" if name in found else "没有这一列", f"{dtype} 列", _CURE)
        for name, dtype in columns.items()
        if found.get(name) != dtype
    ]
    if counted != rows:
        problems.append(Problem("文件", f"{counted:,} 行", f"{rows:,} 行，与 {NOTE} 相符", _CURE))
    if problems:
        raise InputError(file.path, problems)


@frozen
class RunComparison:
    """What changed between two runs, counted.

    ``standing``: ``who`` (``household``, ``member``), ``category``, ``before``, ``after``: how many are in it.
    ``moves``: ``who``, ``of``, ``code``, ``change``, ``number``: how often each change happened.
    ``costs``: with ``COSTS``. ``names``: what the codes of benefits and programmes stand for.
    """

    before: Run
    after: Run
    standing: pl.DataFrame = field(repr=False)
    moves: pl.DataFrame = field(repr=False)
    costs: pl.DataFrame = field(repr=False)

    @property
    def names(self) -> Mapping[str, str]:
        """What the codes of benefits and programmes stand for."""
        return {**self.before.summary.names, **self.after.summary.names}


def compare(before: Run, after: Run, out: Path | None = None) -> RunComparison:
    """Return what changed; write ``changes.parquet`` (``CHANGES``) and ``costs.parquet`` (``COSTS``) to a folder.

    Raises:
        OSError: the folder cannot be written.
    """
    counts: list[tuple[pl.DataFrame, ...]] = []
    changes = _changes(before, after, counts)
    if out is None:
        deque(changes, maxlen=0)
    else:
        make_folder(out)
        _write_changes(changes, out)
    standing, moves, costs = map(summed, zip(*counts, strict=True), (_STANDING, _MOVES, COSTS))
    if out is not None:
        with written(out / "costs.parquet") as path:
            costs.write_parquet(path)
    return RunComparison(before, after, standing, moves, costs)


def _changes(before: Run, after: Run, counts: list[tuple[pl.DataFrame, ...]]) -> Iterator[pl.DataFrame]:
    """Yield what changed, some households at a time; add what ``RunComparison`` has of them to the counts."""
    rows = CHUNK * _ROWS_A_HOUSEHOLD
    keys = [survey(_result(run.folder, "assessments"), step_of(rows)) for run in (before, after)]
    for part in ranges(keys, rows * len(keys)):
        one, other = before.results(part), after.results(part)
        sides = {"before": one, "after": other}
        changes = changes_of(one, other)
        standing = (run.assessments.select(_LEVEL, "category", pl.lit(1).alias(side)) for side, run in sides.items())
        moves = changes.select(_LEVEL, "of", "code", "change", number=pl.lit(1))
        costs = (cost_of(run, side) for side, run in sides.items())
        counts.append((summed(standing, _STANDING), summed([moves], _MOVES), summed(costs)))
        yield with_numbers(changes, numbers_in(one.assessments, other.assessments))


def _write_changes(changes: Iterable[pl.DataFrame], out: Path) -> None:
    with TemporaryDirectory(prefix=".compare-", dir=out) as folder:
        for place, changed in enumerate(changes):
            with written(Path(folder) / f"{place:06}.parquet") as path:
                changed.write_parquet(path, compression="lz4")
        with written(out / "changes.parquet") as path:
            rows = pl.scan_parquet(sorted(Path(folder).iterdir()))
            rows.sink_parquet(path, row_group_size=ROWS_IN_GROUP, maintain_order=True)
