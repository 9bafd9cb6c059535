"""What is screened (被筛查的人群): a folder of Parquet files, or a registry of which one moment is taken down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path

import polars as pl
from attrs import field, frozen

from bangfu.errors import BangfuError
from bangfu.facts import Catalog, Items, Level, Per
from bangfu.facts.declare import ZERO
from bangfu.lists import parquet_schema
from bangfu.screen.sources import File, files_of


@frozen
class PopulationFiles:
    """Files of households and members; ``identity`` says which, the same as long as they are.

    ``files`` returns them; it is given a folder of the run's own and the day, for a population that has no
    files yet.
    """

    identity: str
    files: Callable[[Path, date], list[File]] = field(repr=False)


REGISTERED = "bangfu.populations"
"""The entry-point group of populations that are no folder: each a function of the source and the catalog."""


@contextmanager
def population_at(source: str, catalog: Catalog) -> Iterator[PopulationFiles]:
    """Open the population in a folder, or in the registry at a URL or file path.

    Raises:
        InputError: the folder holds none.
        BangfuError: the registry cannot be opened, or nothing is installed that could.
    """
    if is_registry(source):
        with _opener()(source, catalog) as population:
            yield population
    else:
        found = files_of(Path(source))
        stats = ((file.path, Path(file.path).stat()) for file in found)
        stamps = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
        yield PopulationFiles(repr(stamps), lambda _folder, _day: found)


def is_registry(source: str) -> bool:
    """Return whether a source is a registry's URL or file, not a folder."""
    return "://" in source or Path(source).is_file()


def _opener() -> Callable[[str, Catalog], AbstractContextManager[PopulationFiles]]:
    for entry in entry_points(group=REGISTERED):
        with suppress(ModuleNotFoundError):
            opener: Callable[[str, Catalog], AbstractContextManager[PopulationFiles]] = entry.load()
            return opener
    raise BangfuError("没有安装登记库；请 pip install 'bangfu[office]'")


def as_entries(frame: pl.DataFrame, catalog: Catalog, level: Level) -> pl.DataFrame:
    """Return what a registry gives of one level as ``bangfu.lists.parquet_schema`` has it; ``summed`` gives it back.

    Yearly sums become lists of entries again: for each kind of a list there is one entry with its sum for a year,
    without an amount where that is unknown, and none where it is zero. Columns of no fact are kept.
    """
    lists = {fact.name: fact.type for fact in catalog.at(level) if isinstance(fact.type, Items)}
    declared = parquet_schema(catalog, level)
    entries = {name: pl.concat_list(_of_kinds(name, items)).list.drop_nulls() for name, items in lists.items()}
    listed = {name: pl.when(pl.col(name)).then(value).cast(declared[name]) for name, value in entries.items()}
    own = [name for name in frame.columns if name not in declared and name.split(".")[0] not in lists]
    return frame.with_columns(**listed).select(*declared, *own)


def _of_kinds(name: str, items: Items) -> Iterator[pl.Expr]:
    for kind in items.kinds.labels:
        sums = {amount: pl.col(items.column(name, kind, amount)) for amount in items.amounts}
        there = pl.any_horizontal((column != ZERO).fill_null(True) for column in sums.values())
        parts = [pl.lit(kind).alias(items.by), *(column.alias(amount) for amount, column in sums.items())]
        if any(part.name == "per" for part in items.fields):
            parts.append(pl.lit(Per.YEAR.value).alias("per"))
        yield pl.when(there).then(pl.struct(parts))
