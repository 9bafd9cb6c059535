"""Several tests of a block (成批的条件): once one has failed for most rows, the others are asked for the rest alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

import numpy as np

from bangfu.facts import Level
from bangfu.rules.language import block_values as values
from bangfu.rules.language.block import Block, Part
from bangfu.rules.language.blocks import Truths, failing

Test: TypeAlias = Callable[[Block | Part], Truths]
_MANY, _FEW = 2_000, 4
"""Rows of which it is worth while to leave some out, and the share that are left then: a fourth."""


def all_hold(tests: Sequence[Test], level: Level, block: Block | Part) -> Truths:
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
