"""``docs/scale.md``: its tables hold, its commands for clusters run and give the rows of ``bangfu screen``.

Spark, Java and Ray are no dependencies; where one of them is not installed, its test says so and is skipped.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars import selectors
from polars.testing import assert_frame_equal

from bangfu import InputError, Rulebook, household_from
from bangfu.frames import Frames
from bangfu.generate import generated, generated_households
from bangfu.screen import screen_partition
from bangfu_office.registry import Attribution, Registry

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "scale.md").read_text(encoding="utf-8")
PROGRAMS = DOCS / "scale"
REGIONS = ("340123", "522723102201")
ON = date(2021, 6, 30)
HOUSEHOLDS, PART = 2000, 150
RESULTS = ("assessments", "supports", "rejects")
BANGFU = [sys.executable, "-m", "bangfu"]
PATIENCE = 300


def command(start: str) -> list[str]:
    """Return the words of the one command of the page's text that begins so."""
    [found] = re.findall(rf"(?<!`)`({start} [^`]*)`", PAGE)
    return shlex.split(found)


def run(words: Sequence[object], folder: Path, **environment: str) -> None:
    """Run a program that must succeed."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def running(words: Sequence[object], folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block is done, then kill it with all that it started."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [str(word) for word in words],
            cwd=folder,
            env=os.environ | environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(there: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is so while a program runs."""
    until = time.monotonic() + PATIENCE
    while not there():
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < until
        time.sleep(0.02)


def with_wrong_rows(frames: Frames) -> Frames:
    """Return a population of which some households cannot be assessed: wrong values, nobody there, no key."""
    key, is_first = pl.col("household"), pl.col("member") == 0
    stray, lost = is_first & (key == 444), is_first & (key == 555)
    return Frames(
        frames.households.with_columns(
            pl.when(key == 999).then(None).otherwise(key).alias("household"),
            pl.when(key == 11).then(pl.lit("34012x")).otherwise("region").alias("region"),
            pl.when(key == 222).then(-1).otherwise("homes").alias("homes"),
        ),
        frames.members.filter(key != 333).with_columns(
            pl.when(stray).then(HOUSEHOLDS - 1).when(~lost).then(key).alias("household")
        ),
    )


@pytest.fixture(scope="module")
def frames(rulebook: Rulebook) -> Frames:
    """Return a population of two regions."""
    return generated(HOUSEHOLDS, seed=4, regions=REGIONS, on=ON, catalog=rulebook.catalog)


@pytest.fixture(scope="module")
def shared(frames: Frames, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a ``population``, wrong rows among it, and the ``results`` of one process."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "population").mkdir()
    population = with_wrong_rows(frames)
    population.households.write_parquet(folder / "population" / "households.parquet")
    population.members.write_parquet(folder / "population" / "members.parquet")
    run([*BANGFU, "screen", "population", "results", "--chunk", PART, "--workers", 1], folder)
    assert {None, 11, 222, 333, HOUSEHOLDS - 1} <= {*result("rejects", folder)["household"]}
    return folder


def result(name: str, shared: Path) -> pl.DataFrame:
    """Return a result of one process."""
    return pl.read_parquet(shared / "results" / f"{name}.parquet")


def columns_told(file: str) -> list[str]:
    """Return the columns that the page's table names for a file."""
    [row] = re.findall(rf"^\| `{file}\.parquet` \|(?:.*\|)? ([^|]+) \|$", PAGE, re.MULTILINE)
    return re.findall(r"`(\w+)`", row)


@pytest.mark.parametrize("name", RESULTS)
def test_the_columns_of_results_are_those_of_the_table(shared: Path, name: str) -> None:
    """All of them, in their order."""
    assert result(name, shared).columns == columns_told(name)


def test_the_columns_of_a_comparison_are_those_of_the_table(shared: Path, tmp_path: Path) -> None:
    """All of them, in their order."""
    run([*BANGFU, "compare", shared / "results", shared / "results", "out"], tmp_path)
    for name in ("changes", "costs"):
        assert pl.read_parquet(tmp_path / "out" / f"{name}.parquet").columns == columns_told(name)


@pytest.mark.parametrize(
    "changed",
    [
        selectors.enum().cast(pl.String),
        selectors.enum().cast(pl.Categorical),
        selectors.decimal().cast(pl.Float64),
        selectors.decimal().cast(pl.String),
        selectors.date().cast(pl.String),
        selectors.date().cast(pl.Datetime("us")),
        selectors.integer().cast(pl.Float64),
    ],
    ids=["text", "categorical", "floating point", "decimal as text", "day as text", "timestamp", "whole"],
)
def test_columns_may_be_of_other_types(frames: Frames, rulebook: Rulebook, changed: pl.Expr) -> None:
    """As the table of facts says; the results are the same."""
    found = screen_partition(frames.households.with_columns(changed), frames.members.with_columns(changed), rulebook)
    expected = screen_partition(frames.households, frames.members, rulebook)
    assert all(getattr(found, name).equals(getattr(expected, name)) for name in RESULTS)


def test_what_spark_and_pandas_may_make_of_columns_is_refused(frames: Frames, rulebook: Rulebook) -> None:
    """Midnight in China as an instant rejects the household; a yes or no that became text is no such column."""
    midnight = pl.col("birth_date").cast(pl.Datetime("us")).dt.replace_time_zone("Asia/Shanghai", non_existent="null")
    for zone in ("UTC", "Asia/Shanghai"):
        zoned = frames.members.with_columns(midnight.dt.convert_time_zone(zone))
        found = screen_partition(frames.households, zoned, rulebook)
        assert set(found.rejects["household"]) == set(zoned.drop_nulls("birth_date")["household"])
    as_text = frames.households.with_columns(pl.lit(None, dtype=pl.String).alias("watched_for_return_to_poverty"))
    with pytest.raises(InputError, match="watched_for_return_to_poverty"):
        screen_partition(as_text, frames.members, rulebook)


def test_a_registry_is_screened_by_its_url(database_url: str, rulebook: Rulebook, tmp_path: Path) -> None:
    """SQLite or PostgreSQL; all results have its numbers, none a name."""
    data = generated_households(20, seed=5, regions=REGIONS, on=ON, catalog=rulebook.catalog)
    with Registry.open(database_url, catalog=rulebook.catalog) as registry, registry.work(Attribution("王")) as work:
        numbers = [work.add(household_from(one, catalog=rulebook.catalog)) for one in data]
    run([*BANGFU, "screen", database_url, "out", "--on", ON], tmp_path)
    results = {name: pl.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in RESULTS}
    assert results["assessments"].filter(pl.col("member").is_null())["number"].to_list() == numbers
    for name, rows in results.items():
        first, *others = columns_told(name)
        assert rows.columns == [first, "number", *others]


def test_the_programs_are_shown_whole() -> None:
    """A change of one is a change of the page."""
    shown = set(re.findall(r"<!-- file: \.\./scale/(\w+\.py) -->", PAGE))
    assert shown == {path.name for path in PROGRAMS.glob("*.py")}


def test_a_killed_run_goes_on_on_the_cluster_of_the_page(shared: Path, tmp_path: Path) -> None:
    """Of one process before, of the page's scheduler and workers then; what was done is not done again."""
    out = tmp_path / "results"
    asked = [shared / "population", out, "--chunk", PART]
    with running([*BANGFU, "screen", *asked, "--workers", 1], tmp_path) as process:
        wait_for(lambda: list(out.glob(".parts/*/000002.json")), process)
    [part] = out.glob(".parts/*/000002-rejects.arrow")
    mark = (
        pl.read_ipc(part.read_bytes())
        .clear()
        .vstack(pl.DataFrame([(-1, None, "", "kept")], result("rejects", shared).schema, orient="row"))
    )
    mark.write_ipc(part, compression="lz4")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {
        "10.0.0.1": "127.0.0.1",
        "8786": str(port),
        "/shared/population": str(asked[0]),
        "/shared/results": str(out),
    }
    scheduler, workers, screen = (
        [re.sub("|".join(places), lambda found: places[found[0]], word) for word in command(start)]
        for start in ("dask scheduler", "dask worker", "bangfu screen /shared/population")
    )
    dask = [sys.executable, "-m", "dask"]
    with (
        running([*dask, *scheduler[1:]], tmp_path) as first,
        running([*dask, *workers[1:]], tmp_path, POLARS_MAX_THREADS="1"),
    ):
        wait_for(lambda: f":{port}" in (tmp_path / "log").read_text(encoding="utf-8"), first)
        run([*BANGFU, *screen[1:], "--chunk", PART], tmp_path)
    for name in RESULTS[:2]:
        assert (out / f"{name}.parquet").read_bytes() == (shared / "results" / f"{name}.parquet").read_bytes()
    assert "kept" in pl.read_parquet(out / "rejects.parquet")["reason"]


def test_spark_gives_the_same_rows(shared: Path, tmp_path: Path) -> None:
    """The page's command on this machine, in many parts."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Java is not installed")
    _, *options, program, _, _ = command("spark-submit")
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    asked = [PROGRAMS / program, shared / "population", tmp_path / "out", PART]
    run([submit, "--master", "local[2]", *options, *asked], tmp_path, PYSPARK_PYTHON=sys.executable)
    rows = pl.scan_parquet(tmp_path / "out" / "**" / "*.parquet", hive_partitioning=True)
    for name in RESULTS:
        expected = result(name, shared)
        found = rows.filter(pl.col("result") == name).select(expected.columns).collect()
        order = [column for column, dtype in expected.schema.items() if dtype != pl.List]
        assert_frame_equal(found.sort(order), expected.sort(order))


def test_ray_gives_the_same_rows(shared: Path, tmp_path: Path) -> None:
    """The page's command on this machine, in many parts; only rows without a key are in none."""
    pytest.importorskip("ray", reason="ray is not installed")
    _, program, _, _ = command("python")
    asked = [PROGRAMS / program, shared / "population", tmp_path / "out", PART]
    run([sys.executable, *asked], tmp_path, HOME=str(tmp_path), RAY_USAGE_STATS_ENABLED="0")
    for name in RESULTS:
        found = pl.read_parquet(sorted((tmp_path / "out").glob(f"{name}-*.parquet")))
        assert_frame_equal(found, result(name, shared).filter(pl.col("household").is_not_null()))
