"""Many households in one frame get what each gets by itself."""

from __future__ import annotations

from hypothesis import given

from households import neighbours
from rulebooks import RULEBOOK, Data, examples, explained, household_of
from screening import differences


@examples(40)
@given(neighbours(most=4))
def test_screening_equals_plans(data: list[Data]) -> None:
    """A run over a population gives the categories, statuses and amounts of the single plans."""
    assert differences([household_of(each) for each in data], RULEBOOK) == []


@examples(30)
@given(neighbours(most=4))
def test_explained_rows_equal_those_of_one_household(data: list[Data]) -> None:
    """Every column that plans are read from is the same for households run together and one by one."""
    households = [household_of(each) for each in data]
    together = [frame.drop("household").rows(named=True) for frame in explained(households)]
    single = [explained([household]) for household in households]
    for level in (0, 1):
        assert together[level] == [row for frames in single for row in frames[level].drop("household").rows(named=True)]
