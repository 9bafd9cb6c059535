"""Lists in Parquet files and the rules' own columns say the same of every household."""

from __future__ import annotations

from hypothesis import given

from bangfu import Level, frames_of
from bangfu.frames import schema
from bangfu.keys import AT_LEAST
from bangfu.lists import list_frames_of, parquet_schema, summed
from households import neighbours
from rulebooks import CATALOG, Data, examples, household_of


@examples(100)
@given(neighbours(most=4))
def test_summed_lists_equal_the_frames_of_the_households(data: list[Data]) -> None:
    """Column by column, types among them."""
    households = [household_of(each) for each in data]
    expected, held = frames_of(households, CATALOG), list_frames_of(households, CATALOG)
    for level, lists, frame in zip(
        Level, (held.households, held.members), (expected.households, expected.members), strict=True
    ):
        assert dict(lists.schema) == parquet_schema(CATALOG, level)
        found = summed(lists, CATALOG, level)
        declared = {name: dtype for name, dtype in found.schema.items() if not name.startswith(AT_LEAST)}
        assert declared == schema(CATALOG, level)
        assert found.equals(frame)
