"""The comparison that goes before any time: every side screens the same households, all results are held together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from bangfu.frames import HOUSEHOLD_KEY

from .compare import NOTHING, Comparison, compared
from .measure import in_child
from .population import HOUSEHOLDS, MEMBERS, random_households
from .sides import Results, openfisca_is_here, side

_AT_A_TIME = 100_000
_LEVELS = ("households", "members")


def checked(folder: Path, households: int, part: int, random: int, seed: int) -> str:
    """Return a sentence on what was compared.

    Raises:
        SystemExit: the sides disagree; the message says on what.
    """
    others = ["plain Polars", *(["OpenFisca"] if openfisca_is_here() else [])]
    said = []
    for other in others:
        name = other.split()[0].lower()
        made = differences(folder, households, name, {"plain": part}.get(name, households), part)
        with TemporaryDirectory() as strange:
            frames = random_households(random, seed)
            frames.households.write_parquet(Path(strange) / HOUSEHOLDS)
            frames.members.write_parquet(Path(strange) / MEMBERS)
            made += differences(Path(strange), random, name, random, random)
        if made.differences:
            listed = "\n".join(f"  {what}: {rows} rows differ" for what, rows in made.differences.items())
            raise SystemExit(f"bangfu and {other} disagree; no time is taken.\n{listed}")
        rounded = f" ({made.rounded} amounts within a 32-bit float of the same fen)" if made.rounded else ""
        said.append(f"bangfu and {other} agree in {made.values:,} results{rounded}")
    return f"{'; '.join(said)}: of {households:,} households of three and {random:,} of the kit's random households."


def differences(folder: Path, households: int, name: str, part: int, our_part: int) -> Comparison:
    """Return what another side's results of a population differ in from bangfu's."""
    ruleset = side("bangfu").ruleset
    made = NOTHING
    with TemporaryDirectory() as ours, TemporaryDirectory() as theirs:
        in_child("bangfu", folder, households, our_part, Path(ours))
        in_child(name, folder, households, part, Path(theirs))
        for mine, other in zip(_results(Path(ours), households), _results(Path(theirs), households), strict=True):
            made += compared(ruleset, mine, other)
    return made


def _results(folder: Path, households: int) -> Iterator[Results]:
    """Yield what a side wrote, a stretch of households at a time."""
    for first in range(0, households, _AT_A_TIME):
        stretch = pl.col(HOUSEHOLD_KEY).is_between(first, first + _AT_A_TIME, closed="left")
        h, m = (pl.scan_parquet(folder / f"*-{level}.parquet").filter(stretch).collect() for level in _LEVELS)
        yield h, m
