"""Runs of a screening that are not what they should be: finished ones, their notes, and those that were broken off."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bangfu.commands import main
from damage import (
    MISSING,
    UNREADABLE,
    WRONG,
    Damage,
    Given,
    as_folder,
    cut,
    emptied,
    holed,
    in_a_circle,
    nothing_whole,
    refused,
    rewritten,
    told,
)

pytest_plugins = ["damage"]

RUN = ("assessments.parquet", "supports.parquet")
LEFT_OUT = {"assessments.parquet": "category", "supports.parquet": "year_amount"}
OF_RUNS: Mapping[str, tuple[Damage, str]] = {
    **UNREADABLE,
    **WRONG,
    **{kind: (damage, "没有这个文件") for kind, damage in MISSING.items() if damage is not in_a_circle},
    "a link to itself": (in_a_circle, "读不出来"),
    "an empty folder": (as_folder, "是文件夹"),
    "a column less": (lambda file: rewritten(lambda rows: rows.drop(LEFT_OUT[file.name]))(file), "没有这一列"),
    "a row less": (rewritten(lambda rows: rows.head(-1)), "行"),
    "no rows": (rewritten(lambda rows: rows.clear()), "0 行"),
}


@pytest.mark.parametrize("file", RUN)
@pytest.mark.parametrize("kind", OF_RUNS)
def test_a_run(given: Given, tmp_path: Path, kind: str, file: str) -> None:
    """Is not compared, and the file is named that is at fault."""
    run, out = shutil.copytree(given.one, tmp_path / "run"), tmp_path / "out"
    damage, found = OF_RUNS[kind]
    damage(run / file)
    found = "是文件夹" if kind == "a folder with a damaged part" else found
    refused(run / file, found, "compare", given.two, run, out)
    nothing_whole(out)


@pytest.mark.parametrize("file", [*RUN, "rejects.parquet"])
@pytest.mark.parametrize("kind", ["missing", "cut in half", "zero bytes"])
def test_a_finished_run_of_which_a_file_is_lost(given: Given, tmp_path: Path, kind: str, file: str) -> None:
    """Is done again, to the same bytes."""
    run = shutil.copytree(given.one, tmp_path / "run")
    (MISSING.get(kind) or UNREADABLE[kind][0])(run / file)
    done = CliRunner().invoke(main, ["screen", str(given.people), str(run), "--on", "2026-01-01"])
    assert done.exit_code == 0, done.output
    assert (run / file).read_bytes() == (given.one / file).read_bytes()


# --- run.json ---------------------------------------------------------------------------------------

TEXTS: Mapping[str, bytes] = {
    "empty": b"",
    "blank": b" \n",
    "no JSON": b"hello",
    "not UTF-8": b"\xff\xfe\x00",
    "NULs": bytes(8),
    "nested without end": b"[" * 100_000,
    "a number without end": b'{"mark": ' + b"9" * 5_000 + b"}",
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"3",
    "null": b"null",
    "an empty table": b"{}",
}
VALUES: Mapping[str, tuple[Any, ...]] = {
    "mark": (None, 3, []),
    "versions": (None, [], {"education": 1}),
    "on": (3, "yesterday", []),
    "policies": (None, "x", [1]),
    "households": (None, -1, "3", 1.5, True),
    "members": (None, []),
    "categories": ([], {"rich": 3}, {"dibao": "x"}),
    "supports": ([], {"perhaps": 3}, {"eligible": -3}),
    "year": (None, 3, "x", "NaN", "-1"),
    "once": (1.5, ""),
    "rejected": ("0", {}),
    "left_out": ({}, ["x"], [["a"]], [[1, 2]]),
    "names": ([], {"a": 1}),
}
"""Of each key of a note, values that it never has."""


def noted(run: Path, change: Mapping[str, Any], without: str = "") -> None:
    """Write other values into the note of a run."""
    note = json.loads((run / "run.json").read_text(encoding="utf-8")) | dict(change)
    note.pop(without, None)
    (run / "run.json").write_text(json.dumps(note), encoding="utf-8")


def note_refused(given: Given, run: Path, found: str) -> None:
    """Expect that a run with this note is neither compared nor gone on with, and stays as it is."""
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    for words in (("compare", given.two, run), ("screen", given.people, run, "--on", "2026-01-01")):
        refused(run / "run.json", found, *words)
    assert before == {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_note_that_is_none(given: Given, tmp_path: Path, kind: str) -> None:
    """Is told as that."""
    run = shutil.copytree(given.one, tmp_path / "run")
    (run / "run.json").write_bytes(TEXTS[kind])
    note_refused(given, run, "bangfu screen 写的 run.json" if kind != "an empty table" else "mark：没有")


def test_a_folder_in_the_place_of_the_note(given: Given, tmp_path: Path) -> None:
    """Is told as that."""
    run = shutil.copytree(given.one, tmp_path / "run")
    as_folder(run / "run.json")
    note_refused(given, run, "是文件夹")


@pytest.mark.parametrize("key", VALUES)
def test_a_note_that_was_changed(given: Given, tmp_path: Path, key: str) -> None:
    """The key is named that is missing, or holds what it never does."""
    run = shutil.copytree(given.one, tmp_path / "run")
    noted(run, {}, without=key)
    note_refused(given, run, f"{key}：没有")
    for value in VALUES[key]:
        noted(run, {key: value})
        note_refused(given, run, f"{key}：")


def test_all_keys_are_tried(given: Given) -> None:
    """A new key of the note needs values that it never has."""
    assert set(json.loads((given.one / "run.json").read_text(encoding="utf-8"))) == set(VALUES)


# --- a run that was broken off ----------------------------------------------------------------------

PARTS: Mapping[str, tuple[str, Damage]] = {
    "a result cut in half": ("000000-assessments.arrow", cut),
    "a result lost": ("000000-supports.arrow", Path.unlink),
    "a result of zero bytes": ("000000-rejects.arrow", emptied),
    "an empty note": ("000000.json", emptied),
    "a note that is a list": ("000000.json", lambda file: file.write_text("[]", encoding="utf-8")),
    "a note lost": ("000000.json", Path.unlink),
}


def broken_off(given: Given, out: Path) -> Path:
    """Leave a run as it is where it was stopped while its parts were put together; return the folder of the parts."""
    (out / "assessments.parquet").mkdir(parents=True)
    told("screen", given.people, out, "--on", "2026-01-01", code=2)
    (out / "assessments.parquet").rmdir()
    return next((out / ".parts").iterdir())


@pytest.mark.parametrize("kind", PARTS)
def test_a_part_that_is_damaged_is_done_again(given: Given, tmp_path: Path, kind: str) -> None:
    """And the results are those of a run that was not broken off."""
    name, damage = PARTS[kind]
    damage(broken_off(given, tmp_path) / name)
    done = CliRunner().invoke(main, ["screen", str(given.people), str(tmp_path), "--on", "2026-01-01"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "assessments.parquet").read_bytes() == (given.one / "assessments.parquet").read_bytes()


def test_a_part_with_a_hole(given: Given, tmp_path: Path) -> None:
    """Is found when all are put together; what to remove is said."""
    parts = broken_off(given, tmp_path)
    holed(parts / "000000-assessments.arrow")
    refused(tmp_path / ".parts", "已损坏", "screen", given.people, tmp_path, "--on", "2026-01-01")
    nothing_whole(tmp_path)
