"""A file in order is read by pieces: each holds all rows of its part, and not many more."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from bangfu import Level
from bangfu.keys import HOUSEHOLD_KEY
from bangfu.screen.sources import File, ranges, survey


@given(
    st.lists(st.integers(-5, 60), min_size=1, max_size=80).map(sorted),
    st.integers(1, 7),
    st.integers(1, 20),
    st.none() | st.lists(st.integers(0, 60), min_size=1, max_size=4, unique=True).map(sorted),
)
def test_the_pieces_of_parts(keys: list[int], step: int, size: int, others: list[int] | None) -> None:
    """Wherever the file itself, or another one, is cut; several rows may have one key, as members have."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "members.parquet"
        pl.DataFrame({HOUSEHOLD_KEY: keys}).write_parquet(path, row_group_size=5)
        found = survey(File(str(path), Level.MEMBER), step)
        cut = Path(folder) / "households.parquet"
        pl.DataFrame({HOUSEHOLD_KEY: others or sorted(set(keys))}).write_parquet(cut)
        for part in ranges([survey(File(str(cut), Level.HOUSEHOLD), 1)], size):
            piece = found.near(part).scan().collect()
            wanted = pl.DataFrame({HOUSEHOLD_KEY: keys}).filter(part.test)
            assert piece.filter(part.test).equals(wanted)
            assert piece.height <= wanted.height + 2 * step
