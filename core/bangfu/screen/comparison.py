"""Two runs side by side (两次筛查对照), some households at a time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from attrs import define, field, frozen

from bangfu.errors import InputError, Problem
from bangfu.facts import Level
from bangfu.keys import MEMBER_KEY
from bangfu.lists import ROWS_IN_GROUP
from bangfu.private import make_folder, written
from bangfu.screen.assessments import ASSESSMENTS
from bangfu.screen.changes import COSTS, Results, changes_of, cost_of, summed
from bangfu.screen.part import CHUNK, numbers_in, with_numbers
from bangfu.screen.sources import File, Range, ranges, reading, step_of, survey
from bangfu.screen.summary import NOTE, Summary, finished_run
from bangfu.screen.supports import SUPPORTS

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
        """Return the run in a folder.

        Raises:
            InputError: no finished run lies there, or its files are not those that it wrote.
        """
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
        """Return the results of some households.

        Raises:
            InputError: a file of them is damaged.
        """
        files = [_result(self.folder, name) for name in _RESULTS]
        with reading(*files):
            return Results(*pl.collect_all(file.scan().filter(part.test) for file in files))


_RESULTS: Mapping[str, Mapping[str, pl.DataType]] = {"assessments": ASSESSMENTS, "supports": SUPPORTS}
"""The files of a run that are compared, with their columns."""


def _result(folder: Path, name: str) -> File:
    return File(str(folder / f"{name}.parquet"), Level.HOUSEHOLD)


def _must_hold(file: File, columns: Mapping[str, pl.DataType], rows: int) -> None:
    """Refuse a file that does not hold the columns and as many rows as a result.

    Raises:
        InputError: it does not, or cannot be read.
    """
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
    """Return what changed from one run to another.

    Args:
        before: the one.
        after: the other.
        out: a folder that ``changes.parquet`` (``CHANGES``) and ``costs.parquet`` (``COSTS``) are written to.

    Raises:
        OSError: the folder cannot be written.
    """
    counted = _RunCounts()
    with ExitStack() as stack:
        folder = None
        if out is not None:
            make_folder(out)
            folder = Path(stack.enter_context(TemporaryDirectory(prefix=".compare-", dir=out)))
        for place, part in enumerate(_ranges(before, after)):
            changes = counted.add(before.results(part), after.results(part))
            if folder is not None:
                with written(folder / f"{place:06}.parquet") as path:
                    changes.write_parquet(path, compression="lz4")
        if out is not None and folder is not None:
            with written(out / "changes.parquet") as path:
                rows = pl.scan_parquet(sorted(folder.iterdir()))
                rows.sink_parquet(path, row_group_size=ROWS_IN_GROUP, maintain_order=True)
            with written(out / "costs.parquet") as path:
                counted.costs.write_parquet(path)
    return RunComparison(before, after, counted.standing, counted.moves, counted.costs)


def _ranges(*runs: Run) -> list[Range]:
    rows = CHUNK * _ROWS_A_HOUSEHOLD
    files = (File(str(run.folder / "assessments.parquet"), Level.HOUSEHOLD) for run in runs)
    return ranges([survey(file, step_of(rows)) for file in files], rows * len(runs))


_WHO = pl.when(pl.col(MEMBER_KEY).is_null()).then(pl.lit("household")).otherwise(pl.lit("member")).alias("who")
_STANDING: dict[str, pl.DataType] = {
    "who": pl.String(),
    "category": pl.String(),
    "before": pl.Int64(),
    "after": pl.Int64(),
}
_MOVES: dict[str, pl.DataType] = {
    "who": pl.String(),
    "of": pl.String(),
    "code": pl.String(),
    "change": pl.String(),
    "number": pl.Int64(),
}


@define
class _RunCounts:
    """The counts over the households looked at so far."""

    standing: pl.DataFrame = field(factory=lambda: pl.DataFrame(schema=_STANDING))
    moves: pl.DataFrame = field(factory=lambda: pl.DataFrame(schema=_MOVES))
    costs: pl.DataFrame = field(factory=lambda: pl.DataFrame(schema=COSTS))

    def add(self, before: Results, after: Results) -> pl.DataFrame:
        """Take in some households; return what changed for them."""
        changes = changes_of(before, after)
        moves = changes.select(_WHO, "of", "code", "change", number=pl.lit(1))
        sides = {"before": before, "after": after}
        standing = (run.assessments.select(_WHO, "category", pl.lit(1).alias(side)) for side, run in sides.items())
        self.moves = summed([self.moves, moves], _MOVES)
        self.standing = summed([self.standing, *standing], _STANDING)
        self.costs = summed([self.costs, *(cost_of(run, side) for side, run in sides.items())])
        return with_numbers(changes, numbers_in(before.assessments, after.assessments))
