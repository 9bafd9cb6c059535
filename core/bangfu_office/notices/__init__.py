"""Sheets to hand over: the plan, the determination notice, the refusal; as A4 pages and as PDF."""

from bangfu_office.notices.sheet import PrintedSheet, printed_sheet

__all__ = ["PrintedSheet", "printed_sheet"]
