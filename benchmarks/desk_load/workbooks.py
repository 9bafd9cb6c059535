"""The workbooks that are imported: right ones, and ones with a wrong cell in every tenth household."""

from __future__ import annotations

from pathlib import Path

from peer.population import DAY, REGION, rulebook

from bangfu.generate import generated_households
from bangfu.sheets.form import Form, saved
from bangfu.sheets.layout import layout

_PLACES = (f"{REGION}105205",)
_WRONG_EVERY = 10


def workbook(path: Path, households: int, start: int, *, wrong: bool = False, vehicles: int = 0) -> bytes:
    """Return a workbook of so many made-up households, numbered from ``start``.

    Args:
        path: where it is written too.
        households: how many.
        start: the number of the first; the same households come of the same start.
        wrong: some rows are refused.
        vehicles: of every household; another number makes of the same households others than were imported.
    """
    catalog = rulebook().catalog
    drawn = generated_households(households, seed=start + 1, regions=_PLACES, on=DAY, catalog=catalog)
    with saved(path) as book:
        form = Form(book, layout(catalog))
        for place, data in enumerate(drawn):
            facts = {name: value for name, value in data.items() if name != "on"} | {"vehicles": vehicles}
            if wrong and place % _WRONG_EVERY == 0:
                facts["homes"] = "两套"
            form.add_household(f"H{start + place:06}", facts)
    return path.read_bytes()
