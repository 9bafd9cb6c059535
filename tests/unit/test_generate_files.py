"""Made-up households as files: household files with names and ID numbers, Parquet files, the command."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from bangfu import Level, Rulebook, frames_of, household_from
from bangfu.commands.populations import generate
from bangfu.facts import CORE_FACTS
from bangfu.files.id_number import read_id_number
from bangfu.generate import Population, generated, generated_households, write_population
from bangfu.lists import parquet_schema, summed

ON = date(2024, 2, 29)
REGIONS = ("620102", "522723102201")
LEVELS = ((Level.HOUSEHOLD, "households"), (Level.MEMBER, "members"))


@pytest.fixture(scope="module")
def files(rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return five hundred household files, as JSON would bring them back."""
    made = generated_households(500, seed=7, regions=REGIONS, on=ON, catalog=rulebook.catalog)
    read: list[dict[str, Any]] = json.loads(json.dumps(made, ensure_ascii=False))
    return read


def test_household_files_are_taken_as_they_are(files: list[dict[str, Any]], rulebook: Rulebook) -> None:
    """No error in any, and the same facts as in the frames of the same seed."""
    households = [household_from(data, catalog=rulebook.catalog) for data in files]
    found = frames_of(households, rulebook.catalog)
    frames = generated(500, seed=7, regions=REGIONS, on=ON, catalog=rulebook.catalog)
    for level, name in LEVELS:
        expected = summed(getattr(frames, name), rulebook.catalog, level)
        assert getattr(found, name).equals(expected)


def test_names_and_id_numbers_are_made_up_and_agree(files: list[dict[str, Any]]) -> None:
    """Everybody has a name; no number comes twice; sex, birth date and place are as stated."""
    numbers = []
    for data in files:
        for member in data["members"]:
            assert 2 <= len(member["name"]) <= 3
            if "id_number" in member:
                numbers.append(member["id_number"])
                identity = read_id_number(member["id_number"])
                assert (identity.sex, str(identity.birth_date)) == (member["sex"], member["birth_date"])
                assert data["region"].startswith(member["id_number"][:6])
    assert len(numbers) == len(set(numbers)) > 0.9 * sum(len(data["members"]) for data in files)
    assert files[0]["on"] == str(ON)


def test_files_are_written_in_parts_to_the_same_bytes(tmp_path: Path) -> None:
    """Two files and nothing else; what stands there already is not overwritten."""
    population = Population(7, REGIONS, ON, chunk=300)
    written = [write_population(population, 1_000, tmp_path / name) for name in ("one", "two")]
    expected = generated(1_000, seed=7, regions=REGIONS, on=ON)
    for file, again, (level, name) in zip(*written, LEVELS, strict=True):
        assert file.read_bytes() == again.read_bytes()
        assert pl.read_parquet(file).equals(getattr(expected, name))
        assert dict(pl.read_parquet_schema(file)) == parquet_schema(CORE_FACTS, level)
    assert {file.name for file in (tmp_path / "one").iterdir()} == {"households.parquet", "members.parquet"}
    with pytest.raises(FileExistsError):
        write_population(population, 1, tmp_path / "one")


def test_the_command_writes_files_and_names_them(tmp_path: Path) -> None:
    """Exit code 2 for a wrong call, with nothing on standard output; the files of a first call stay as they are."""
    call = ["--households", "20", "--region", "620102", "--region", "450102", "--on", "2024-01-01"]
    done = CliRunner().invoke(generate, [str(tmp_path / "out"), *call])
    files = [tmp_path / "out" / name for name in ("households.parquet", "members.parquet")]
    assert (done.exit_code, done.stdout.split()) == (0, [str(file) for file in files])
    assert set(pl.read_parquet(files[0])["region"]) == {"620102", "450102"}
    (tmp_path / "file").touch()
    for wrong in (
        [str(tmp_path / "out"), *call],
        [str(tmp_path / "file"), *call],
        [str(tmp_path / "file" / "below"), *call],
        [str(tmp_path / "new"), *call[:2]],
        [str(tmp_path / "new"), *call, "--region", "62"],
        [str(tmp_path / "new"), *call[:-1], "1999-01-01"],
        [str(tmp_path / "new"), "--households", "0", *call[2:]],
    ):
        done = CliRunner().invoke(generate, wrong)
        assert (done.exit_code, done.stdout) == (2, ""), wrong
        assert done.stderr
    assert not (tmp_path / "new").exists()
