"""What is known of a value, and what is known of what is worked out of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from bangfu.rules.language import known
from bangfu.rules.language.known import UNKNOWN, Bounds, Candidates

AT_LEAST_3, AT_MOST_3 = Bounds(3, None), Bounds(None, 3)
TWO_TO_5 = Bounds(2, 5)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (2, 3, True), (3, 3, False), (4, 3, False),
        (TWO_TO_5, 6, True), (TWO_TO_5, 5, None), (TWO_TO_5, 2, False), (TWO_TO_5, 3, None),
        (AT_LEAST_3, 3, False), (AT_LEAST_3, 4, None), (AT_MOST_3, 4, True), (AT_MOST_3, 3, None),
        (UNKNOWN, 0, None), (Bounds(6, 9), TWO_TO_5, False), (Bounds(5, 9), TWO_TO_5, False),
        (Fraction(1, 3), Fraction(1, 2), True),
    ],
)  # fmt: skip
def test_below_is_decided_where_every_value_decides_it(one: known.Number, other: known.Number, expected: Any) -> None:
    """A bound that is met decides that a number is not below it."""
    assert known.below(one, other) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (3, 3, True), (3, 4, False), (TWO_TO_5, 6, False), (TWO_TO_5, 5, None), (TWO_TO_5, TWO_TO_5, None),
        ("甲", "甲", True), ("甲", "乙", False), (None, True, None), (True, True, True),
        (Candidates(frozenset("甲乙")), "丙", False), (Candidates(frozenset("甲乙")), "乙", None),
    ],
)  # fmt: skip
def test_the_same(one: known.Value, other: known.Value, expected: Any) -> None:
    """Two that may be the same may be different, though their bounds are alike."""
    assert known.equal(one, other) is expected
    assert known.equal(other, one) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("甲", True),
        ("丙", False),
        (Candidates(frozenset("甲乙")), True),
        (Candidates(frozenset("丙丁")), False),
        (Candidates(frozenset("乙丙")), None),
    ],
)
def test_one_of_some_words(value: known.Word, expected: Any) -> None:
    """Decided where all that it can be are among them, or none is."""
    assert known.one_of(value, frozenset("甲乙")) is expected


def test_kleenes_logic() -> None:
    """What still can go either way is unknown; nothing to test holds, and is not some."""
    three = (True, False, None)
    assert [known.all_hold((a, b)) for a in three for b in three] == [
        True, False, None, False, False, False, None, False, None
    ]  # fmt: skip
    assert [known.some_hold((a, b)) for a in three for b in three] == [
        True, True, True, True, False, None, True, None, None
    ]  # fmt: skip
    assert (known.all_hold(()), known.some_hold(())) == (True, False)
    assert [known.negated(truth) for truth in three] == [False, True, None]


@pytest.mark.parametrize(
    ("how", "one", "other", "expected"),
    [
        (known.plus, 2, 3, 5),
        (known.plus, AT_LEAST_3, 2, Bounds(5, None)),
        (known.plus, TWO_TO_5, AT_MOST_3, Bounds(None, 8)),
        (known.minus, 10, AT_LEAST_3, Bounds(None, 7)),
        (known.minus, TWO_TO_5, TWO_TO_5, Bounds(-3, 3)),
        (known.times, AT_LEAST_3, 2, Bounds(6, None)),
        (known.times, AT_LEAST_3, -2, Bounds(None, -6)),
        (known.times, AT_LEAST_3, Bounds(-1, 2), UNKNOWN),
        (known.times, Bounds(-2, 3), Bounds(-5, 4), Bounds(-15, 12)),
        (known.times, UNKNOWN, 0, 0),
        (known.times, AT_MOST_3, Bounds(None, -1), UNKNOWN),
        (known.times, Bounds(None, -2), Bounds(None, -1), Bounds(2, None)),
        (known.over, 100, 3, Fraction(100, 3)),
        (known.over, 100, 0, UNKNOWN),
        (known.over, 100, Bounds(0, 5), UNKNOWN),
        (known.over, 100, Bounds(-1, 5), UNKNOWN),
        (known.over, 100, Bounds(2, 5), Bounds(20, 50)),
        (known.over, 100, Bounds(2, None), Bounds(0, 50)),
        (known.over, 100, Bounds(None, -2), Bounds(-50, 0)),
        (known.over, 0, AT_LEAST_3, 0),
        (known.larger, 2, 3, 3),
        (known.larger, UNKNOWN, 3, Bounds(3, None)),
        (known.larger, TWO_TO_5, AT_MOST_3, TWO_TO_5),
        (known.smaller, AT_LEAST_3, 2, 2),
        (known.smaller, TWO_TO_5, UNKNOWN, Bounds(None, 5)),
    ],
)
def test_arithmetic_keeps_what_is_known(how: Any, one: known.Number, other: known.Number, expected: Any) -> None:
    """Each bound of the result is the least and the most that there can be; nothing over zero raises."""
    assert how(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (3, 3, 3), (3, 5, Bounds(3, 5)), (5, 3, Bounds(3, 5)), (TWO_TO_5, 9, Bounds(2, 9)),
        (AT_LEAST_3, 1, Bounds(1, None)), (AT_MOST_3, 9, Bounds(None, 9)),
        (True, True, True), (True, False, None), (None, True, None),
        ("甲", "甲", "甲"), ("甲", "乙", Candidates(frozenset("甲乙"))),
        (Candidates(frozenset("甲乙")), "丙", Candidates(frozenset("甲乙丙"))),
    ],
)  # fmt: skip
def test_one_of_two(one: known.Value, other: known.Value, expected: known.Value) -> None:
    """What is one of two values is known as far as they agree."""
    assert known.either(one, other) == expected
