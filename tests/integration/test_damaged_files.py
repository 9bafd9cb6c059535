"""Files that are not what they should be: each kind is told in a few lines, and leaves nothing that looks whole."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import polars as pl
import pytest
from attrs import frozen
from click.testing import CliRunner

from bangfu.commands import main
from postgresql_server import NOBODY

Damage = Callable[[Path], object]
RESULTS = ("assessments.parquet", "supports.parquet", "rejects.parquet", "run.json")
MOST_LINES = 30
"""A file of text in every column has a problem for each."""


@frozen
class Given:
    """A made-up population and two finished runs of it."""

    people: Path
    one: Path
    two: Path


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """Return a population of 60 households, screened for two days."""
    folder = tmp_path_factory.mktemp("given")
    made = Given(folder / "people", folder / "one", folder / "two")
    for words in (
        ("generate", made.people, "--households", 60, "--region", "522723102201", "--on", "2026-01-01"),
        ("screen", made.people, made.one, "--on", "2026-01-01"),
        ("screen", made.people, made.two, "--on", "2026-06-01"),
    ):
        assert CliRunner().invoke(main, [*map(str, words)]).exit_code == 0
    return made


def told(*words: object, code: int = 1) -> str:
    """Expect a command to end with a code and a few lines, and no traceback; return the lines."""
    done = CliRunner().invoke(main, [*map(str, words)])
    assert isinstance(done.exception, SystemExit), repr(done.exception)
    assert (done.exit_code, done.stdout) == (code, ""), done.output
    assert 1 <= len(done.stderr.splitlines()) <= MOST_LINES, done.stderr
    assert "None" not in done.stderr
    return done.stderr


def refused(file: Path, found: str, *words: object) -> None:
    """Expect a command to say which file it is, what was found, and what is expected."""
    said = told(*words)
    assert str(file) in said
    assert found in said
    assert "应为：" in said


def nothing_whole(out: Path) -> None:
    """Expect that nothing in a folder looks like a result."""
    assert [name for name in (*RESULTS, "changes.parquet", "costs.parquet", "costs.svg") if (out / name).exists()] == []


# --- Parquet ----------------------------------------------------------------------------------------


def cut(file: Path) -> None:
    """Leave the first half."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def without_end(file: Path) -> None:
    """Leave out the last bytes, which say that it is whole."""
    file.write_bytes(file.read_bytes()[:-20])


def holed(file: Path) -> None:
    """Lose a part in the middle, such as a block of a disk."""
    content = bytearray(file.read_bytes())
    third = len(content) // 3
    content[third : third + 200] = b"\xff" * 200
    file.write_bytes(content)


def headless(file: Path) -> None:
    """Lose the first bytes."""
    content = bytearray(file.read_bytes())
    content[:400] = bytes(400)
    file.write_bytes(content)


def emptied(file: Path) -> None:
    """Leave no byte."""
    file.write_bytes(b"")


def as_text(file: Path) -> None:
    """Be a text file of that name."""
    file.write_text("household,region\n1,2\n", encoding="utf-8")


def as_folder(file: Path) -> None:
    """Be an empty folder."""
    file.unlink()
    file.mkdir()


def as_folder_of_damage(file: Path) -> None:
    """Be a folder, as Spark writes it, of a part that is no Parquet."""
    as_folder(file)
    (file / "part-0.parquet").write_bytes(b"PAR1")


def to_nowhere(file: Path) -> None:
    """Be a link to what is not there."""
    file.unlink()
    file.symlink_to("nowhere")


def in_a_circle(file: Path) -> None:
    """Be a link to itself."""
    file.unlink()
    file.symlink_to(file.name)


def rewritten(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Damage:
    """Return what writes a file anew with other columns or rows."""
    return lambda file: change(pl.read_parquet(file)).write_parquet(file)


UNREADABLE: Mapping[str, tuple[Damage, str]] = {
    "cut in half": (cut, "已损坏或不完整"),
    "without its end": (without_end, "已损坏或不完整"),
    "a hole in the middle": (holed, "已损坏或不完整"),
    "without its beginning": (headless, "不是 Parquet 文件"),
    "zero bytes": (emptied, "空文件"),
    "a text file of that name": (as_text, "不是 Parquet 文件"),
    "a folder with a damaged part": (as_folder_of_damage, "已损坏或不完整"),
}
MISSING: Mapping[str, Damage] = {
    "missing": Path.unlink,
    "a link to nowhere": to_nowhere,
    "a link to itself": in_a_circle,
}
WRONG: Mapping[str, tuple[Damage, str]] = {
    "no column of keys": (rewritten(lambda rows: rows.drop("household")), "没有这一列"),
    "keys of text": (rewritten(lambda rows: rows.with_columns(household=pl.lit("x"))), "列的类型是 String"),
    "keys of lists": (rewritten(lambda rows: rows.with_columns(household=pl.lit([1, 2]))), "列的类型是 List(Int64)"),
    "keys of days": (rewritten(lambda rows: rows.with_columns(household=pl.lit(1).cast(pl.Date))), "列的类型是 Date"),
    "another file's columns": (rewritten(lambda _: pl.DataFrame({"a": [1]})), "没有这一列"),
    "no column at all": (rewritten(lambda _: pl.DataFrame()), "没有这一列"),
}
POPULATION = ("households.parquet", "members.parquet")
RUN = ("assessments.parquet", "supports.parquet")


@pytest.mark.parametrize("file", POPULATION)
@pytest.mark.parametrize("kind", [*UNREADABLE, *WRONG])
def test_a_population(given: Given, tmp_path: Path, kind: str, file: str) -> None:
    """Is not screened, and the file is named that is at fault."""
    people, out = shutil.copytree(given.people, tmp_path / "people"), tmp_path / "out"
    damage, found = (UNREADABLE | WRONG)[kind]
    damage(people / file)
    refused(people / file, found, "screen", people, out)
    nothing_whole(out)


@pytest.mark.parametrize("file", POPULATION)
@pytest.mark.parametrize("kind", MISSING)
def test_a_population_of_which_one_file_is_there(given: Given, tmp_path: Path, kind: str, file: str) -> None:
    """Both are wanted."""
    people = shutil.copytree(given.people, tmp_path / "people")
    MISSING[kind](people / file)
    refused(people, "只有", "screen", people, tmp_path / "out")
    nothing_whole(tmp_path / "out")


@pytest.mark.parametrize("file", POPULATION)
def test_a_population_in_an_empty_folder(given: Given, tmp_path: Path, file: str) -> None:
    """Is not one of nobody."""
    people = shutil.copytree(given.people, tmp_path / "people")
    as_folder(people / file)
    refused(people / file, "里面没有 .parquet 文件", "screen", people, tmp_path / "out")


def test_a_damaged_population_whose_plans_are_wanted(given: Given, tmp_path: Path) -> None:
    """The same."""
    people = shutil.copytree(given.people, tmp_path / "people")
    holed(people / "households.parquet")
    refused(people / "households.parquet", "已损坏", "screen", people, tmp_path / "out", "--explain", "1")


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
    "a result cut in half": ("000000-assessments.parquet", cut),
    "a result lost": ("000000-supports.parquet", Path.unlink),
    "a result of zero bytes": ("000000-rejects.parquet", emptied),
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
    holed(parts / "000000-assessments.parquet")
    refused(tmp_path / ".parts", "已损坏", "screen", given.people, tmp_path, "--on", "2026-01-01")
    nothing_whole(tmp_path)


# --- folders ----------------------------------------------------------------------------------------


def test_a_file_in_the_place_of_a_folder(given: Given, tmp_path: Path) -> None:
    """Or on the way to it: a wrong call."""
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    for out in (file, file / "out"):
        for words in (
            ("generate", out, "--households", 3, "--region", "522723"),
            ("screen", given.people, out),
            ("compare", given.one, given.two, out),
        ):
            assert str(file) in told(*words, code=2)
    assert str(file) in told("compare", file, given.two, code=2)


def test_a_folder_in_the_place_of_a_file(given: Given, tmp_path: Path) -> None:
    """What cannot be written is named; nothing looks whole."""
    for name, words in (
        ("members.parquet", ("generate", tmp_path, "--households", 3, "--region", "522723")),
        ("changes.parquet", ("compare", given.one, given.two, tmp_path)),
    ):
        (tmp_path / name).mkdir()
        assert name in told(*words, code=2)
    assert not any(path.is_file() for path in tmp_path.iterdir())


def test_the_output_is_the_input(given: Given, tmp_path: Path) -> None:
    """Nothing of the input is touched."""
    people = shutil.copytree(given.people, tmp_path / "people")
    assert "同一个文件夹" in told("screen", people, people, code=2)
    assert "已经存在" in told("generate", people, "--households", 3, "--region", "522723", code=2)
    assert {path.name for path in people.iterdir()} == {"households.parquet", "members.parquet"}
    for file in POPULATION:
        assert (people / file).read_bytes() == (given.people / file).read_bytes()


@pytest.mark.parametrize("kind", ["empty", "a text", "a Parquet file"])
def test_what_is_no_population(given: Given, tmp_path: Path, kind: str) -> None:
    """An empty folder, or a file that is no registry."""
    source = tmp_path / "in"
    if kind == "empty":
        source.mkdir()
    else:
        source.write_bytes(b"hello" * 200 if kind == "a text" else (given.people / "members.parquet").read_bytes())
    said = told("screen", source, tmp_path / "out")
    assert ("没有人群文件" if kind == "empty" else "不是登记库") in said
    told("compare", source, given.one, code=2)


@pytest.fixture
def public(given: Given) -> Iterator[Given]:
    """Yield the population and the runs in a folder that everybody may use."""
    folder = Path(mkdtemp(prefix="bangfu-test-"))
    folder.chmod(0o777)
    yield Given(*(shutil.copytree(one, folder / one.name) for one in (given.people, given.one, given.two)))
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no permissions of this kind here")
@pytest.mark.parametrize("closed", ["people", "people/members.parquet", "one/supports.parquet", "one/run.json"])
def test_what_may_not_be_read(public: Given, closed: str) -> None:
    """Folders and files alike: that permission is missing is said."""
    path, out = public.people.parent / closed, public.people.parent / "out"
    words = ("screen", public.people, out) if "people" in closed else ("compare", public.one, public.two)
    mode = path.stat().st_mode
    path.chmod(0)
    with as_nobody():
        refused(path, "没有读取的权限", *words)
    path.chmod(mode)
    nothing_whole(out)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be somebody to whom permissions mean something, where we are root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
