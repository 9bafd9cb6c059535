"""Two mappings beside each other: what differs under the same key, in the order of both."""

from __future__ import annotations

from decimal import Decimal

from bangfu.differences import ValueChange, changed_values
from bangfu.plan import increase


def test_what_differs_in_the_order_of_both() -> None:
    """What stands on one side alone is there as well, what is the same is not."""
    found = list(changed_values({"a": 1, "b": 2, "c": 3}, {"d": 4, "c": 5, "a": 1}))
    assert found == [ValueChange("b", 2, None), ValueChange("c", 3, 5), ValueChange("d", None, 4)]
    assert [change.either for change in found] == [2, 5, 4]


def test_a_part_of_a_value_is_compared() -> None:
    """With ``by``, values that differ elsewhere are the same."""
    assert not list(changed_values({"a": (1, 2)}, {"a": (1, 3)}, by=lambda pair: pair[0]))


def test_no_value_is_told_in_a_repr() -> None:
    """They may be facts of people."""
    assert repr(ValueChange("name", "石大山", "石小山")) == "ValueChange(key='name')"


def test_by_how_much() -> None:
    """Nothing where it is the same or one is unknown."""
    assert increase(Decimal(2), Decimal(5)) == 3
    assert increase(Decimal(2), Decimal(2)) is None
    assert increase(None, Decimal(2)) is None
