"""Feixi (S10) screened on two days: what the raise from 900 to 1,000 a head on 1 April 2009 does to eight couples."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import polars as pl
import pytest
from click.testing import CliRunner

from bangfu import Household, Rulebook, household_from
from bangfu.commands.populations import compare_command
from bangfu.lists import list_frames_of
from people import FEIXI, person, wage

MARCH, APRIL = "2009-03-31", "2009-04-01"
SVG = "{http://www.w3.org/2000/svg}"


@attrs.frozen
class Couple:
    """A couple: what both state, what the household states, and what it gets a year on each of the days."""

    name: str
    both: dict[str, Any]
    facts: dict[str, Any]
    march: int
    april: int
    born: str = "1970-03-02"

    def household(self, rulebook: Rulebook) -> Household:
        """Return it as a household in Feixi's countryside, property within limits, nothing spent."""
        people = [person(who, self.born, **self.both) for who in ("head", "spouse")]
        shared = {"region": FEIXI, "residence": "rural", "assets_within_limits": True, "expenses": []}
        return household_from(shared | self.facts | {"members": people}, catalog=rulebook.catalog)


COUPLES = [
    # 950 is not below 900, but below 1,000: 2 × 50 = 100, less than the floor of 2 × 100.
    Couple("950 a head", {"incomes": wage("950")}, {}, 0, 200),
    # 2 × (900 − 400) = 1,000; 2 × (1,000 − 400) = 1,200.
    Couple("400 a head", {"incomes": wage("400")}, {}, 1000, 1200),
    # 2 × 20 = 40, so the floor of 200; 2 × 120 = 240.
    Couple("880 a head", {"incomes": wage("880")}, {}, 200, 240),
    # Class 1, the full standard: 2 × 900; 2 × 1,000.
    Couple("old, without support", {"has_able_supporter": False}, {}, 1800, 2000, born="1940-01-01"),
    # Class 2, what the committee set: 2 × 850 on both days.
    Couple("gravely ill", {"incomes": wage("300"), "serious_illness": True}, {"appraised_amount": 850}, 1700, 1700),
    # 950 was set, which is not below 900: nothing yet; from April 2 × 950.
    Couple("ill, 950 set", {"incomes": wage("300"), "serious_illness": True}, {"appraised_amount": 950}, 0, 1900),
    Couple("1,200 a head", {"incomes": wage("1200")}, {}, 0, 0),
    Couple("income unknown", {"incomes": [{"kind": "wage"}]}, {}, 0, 0),
]
BY_NAME = {couple.name: key for key, couple in enumerate(COUPLES)}


@attrs.frozen
class Compared:
    """What the command said, and the files it wrote."""

    said: str
    folder: Path

    @property
    def changes(self) -> pl.DataFrame:
        """The changes of households, not of members."""
        return pl.read_parquet(self.folder / "changes.parquet").filter(pl.col("member").is_null())


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory, rulebook: Rulebook) -> Compared:
    """Screen the couples on both days and compare."""
    folder = tmp_path_factory.mktemp("feixi")
    frames = list_frames_of([couple.household(rulebook) for couple in COUPLES], rulebook.catalog)
    frames.households.write_parquet(folder / "households.parquet")
    frames.members.write_parquet(folder / "members.parquet")
    arguments = [str(folder), str(folder), str(folder / "raise"), "--on-a", MARCH, "--on-b", APRIL, "--workers", "1"]
    done = CliRunner().invoke(compare_command, arguments)
    assert done.exit_code == 0, done.output
    return Compared(done.stdout, folder / "raise")


@pytest.mark.parametrize("couple", COUPLES, ids=lambda couple: couple.name)
def test_each_couple_gets_what_the_sums_say(compared: Compared, couple: Couple) -> None:
    """On either day, by the year; nothing is paid once."""
    for side, amount in (("a", couple.march), ("b", couple.april)):
        rows = pl.read_parquet(compared.folder / side / "assessments.parquet")
        row = rows.filter(pl.col("household") == BY_NAME[couple.name], pl.col("member").is_null())
        assert (row["year"].item(), row["once"].item()) == (amount, 0)


def test_who_gets_more(compared: Compared) -> None:
    """Everybody whose sum rose, with both sums; nobody gets less."""
    totals = compared.changes.filter(of="total")
    assert totals["change"].unique().to_list() == ["more"]
    expected = [(BY_NAME[c.name], Decimal(c.march), Decimal(c.april)) for c in COUPLES if c.march != c.april]
    assert totals.select("household", "amount_before", "amount_after").rows() == expected
    assert "每年得到更多的 5 户，更少的 0 户" in compared.said


def test_who_enters_dibao(compared: Compared) -> None:
    """The couple at 950 alone: it leaves the margin; the others are on it already, or never."""
    moves = compared.changes.filter(of="category").select("household", "change", "code", "before", "after").rows()
    key = BY_NAME["950 a head"]
    assert moves == [(key, "enters", "dibao", "margin", "dibao"), (key, "leaves", "margin", "margin", "dibao")]


def test_which_supports_change(compared: Compared) -> None:
    """Class 3 is entered by one and raised for two, class 1 is raised, class 2 is entered by one."""
    living = compared.changes.filter(pl.col("code").str.starts_with("living."))
    assert sorted(living.select("household", "code", "change").rows()) == [
        (BY_NAME["950 a head"], "living.dibao.class3", "enters"),
        (BY_NAME["400 a head"], "living.dibao.class3", "more"),
        (BY_NAME["880 a head"], "living.dibao.class3", "more"),
        (BY_NAME["old, without support"], "living.dibao.class1", "more"),
        (BY_NAME["ill, 950 set"], "living.dibao.class2", "enters"),
    ]


def test_what_it_costs(compared: Compared) -> None:
    """Before 1,000 + 200 + 1,800 + 1,700 = 4,700; after 200 + 1,200 + 240 + 2,000 + 1,700 + 1,900 = 7,240."""
    costs = pl.read_parquet(compared.folder / "costs.parquet")
    assert costs["region"].unique().to_list() == [FEIXI]
    assert costs.select("year_before", "year_after").sum().row(0) == (4700, 7240)
    living = costs.filter(programme="living").select(
        "benefit", "number_before", "number_after", "year_before", "year_after"
    )
    assert living.rows() == [
        ("living.dibao.class1", 1, 1, 1800, 2000),
        ("living.dibao.class2", 1, 2, 1700, 3600),
        ("living.dibao.class3", 2, 3, 1200, 1640),
    ]
    for title, *cells in (("基本生活救助", "4,700.00", "7,240.00", "+2,540.00"), ("340123", "4,700.00", "7,240.00")):
        [line] = [line for line in compared.said.splitlines() if line.startswith(title)]
        assert line.split()[1 : len(cells) + 1] == cells


def test_the_chart_says_it_without_colour(compared: Compared) -> None:
    """Two bars a programme, one striped, their lengths as 4,700 to 7,240, each with its figure."""
    chart = ET.parse(compared.folder / "costs.svg").getroot()  # noqa: S314 - our own file
    legend, bars = [], []
    for bar in chart.iter(f"{SVG}rect"):
        if bar.get("class") == "bar":
            (bars if bar.get("height") == "18" else legend).append(bar)
    assert [bar.get("fill") for bar in legend] == [bar.get("fill") for bar in bars] == ["url(#stripes)", "#444"]
    before, after = (int(bar.get("width", "0")) for bar in bars)
    assert before == int(after * 4700 / 7240)
    texts = [text.text for text in chart.iter(f"{SVG}text")]
    assert {"基本生活救助", "4,700.00", "7,240.00", f"a（{MARCH}）", f"b（{APRIL}）"} <= set(texts)
