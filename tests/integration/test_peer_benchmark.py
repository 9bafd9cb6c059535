"""The benchmark against OpenFisca and plain Polars: its sides agree, and it would tell if they did not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ROOT / "benchmarks" / "population.py"


def run(*arguments: str | Path) -> str:
    """Return what the benchmark prints."""
    command = [sys.executable, str(COMMAND), "--seed=7", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout


def test_all_sides_agree_and_are_measured(tmp_path: Path) -> None:
    """bangfu, plain Polars and OpenFisca give 200 households the same."""
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n<!-- population -->\nold\n<!-- /population -->\n\nThe end.\n", encoding="utf-8")
    small = ("--households=200", "--random=200", "--part=150", "--processes=2")
    printed = run(*small, "--rounds=1", "--runs=3", "--write", page)
    assert "bangfu and plain Polars, by hand agree in " in printed
    assert "bangfu and OpenFisca-core agree in " in printed
    assert "| plain Polars, by hand |" in printed
    assert "| bangfu, explained |" in printed
    assert "| OpenFisca-core, spread |" in printed
    written = page.read_text(encoding="utf-8")
    assert written == f"# Page\n\n<!-- population -->\n{printed.strip()}\n<!-- /population -->\n\nThe end.\n"


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the benchmark's package be imported."""
    monkeypatch.syspath_prepend(COMMAND.parent)


@pytest.mark.usefixtures("peer")
def test_every_benefit_occurs() -> None:
    """Households that nobody owes anything would agree in nothing worth knowing."""
    from peer.population import parts  # noqa: PLC0415 - the fixture makes it importable
    from peer.sides import Bangfu  # noqa: PLC0415 - as above

    (frames,) = parts(4000)
    bangfu = Bangfu()
    given: dict[str, int] = {}
    for frame in bangfu.results(bangfu.rules(frames)):
        assert not any(frame[name].null_count() for name in frame.columns if name.startswith(("category", "status:")))
        given |= {name: frame[name].sum() for name in frame.columns if name.startswith("status:")}
    assert len(given) == len(bangfu.ruleset.benefits)
    assert min(given.values()) > 0, given


@pytest.mark.usefixtures("peer")
@pytest.mark.parametrize(
    ("level", "changed", "what"),
    [
        (0, pl.col("category").replace("none", "watched"), "category of the household"),
        (0, ~pl.col("counts:housing.rent_subsidy"), "housing.rent_subsidy, combined"),
        (1, ~pl.col("status:education.compulsory.meals"), "education.compulsory.meals, status"),
        (1, pl.col("amount:medical.aid") + pl.lit("0.01").cast(pl.Decimal(18, 2)), "medical.aid, amount"),
    ],
)
def test_a_difference_is_named(level: int, changed: pl.Expr, what: str) -> None:
    """One fen or one status that differs is found and nothing else is."""
    from peer.compare import compared  # noqa: PLC0415 - the fixture makes it importable
    from peer.population import parts  # noqa: PLC0415 - as above
    from peer.sides import Bangfu, PlainPolars  # noqa: PLC0415 - as above

    (frames,) = parts(300, seed=3)
    bangfu, plain = Bangfu(), PlainPolars()
    ours, theirs = bangfu.results(bangfu.rules(frames)), plain.results(plain.rules(frames))
    assert not compared(bangfu.ruleset, ours, theirs).differences
    tampered = [frame.with_columns(pl.col("category").cast(pl.String)) for frame in theirs]
    tampered[level] = tampered[level].with_columns(changed)
    found = compared(bangfu.ruleset, ours, (tampered[0], tampered[1])).differences
    assert list(found) == [what]
