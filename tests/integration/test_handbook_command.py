"""``bangfu handbook`` as it is called: the file, standard output, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bangfu.commands import main


def called(*arguments: object) -> Result:
    """Call ``bangfu handbook`` and return what came of it."""
    return CliRunner().invoke(main, ["handbook", *map(str, arguments)])


def test_the_command_writes_a_file_or_to_standard_output(tmp_path: Path) -> None:
    """Both hold the same page; with a file, standard output stays empty."""
    file = tmp_path / "handbook.html"
    printed = called("--region", "610625", "--on", "2022-09-01")
    written = called("--region", "610625", "--on", "2022-09-01", "--out", file)
    assert (printed.exit_code, printed.stderr) == (0, "")
    assert (written.exit_code, written.output) == (0, "")
    assert file.read_text(encoding="utf-8") == printed.stdout
    assert printed.stdout.startswith("<!DOCTYPE html>")
    assert "2022年9月1日" in printed.stdout


def test_a_pack_of_ones_own_is_in_the_handbook(tmp_path: Path) -> None:
    """``--policy`` reaches the page."""
    file = tmp_path / "local.toml"
    file.write_text(
        "[pack]\nregion = '610625'\nname = '甘泉'\n"
        "[parameters]\n'dibao.standard.rural' = { value = 6000, per = 'year' }\n",
        encoding="utf-8",
    )
    done = called("--region", "610625", "--on", "2022-09-01", "--policy", file)
    assert (done.exit_code, "甘泉帮扶政策手册" in done.stdout, "6,000.00 元/人/年" in done.stdout) == (0, True, True)


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        ((), 2),
        (("--region", "61"), 2),
        (("--region", "610625", "--on", "2022-13-01"), 2),
        (("--region", "610625", "--policy", "no-such-pack.toml"), 2),
        (("--region", "610625", "--out", "no/such/folder/handbook.html"), 2),
        (("--region", "610625", "--policy", "pyproject.toml"), 1),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], exit_code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """2 for a wrong call, 1 for wrong input; nothing on standard output."""
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    done = called(*arguments)
    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert done.stderr
