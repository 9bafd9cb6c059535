"""Real disks that are full: commands at each of their writes, and a desk from its start on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from litestar.testing import TestClient

from bangfu import Rulebook, household_from
from bangfu.commands import main
from bangfu_office.registry import Attribution, DatabaseFullError, Registry
from bangfu_office.registry.users import Role, User, add_user
from bangfu_web import Settings, create_app
from small_disk import fill, printed_into, small_disk
from web_desk import HOUSEHOLDS, ON, PASSWORD, SINGLE, signed_in_at

pytest_plugins = ["web_desk"]

USER = "caseworker"
LEFT = {"households.parquet", "members.parquet", "assessments.parquet", "supports.parquet", "rejects.parquet",
        "run.json", "changes.parquet", "costs.parquet", "costs.svg"}  # fmt: skip
"""What looks like a result."""
SIZES = (4, 8, 16, 24, 32, 48, 64, 80, 96)
"""Kilobytes of disks on which the first or any later write of a command finds no room, and of some that are enough."""


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a made-up population and two runs of it."""
    folder = tmp_path_factory.mktemp("given")
    run("generate", folder / "people", "--households", 200, "--region", "522723102201", "--on", "2026-01-01")
    run("screen", folder / "people", folder / "a", "--on", "2026-01-01")
    run("screen", folder / "people", folder / "b", "--on", "2026-06-01")
    return folder


def run(*words: object) -> None:
    """Run a command that has room."""
    done = CliRunner().invoke(main, [*map(str, words)])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", ["generate", "screen", "compare", "compare two populations"])
def test_a_command_at_each_of_its_writes(given: Path, tmp_path: Path, name: str) -> None:
    """One line, code 1, and nothing that looks whole; or all of it."""
    out = tmp_path / "disk" / "out"
    words = {
        "generate": ("generate", out, "--households", 200, "--region", "522723102201"),
        "screen": ("screen", given / "people", out, "--chunk", 50),
        "compare": ("compare", given / "a", given / "b", out),
        "compare two populations": ("compare", given / "people", given / "b", out, "--on-a", "2026-02-01"),
    }[name]
    codes = []
    for size in SIZES:
        with small_disk(tmp_path / "disk", size):
            done = CliRunner().invoke(main, [*map(str, words)])
            there = {path.name for path in out.glob("*") if path.is_file()}
            codes.append(done.exit_code)
            if done.exit_code:
                assert isinstance(done.exception, SystemExit), (size, repr(done.exception))
                assert re.fullmatch(r"无法写入 \S+：磁盘已满；请腾出空间后再试\n", done.stderr), (size, done.stderr)
                assert there & LEFT == set(), (size, there)
    assert codes[0] == 1
    assert set(codes) <= {0, 1}


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_is_printed_must_arrive(tmp_path: Path, unbuffered: str) -> None:
    """A disk that has room for a part of it is no success, whether Python buffers or not."""
    with small_disk(tmp_path / "disk", 16) as disk, (disk / "facts.json").open("wb") as file:
        said = printed_into(file, "facts", "--format", "json", unbuffered=unbuffered)
    assert said == (1, "无法写入 标准输出：磁盘已满；请腾出空间后再试\n")


def test_a_desk(tmp_path: Path, web_rulebook: Rulebook) -> None:
    """Whoever is signed in reads on; whoever writes is told; with room again all is well, without a restart."""
    with small_disk(tmp_path / "disk", 4_000) as disk:
        path = str(disk / "registry.db")
        with Registry.open(path, catalog=web_rulebook.catalog, key="") as registry:
            with registry.work(Attribution("王办事员", on=ON)) as work:
                for number, data in HOUSEHOLDS.items():
                    work.add(household_from(data, on=ON, catalog=web_rulebook.catalog), number)
                add_user(work, User(USER, Role.CASEWORKER, ""), PASSWORD)
            app = create_app(registry, web_rulebook, Settings())
            visitor = signed_in_at(app, USER)
            form = visitor.fields(f"/households/{SINGLE}/plan", f"/households/{SINGLE}/assess")
            filled = fill(disk)
            for _ in range(2):
                assert visitor.send(f"/households/{SINGLE}/assess", form).status_code == 507
                assert visitor.send(f"/drafts/{SINGLE}", {"h.homes": "2" * 9_000}).status_code == 507
                assert TestClient(app).post("/login", data={"name": USER, "password": PASSWORD}).status_code == 507
                assert visitor.get(f"/households/{SINGLE}/plan").status_code == 200
            filled.unlink()
            assert visitor.send(f"/households/{SINGLE}/assess", form).status_code == 303
            assert signed_in_at(app, USER).get("/households").status_code == 200
            registry.verify()
        fill(disk)
        with pytest.raises(DatabaseFullError, match="磁盘已满；请腾出空间后再试"):
            Registry.open(path, catalog=web_rulebook.catalog, key="")
