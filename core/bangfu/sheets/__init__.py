"""Spreadsheets (表格): households in and out of workbooks, in a form that follows from the declared facts."""

from bangfu.sheets.export import Exported, export_workbook
from bangfu.sheets.intake import Report, import_workbook
from bangfu.sheets.join import Progress
from bangfu.sheets.package import InMemory
from bangfu.sheets.problems import SheetProblem
from bangfu.sheets.read import SheetHousehold, Workbook, read_workbook
from bangfu.sheets.taking import ImportStoppedError
from bangfu.sheets.template import write_template

__all__ = [
    "Exported",
    "ImportStoppedError",
    "InMemory",
    "Progress",
    "Report",
    "SheetHousehold",
    "SheetProblem",
    "Workbook",
    "export_workbook",
    "import_workbook",
    "read_workbook",
    "write_template",
]
