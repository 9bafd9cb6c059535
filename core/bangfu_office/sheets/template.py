"""An empty workbook to be filled in."""

from __future__ import annotations

from bangfu.facts import CORE_FACTS, Catalog
from bangfu_office.sheets.form import Target, WorkbookForm, saved
from bangfu_office.sheets.layout import layout


def write_template(target: Target, catalog: Catalog = CORE_FACTS) -> None:
    """Write an empty workbook with a sheet and column for every declared fact; ``import_workbook`` reads it.

    Args:
        target: the .xlsx file; one that is there is replaced. Or an open file.
        catalog: the declared facts, with those of plugins.

    Raises:
        OSError: it cannot be written.
    """
    with saved(target) as workbook:
        WorkbookForm(workbook, layout(catalog))
