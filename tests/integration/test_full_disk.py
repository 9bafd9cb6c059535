"""A disk that takes no more: every command and page says what could not be written, and nothing stands there half."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bangfu import household_from
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role
from small_disk import printed_into
from web_desk import GUIDING, Visitor
from workbooks import right_book

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
_SQLITE = 33_000
"""Bytes of the file that SQLite keeps beside an open database."""
EXAMPLE = ["--households", "3000", "--region", "522723102201"]


def limited(most: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command that can write no file of more bytes, as on a full disk (EFBIG in the place of ENOSPC)."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    command = [sys.executable, "-m", "bangfu", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)


def refused(done: subprocess.CompletedProcess[str], name: str, exit_code: int = 1) -> None:
    """Expect one line that names what could not be written, and an exit code."""
    assert (done.returncode, "Traceback" in done.stderr) == (exit_code, False), done.stderr
    assert "无法写入" in done.stderr or "cannot write" in done.stderr
    assert name in done.stderr


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of made-up households."""
    folder = tmp_path_factory.mktemp("people")
    subprocess.run([sys.executable, "-m", "bangfu", "generate", folder, *EXAMPLE], check=True, capture_output=True)
    return folder


def test_generate(tmp_path: Path) -> None:
    """No file is there afterwards."""
    refused(limited(20_000, "generate", tmp_path / "out", *EXAMPLE), "out")
    assert not list((tmp_path / "out").glob("*.parquet"))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_screen_and_compare(people: Path, tmp_path: Path, workers: str) -> None:
    """In one process and in several."""
    refused(limited(5_000, "screen", people, tmp_path / "out", "--workers", workers), "out")
    assert not list((tmp_path / "out").glob("assessments.parquet"))
    refused(limited(5_000, "compare", people, people, tmp_path / "both", "--workers", workers), "both")


def test_export_backup_handbook_and_programme(web_registry: Registry, tmp_path: Path) -> None:
    """The registry is untouched; a file that was there before still is."""
    database = str(web_registry.database.engine.url.database)
    with web_registry.work(Attribution("王办事员")) as work:
        for _ in range(600):
            work.add(household_from({"region": GUIDING, "members": [{"relation": "head"}]}))
    web_registry.close()
    there = tmp_path / "there.xlsx"
    there.write_bytes(b"before")
    refused(limited(_SQLITE, "export", there, "--database", database), "there.xlsx")
    assert there.read_bytes() == b"before"
    refused(limited(_SQLITE, "backup", tmp_path / "backup", "--database", database), "backup")
    assert not (tmp_path / "backup").exists()
    refused(limited(1_000, "template", tmp_path / "empty.xlsx"), "empty.xlsx")
    refused(limited(1_000, "handbook", "--region", "522723", "--out", tmp_path / "book.html"), "book.html")
    refused(limited(100, "new-programme", "heating", "--into", tmp_path), "heating")


def test_a_place_where_nothing_can_be_written(people: Path, tmp_path: Path) -> None:
    """It is said to be unwritable, not unreadable."""
    for arguments in (
        ("screen", people, "/proc/out"),
        ("generate", "/proc/out", *EXAMPLE),
        ("handbook", "--region", "522723", "--out", "/proc/out"),
    ):
        refused(limited(10**9, *arguments), "/proc/out", exit_code=2)  # there is no such place
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["plan", "--help"], ["facts"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_standard_output(words: list[str], unbuffered: str) -> None:
    """One line and code 1, whatever was to be printed."""
    with Path("/dev/full").open("wb") as device:
        said = printed_into(device, *words, unbuffered=unbuffered)
    assert said == (1, "无法写入 标准输出：磁盘已满；请腾出空间后再试\n")


def full(*_: object, **__: object) -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def uploaded(visitor: Visitor, path: Path, **form: str) -> tuple[int, str]:
    """Send a workbook."""
    files = {"file": ("三月.xlsx", path.read_bytes())}
    answer = visitor.client.post("/sheets/import", data={"_csrf": visitor.csrf, "_once": "1", **form}, files=files)
    return answer.status_code, answer.text


def test_an_upload_that_cannot_be_spooled(
    client_as: ClientAs, web_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is refused with what to do, and nothing of it is imported."""
    visitor, path = client_as(Role.CASEWORKER), right_book().save(tmp_path / "households.xlsx")
    path.write_bytes(path.read_bytes() + bytes(2_000_000))  # more than is kept in memory
    before = web_registry.verify()
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    status, text = uploaded(visitor, path)
    assert status == 507
    assert "磁盘已满；请腾出空间后再试" in text
    assert web_registry.verify() == before


def test_rejects_that_cannot_be_kept(
    client_as: ClientAs, web_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was right is stored, and the page says what was wrong and that there is no file of it."""
    visitor = client_as(Role.CASEWORKER)
    path = right_book().put("成员", 3, "birth_date", "1981-02-30").save(tmp_path / "households.xlsx")
    monkeypatch.setattr("bangfu_office.sheets.kept_rejects.insert", no_more)
    status, text = uploaded(visitor, path, partial="1")
    assert status == 200
    assert "退回的户没有存成文件" in text
    assert "磁盘已满" in text
    assert "日历上没有这一天" in text
    assert "002" in web_registry.numbers()


def no_more(*_: object) -> None:
    """Fail as SQLite does on a full disk."""
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("path", ["/households/{}/assess", "/api/households/{}/assessments"])
def test_a_registry_that_takes_no_more(
    client_as: ClientAs, web_registry: Registry, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Pages and API say so with 507, and nothing of the assessment is kept."""
    visitor = client_as(Role.CASEWORKER)
    number = web_registry.numbers(GUIDING)[0]
    form = {"version": str(web_registry.household(number).version)}
    monkeypatch.setattr("bangfu_office.registry.unit_of_work.append", no_more)
    if path.startswith("/api"):
        answer = visitor.client.post(path.format(number), json={}, headers={"x-csrf-token": visitor.csrf})
    else:
        answer = visitor.send(path.format(number), form)
    assert (answer.status_code, "磁盘已满" in answer.text) == (507, True), answer.text
    assert web_registry.assessments(number) == []
