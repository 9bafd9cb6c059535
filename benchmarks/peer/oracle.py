"""bangfu's results held against OpenFisca's on any day, to the fen: two implementations that share no rule.

The households are those of the benchmark and the plugin kit's random ones; here every other of them has amounts
with fen as well, which OpenFisca is made to hold (``in_64_bits``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from bangfu.frames import Frames
from bangfu.keys import HOUSEHOLD_KEY

from .compare import NOTHING, Comparison, compared
from .openfisca_side import OpenFisca
from .population import parts, random_households, with_fen
from .sides import Bangfu


def held_against(theirs: OpenFisca, households: int, seed: int) -> Comparison:
    """Return what OpenFisca's results on its day differ in from bangfu's, of so many households of either kind.

    The benchmark's households are numbered from 0, the random ones go on from there.
    """
    ours, made = Bangfu(theirs.on), NOTHING
    for frames in _populations(households, seed, theirs.on):
        simulation = theirs.simulated(frames.households.lazy(), frames.members.lazy())
        results = ours.results(ours.rules(frames)), theirs.results(theirs.rules(simulation))
        made += compared(ours.ruleset, *results)
    return made


def _populations(households: int, seed: int, on: date) -> Iterator[Frames]:
    strange = random_households(households, seed, on)
    behind = pl.col(HOUSEHOLD_KEY) + households
    yield from (with_fen(frames, seed) for frames in parts(households, seed, on))
    yield with_fen(Frames(strange.households.with_columns(behind), strange.members.with_columns(behind)), seed)
