"""Populations and folders that are not what they should be: told in a few lines, nothing is left behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from damage import MISSING, UNREADABLE, WRONG, Given, as_folder, holed, nothing_whole, refused, told
from permissions import as_nobody

pytest_plugins = ["damage"]

POPULATION = ("households.parquet", "members.parquet")


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
    copies = Given(*(shutil.copytree(one, folder / one.name) for one in (given.people, given.one, given.two)))
    for path in folder.rglob("*"):  # what commands write is their owner's alone
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield copies
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
