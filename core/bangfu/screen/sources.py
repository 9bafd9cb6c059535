"""The files of a population (人群文件): found in a folder, looked through once, cut into parts by household.

Of each file only the keys are read here, in a stream; what is kept of them is a sample.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import polars as pl
from attrs import define, evolve, field, frozen

from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog, Level
from bangfu.keys import HOUSEHOLD_KEY
from bangfu.lists import FILES
from bangfu.screen.columns import columns_of, unknown_columns

_SAMPLES_A_PART = 50
_BATCH = 250_000
_MAGIC = b"PAR1"
"""How a Parquet file begins."""


@frozen
class File:
    """A Parquet file of one level: its path, and the columns that its folders' names give (``region=522723``).

    ``rows`` is the number of the first row that is read and how many are; None: all.
    """

    path: str
    level: Level
    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[int, int] | None = None

    def scan(self) -> pl.LazyFrame:
        """Return its rows, with the columns that its folders give where it has none of that name itself."""
        frame = pl.scan_parquet(self.path, hive_partitioning=False)
        own = frame.collect_schema()
        if self.rows is not None:
            frame = frame.slice(*self.rows)
        return frame.with_columns(pl.lit(value).alias(name) for name, value in self.columns if name not in own)


@frozen
class Range:
    """A range of household keys, from ``low`` up to, not including, ``high``; None: no bound."""

    low: int | None
    high: int | None

    @property
    def test(self) -> pl.Expr:
        """Whether a row is in it; rows whose key is missing or no whole number are in the first one."""
        key = pl.col(HOUSEHOLD_KEY).cast(pl.Int64, strict=False)
        test = pl.lit(True)
        if self.low is not None:
            test &= key >= self.low
        if self.high is not None:
            test &= key < self.high
        return test.fill_null(True) if self.low is None else test


@frozen
class Surveyed:
    """What the keys of a file come to: rows, lowest and highest, whether in order, one in ``step`` as a sample."""

    file: File
    rows: int
    lowest: int | None
    highest: int | None
    has_null: bool
    in_order: bool
    step: int
    sample: tuple[int, ...] = field(repr=False)

    def overlaps(self, part: Range) -> bool:
        """Return whether rows of a part can be in it."""
        if part.low is None and self.has_null:
            return True
        if self.lowest is None or self.highest is None:
            return False
        return (part.low is None or self.highest >= part.low) and (part.high is None or self.lowest < part.high)

    def near(self, part: Range) -> File:
        """Return the file with the rows among which those of a part are: of one in order, a piece by the sample."""
        if not self.in_order or self.has_null:
            return self.file
        first = 0 if part.low is None else max(bisect_left(self.sample, part.low) - 1, 0) * self.step
        last = self.rows if part.high is None else min(bisect_left(self.sample, part.high) * self.step, self.rows)
        return evolve(self.file, rows=(first, last - first))


def files_of(folder: Path) -> list[File]:
    """Return the files of a population, in the order of their paths.

    They are ``households.parquet`` and ``members.parquet``, in the folder itself or in folders below it, both
    in each; either may be a folder of Parquet files, as Spark writes it. Hidden folders are left out.

    Raises:
        InputError: there are none, or one stands without the other.
    """
    try:
        next(folder.iterdir(), None)  # below, what may not be read is passed over
    except PermissionError:
        problem = Problem("文件夹", "没有读取的权限", "可以读取的文件夹", "请检查文件夹的权限")
        raise InputError(str(folder), [problem]) from None
    found: dict[Path, list[Level]] = {}
    for level, name in FILES.items():
        for path in sorted(folder.rglob(name)):
            if not any(part.startswith(".") for part in path.relative_to(folder).parts):
                found.setdefault(path.parent, []).append(level)
    both = f"{FILES[Level.HOUSEHOLD]} 和 {FILES[Level.MEMBER]}，直接在文件夹中，或在各个分区文件夹中"
    problems = [
        Problem(str(place.relative_to(folder)), f"只有 {FILES[levels[0]]}", both)
        for place, levels in found.items()
        if len(levels) < len(FILES)
    ]
    if problems or not found:
        raise InputError(str(folder), problems or [Problem("文件夹", "没有人群文件", both)])
    return [
        file for place in sorted(found) for level in FILES for file in _files_at(place / FILES[level], level, folder)
    ]


def _files_at(path: Path, level: Level, root: Path) -> Iterator[File]:
    found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not found:
        raise InputError(str(path), [Problem("文件夹", "里面没有 .parquet 文件", "Parquet 文件，或这样的文件的文件夹")])
    for one in found:
        named = (part.partition("=") for part in one.parent.relative_to(root).parts)
        yield File(str(one.resolve()), level, tuple((name, value) for name, equals, value in named if equals))


def notices(files: Iterable[File], catalog: Catalog) -> Iterator[str]:
    """Yield what is to be said of columns that are not read, once each.

    Raises:
        InputError: a file is not Parquet, or has no column for a key or a required fact, or one of a type
            that cannot be read.
    """
    said = set()
    for file in files:
        try:
            found = file.scan().collect_schema()
        except (pl.exceptions.PolarsError, OSError):
            raise unreadable(file) from None
        columns_of(found, catalog, file.level, file.path)
        for problem in unknown_columns(found, catalog, file.level):
            said.add(
                f"{FILES[file.level]} 的列 {problem.path}：{problem.found}"
                + (f"；{problem.hint}" if problem.hint else "")
            )
    yield from sorted(said)


def unreadable(*files: File) -> InputError:
    """Return the error of files that Polars cannot read, all or one of them; says which, and what is there instead."""
    wrong = files if len(files) == 1 else tuple(file for file in files if not _is_whole(file)) or files
    told = "、".join(file.path for file in wrong)
    found = f"读不出来：{_instead(Path(wrong[0].path))}"
    return InputError(told, [Problem("文件", found, "完好的 Parquet 文件", "请重新生成或复制这个文件")])


def _instead(path: Path) -> str:
    """Return what stands in the place of a whole Parquet file."""
    try:
        with path.open("rb") as file:
            begins = file.read(len(_MAGIC))
    except FileNotFoundError:
        return "没有这个文件"
    except IsADirectoryError:
        return "是文件夹"
    except PermissionError:
        return "没有读取的权限"
    except OSError as error:
        return error.strerror or type(error).__name__
    if not begins:
        return "空文件"
    return "已损坏或不完整" if begins == _MAGIC else "不是 Parquet 文件"


def _is_whole(file: File) -> bool:
    try:
        for _ in file.scan().collect_batches(chunk_size=_BATCH):
            pass
    except (pl.exceptions.PolarsError, OSError):
        return False
    return True


def survey(file: File, step: int) -> Surveyed:
    """Return what the keys of a file come to, one in ``step`` of them as a sample.

    Raises:
        InputError: it cannot be read.
    """
    seen = _Seen(step)
    try:
        keys = file.scan().select(pl.col(HOUSEHOLD_KEY).cast(pl.Int64, strict=False))
        for batch in keys.collect_batches(chunk_size=_BATCH):
            seen.add(batch[HOUSEHOLD_KEY])
    except (pl.exceptions.PolarsError, OSError):
        raise unreadable(file) from None
    return Surveyed(file, seen.rows, seen.lowest, seen.highest, seen.has_null, seen.in_order, step, tuple(seen.sample))


@define
class _Seen:
    """What is known of the keys read so far."""

    step: int
    rows: int = 0
    lowest: int | None = None
    highest: int | None = None
    last: int | None = None
    has_null: bool = False
    in_order: bool = True
    sample: list[int] = field(factory=list)

    def add(self, keys: pl.Series) -> None:
        """Take in the next keys."""
        self.sample += keys.gather_every(self.step, -self.rows % self.step).drop_nulls().to_list()
        self.rows += len(keys)
        self.has_null |= bool(keys.null_count())
        known = keys.drop_nulls()
        if known.is_empty():
            return
        ordered = known if known.is_sorted() else known.sort()
        self.in_order &= known.is_sorted() and (self.last is None or self.last <= known[0])
        self.last = known[-1]
        self.lowest = ordered[0] if self.lowest is None else min(self.lowest, ordered[0])
        self.highest = ordered[-1] if self.highest is None else max(self.highest, ordered[-1])


def ranges(households: Iterable[Surveyed], size: int) -> list[Range]:
    """Return ranges that together hold every key, of about ``size`` households each."""
    sample = sorted((key, min(surveyed.rows, surveyed.step)) for surveyed in households for key in surveyed.sample)
    cuts: list[int] = []
    rows = 0
    for key, stands_for in sample:
        if rows >= size and (not cuts or key > cuts[-1]):
            cuts.append(key)
            rows = 0
        rows += stands_for
    bounds = [None, *cuts, None]
    return [Range(low, high) for low, high in pairwise(bounds)]


def step_of(size: int) -> int:
    """Return one in how many keys is sampled to cut parts of this size."""
    return max(1, size // _SAMPLES_A_PART)
