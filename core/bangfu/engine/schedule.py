"""The schedule: which columns are computed when, in phases that alternate between the two levels.

A phase computes columns of the households, gives the members what they need of them (``Share``) and
computes columns of the members; then member columns are aggregated into the households (``Gather``)
for the next phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl
from attrs import field, frozen

from bangfu.engine.graph import Node
from bangfu.facts import Level
from bangfu.facts.declare import STATED
from bangfu.frames import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.policy.parameters import PREFIX as POLICY

_PLACE = "place"


@frozen
class Layer:
    """Columns that can be computed side by side."""

    columns: tuple[pl.Expr, ...] = field(repr=False)
    nodes: tuple[Node, ...]
    guarded: tuple[Guarded, ...] = ()

    def all_nodes(self) -> Iterator[Node]:
        """Yield the nodes of all columns, also of those within guarded ones."""
        yield from self.nodes
        for guarded in self.guarded:
            for layer in guarded.layers:
                yield from layer.all_nodes()


@frozen
class Guarded:
    """A column that matters only where another is not false: it is computed for those rows and null elsewhere.

    ``layers`` are its own and those of the columns that only it reads, which are dropped again.
    """

    name: str
    level: Level
    guard: str
    reads: tuple[str, ...]
    layers: tuple[Layer, ...] = field(repr=False)

    @property
    def roots(self) -> tuple[str, ...]:
        """The columns that must be there: what it reads, and its guard."""
        return (self.guard, *(name for name in self.reads if name != self.guard))

    def computed(self, frame: pl.DataFrame) -> pl.Series:
        """Return the column for all rows of a frame."""
        wanted = frame[self.guard].fill_null(value=True)
        rows = frame.select(self.roots).filter(wanted)
        found = _computed(rows, self.layers)[self.name]
        place = pl.select(pl.when(wanted).then(wanted.cast(pl.UInt32).cum_sum() - 1)).to_series()
        return found.gather(place)


@frozen
class Compute:
    """Add columns to the frame of one level, layer upon layer."""

    level: Level
    layers: tuple[Layer, ...]

    def all_nodes(self) -> Iterator[Node]:
        """Yield the nodes of all its columns."""
        for layer in self.layers:
            yield from layer.all_nodes()


@frozen
class Gather:
    """Aggregate member columns into the households."""

    columns: tuple[pl.Expr, ...] = field(repr=False)
    nodes: tuple[Node, ...]

    def all_nodes(self) -> Iterator[Node]:
        """Yield the nodes of all its columns."""
        yield from self.nodes


@frozen
class Share:
    """Give members columns of their household: the members' name for each household column."""

    columns: Mapping[str, str]

    def all_nodes(self) -> Iterator[Node]:
        """Yield nothing: what is shared was computed before."""
        yield from ()


Step = Compute | Gather | Share


@frozen
class Schedule:
    """Steps that add every wanted column to a frame of households and a frame of members."""

    steps: tuple[Step, ...] = field(repr=False)
    constants: Mapping[Level, tuple[pl.Expr, ...]] = field(repr=False)
    stated: Mapping[Level, frozenset[str]] = field(repr=False)

    def reads(self, level: Level) -> frozenset[str]:
        """Return the columns of a level's frame that are read: the keys, the day, and facts."""
        shared = [step.columns for step in self.steps if isinstance(step, Share)]
        nodes = list(self.all_nodes())
        read = {root for node in nodes if node.reads is level for root in node.roots}
        made = {node.name for node in nodes if node.level is level}
        if level is Level.MEMBER:
            made.update(name for columns in shared for name in columns)
            read.add(MEMBER_KEY)
        else:
            read.update(name for columns in shared for name in columns.values())
        facts = {name.removeprefix(STATED) for name in read - made if not name.startswith(POLICY)}
        return frozenset({HOUSEHOLD_KEY, DAY, *facts})

    def all_nodes(self) -> Iterator[Node]:
        """Yield the node of every column that is computed."""
        for step in self.steps:
            yield from step.all_nodes()

    def run(self, households: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return both frames with all columns of the schedule added, rows in the order they came.

        Step by step and not as one query: as a plan of this depth, Polars takes three times as long.
        """
        h = self._prepared(households, Level.HOUSEHOLD)
        m = self._prepared(members, Level.MEMBER)
        place = _places(h, m)
        for step in self.steps:
            match step:
                case Compute(level=Level.HOUSEHOLD):
                    h = _computed(h, step.layers)
                case Compute():
                    m = _computed(m, step.layers)
                case Gather():
                    h = _gathered(h, m, step)
                case Share():
                    m = m.hstack(h.select(h[name].alias(local) for local, name in step.columns.items())[place])
        return h, m

    def _prepared(self, frame: pl.DataFrame, level: Level) -> pl.DataFrame:
        """Return a frame in one piece (pieces would be put together anew for every layer), with the constants."""
        stated = {name: STATED + name for name in self.stated[level]}
        return frame.rechunk().rename(stated, strict=False).with_columns(*self.constants[level], *_the_one_day(frame))


def _the_one_day(frame: pl.DataFrame) -> Iterator[pl.Expr]:
    """Yield the day as a constant where it is the same for all: what hangs on it alone is then worked out once."""
    first, last = frame[DAY].min(), frame[DAY].max()
    if first == last and not frame[DAY].has_nulls():
        yield pl.lit(first, dtype=pl.Date).alias(DAY)


def _places(h: pl.DataFrame, m: pl.DataFrame) -> pl.Series:
    """Return at which row each member's household stands."""
    runs = m[HOUSEHOLD_KEY].rle()
    if runs.struct.field("value").equals(h[HOUSEHOLD_KEY]):
        return m[HOUSEHOLD_KEY].rle_id()
    rows = h.select(HOUSEHOLD_KEY).with_row_index(_PLACE)
    return m.select(HOUSEHOLD_KEY).join(rows, on=HOUSEHOLD_KEY, how="left", maintain_order="left")[_PLACE]


def _computed(frame: pl.DataFrame, layers: Iterable[Layer]) -> pl.DataFrame:
    for layer in layers:
        frame = frame.with_columns_seq(*layer.columns, *(guarded.computed(frame) for guarded in layer.guarded))
    return frame


def _gathered(h: pl.DataFrame, m: pl.DataFrame, step: Gather) -> pl.DataFrame:
    read = list(dict.fromkeys((HOUSEHOLD_KEY, *(root for node in step.nodes for root in node.roots))))
    gathered = m.select(read).group_by(HOUSEHOLD_KEY, maintain_order=True).agg(*step.columns)
    if gathered[HOUSEHOLD_KEY].equals(h[HOUSEHOLD_KEY]):
        return h.hstack(gathered.drop(HOUSEHOLD_KEY))
    return h.join(gathered, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
