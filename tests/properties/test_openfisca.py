"""bangfu and OpenFisca, whose rules are written apart, give a made-up population the same, on any day and to the fen.

The rules are those of Guiding, in the countryside and in town (``benchmarks/peer``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from property_profiles import TIMES

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
DAYS = (
    date(2014, 4, 30), date(2014, 5, 1),  # tekun
    date(2020, 2, 29), date(2020, 9, 1),
    date(2020, 12, 31), date(2021, 1, 1),  # the basic pension no longer counts
    date(2023, 10, 18), date(2023, 10, 19),  # education aid for the margin too
    date(2025, 12, 31), date(2026, 1, 1),  # the basic pension counts again
)  # fmt: skip
"""Both sides of every day on which a rule changes, and a leap day."""


@pytest.fixture(scope="module")
def openfisca() -> Iterator[Callable[[date], Any]]:
    """Yield what makes OpenFisca's side for a day, in 64 bits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        from peer.openfisca_side import OpenFisca  # noqa: PLC0415 - the line before makes it importable

        yield lambda on: OpenFisca(on, exact=True)


def differences(theirs: Any, households: int, seed: int) -> str:
    """Return the lines on all that differs: the result, some households and members, both values."""
    from peer.oracle import held_against  # noqa: PLC0415 - ``openfisca`` makes it importable

    found = held_against(theirs, households, seed)
    assert found.values > 250 * households, "next to nothing was compared"
    return "\n".join(found.told())


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_openfisca_says_the_same(openfisca: Callable[[date], Any], on: date) -> None:
    """Two thousand households of either kind: every category, status and amount."""
    found = differences(openfisca(on), 2_000, seed=on.toordinal())
    assert not found, f"on {on}:\n{found}"


@settings(max_examples=15 * TIMES)
@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 2**32))
def test_openfisca_says_the_same_on_any_day(openfisca: Callable[[date], Any], on: date, seed: int) -> None:
    """Whatever the day, and whoever the households."""
    found = differences(openfisca(on), 300, seed)
    assert not found, f"on {on}, seed {seed}:\n{found}"


@pytest.mark.parametrize(
    ("parameter", "value", "what"),
    [
        ("tekun.care.full", 6480.01, {"living.tekun_care.full, amount"}),
        ("medical.ratio.dibao", 0.7001, {"medical.aid, amount"}),
        ("employment.hard_age.female", 41, {"employment.employer, status", "employment.public_post, status"}),
        ("dibao.standard.rural", 4301, {"category of the household", "living.dibao, status", "living.dibao, amount"}),
    ],
)
def test_one_changed_parameter_is_told(
    openfisca: Callable[[date], Any], parameter: str, value: float, what: set[str]
) -> None:
    """A fen, a ten-thousandth, a year, a yuan more on one side; where it moves no line, one amount alone differs."""
    theirs = openfisca(date(2020, 9, 1))
    node = theirs.system.parameters
    for name in parameter.split("."):
        node = getattr(node, name)
    node.update(start="2000-01-01", value=value)
    lines = differences(theirs, 2_000, seed=1).splitlines()
    told = {line.split(":")[0] for line in lines if not line.startswith(" ")}
    assert told == what if len(what) == 1 else told > what


def test_a_difference_names_whom_what_and_both_values(openfisca: Callable[[date], Any]) -> None:
    """The household, the member, the benefit; what bangfu says, what OpenFisca says."""
    theirs = openfisca(date(2020, 9, 1))
    theirs.system.parameters.tekun.care.full.update(start="2000-01-01", value=6480.01)
    first, second, *_ = differences(theirs, 500, seed=1).splitlines()
    assert re.fullmatch(r"living\.tekun_care\.full, amount: \d+ rows differ", first)
    values = "6480.00 by bangfu, 6480.01 by the other side"
    assert re.fullmatch(rf" +household \d+, member \d: living\.tekun_care\.full, amount: {values}", second)
