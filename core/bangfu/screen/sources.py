"""The files of a population (人群文件): found in a folder, looked through once, cut into parts by household.

Of each file only the keys are read for that, in a stream; what is kept of them is a sample. A file whose rows are in no
order is sorted into one file for each part (分拣), some rows at a time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from shutil import rmtree

import polars as pl
from attrs import evolve, field, frozen

from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog, Level
from bangfu.keys import HOUSEHOLD_KEY
from bangfu.lists import FILES
from bangfu.private import make_folder
from bangfu.screen.columns import columns_of, unknown_columns
from bangfu.unwritable import reason_of, written_by_polars

_SAMPLES_A_PART = 50
_BATCH = 500_000
_PLACE = "screen:part"
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
        test = pl.lit(True) if self.low is None else key >= self.low
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
        InputError: a file is not Parquet, has no column for a key or a required fact, or one of a wrong type.
    """
    said: dict[str, None] = {}
    for file in files:
        with reading(file):
            found = file.scan().collect_schema()
        columns_of(found, catalog, file.level, file.path)
        for problem in unknown_columns(found, catalog, file.level):
            hint = f"；{problem.hint}" if problem.hint else ""
            said[f"{FILES[file.level]} 的列 {problem.path}：{problem.found}{hint}"] = None
    yield from sorted(said)


@contextmanager
def reading(*files: File) -> Iterator[None]:
    """Say of files that Polars cannot read, all or one of them, which it is, and what is there instead.

    Raises:
        InputError: instead of the error of Polars or of the system.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, OSError):
        raise _unreadable(*files) from None


def _unreadable(*files: File) -> InputError:
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
        deque(file.scan().collect_batches(chunk_size=_BATCH), maxlen=0)
    except (pl.exceptions.PolarsError, OSError):
        return False
    return True


def survey(file: File, step: int) -> Surveyed:
    """Return what the keys of a file come to, one in ``step`` of them as a sample; ``InputError`` as ``reading``."""
    rows, last, has_null, in_order = 0, None, False, True
    ends: list[int] = []
    sample: list[int] = []
    keys = file.scan().select(pl.col(HOUSEHOLD_KEY).cast(pl.Int64, strict=False))
    with reading(file):
        for batch in keys.collect_batches(chunk_size=_BATCH):
            found = batch[HOUSEHOLD_KEY]
            sample += found.gather_every(step, -rows % step).drop_nulls().to_list()
            rows += len(found)
            known = found.drop_nulls()
            has_null |= len(known) < len(found)
            if len(known):
                in_order &= known.is_sorted() and (last is None or last <= known[0])
                last = known[-1]
                ends += int(known.to_numpy().min()), int(known.to_numpy().max())
    lowest, highest = min(ends, default=None), max(ends, default=None)
    return Surveyed(file, rows, lowest, highest, has_null, in_order, step, tuple(sample))


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


def split(found: Surveyed, ranges: Sequence[Range], folder: Path) -> list[list[File]]:
    """Return the files of each range, with the rows of a file whose households are in no order, as they stood.

    Their folder appears when all are written; one that is there already is taken as it is.
    """
    if not folder.exists():
        unfinished = folder.with_name(f".{folder.name}")
        rmtree(unfinished, ignore_errors=True)
        make_folder(unfinished)
        try:
            _write(found, ranges, unfinished)
        except pl.exceptions.PolarsError as error:
            if reason_of(error):
                raise
            raise _unreadable(found.file) from None
        unfinished.rename(folder)
    places = ([str(path) for path in sorted(folder.glob(f"{place:06}-*.parquet"))] for place in range(len(ranges)))
    return [[File(path, found.file.level) for path in paths] for paths in places]


def _write(found: Surveyed, ranges: Sequence[Range], folder: Path) -> None:
    cuts = pl.Series([one.low for one in ranges if one.low is not None], dtype=pl.Int64)
    for number, first in enumerate(range(0, found.rows, _BATCH)):
        batch = found.file.scan().slice(first, _BATCH).collect()
        key = batch[HOUSEHOLD_KEY].cast(pl.Int64, strict=False)
        place = cuts.search_sorted(key, side="right").set(key.is_null(), 0).alias(_PLACE)
        parts = batch.with_columns(place).partition_by(_PLACE, as_dict=True, include_key=False)
        for (at,), rows in parts.items():
            file = folder / f"{at:06}-{number:06}.parquet"
            with written_by_polars(file):
                rows.write_parquet(file, compression="lz4")
