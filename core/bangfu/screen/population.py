"""What is screened (被筛查的人群): a folder of Parquet files, or a registry of which one moment is taken down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path

import polars as pl
from attrs import field, frozen

from bangfu.errors import BangfuError
from bangfu.facts import Catalog, Level
from bangfu.keys import HOUSEHOLD_KEY
from bangfu.screen.columns import NUMBER
from bangfu.screen.sources import File, files_of, unreadable


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
        yield PopulationFiles(repr([_stamp(file) for file in found]), lambda _folder, _day: found)


def is_registry(source: str) -> bool:
    """Return whether a source is a registry's URL or file, not a folder."""
    return "://" in source or Path(source).is_file()


def _opener() -> Callable[[str, Catalog], AbstractContextManager[PopulationFiles]]:
    for entry in entry_points(group=REGISTERED):
        with suppress(ModuleNotFoundError):
            opener: Callable[[str, Catalog], AbstractContextManager[PopulationFiles]] = entry.load()
            return opener
    raise BangfuError("没有安装登记库；请 pip install 'bangfu[office]'")


def _stamp(file: File) -> tuple[str, int, int]:
    found = Path(file.path).stat()
    return file.path, found.st_size, found.st_mtime_ns


def numbered(files: Sequence[File], numbers: Sequence[str]) -> dict[str, int]:
    """Return the keys of those households that the registry's numbers, or else the keys themselves, name.

    Raises:
        InputError: a file cannot be read.
    """
    of_households = [file for file in files if file.level is Level.HOUSEHOLD]
    try:
        frames = [file.scan().select(_named(file), pl.col(HOUSEHOLD_KEY)) for file in of_households]
        households = pl.concat(frames, how="vertical_relaxed")
        found = households.filter(pl.col(NUMBER).is_in(list(numbers))).collect()
    except (pl.exceptions.PolarsError, OSError):
        raise unreadable(*of_households) from None
    return dict(found.iter_rows())


def _named(file: File) -> pl.Expr:
    name = NUMBER if NUMBER in file.scan().collect_schema() else HOUSEHOLD_KEY
    return pl.col(name).cast(pl.String).alias(NUMBER)
