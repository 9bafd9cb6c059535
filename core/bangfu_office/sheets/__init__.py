"""Spreadsheets (表格): households in and out of workbooks, in a form that follows from the declared facts."""

from bangfu_office.sheets.applying import ImportStoppedError
from bangfu_office.sheets.exchange import KINDS, Taken, empty_form, give_out, rejected_rows, take_in
from bangfu_office.sheets.export import Exported, export_workbook
from bangfu_office.sheets.form import write_template
from bangfu_office.sheets.intake import Report, import_workbook
from bangfu_office.sheets.join import Progress
from bangfu_office.sheets.read import SheetHousehold, Workbook, read_workbook
from bangfu_office.workbook_files.package import InMemory
from bangfu_office.workbook_files.problems import SheetProblem

__all__ = [
    "KINDS", "Exported", "ImportStoppedError", "InMemory", "Progress", "Report", "SheetHousehold", "SheetProblem",
    "Taken", "Workbook", "empty_form", "export_workbook", "give_out", "import_workbook", "read_workbook",
    "rejected_rows", "take_in", "write_template",
]  # fmt: skip
