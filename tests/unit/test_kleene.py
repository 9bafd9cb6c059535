"""Three-valued logic: whatever could still go either way stays null."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import polars as pl
import pytest

from bangfu import kleene

VALUES = (True, False, None)


def conjunction(*values: bool | None) -> bool | None:
    """Return Kleene's *and*, from its truth table."""
    return False if False in values else None if None in values else True


def disjunction(*values: bool | None) -> bool | None:
    """Return Kleene's *or*, from its truth table."""
    return True if True in values else None if None in values else False


@pytest.mark.parametrize(("a", "b"), list(product(VALUES, VALUES)))
def test_and_or_follow_kleenes_tables(a: bool | None, b: bool | None) -> None:
    """All nine cells of both tables."""
    frame = pl.DataFrame({"a": [a], "b": [b]}, schema={"a": pl.Boolean, "b": pl.Boolean})
    tests = pl.col("a"), pl.col("b")
    got = frame.select(both=kleene.all_of(*tests), one=kleene.any_of(*tests)).row(0)
    assert got == (conjunction(a, b), disjunction(a, b))


def test_no_tests_at_all_hold_and_none_of_none_does() -> None:
    """An empty *and* is true, an empty *or* false."""
    assert pl.select(a=kleene.all_of(), b=kleene.any_of()).row(0) == (True, False)


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [(True, None, "a"), (False, True, "b"), (False, False, "c"), (None, True, None), (False, None, None)],
)
def test_a_choice_waits_for_an_unknown_case(first: bool | None, second: bool | None, result: str | None) -> None:
    """Polars' own ``when`` would fall through to the next case."""
    frame = pl.DataFrame({"x": [first], "y": [second]}, schema={"x": pl.Boolean, "y": pl.Boolean})
    chosen = kleene.decide((pl.col("x"), "a"), (pl.col("y"), "b"), otherwise="c")
    assert frame.select(chosen).item() == result


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    """Across columns and across members; Polars' own sums leave nulls out."""
    frame = pl.DataFrame({"a": [Decimal(1), None], "b": [Decimal(2), Decimal(3)]})
    assert frame.select(kleene.plus(pl.col("a"), pl.col("b"))).to_series().to_list() == [Decimal(3), None]
    totals = frame.select(kleene.total_of(pl.col("a")).alias("a"), kleene.total_of(pl.col("b")).alias("b")).row(0)
    assert totals == (None, Decimal(5))


def test_the_larger_of_two_needs_both() -> None:
    """Polars' own maximum leaves nulls out."""
    frame = pl.DataFrame({"a": [1, 5, None, 2], "b": [3, 4, 1, None]})
    assert frame.select(kleene.largest(pl.col("a"), pl.col("b"))).to_series().to_list() == [3, 5, None, None]


@pytest.mark.parametrize(
    ("tests", "some", "every", "count"),
    [
        ([True, None], True, None, None),
        ([False, None], None, False, None),
        ([True, False, True], True, False, 2),
        ([None], None, None, None),
    ],
)
def test_aggregates_over_members_keep_the_unknown(
    tests: list[bool | None], some: bool | None, every: bool | None, count: int | None
) -> None:
    """Whether one member does, whether all do, how many do."""
    frame = pl.DataFrame({"t": tests}, schema={"t": pl.Boolean})
    test = pl.col("t")
    got = frame.select(a=kleene.some_of(test), b=kleene.every_of(test), c=kleene.count_of(test)).row(0)
    assert got == (some, every, count)
