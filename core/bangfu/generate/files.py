"""Made-up populations as Parquet files: written part by part, so that any number of households fits in memory."""

from __future__ import annotations

from errno import EEXIST
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from bangfu.facts import Level
from bangfu.generate.population import Population
from bangfu.lists import FILES, ROWS_IN_GROUP
from bangfu.private import make_file, make_folder
from bangfu.unwritable import written_by_polars


def write_population(population: Population, households: int, folder: Path) -> tuple[Path, Path]:
    """Write ``households.parquet`` and ``members.parquet`` into a folder, made where it is not there; return both.

    Their columns are those of ``bangfu.lists.parquet_schema``, their rows in the order of the households.
    The same population gives the same bytes. A file appears under its name when it is complete.

    Raises:
        FileExistsError: one of the files is there already; nothing is written.
        OSError: the folder cannot be written.
    """
    whole = folder / FILES[Level.HOUSEHOLD], folder / FILES[Level.MEMBER]
    for file in whole:
        if file.exists():
            raise FileExistsError(EEXIST, "is there already", str(file))
    make_folder(folder)
    with TemporaryDirectory(prefix=".generate-", dir=folder) as name:
        parts: dict[Path, list[Path]] = {file: [] for file in whole}
        for number, frames in enumerate(population.chunks(households)):
            for file, frame in zip(whole, (frames.households, frames.members), strict=True):
                part = Path(name) / f"{number:06}-{file.name}"
                with written_by_polars(part):
                    frame.write_parquet(part)
                parts[file].append(part)
        joined = [_join(parts[file], Path(name) / file.name) for file in whole]
        for file, temporary in zip(whole, joined, strict=True):
            temporary.rename(file)
    return whole


def _join(parts: list[Path], file: Path) -> Path:
    """Write one file of several in a stream, the rows in their order."""
    make_file(file)
    with written_by_polars(file):
        pl.scan_parquet(parts).sink_parquet(file, row_group_size=ROWS_IN_GROUP, maintain_order=True)
    return file
