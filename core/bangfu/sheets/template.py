"""An empty workbook to be filled in."""

from __future__ import annotations

from pathlib import Path

from bangfu.facts import CORE_FACTS, Catalog
from bangfu.sheets.form import Form, saved
from bangfu.sheets.layout import layout


def write_template(path: str | Path, catalog: Catalog = CORE_FACTS) -> None:
    """Write an empty workbook with a sheet and column for every declared fact; ``import_workbook`` reads it.

    Args:
        path: the .xlsx file; one that is there is replaced.
        catalog: the declared facts, with those of plugins.

    Raises:
        OSError: it cannot be written.
    """
    with saved(Path(path)) as workbook:
        Form(workbook, layout(catalog))
