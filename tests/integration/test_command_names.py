"""Commands show names and ID numbers masked; who asks for them in full is in the journal."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bangfu import InputError
from bangfu.commands import main
from bangfu_office.registry import Attribution, Registry
from registry_people import DAY, HEAD, WIFE, added, clerk

WORDS = f"{HEAD['name']}、{WIFE['name']} {HEAD['id_number']}"
SECRETS = (HEAD["name"], WIFE["name"], HEAD["id_number"], WIFE["id_number"])


@pytest.fixture
def number(sqlite_url: str) -> str:
    """Return the number of a household with names in everything that is written about it."""
    with Registry.open(sqlite_url) as registry:
        number = added(registry, HEAD, WIFE, by=clerk(evidence=f"{WORDS}.xlsx", reason=WORDS))
        with registry.work(clerk()) as work:
            work.recheck(number, date(2026, 6, 1), WORDS)
    return number


def called(*arguments: object) -> str:
    """Return what a command printed."""
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    return done.output


def seen(url: str) -> list[tuple[str, str | None, str | None]]:
    """Return who looked at whom, and why, as the journal has it."""
    with Registry.open(url) as registry:
        return [(e.who, e.household, e.reason) for e in registry.history() if e.operation == "seen"]


@pytest.mark.parametrize(
    "command",
    [
        ["household", "show"],
        ["household", "show", "--format", "json"],
        ["household", "history"],
        ["plan", "--household"],
        ["plan", "--format", "json", "--household"],
    ],
)
def test_commands_mask_unless_asked(command: list[str], sqlite_url: str, number: str) -> None:
    """Free texts too; in full they leave an entry that says who."""
    call = [*command, number, "--database", sqlite_url]
    assert [secret for secret in SECRETS if secret in called(*call)] == []
    assert seen(sqlite_url) == []
    assert HEAD["name"] in called(*call, "--full", "--who", "李股长")
    words = " ".join(word for word in command[:2] if word[0] != "-")
    assert seen(sqlite_url) == [("李股长", number, f"{words} --full")]


@pytest.mark.parametrize("kind", ["full", "roster"])
def test_an_export_is_masked_or_noted(kind: str, sqlite_url: str, number: str, tmp_path: Path) -> None:
    """In full it says who took how many households of where out."""
    assert number
    file = tmp_path / "out.xlsx"
    call = ["export", file, "--database", sqlite_url, "--kind", kind]
    called(*call, *(["--masked"] if kind == "full" else []))
    assert [secret for secret in SECRETS if secret in texts(file)] == []
    assert seen(sqlite_url) == []
    called(*call, *(["--full-names"] if kind == "roster" else []), "--who", "李股长")
    assert HEAD["name"] in texts(file)
    with Registry.open(sqlite_url) as registry:
        (entry,) = [entry for entry in registry.history() if entry.operation == "seen"]
    taken = {"what": kind, "region": "全部", "households": 1, "names": "shown"}
    assert (entry.who, json.loads(entry.new or "")) == ("李股长", taken)


def test_a_masked_table_is_not_taken_in(sqlite_url: str, number: str, tmp_path: Path) -> None:
    """It would put stars in place of names; every such cell is named."""
    file = tmp_path / "out.xlsx"
    called("export", file, "--database", sqlite_url, "--masked")
    done = CliRunner().invoke(main, ["import", str(file), "--database", sqlite_url])
    assert done.exit_code == 1
    with Registry.open(sqlite_url) as registry:
        assert registry.household(number).members[0].facts["name"] == HEAD["name"]


def test_a_masked_name_is_not_registered(sqlite_url: str) -> None:
    """Though there is no ID number beside it."""
    with Registry.open(sqlite_url) as registry, pytest.raises(InputError, match=r"members\[0\]\.name"):
        added(registry, {"relation": "head", "name": "石**"}, by=Attribution("王办事员", on=DAY))


def texts(file: Path) -> str:
    """Return all that stands in a workbook."""
    with zipfile.ZipFile(file) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
