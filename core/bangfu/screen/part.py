"""One part of a run (一批): its households read, screened and written, wherever that is done.

A part is complete when its note is there; everything is written beside and renamed, so that two workers at
the same part (one was thought lost) do each other no harm.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import polars as pl
from attrs import frozen

from bangfu.errors import BangfuError
from bangfu.facts import Catalog, Level
from bangfu.frames import Frames
from bangfu.keys import DAY, HOUSEHOLD_KEY
from bangfu.lists import parquet_schema
from bangfu.loading import POLICY_PATH
from bangfu.private import written
from bangfu.rulebook import Rulebook
from bangfu.screen.columns import NUMBER
from bangfu.screen.partition import screened
from bangfu.screen.sources import File, Range, reading
from bangfu.screen.summary import COUNTED, Summary
from bangfu.unwritable import reason_of

RESULTS = ("assessments", "supports", "rejects")
CHUNK = 50_000


class ScreenError(BangfuError):
    """A part that could not be screened; goes from process to process as a text."""


@frozen
class RunPart:
    """Some households of a run: their place among the parts, their keys, the files they can be in."""

    place: int
    range: Range
    files: tuple[File, ...]


@frozen
class Options:
    """How a population is screened.

    Args:
        policies: added policy packs, as for ``Rulebook.load``.
        on: the day to assess for; None: each household's own, else today.
        ineligible: give what is not due a row as well.
        explained: households whose full plans are wanted: their keys, or numbers in the registry.
        workers: processes, one: one part after the other; None: as many as the population is worth.
        cluster: the address of a Dask scheduler, instead of processes.
        chunk: households in a part; it bounds the memory and changes no row.
    """

    policies: tuple[str, ...] = ()
    on: date | None = None
    ineligible: bool = False
    explained: tuple[str, ...] = ()
    workers: int | None = None
    cluster: str | None = None
    chunk: int = CHUNK


@frozen
class Orders:
    """What is done with every part of a run, and the folder where the parts are written.

    ``rules`` is what the rulebook must come to (``rules_of``), so that no worker goes by other rules, ``today`` the day
    for households that state none; ``numbered`` says whether results have the registry's number of each household.
    """

    options: Options
    rules: str
    today: date
    numbered: bool
    folder: str

    def file(self, place: int, result: str) -> Path:
        """Return the file of one result of a part."""
        return Path(self.folder) / f"{place:06}-{result}.arrow"

    def note(self, place: int) -> Path:
        """Return the file that says that a part is complete."""
        return Path(self.folder) / f"{place:06}.json"


@cache
def rules_of(policies: tuple[str, ...]) -> tuple[Rulebook, str]:
    """Return the rulebook of this process, loaded once, and its digest."""
    rulebook = Rulebook.load(policies)
    return rulebook, _digest(rulebook)


def rulebook_here(*policies: str) -> Rulebook:
    """Return the rulebook of this process with some policy packs (``PackError`` of one that cannot be taken).

    It is loaded once: what a worker of any kind calls.
    """
    return rules_of(policies)[0]


def _digest(rulebook: Rulebook) -> str:
    """Return what a rulebook's packs and versions come to, the same for the same content."""
    content = [
        [
            (pack.file, pack.owner, pack.region, pack.name, pack.source, pack.programmes, dict(pack.titles)),
            [(e.path, e.parameter.name, e.value, e.per, e.source, e.verified, e.start, e.until) for e in pack.entries],
            [repr(declared) for declared in (*pack.facts, *pack.parameters)],
            [(row.path, dict(row.data), row.start, row.until) for row in (*pack.rows, *pack.columns, *pack.groups)],
        ]
        for pack in rulebook.packs
    ]
    left_out = [str(error) for error in rulebook.left_out]
    return sha256(repr((content, dict(rulebook.versions), left_out)).encode()).hexdigest()


def screen_part(part: RunPart, orders: Orders) -> int:
    """Screen a part, write its results and return its place.

    Raises:
        ScreenError: the rules here are others, a file cannot be read or written, or a policy pack cannot work.
    """
    options = orders.options
    rulebook, found = rules_of(options.policies)
    if found != orders.rules:
        raise ScreenError(f"这个工作进程的程序、插件或政策包与发起的不同；请核对版本和环境变量 {POLICY_PATH}")
    if is_done(part, orders):  # somebody thought lost has done it after all
        return part.place
    try:
        frames = read(part.files, part.range.test, rulebook.catalog, orders.today)
        made = screened(frames, rulebook, options.on, ineligible=options.ineligible)
        households = frames.households
        if orders.numbered and NUMBER not in households.columns:  # other files of the population have it
            households = households.with_columns(pl.lit(None, dtype=pl.String).alias(NUMBER))
        numbers = numbers_in(households)
        for result in RESULTS:
            frame = with_numbers(getattr(made, result), numbers)
            with written(orders.file(part.place, result)) as file:
                frame.write_ipc(file, compression="lz4")
        with written(orders.note(part.place)) as file:
            file.write_text(json.dumps(Summary.of(made).as_json(), ensure_ascii=False), encoding="utf-8")
    except BangfuError as error:
        raise ScreenError(str(error)) from None
    except OSError as error:
        raise ScreenError(f"无法写入 {orders.folder}：{reason_of(error) or error.strerror or error}") from None
    return part.place


def is_done(part: RunPart, orders: Orders) -> bool:
    """Return whether a part is complete; one whose files are damaged is done again."""
    try:
        note = json.loads(orders.note(part.place).read_text(encoding="utf-8"))
        for result in RESULTS:
            pl.read_ipc_schema(orders.file(part.place, result))
    except (OSError, ValueError, RecursionError, pl.exceptions.PolarsError):
        return False
    return isinstance(note, dict) and note.keys() == COUNTED.keys()


def read(files: Sequence[File], test: pl.Expr, catalog: Catalog, today: date) -> Frames:
    """Return the rows of households and members that pass a test of their key; ``InputError`` as ``reading``.

    Columns that nobody declared are not read; ``on`` is today where a household states none.
    """
    with reading(*files):
        households, members = pl.collect_all(_rows(files, level, test, catalog) for level in Level)
    dtype, day = households.schema.get(DAY, pl.Null()), pl.lit(today)
    if dtype != pl.Null():
        day = pl.coalesce(DAY, day.cast(dtype))
    return Frames(households.with_columns(day.alias(DAY)), members)


def _rows(files: Iterable[File], level: Level, test: pl.Expr, catalog: Catalog) -> pl.LazyFrame:
    declared = parquet_schema(catalog, level)
    frames = []
    for frame in (file.scan() for file in files if file.level is level):
        known = [name for name in frame.collect_schema() if name in declared or name == NUMBER]
        read = (pl.col(name).cast(pl.String) if name == NUMBER else pl.col(name) for name in known)
        frames.append(frame.filter(test).select(read))
    return pl.concat(frames, how="diagonal_relaxed") if frames else pl.LazyFrame(schema=declared)


def numbers_in(*frames: pl.DataFrame) -> pl.DataFrame | None:
    """Return the registry's number of each household, if frames have them."""
    key = pl.col(HOUSEHOLD_KEY).cast(pl.Int64, strict=False)
    found = [frame.select(key, NUMBER) for frame in frames if NUMBER in frame.columns]
    return pl.concat(found).unique(HOUSEHOLD_KEY, keep="first", maintain_order=True) if found else None


def with_numbers(frame: pl.DataFrame, numbers: pl.DataFrame | None) -> pl.DataFrame:
    """Return a frame with the registry's number of each household behind its key, if there are any."""
    if numbers is None:
        return frame
    joined = frame.join(numbers, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    return joined.select(HOUSEHOLD_KEY, NUMBER, pl.exclude(HOUSEHOLD_KEY, NUMBER))
