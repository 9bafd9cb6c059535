"""Spreadsheets (表格): households in and out of workbooks, in a form that follows from the declared facts."""

from bangfu_office.sheets.applying import ImportStoppedError
from bangfu_office.sheets.export import Exported, export_workbook
from bangfu_office.sheets.intake import Report, import_workbook
from bangfu_office.sheets.join import Progress
from bangfu_office.sheets.package import InMemory
from bangfu_office.sheets.problems import SheetProblem
from bangfu_office.sheets.read import SheetHousehold, Workbook, read_workbook
from bangfu_office.sheets.template import write_template

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
