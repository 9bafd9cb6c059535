"""``bangfu new-programme`` from nothing to a plugin that is installed, tested and checked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = Path("bangfu", "kit", "template")
BANGFU = (sys.executable, "-m", "bangfu")


def run(*command: object, folder: Path, site: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with the packages installed in ``site``."""
    environment = os.environ | ({"PYTHONPATH": str(site)} if site else {})
    return subprocess.run(
        [*map(str, command)],
        cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def into(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a new programme in it."""
    folder = tmp_path_factory.mktemp("new")
    done = run(*BANGFU, "new-programme", "school_bus", "--into", folder, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def plugin(into: Path) -> Path:
    """Return the folder of the plugin, which is installed in ``site`` beside it from its own wheel."""
    folder = into / "bangfu-school-bus"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    done = run(*pip, "--target", into / "site", folder, folder=into)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_new_plugin_passes_its_own_tests(plugin: Path) -> None:
    """Both scenarios hold, warnings being errors."""
    done = run(sys.executable, "-m", "pytest", "-W", "error", folder=plugin, site=plugin.parent / "site")
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_the_new_plugin_passes_every_check(plugin: Path) -> None:
    """The command looks for scenarios in ``tests``; each criterion is seen true and false."""
    done = run(*BANGFU, "check-plugin", "school_bus", folder=plugin, site=plugin.parent / "site")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.endswith("school_bus: 9 passed, 0 failed\n")
    assert "10,000 random households" in done.stdout
    assert "ok    every criterion of school_bus.pupil was seen true and false\n" in done.stdout
    assert "        true   1  false   2  unknown   0  就读阶段：小学\n" in done.stdout


def test_a_wrong_amount_fails_with_the_plans_reasons(plugin: Path) -> None:
    """A department that gets its arithmetic wrong reads why the plan says otherwise."""
    scenario = plugin / "tests" / "yes.scenario.toml"
    wrong = plugin.parent / "wrong.scenario.toml"
    text = scenario.read_text(encoding="utf-8").replace('amount = "300.00"', 'amount = "350.00"')
    wrong.write_text(text, encoding="utf-8")
    site = plugin.parent / "site"
    done = run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", wrong, folder=plugin, site=site)
    assert done.returncode == 1
    assert "expect.supports[1].amount: expected 350.00, found 300.00" in done.stdout
    assert "true    就读阶段：小学  school_stage = primary  limit = primary  [示例办法第三条]" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("School",), 2, "'School' is no programme name"),
        (("school-bus",), 2, "is no programme name"),
        (("x" * 31,), 2, "at most 30 characters"),
        (("education",), 1, "taken by the plugin 'education'"),
        (("dibao",), 1, "taken by the parameter 'dibao."),
        (("user",), 1, "taken by bangfu itself"),
        (("school_bus",), 1, "is there already"),
        (("free", "--into", "file"), 2, "is a file"),
        (("free", "--into", "file/below"), 1, "cannot write"),
    ],
)
def test_what_cannot_be_made_is_refused(into: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    """2 for a wrong call, 1 for a name or folder that is taken; nothing is written."""
    (into / "file").touch()
    before = sorted(into.rglob("*"))
    done = run(*BANGFU, "new-programme", *arguments, folder=into)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(into.rglob("*")) == before


def test_the_template_and_the_pytest_plugin_are_in_the_wheel(tmp_path: Path) -> None:
    """``bangfu new-programme`` and ``pytest`` work where the sources are not at hand."""
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps")
    done = run(*pip, "--wheel-dir", tmp_path, ROOT, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        shipped = {name for name in wheel.namelist() if name.startswith(str(TEMPLATE))}
        entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
        assert "[pytest11]\nbangfu = bangfu_pytest\n" in wheel.read(entry_points).decode()
    on_disk = {str(file.relative_to(ROOT / "core")) for file in (ROOT / "core" / TEMPLATE).rglob("*") if file.is_file()}
    assert shipped == on_disk
    assert len(on_disk) == 6


def test_a_name_that_is_taken_by_a_programme_is_refused(tmp_path: Path) -> None:
    """A pack in the policy path may be a whole programme."""
    environment = os.environ | {"BANGFU_POLICY_PATH": str(ROOT / "examples" / "pack.toml")}
    done = subprocess.run(
        [*BANGFU, "new-programme", "heating", "--into", str(tmp_path)],
        env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "taken by the programme 'heating'" in done.stderr


def test_a_name_that_is_taken_by_a_package_is_refused(plugin: Path) -> None:
    """The package's name must be free as well; the installed programme's own name is taken."""
    site = plugin.parent / "site"
    (site / "bangfu_taken.py").touch()
    for name, said in (("taken", "the package bangfu_taken"), ("school_bus", "the plugin 'school_bus'")):
        done = run(*BANGFU, "new-programme", name, folder=plugin.parent, site=site)
        assert done.returncode == 1
        assert f"taken by {said}" in done.stderr
