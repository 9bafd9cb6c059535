"""A long import lets others write between its parts; what is written stays, whatever becomes of the rest."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bangfu import household_from
from bangfu_office.registry import Attribution, DatabaseUnusableError, FactChange, Registry, Source
from bangfu_office.sheets import ImportStoppedError, applying, import_workbook
from sheet_files import BY
from workbooks import REGION, Book

pytest_plugins = ["sheet_files"]

CLERK = Attribution("李干部", Source.VISITED, BY.observed_on)


def many(households: int, **facts: object) -> Book:
    """Return a workbook of households of one person each."""
    numbers = [f"{n:05}" for n in range(households)]
    return Book(
        {
            "家庭": [["户编号", "region", *facts], *([number, REGION, *facts.values()] for number in numbers)],
            "成员": [["户编号", "成员序号", "relation", "name"], *([n, 1, "户主", f"甲{n}"] for n in numbers)],
        }
    )


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let parts be of ten households."""
    monkeypatch.setattr(applying, "PART", 10)


def at_household(done: int, act: Callable[[], object]) -> Callable[[str, int, int], None]:
    """Return a progress callback that does something once so many households are written."""

    def progress(what: str, so_far: int, _of: int) -> None:
        if what == "写入" and so_far == done:
            act()

    return progress


def test_a_clerk_saves_between_two_parts(database_url: str, file: Path) -> None:
    """Within a second, though the import takes several, and again and again."""
    path = many(3000).save(file)
    waits: list[float] = []
    over = threading.Event()

    def clerk() -> None:
        with Registry.open(database_url) as own:
            while not over.is_set():
                began = time.monotonic()
                with own.work(CLERK) as work:
                    work.change("甲", [FactChange("homes", len(waits) % 9)])
                waits.append(time.monotonic() - began)
                time.sleep(0.02)

    with Registry.open(database_url) as registry:
        with registry.work(CLERK) as work:
            work.add(household_from({"region": REGION, "members": [{"relation": "head"}]}), "甲")
        thread = threading.Thread(target=clerk)
        thread.start()
        written: list[int] = []
        import_workbook(registry, path, BY, progress=lambda what, _, __: what == "写入" and written.append(len(waits)))
        over.set()
        thread.join()
        assert len(written) == 3000 / applying.PART
        assert len(set(written)) > 1, "saved while the import wrote"
        assert max(waits) < 5, "of one part with an ample margin; the whole takes longer on a busy machine"
        registry.verify()


@pytest.mark.usefixtures("small_parts")
def test_each_part_is_written_against_what_is_stored_then(database_url: str, file: Path) -> None:
    """What others changed, added, closed or moved away meanwhile is taken as it is now, or left out and told."""
    with Registry.open(database_url) as registry, Registry.open(database_url) as other:
        import_workbook(registry, many(40, homes=1).save(file), BY)

        def meanwhile() -> None:
            with other.work(CLERK) as work:
                work.change("00015", [FactChange("homes", 2)])
                work.close("00016", "全户迁出")
                work.change("00017", [FactChange("region", "620102001001")])
                work.add(
                    household_from({"region": REGION, "members": [{"relation": "head", "name": "甲00041"}]}), "00041"
                )

        report = import_workbook(
            registry,
            many(50, homes=3).save(file),
            BY,
            progress=at_household(10, meanwhile),
            allowed=lambda region: region.startswith("52"),
        )
        assert (report.added, report.changed, report.rejected) == (9, 39, 2)
        assert [problem.households for problem in report.problems] == [("00016",), ("00017",)]
        assert "导入期间有人改动" in report.problems[1].found
        statements = registry.household("00015").statements["homes"]
        assert {source: said.value for source, said in statements.items()} == {Source.VISITED: 2, Source.IMPORTED: 3}
        assert len(registry.household("00041").members) == 1
        registry.verify()


@pytest.mark.usefixtures("small_parts")
def test_an_import_that_stops_says_how_far_it_came_and_goes_on(
    registry: Registry, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whatever stops the registry between two parts; the households are whole, and the rest comes the next time."""
    path = many(45).save(file)
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise DatabaseUnusableError("磁盘已满，这一步没有写入；请腾出空间后再试")

        def disk_full() -> None:
            patched.setattr(applying.Taking, "_take", full)

        with pytest.raises(ImportStoppedError, match="45 户已写入 20 户") as caught:
            import_workbook(registry, path, BY, progress=at_household(20, disk_full))
    assert (caught.value.written, caught.value.of) == (20, 45)
    assert "磁盘已满" in str(caught.value)
    assert len(registry.numbers()) == 20
    registry.verify()
    report = import_workbook(registry, path, BY)
    assert (report.added, report.unchanged) == (25, 20)


def test_a_killed_import_leaves_whole_households(sqlite_url: str, file: Path) -> None:
    """What was written is sound, and the same workbook goes on."""
    path = many(4000).save(file)
    Registry.open(sqlite_url).close()
    code = (
        "import sys; from bangfu_office.registry import Registry, Attribution\n"
        "from bangfu_office.sheets import import_workbook\n"
        "tell = lambda what, done, of: print(what, done, flush=True)\n"
        "import_workbook(Registry.open(sys.argv[1]), sys.argv[2], Attribution('x'), progress=tell)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, sqlite_url, path], stdout=subprocess.PIPE, text=True
    ) as importer:
        assert importer.stdout
        for line in importer.stdout:
            if line.startswith("写入"):
                os.kill(importer.pid, signal.SIGKILL)
                break
    with Registry.open(sqlite_url) as registry:
        registry.verify()
        written = len(registry.numbers())
        assert 0 < written < 4000
        assert written % applying.PART == 0
        report = import_workbook(registry, path, BY)
        assert (report.added, report.unchanged) == (4000 - written, written)


def test_a_disk_that_takes_no_more_in_the_middle(sqlite_url: str, file: Path) -> None:
    """The command says how far it came and what to do, and exits with 1."""
    path = many(4000).save(file)
    Registry.open(sqlite_url).close()

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    command = [sys.executable, "-m", "bangfu", "import", str(path), "--database", sqlite_url, "--who", "x"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limited)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "会接着写" in done.stderr
    with Registry.open(sqlite_url) as registry:
        registry.verify()
        assert 0 < len(registry.numbers()) < 4000
