"""Whatever is said in the rule language: what is known of its value holds, however the unknown turns out."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given as tried_with
from hypothesis import strategies as st

from bangfu.facts import Level
from bangfu.rules.language import KnownRows, block_evaluate
from bangfu.rules.language.block import Block
from bangfu.rules.language.block_evaluate import block_function
from bangfu.rules.language.blocks import TooLargeError, in_full, values_of
from bangfu.rules.language.expression import Expression
from language_drawn import Fact, anything, columns, holds, rows
from language_reference import OverZeroError, worked_out


@tried_with(anything(), rows(), st.lists(rows(), min_size=1, max_size=3))
def test_what_is_known_is_true(
    expression: Expression, household: dict[str, Fact], members: list[dict[str, Fact]]
) -> None:
    """What is worked out of bounds holds for every value within them; of exact values it is the exact result."""
    real = [{name: fact.real for name, fact in row.items()} for row in (household, *members)]
    known = [{name: fact.known for name, fact in row.items()} for row in (household, *members)]
    work_out = expression.function()
    try:
        result = worked_out(expression, real[0], real[1:])
    except OverZeroError:
        return  # whatever hangs on it may be anything; that nothing is raised is what counts
    finally:
        found = work_out(KnownRows(known[0], known[1:]))
    assert holds(found, result), (found, result)
    assert work_out(KnownRows(real[0], real[1:])) == result


@tried_with(
    anything(),
    st.lists(st.lists(rows(), min_size=2, max_size=4), min_size=1, max_size=8),
    st.booleans(),
)
def test_many_at_once_are_as_one_after_the_other(
    expression: Expression, households: list[list[dict[str, Fact]]], left_out: bool
) -> None:
    """Of each household the block has what the household alone has, bounds included.

    Also where rows are left out that tests have settled, as they are of thousands.
    """
    known = [[{name: fact.known for name, fact in row.items()} for row in household] for household in households]
    alone = [expression.function()(KnownRows(household[0], household[1:])) for household in known]
    first, members = [household[0] for household in known], [row for household in known for row in household[1:]]
    place = np.array([place for place, household in enumerate(known) for _ in household[1:]])
    try:
        with patch.object(block_evaluate, "_MANY", 0 if left_out else 2_000):
            block = Block(columns(first), columns(members), place)
            column = in_full(block_function(expression, Level.HOUSEHOLD)(block), block.households)
    except TooLargeError:
        return
    kind = expression.kind
    assert kind is not None
    assert values_of(column, kind) == alone
