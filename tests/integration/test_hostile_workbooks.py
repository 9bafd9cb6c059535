"""Workbooks made to take time or memory: they hold nobody up, are ended, and it is told what to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from bangfu.errors import InputError
from bangfu_office.child_process import Limits
from bangfu_office.sheets import read_workbook
from bangfu_office.workbook_files import unpacking as open_book
from workbooks import repacked, right_book


def within_rows(inserted: Callable[[], bytes]) -> Callable[[str, bytes], bytes]:
    """Return the change that puts something behind the rows of the second sheet."""

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</sheetData>", inserted() + b"</sheetData>") if name.endswith("sheet2.xml") else part

    return change


def after_rows(inserted: Callable[[], bytes]) -> Callable[[str, bytes], bytes]:
    """Return the change that puts something behind the cells of the second sheet."""

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</sheetData>", b"</sheetData>" + inserted()) if name.endswith("sheet2.xml") else part

    return change


def failing_cells() -> bytes:
    """Return cells that fail and never end: for each of them all that follows is looked through."""
    return b'<c r="A9" t="e">' * 400_000


def unended_tags() -> bytes:
    """Return beginnings of cells without an address and without an end."""
    return b"<c " * 300_000


def prefixed() -> bytes:
    """Return tags with prefixes that almost are cells."""
    return b"<a:c " * 200_000


def overlapping() -> bytes:
    """Return 50,000 merged ranges, each over all rows."""
    ranges = b'<mergeCell ref="A1:A1000"/>' * 50_000
    return b'<mergeCells count="50000">' + ranges + b"</mergeCells>"


def one_high() -> bytes:
    """Return one merged range over 3,000 rows."""
    return b'<mergeCells count="1"><mergeCell ref="A2:A3000"/></mergeCells>'


@contextmanager
def ticking() -> Iterator[list[float]]:
    """Note every hundredth of a second that another thread of this process gets its turn."""
    ticks, over = [time.monotonic()], threading.Event()

    def tick() -> None:
        while not over.wait(0.01):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield ticks
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("inserted", [failing_cells, unended_tags, prefixed])
def test_what_takes_long_to_look_at_is_ended_and_holds_nobody_up(
    inserted: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some kB that would hold the interpreter for minutes: another thread goes on meanwhile."""
    monkeypatch.setattr(open_book, "BASE", Limits(4, 300))
    path = repacked(right_book().save(tmp_path / "a.xlsx"), within_rows(inserted))
    assert path.stat().st_size < 50_000
    with ticking() as ticks, pytest.raises(InputError) as caught:
        read_workbook(path)
    assert max(later - earlier for earlier, later in pairwise(ticks)) < 2, "somebody was held up"
    (problem,) = caught.value.problems
    assert problem.path in {"文件", "成员 表"}


def test_what_is_ended_says_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of somebody who has a workbook and Excel."""
    monkeypatch.setattr(open_book, "BASE", Limits(4, 300))
    path = repacked(right_book().save(tmp_path / "a.xlsx"), within_rows(failing_cells))
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    (problem,) = caught.value.problems
    assert problem.found == "内容过于复杂，读取它用时太长，已中止"
    assert problem.hint.startswith("把内容按值粘贴到新建的工作簿中另存")
    assert len(read_workbook(right_book().save(tmp_path / "b.xlsx")).households) > 0, "the next is read as ever"


@pytest.mark.parametrize("inserted", [overlapping, one_high])
def test_merged_cells_beyond_reason(inserted: Callable[[], bytes], tmp_path: Path) -> None:
    """Refused as too many, before anything is worked out for each of their rows."""
    far = within_rows(lambda: b'<row r="3000"><c r="A3000"><v>1</v></c></row>')
    path = repacked(repacked(right_book().save(tmp_path / "a.xlsx"), far), after_rows(inserted))
    began = time.monotonic()
    problems = read_workbook(path).problems
    assert time.monotonic() - began < 20
    assert [problem.found.endswith("处合并的单元格或出错的公式") for problem in problems if problem.stops] == [True]


def test_what_takes_too_much_memory_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet within the limits of a county's, from a file that is no county's: this process keeps its memory."""
    monkeypatch.setattr(open_book, "BASE", Limits(60, 200))
    monkeypatch.setattr(open_book, "FOR_EACH_MB", Limits(0, 0))
    path = repacked(
        right_book().save(tmp_path / "a.xlsx"),
        within_rows(lambda: b'<row r="400000"><c r="AC400000"><v>1</v></c></row>'),
    )
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    assert "需要的内存太多" in caught.value.problems[0].found
