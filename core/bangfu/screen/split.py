"""A file whose rows are in no order, sorted into one file for each part (分拣), some rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree

import polars as pl

from bangfu.keys import HOUSEHOLD_KEY
from bangfu.private import make_folder
from bangfu.screen.sources import File, Range, Surveyed, unreadable
from bangfu.unwritable import reason_of, written_by_polars

_BATCH = 500_000
_PLACE = "screen:part"


def split(found: Surveyed, ranges: Sequence[Range], folder: Path) -> list[list[File]]:
    """Return the files of each range, which hold the rows of one file as they stood; written if they are not there.

    Args:
        found: the file, whose households are in no order.
        ranges: those of all parts.
        folder: a folder of their own, which appears when all are written.

    Raises:
        InputError: the file cannot be read.
    """
    if not folder.exists():
        unfinished = folder.with_name(f".{folder.name}")
        rmtree(unfinished, ignore_errors=True)
        make_folder(unfinished)
        _write(found, ranges, unfinished)
        unfinished.rename(folder)
    return [
        [File(str(path), found.file.level) for path in sorted(folder.glob(f"{place:06}-*.parquet"))]
        for place in range(len(ranges))
    ]


def _write(found: Surveyed, ranges: Sequence[Range], folder: Path) -> None:
    cuts = pl.Series([one.low for one in ranges if one.low is not None], dtype=pl.Int64)
    try:
        for number, first in enumerate(range(0, found.rows, _BATCH)):
            batch = found.file.scan().slice(first, _BATCH).collect()
            key = batch[HOUSEHOLD_KEY].cast(pl.Int64, strict=False)
            place = cuts.search_sorted(key, side="right").set(key.is_null(), 0)
            placed = batch.with_columns(place.alias(_PLACE))
            for (at,), rows in placed.partition_by(_PLACE, as_dict=True, include_key=False).items():
                file = folder / f"{at:06}-{number:06}.parquet"
                with written_by_polars(file):
                    rows.write_parquet(file, compression="lz4")
    except pl.exceptions.PolarsError as error:
        if reason_of(error):
            raise
        raise unreadable(found.file) from None
