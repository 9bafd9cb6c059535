"""The workbooks that are imported: right ones, and ones with a wrong cell in every tenth household."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from peer.population import DAY, REGION, rulebook

from bangfu import Household, household_from
from bangfu.generate import generated_households
from bangfu_office.sheets.form import WorkbookForm
from bangfu_office.sheets.layout import layout
from bangfu_office.sheets.unnamed_files import saved

_PLACES = (f"{REGION}105205",)
_WRONG_EVERY = 10


def _drawn(households: int, start: int, turn: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the numbers and the data of so many households."""
    drawn = generated_households(households, seed=start + 1, regions=_PLACES, on=DAY, catalog=rulebook().catalog)
    for place, data in enumerate(drawn):
        yield f"H{start + place:06}", {**data, "vehicles": turn, "homes": turn}


def in_workbook(households: int, start: int, turn: int = 0) -> dict[str, Household]:
    """Return the households of a workbook by their numbers, as a registry has to have them when it was imported."""
    catalog = rulebook().catalog
    drawn = _drawn(households, start, turn)
    return {number: household_from(data, on=DAY, catalog=catalog) for number, data in drawn}


def workbook(path: Path, households: int, start: int, *, wrong: bool = False, turn: int = 0) -> bytes:
    """Return a workbook of so many made-up households, numbered from ``start``.

    Args:
        path: where it is written too.
        households: how many.
        start: the number of the first; the same households come of the same start.
        wrong: some rows are refused.
        turn: in another turn, two facts of each of the same households are others.
    """
    with saved(path) as book:
        form = WorkbookForm(book, layout(rulebook().catalog))
        for place, (number, data) in enumerate(_drawn(households, start, turn)):
            facts = {name: value for name, value in data.items() if name != "on"}
            if wrong and place % _WRONG_EVERY == 0:
                facts["homes"] = "两套"
            form.add_household(number, facts)
    return path.read_bytes()
