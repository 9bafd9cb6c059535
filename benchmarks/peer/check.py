"""The comparison that goes before any time: every side screens the same households, all results are held together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from bangfu.keys import HOUSEHOLD_KEY

from .compare import NOTHING, Comparison, compared
from .measure import Way, in_child
from .population import HOUSEHOLDS, MEMBERS, random_households
from .sides import side
from .tables import Results

_AT_A_TIME = 100_000
_LEVELS = ("households", "members")


def checked(folder: Path, households: int, ways: Mapping[str, Way], random: int, seed: int) -> str:
    """Return a sentence on what was compared.

    Args:
        folder: the population.
        households: how many it has.
        ways: how each side, by its name, works through it; the first one's results are held against the others'.
        random: how many of the kit's random households are compared as well.
        seed: what these are drawn from.

    Raises:
        SystemExit: the sides disagree; the message says on what.
    """
    said = []
    (ours, our_way), *rest = ways.items()
    others: dict[str, tuple[str, Way]] = {}
    for name, way in rest:  # one side works out the same in all its ways
        if way.side != our_way.side:
            others.setdefault(way.side, (name, way))
    with TemporaryDirectory() as strange:
        frames = random_households(random, seed)
        frames.households.write_parquet(Path(strange) / HOUSEHOLDS)
        frames.members.write_parquet(Path(strange) / MEMBERS)
        for other, way in others.values():
            made = differences(folder, households, our_way, way)
            made += differences(Path(strange), random, our_way, way)
            if made.differences:
                listed = "\n".join(f"  {line}" for line in made.told())
                raise SystemExit(f"{ours} and {other} disagree; no time is taken.\n{listed}")
            rounded = f" ({made.rounded} amounts within a 32-bit float of the same fen)" if made.rounded else ""
            said.append(f"{ours} and {other} agree in {made.values:,} results{rounded}")
    return f"{'; '.join(said)}: of {households:,} households of three and {random:,} of the kit's random households."


def differences(folder: Path, households: int, our_way: Way, way: Way) -> Comparison:
    """Return what another side's results of a population differ in from bangfu's."""
    ruleset = side("bangfu").ruleset
    made = NOTHING
    with TemporaryDirectory() as ours, TemporaryDirectory() as theirs:
        in_child(our_way, folder, households, Path(ours))
        in_child(way, folder, households, Path(theirs))
        for mine, other in zip(_results(Path(ours), households), _results(Path(theirs), households), strict=True):
            made += compared(ruleset, mine, other)
    return made


def _results(folder: Path, households: int) -> Iterator[Results]:
    """Yield what a side wrote, a stretch of households at a time."""
    for first in range(0, households, _AT_A_TIME):
        stretch = pl.col(HOUSEHOLD_KEY).is_between(first, first + _AT_A_TIME, closed="left")
        h, m = (pl.scan_parquet(folder / f"*-{level}.parquet").filter(stretch).collect() for level in _LEVELS)
        yield h, m
