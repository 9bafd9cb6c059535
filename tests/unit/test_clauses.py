"""``docs/clauses.md``: every clause that gives something has its benefit or the reason why there is none."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import attrs
import pytest

import bangfu_education
import bangfu_employment
import bangfu_housing
import bangfu_living
import bangfu_medical
from bangfu import Rulebook

DOCS = Path(__file__).resolve().parents[2] / "docs"
SOURCES = ["S1", "S2", "S6", "S7", "S8", "S10", *(f"N{i}" for i in range(1, 11))]
BUILT_IN = {
    "education": bangfu_education,
    "employment": bangfu_employment,
    "housing": bangfu_housing,
    "living": bangfu_living,
    "medical": bangfu_medical,
}
CODE = re.compile(r"`([a-z_]+(?:\.\w+)+)`")


@attrs.frozen
class Clause:
    """A row of the list."""

    source: str
    text: str
    codes: tuple[str, ...]
    note: str


def clauses() -> Iterator[Clause]:
    """Yield the rows of the list, each with the source whose section it stands in."""
    source = ""
    for line in (DOCS / "clauses.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## (\w+) ", line):
            source = heading[1]
        elif line.startswith("|") and not line.startswith(("| clause |", "|---")):
            text, benefits, note = (cell.strip() for cell in line.split("|")[1:-1])
            yield Clause(source, text, tuple(re.findall(r"`([^`]+)`", benefits)), note)


LISTED = tuple(clauses())


@pytest.fixture(scope="module")
def declared() -> dict[str, set[str]]:
    """Return the sources that each built-in benefit names, over all places and times that packs tell apart."""
    rulebook = Rulebook.load(plugins=BUILT_IN)
    assert rulebook.left_out == []
    starts = [entry.start for pack in rulebook.packs for entry in pack.entries]
    starts += [row.start for pack in rulebook.packs for row in pack.rows]
    days = {date(2000, 1, 1), date(2030, 1, 1), *filter(None, starts)}
    named: dict[str, set[str]] = {}
    for region in {pack.region for pack in rulebook.packs}:
        for on in days:
            for bound in rulebook.rules(region, on).benefits:
                named.setdefault(bound.benefit.code, set()).update(re.findall(r"\b[SN]\d+\b", bound.benefit.source))
    return named


@pytest.fixture(scope="module")
def example() -> Iterator[set[str]]:
    """Return the codes of the example plugin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS / "heating")
        rulebook = Rulebook.load(plugins={"heating": importlib.import_module("bangfu_heating")})
        yield {bound.benefit.code for bound in rulebook.rules("620000", date(2024, 11, 15)).benefits}


def test_every_source_has_its_section_in_order() -> None:
    """S1, S2, S6, S7, S8, S10 and N1 to N10, each with a clause at least."""
    assert list(dict.fromkeys(clause.source for clause in LISTED)) == SOURCES


def test_every_benefit_is_on_the_list(declared: dict[str, set[str]]) -> None:
    """A new benefit needs its clause."""
    assert set(declared) - {code for clause in LISTED for code in clause.codes} == set()


def test_every_benefit_stands_under_the_sources_it_names(declared: dict[str, set[str]]) -> None:
    """A benefit that cites N9 is in a row of N9."""
    rows = {(clause.source, code) for clause in LISTED for code in clause.codes}
    wanted = {(source, code) for code, sources in declared.items() for source in sources if source in SOURCES}
    assert wanted - rows == set()


def test_every_code_on_the_list_exists(declared: dict[str, set[str]], example: set[str]) -> None:
    """Also those that notes name."""
    known = set(declared) | example
    for clause in LISTED:
        assert {*clause.codes, *CODE.findall(clause.note)} <= known, clause


@pytest.mark.parametrize("clause", LISTED, ids=lambda clause: f"{clause.source} {clause.text}"[:60])
def test_a_clause_has_a_benefit_or_a_reason(clause: Clause) -> None:
    """Never neither."""
    assert clause.text
    assert clause.codes or clause.note


def test_no_clause_is_told_twice() -> None:
    """One row a clause."""
    told = [(clause.source, clause.text) for clause in LISTED]
    assert len(told) == len(set(told))
