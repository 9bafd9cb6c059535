"""A run (一次筛查): a population part by part, then put together; one that was killed goes on where it was.

Of some households it writes the full plans (逐户说明), with the reasons behind every line.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from errno import EEXIST
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from attrs import evolve

from bangfu import clock
from bangfu.errors import InputError, Problem
from bangfu.facts import Level
from bangfu.households import Household
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.lists import ROWS_IN_GROUP
from bangfu.plan import make_plan
from bangfu.private import make_folder, written
from bangfu.screen.columns import NUMBER
from bangfu.screen.part import RESULTS, Options, Orders, RunPart, is_done, read, rules_of
from bangfu.screen.partition import checked
from bangfu.screen.population import PopulationFiles, population_at
from bangfu.screen.results import in_lists, in_words
from bangfu.screen.sources import File, Surveyed, notices, ranges, reading, split, step_of, survey
from bangfu.screen.summary import NOTE, Summary, finished_run
from bangfu.screen.workers import work
from bangfu.show import plan_as_json
from bangfu.unwritable import reason_of

_KEYS = {HOUSEHOLD_KEY, MEMBER_KEY, DAY}
_PARTS = ".parts"
_LOOKED, _SCREENED, _JOINED = "查看", "筛查", "合并"

Progress = Callable[[str, int, int], None]
"""Told of each thing that is done: what, how much of it is done, of how much."""


def _silent(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def screen(source: str, out: Path, options: Options, progress: Progress = _silent) -> Summary:
    """Screen a population: a folder of Parquet files (``files_of``), or the registry at a URL or file path.

    Writes ``assessments.parquet``, ``supports.parquet``, ``rejects.parquet`` and ``run.json`` to the folder ``out``.
    The rows are those of ``Screened``, in order over all households; the same population, policy, day and size
    of parts give the same bytes, whoever does the work. Parts lie in ``out/.parts`` until all are done; a run
    that was killed goes on from them, one of another population, policy, version or day begins anew, and one
    that is finished is not done again unless a result is missing. Plans asked for are written to ``out/explained``.

    Raises:
        FileExistsError: a finished run of something else lies in ``out``.
        InputError: the files cannot be taken, a household to be explained is not among them, or what lies in ``out``
            is not what a run left there.
        PackError: a policy pack cannot be taken.
        ScreenError: a part could not be screened.
        RegistryError: the registry cannot be opened.
    """
    rulebook, rules = rules_of(options.policies)
    today = clock.today()
    with population_at(source, rulebook.catalog) as population:
        mark = _mark(population, rules, options, today)
        finished = finished_run(out)
        if finished and finished["mark"] != mark:
            raise FileExistsError(EEXIST, "is there already", str(out / NOTE))
        folder = _folder(out, mark)
        files = population.files(folder, options.on or today)
    said = tuple(notices(files, rulebook.catalog))
    numbered = any(NUMBER in file.scan().collect_schema() for file in files if file.level is Level.HOUSEHOLD)
    orders = Orders(options, rules, today, numbered, str(folder.resolve()))
    _explain(files, orders, out)
    if finished and all(_is_there(out / f"{result}.parquet") for result in RESULTS):
        summary = Summary.from_json(finished)
    else:
        parts = _parts(files, options.chunk, folder, progress)
        _screen(parts, orders, progress)
        on, policies = options.on and options.on.isoformat(), [Path(policy).name for policy in options.policies]
        note = {"mark": mark, "versions": dict(rulebook.versions), "on": on, "policies": policies}
        summary = _put_together(parts, orders, out, note, progress)
    shutil.rmtree(out / _PARTS)
    return evolve(summary, notices=said)


def _mark(population: PopulationFiles, rules: str, options: Options, today: date) -> str:
    """Return what all that the results depend on comes to, in short."""
    asked = (options.on, None if options.on else today, options.ineligible, options.chunk)
    content = (population.identity, rules, asked, pl.__version__)
    return sha256(repr(content).encode()).hexdigest()[:16]


def _folder(out: Path, name: str) -> Path:
    """Return the folder of a run's parts; parts of other runs are removed."""
    folder = out / _PARTS / name
    if (out / _PARTS).exists():
        for other in (out / _PARTS).iterdir():
            if other != folder:
                shutil.rmtree(other)
    make_folder(folder)
    return folder


def _screen(parts: Sequence[RunPart], orders: Orders, progress: Progress) -> None:
    """Screen the parts that are not done yet."""
    todo = [part for part in parts if not is_done(part, orders)]
    before = len(parts) - len(todo)
    progress(_SCREENED, before, len(parts))
    for done, _ in enumerate(work(todo, orders), before + 1):
        progress(_SCREENED, done, len(parts))


def _parts(files: Sequence[File], chunk: int, folder: Path, progress: Progress) -> list[RunPart]:
    surveyed: list[Surveyed] = []
    for done, file in enumerate(files):
        progress(_LOOKED, done, len(files))
        surveyed.append(survey(file, step_of(chunk)))
    cut = ranges([one for one in surveyed if one.file.level is Level.HOUSEHOLD], chunk)
    of_parts: list[list[File]] = [[] for _ in cut]
    for number, one in enumerate(surveyed):
        if one.in_order:
            own = [[one.near(part)] if one.overlaps(part) else [] for part in cut]
        else:
            own = split(one, cut, folder / f"{number:06}-split")
        for of_part, more in zip(of_parts, own, strict=True):
            of_part.extend(more)
    progress(_LOOKED, len(files), len(files))
    return [RunPart(place, part, tuple(its)) for place, (part, its) in enumerate(zip(cut, of_parts, strict=True))]


def _put_together(
    parts: Sequence[RunPart], orders: Orders, out: Path, note: Mapping[str, Any], progress: Progress
) -> Summary:
    """Write the results of all parts and the note of the run; they appear once all are written, the note last."""
    whole = Path(orders.folder) / "whole"
    whole.mkdir(exist_ok=True)
    _join(parts, orders, whole, progress)
    notes = (orders.note(part.place).read_text(encoding="utf-8") for part in parts)
    summary = Summary.together(Summary.from_json(json.loads(note)) for note in notes)
    with written(whole / NOTE) as path:
        path.write_text(json.dumps({**note, **summary.as_json()}, ensure_ascii=False, indent=2), encoding="utf-8")
    for name in (*(f"{result}.parquet" for result in RESULTS), NOTE):
        (whole / name).replace(out / name)
    return summary


def _join(parts: Sequence[RunPart], orders: Orders, whole: Path, progress: Progress) -> None:
    """Put the parts together, each result in one file, rows in the order of the households."""
    for done, result in enumerate(RESULTS):
        progress(_JOINED, done, len(RESULTS))
        try:
            with written(whole / f"{result}.parquet") as path:
                rows = pl.concat([in_words(pl.scan_ipc(orders.file(part.place, result))) for part in parts])
                rows = in_lists(rows) if result == "assessments" else rows
                rows.sink_parquet(path, row_group_size=ROWS_IN_GROUP, maintain_order=True)
        except (pl.exceptions.PolarsError, OSError) as error:
            if reason_of(error) or getattr(error, "errno", None) is not None:  # what is damaged has no number
                raise
            expected, hint = "筛查中断时留下的、完好的结果", "请删除这个文件夹，再重新筛查"
            raise InputError(orders.folder, [Problem("文件夹", "其中的结果已损坏", expected, hint)]) from None
    progress(_JOINED, len(RESULTS), len(RESULTS))


def _is_there(file: Path) -> bool:
    """Return whether a result of a finished run is still there, as a Parquet file."""
    try:
        pl.read_parquet_schema(file)
    except (OSError, pl.exceptions.PolarsError):
        return False
    return True


def _explain(files: Sequence[File], orders: Orders, out: Path) -> None:
    """Write the plans of the households asked for, as ``bangfu plan --format json`` does, to ``out/explained``."""
    options, numbers = orders.options, orders.options.explained
    if not numbers:
        return
    keys = _numbered(files, numbers)
    problems = [Problem(number, "没有这一户", "人群中的户") for number in numbers if number not in keys]
    rulebook, _ = rules_of(options.policies)
    found = read(files, pl.col(HOUSEHOLD_KEY).is_in(list(keys.values())), rulebook.catalog, orders.today)
    rows = checked(found.households, found.members, rulebook.catalog, options.on)
    wrong = {key: f"{column}：{reason}" for key, _, column, reason in rows.rejects.iter_rows()}
    problems += [Problem(number, wrong[key], "没有错误的户") for number, key in keys.items() if key in wrong]
    by_key = {row[HOUSEHOLD_KEY]: row for row in rows.households.iter_rows(named=True)}
    unread = [number for number, key in keys.items() if key not in wrong and key not in by_key]
    problems += [Problem(number, "这一户的编号不合要求", "整数编号的户") for number in unread]
    if problems:
        raise InputError("--explain", problems)
    members = rows.members.rows_by_key(HOUSEHOLD_KEY, named=True, include_key=True)
    folder = out / "explained"
    make_folder(folder)
    for number, key in keys.items():
        plan = make_plan(household_of(by_key[key], members[key]), rulebook)
        with written(folder / f"{number}.json") as path:
            path.write_text(json.dumps(plan_as_json(plan), ensure_ascii=False, indent=2), encoding="utf-8")


def household_of(row: Mapping[str, Any], members: Sequence[Mapping[str, Any]]) -> Household:
    """Return the household that rows of ``CheckedRows`` state."""
    return Household(row[DAY], _facts(row), tuple(_facts(member) for member in members))


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    stated = {name: value for name, value in row.items() if value is not None and name not in _KEYS}
    return {name: _entries(value) if isinstance(value, list) else value for name, value in stated.items()}


def _entries(listed: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple({name: part for name, part in entry.items() if part is not None} for entry in listed)


def _numbered(files: Sequence[File], numbers: Sequence[str]) -> dict[str, int]:
    """Return the keys of those households that the registry's numbers, or else the keys themselves, name."""
    of_households = [file for file in files if file.level is Level.HOUSEHOLD]
    frames = []
    with reading(*of_households):
        for frame in (file.scan() for file in of_households):
            name = NUMBER if NUMBER in frame.collect_schema() else HOUSEHOLD_KEY
            frames.append(frame.select(pl.col(name).cast(pl.String).alias(NUMBER), pl.col(HOUSEHOLD_KEY)))
        households = pl.concat(frames, how="vertical_relaxed")
        return dict(households.filter(pl.col(NUMBER).is_in(list(numbers))).collect().iter_rows())
