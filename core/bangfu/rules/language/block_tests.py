"""Tests of a block (成批的条件): what they settle for most rows is asked for the rest alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from bangfu.facts import Level
from bangfu.rules.language import block_values as values
from bangfu.rules.language.block import Block, BlockPart
from bangfu.rules.language.blocks import Column, Marks, Truths, each, failing

Test: TypeAlias = Callable[[Block | BlockPart], Truths]
_MANY, _FEW = 2_000, 4
"""Rows of which it is worth while to leave some out, and the share that are left then: a fourth."""


def all_hold(tests: Sequence[Test], level: Level, block: Block | BlockPart) -> Truths:
    """Return whether all tests hold; where one has failed for most rows, the others are asked for the rest alone."""
    result = cast("Truths", np.True_)
    for place, test in enumerate(tests):
        result = values.both(result, test(block)) if place else test(block)
        if place == len(tests) - 1 or np.ndim(result) == 0:
            if place == len(tests) - 1 or not result:
                break
            continue
        if not result.any():
            break
        if len(result) > _MANY and np.count_nonzero(result) * _FEW < len(result):
            left = np.flatnonzero(~failing(result))
            rest = all_hold(tests[place + 1 :], level, block.some(level, left))
            return values.filled(result, left, values.both(result[left], rest))
    return result


def where_needed(
    value: Callable[[Block | BlockPart], Column], level: Level, *, there: bool
) -> Callable[[Block | BlockPart, Marks], Column]:
    """Return the function of a column that does not matter in some rows, those that are settled.

    Where few rows are left it is worked out for them alone, unless it is there already or wanted by others too.
    """

    def of_the_rest(block: Block | BlockPart, settled: Marks) -> Column:
        rows = block.rows(level)
        if there or np.ndim(settled) == 0 or rows <= _MANY or (rows - np.count_nonzero(settled)) * _FEW >= rows:
            return value(block)
        left = np.flatnonzero(~settled)
        made = value(block.some(level, left))
        return each(made, lambda part: part if np.ndim(part) == 0 else _spread(part, left, rows))

    return of_the_rest


def _spread(part: NDArray[Any], places: NDArray[np.intp], rows: int) -> NDArray[Any]:
    spread = np.ones(rows, dtype=part.dtype)  # a denominator among them is never zero
    spread[places] = part
    return spread
