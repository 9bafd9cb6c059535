"""``bangfu screen``: the same bytes whoever does the work and however often it is killed; bad rows, many sources."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from distributed import LocalCluster

from bangfu import Rulebook, clock, household_from, make_plan
from bangfu.frames import Frames
from bangfu.generate import generated, generated_households
from bangfu.screen import Options, ScreenError, screen, workers
from bangfu.screen.run import household_of
from bangfu.show import plan_as_json
from bangfu_office.registry import Attribution, Registry

HOUSEHOLDS, CHUNK = 600, 40
REGIONS = ("522723102201", "340123", "610625101201")
ON = date(2021, 6, 30)
RESULTS = ("assessments", "supports", "rejects")
PATIENCE = 120


def command(*words: object) -> list[str]:
    """Return a call of ``bangfu``."""
    return [sys.executable, "-m", "bangfu", *map(str, words)]


def run(*words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run ``bangfu``, which has to end with this code."""
    done = subprocess.run(command(*words), capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == code, done.stderr
    return done


def hashes(out: Path) -> dict[str, str]:
    """Return what the bytes of each result come to."""
    return {name: sha256((out / f"{name}.parquet").read_bytes()).hexdigest() for name in RESULTS}


def write(frames: Frames, folder: Path) -> Path:
    """Write a population into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    frames.households.write_parquet(folder / "households.parquet", row_group_size=100)
    frames.members.write_parquet(folder / "members.parquet", row_group_size=300)
    return folder


@pytest.fixture(scope="module")
def frames(rulebook: Rulebook) -> Frames:
    """Return a population of three regions."""
    return generated(HOUSEHOLDS, seed=8, regions=REGIONS, on=ON, catalog=rulebook.catalog)


@pytest.fixture(scope="module")
def population(frames: Frames, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its folder."""
    return write(frames, tmp_path_factory.mktemp("population"))


@pytest.fixture(scope="module")
def alone(population: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of one process that nothing happened to."""
    out = tmp_path_factory.mktemp("alone") / "out"
    run("screen", population, out, "--chunk", CHUNK, "--workers", 1)
    return out


def notes(out: Path) -> list[Path]:
    """Return the notes of the parts that are done."""
    return sorted(out.glob(".parts/*/[0-9]*.json"))


def wait_for(true: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait until something is so while a process works."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < until
        time.sleep(0.02)


def started(*words: object) -> subprocess.Popen[str]:
    """Start ``bangfu`` in a process group of its own."""
    return subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def test_the_results_are_those_of_the_partition_function(alone: Path, frames: Frames, rulebook: Rulebook) -> None:
    """Of the whole population at once; the counts say how many."""
    from bangfu.screen import screen_partition  # noqa: PLC0415 - beside the command it is compared with

    whole = screen_partition(frames.households, frames.members, rulebook)
    for name in RESULTS:
        assert pl.read_parquet(alone / f"{name}.parquet").equals(getattr(whole, name))
    assert {path.name for path in alone.iterdir()} == {*(f"{name}.parquet" for name in RESULTS), "run.json"}


def test_the_counts_are_told(population: Path, alone: Path) -> None:
    """A run that is finished is not done again: its counts come at once."""
    before = (alone / "supports.parquet").stat().st_mtime_ns
    said = run("screen", population, alone, "--chunk", CHUNK).stdout
    assert (alone / "supports.parquet").stat().st_mtime_ns == before
    rows = pl.read_parquet(alone / "assessments.parquet")
    of_household = rows.filter(pl.col("member").is_null())
    assert said.startswith(f"共 {HOUSEHOLDS:,} 户、{rows.height - HOUSEHOLDS:,} 人，用时 ")
    on_dibao = of_household.filter(category="dibao").height
    assert f"  低保　{on_dibao:,} 户\n" in said
    assert f"合计每年 {of_household['year'].sum():,.2f} 元，" in said


@pytest.mark.parametrize("workers", [2, 3])
def test_processes_give_the_same_bytes(population: Path, alone: Path, tmp_path: Path, workers: int) -> None:
    """However many there are."""
    run("screen", population, tmp_path / "out", "--chunk", CHUNK, "--workers", workers)
    assert hashes(tmp_path / "out") == hashes(alone)


def test_a_process_that_dies_costs_only_time(population: Path, alone: Path, tmp_path: Path) -> None:
    """Its parts are begun again."""
    out = tmp_path / "out"
    process = started("screen", population, out, "--chunk", CHUNK, "--workers", 2)
    wait_for(lambda: len(notes(out)) >= 3, process)
    os.kill(worker_of(process.pid), signal.SIGKILL)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert hashes(out) == hashes(alone)


def worker_of(process: int) -> int:
    """Return a process that does the work of another."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    at_work = (child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes())
    return int(next(at_work))


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    """Return a Dask cluster of two workers on this machine."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        yield found


@pytest.mark.filterwarnings("default")
def test_a_cluster_gives_the_same_bytes_though_a_worker_is_lost(
    population: Path, alone: Path, tmp_path: Path, cluster: LocalCluster
) -> None:
    """A worker is killed mid-run; what it had begun, others begin again."""
    out = tmp_path / "out"
    process = started("screen", population, out, "--chunk", CHUNK, "--cluster", cluster.scheduler_address)
    wait_for(lambda: len(notes(out)) >= 3, process)
    lost = next(iter(cluster.workers.values()))
    os.kill(lost.process.process.pid, signal.SIGKILL)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert hashes(out) == hashes(alone)


@pytest.mark.filterwarnings("default")
def test_a_cluster_without_workers_is_not_waited_for(
    population: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what is missing."""
    monkeypatch.setattr(workers, "_PATIENCE", 1)
    with LocalCluster(n_workers=0, dashboard_address=None) as empty:
        options = Options(cluster=empty.scheduler_address, chunk=CHUNK)
        with pytest.raises(ScreenError, match="没有工作进程"):
            screen(str(population), tmp_path / "out", options)


def killed(out: Path, *words: object, parts: int) -> None:
    """Start a run and kill it, with all its processes, when so many parts are done."""
    process = started(*words)
    wait_for(lambda: len(notes(out)) >= parts, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_run_goes_on_where_it_was(population: Path, alone: Path, tmp_path: Path, workers: int) -> None:
    """Killed twice, it gives the same bytes; no part that was done is done again."""
    out = tmp_path / "out"
    words = ("screen", population, out, "--chunk", CHUNK, "--workers", workers)
    killed(out, *words, parts=3)
    done = {note: note.stat().st_mtime_ns for note in notes(out)}
    killed(out, *words, parts=len(done) + 3)
    assert {note: note.stat().st_mtime_ns for note in done} == done
    run(*words)
    assert hashes(out) == hashes(alone)
    assert not (out / ".parts").exists()


def test_another_day_or_policy_begins_anew(population: Path, tmp_path: Path) -> None:
    """Parts of what was asked before are no part of what is asked now."""
    pack = tmp_path / "pack.toml"
    pack.write_text(
        '[pack]\nregion = "340123"\n[parameters]\n"dibao.standard.rural" = { value = 1500, per = "year" }\n',
        encoding="utf-8",
    )
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    killed(out, "screen", population, out, "--chunk", CHUNK, "--workers", 1, parts=2)
    asked = ("--chunk", CHUNK, "--workers", 1, "--policy", pack)
    killed(out, "screen", population, out, *asked, parts=2)
    assert len(list((out / ".parts").iterdir())) == 1
    run("screen", population, out, *asked)
    run("screen", population, fresh, *asked)
    assert hashes(out) == hashes(fresh)


def test_a_finished_run_of_something_else_is_not_written_over(population: Path, alone: Path) -> None:
    """A wrong call, and the results stay."""
    before = hashes(alone)
    for day in ("2021-07-01", clock.today()):  # also where the run took each household's own day
        said = run("screen", population, alone, "--on", day, code=2).stderr
        assert "请移走或另选文件夹" in said
    assert "同一个文件夹" in run("screen", population, population, code=2).stderr
    assert hashes(alone) == before


def test_bad_rows_cost_their_households_only(frames: Frames, alone: Path, tmp_path: Path) -> None:
    """The others' results stay as they are; the rejects say why, the counts how many."""
    key = pl.col("household")
    families = frames.members.group_by("household").len().filter(pl.col("len") > 2)["household"].sort()
    nowhere, none, twice, fewer, stray = families.gather([10, 50, 90, 130, 170])
    h = frames.households.with_columns(
        pl.when(key == nowhere).then(pl.lit("52272x")).otherwise("region").alias("region"),
        pl.when(key == fewer).then(-1).otherwise("homes").alias("homes"),
    )
    unknown = (key == stray) & (pl.col("member") == 0)
    m = frames.members.filter(key != none).with_columns(
        pl.when(key == twice).then(pl.lit("head")).otherwise("relation").alias("relation"),
        pl.when(unknown).then(5000).otherwise(key).alias("household"),
    )
    out = tmp_path / "out"
    done = run("screen", write(Frames(h, m), tmp_path / "in"), out, "--chunk", CHUNK, "--workers", 1)
    rejects = pl.read_parquet(out / "rejects.parquet")
    wrong = {nowhere: "region", none: "members", twice: "relation", fewer: "homes", 5000: "household"}
    assert dict(rejects.select("household", "column").iter_rows()) == wrong
    assert done.stdout.rstrip().endswith(f"退回 {len(wrong)} 户，原因见 rejects.parquet")
    right = ~key.is_in([nowhere, none, twice, fewer, stray])
    found, expected = (pl.read_parquet(folder / "supports.parquet").filter(right) for folder in (out, alone))
    assert found.equals(expected)


def test_keys_that_cannot_be_read_are_rejected_whatever_the_parts(frames: Frames, tmp_path: Path) -> None:
    """In files out of order, where rows are dealt out to the parts."""
    key = pl.when(pl.col("household") == 7).then(pl.lit(2**63 + 5, dtype=pl.UInt64)).otherwise("household")
    strange = (
        f.with_columns(pl.col("household").cast(pl.UInt64)).with_columns(key.alias("household")).reverse()
        for f in (frames.households, frames.members)
    )
    source = write(Frames(*strange), tmp_path / "in")
    for chunk in (CHUNK, 10_000):
        out = tmp_path / str(chunk)
        done = run("screen", source, out, "--chunk", chunk, "--workers", 1)
        assert "退回 1 户" in done.stdout
        assert pl.read_parquet(out / "rejects.parquet")["household"].null_count() > 0
        assert json.loads((out / "run.json").read_text(encoding="utf-8"))["households"] == HOUSEHOLDS - 1
    said = run("screen", source, tmp_path / "explained", "--explain", 2**63 + 5, code=1).stderr
    assert f"{2**63 + 5}：这一户的编号不合要求" in said


def test_a_number_and_a_day_in_some_files_only(frames: Frames, alone: Path, tmp_path: Path) -> None:
    """Numbers are null where a file has none; a day that is null throughout is today."""
    first = pl.col("household") < HOUSEHOLDS // 2
    h, m = frames.households, frames.members
    write(Frames(h.filter(first).with_columns(number=pl.col("household")), m.filter(first)), tmp_path / "in" / "a")
    without = h.filter(~first).with_columns(on=pl.lit(None))
    write(Frames(without, m.filter(~first)), tmp_path / "in" / "b")
    out = tmp_path / "out"
    run("screen", tmp_path / "in", out, "--chunk", CHUNK, "--workers", 1)
    found = pl.read_parquet(out / "assessments.parquet")
    expected = pl.read_parquet(alone / "assessments.parquet")
    assert found.filter(first).drop("number").equals(expected.filter(first))
    assert found.filter(first).select((pl.col("number") == pl.col("household").cast(pl.String)).all()).item()
    assert found.filter(~first).select(pl.col("number").is_null().all() & (pl.col("on") == clock.today()).all()).item()


def test_processes_end_with_the_one_that_began_them(population: Path, tmp_path: Path) -> None:
    """Killed alone, it leaves nobody at work behind."""
    out = tmp_path / "out"
    process = started("screen", population, out, "--chunk", 5, "--workers", 2)
    wait_for(lambda: len(notes(out)) >= 2, process)
    worker = Path(f"/proc/{worker_of(process.pid)}")
    process.kill()
    until = time.monotonic() + PATIENCE
    while worker.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not worker.exists()
    process.communicate()


def test_ctrl_c_stops_a_run_without_a_traceback(population: Path, alone: Path, tmp_path: Path) -> None:
    """Pressed in a terminal, where every process of the run gets it; the same command goes on."""
    out = tmp_path / "out"
    words = ("screen", population, out, "--chunk", CHUNK, "--workers", 2)
    process = started(*words)
    wait_for(lambda: len(notes(out)) >= 2, process)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "Traceback" not in said
    run(*words)
    assert hashes(out) == hashes(alone)


def partitioned(frames: Frames, folder: Path) -> Path:
    """Write a population into a folder for each region, which alone says so."""
    for (region,), households in frames.households.partition_by("region", as_dict=True).items():
        members = frames.members.filter(pl.col("household").is_in(households["household"].implode()))
        write(Frames(households.drop("region"), members), folder / f"region={region}")
    return folder


def test_partition_folders_are_one_population(frames: Frames, alone: Path, tmp_path: Path) -> None:
    """In the order of its households, whatever folder they lie in."""
    out = tmp_path / "out"
    run("screen", partitioned(frames, tmp_path / "in"), out, "--chunk", CHUNK, "--workers", 2)
    for name in RESULTS:
        found, expected = (pl.read_parquet(folder / f"{name}.parquet") for folder in (out, alone))
        assert found.equals(expected)


def test_files_in_any_order_give_the_same(frames: Frames, alone: Path, tmp_path: Path) -> None:
    """They are put in order first."""
    shuffled = Frames(*(f.sample(fraction=1, shuffle=True, seed=3) for f in (frames.households, frames.members)))
    out = tmp_path / "out"
    run("screen", write(shuffled, tmp_path / "in"), out, "--chunk", CHUNK, "--workers", 2)
    for name in RESULTS:
        found, expected = (pl.read_parquet(folder / f"{name}.parquet") for folder in (out, alone))
        assert found.equals(expected)


def test_chosen_households_are_explained(frames: Frames, population: Path, tmp_path: Path, rulebook: Rulebook) -> None:
    """By keys on the command line or in a file; each plan is that of the household alone."""
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("7\n301\n", encoding="utf-8")
    for place, given in enumerate(("7,301", wanted)):
        out = tmp_path / str(place)
        run("screen", population, out, "--workers", 1, "--explain", given)
        assert {path.stem for path in (out / "explained").iterdir()} == {"7", "301"}
    members = frames.members.rows_by_key("household", named=True)
    for row in frames.households.filter(pl.col("household").is_in([7, 301])).iter_rows(named=True):
        plan = make_plan(household_of(row, members[row["household"]]), rulebook)
        written = json.loads((out / "explained" / f"{row['household']}.json").read_text(encoding="utf-8"))
        assert written == json.loads(json.dumps(plan_as_json(plan)))


def test_a_household_that_is_not_there_cannot_be_explained(population: Path, tmp_path: Path) -> None:
    """Said before anything is screened."""
    said = run("screen", population, tmp_path / "out", "--explain", "7,99999", code=1).stderr
    assert "99999：没有这一户" in said
    assert not (tmp_path / "out" / "run.json").exists()
    assert "应为：户的编号" in run("screen", population, tmp_path / "out", "--explain", "a/b", code=2).stderr


def test_a_registry_is_a_population(tmp_path: Path, rulebook: Rulebook) -> None:
    """Its households have their numbers beside them, in results and plans; closed ones are left out."""
    data = generated_households(60, seed=5, regions=REGIONS, on=ON, catalog=rulebook.catalog)
    households = [household_from(one, catalog=rulebook.catalog) for one in data]
    file, out = tmp_path / "county.db", tmp_path / "out"
    with Registry.open(str(file), catalog=rulebook.catalog) as registry:
        with registry.work(Attribution("王办事员")) as work:
            numbers = [work.add(household) for household in households]
        with registry.work(Attribution("王办事员")) as work:
            work.close(numbers[0], "迁出")
    run("screen", file, out, "--on", ON, "--explain", numbers[1])
    rows = pl.read_parquet(out / "assessments.parquet").filter(pl.col("member").is_null())
    assert rows["number"].to_list() == numbers[1:]
    for number, category, candidates, year in rows.select("number", "category", "candidates", "year").iter_rows():
        plan = make_plan(households[numbers.index(number)], rulebook)
        assert (category, tuple(candidates), year) == (plan.category, plan.candidates, plan.totals.year)
    assert pl.read_parquet(out / "supports.parquet").columns[:2] == ["household", "number"]
    explained = json.loads((out / "explained" / f"{numbers[1]}.json").read_text(encoding="utf-8"))
    assert explained["totals"]["year"] == str(make_plan(households[1], rulebook).totals.year)
    assert {member["name"] for member in explained["household"]["members"]} == {None}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["no-such-folder", "out"], 2, "没有这个文件夹或登记库"),
        (["empty", "out"], 1, "没有人群文件"),
        (["population", "file"], 2, "file"),
        (["population", "out", "--workers", "0"], 2, "workers"),
        (["population", "out", "--on", "2021-02-30"], 2, "应为：日期"),
        (["population", "out", "--cluster", "tcp://127.0.0.1:1"], 1, "连不上 tcp://127.0.0.1:1"),
    ],
)
def test_what_cannot_be_done_is_said(
    population: Path, tmp_path: Path, words: Sequence[str], code: int, said: str
) -> None:
    """A wrong call is 2, a wrong input 1."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    places = {"population": population}
    given = [places.get(word, tmp_path / word) if not word.startswith("-") else word for word in words[:2]]
    assert said in run("screen", *given, *words[2:], code=code).stderr


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cluster is an extra."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(workers, "import_module", missing)
    with pytest.raises(workers.ScreenError, match=r"bangfu\[cluster\]"):
        list(workers.on_cluster([], None, "tcp://127.0.0.1:1"))  # type: ignore[arg-type]
