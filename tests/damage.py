"""Made-up populations and runs, ways to damage them, and what is expected of a command that meets them.

A test module asks for the fixture by ``pytest_plugins = ["damage"]``. PYTEST_DONT_REWRITE: it may import names from
here before pytest reads that line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest
from attrs import frozen
from click.testing import CliRunner

from bangfu.commands import main

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
