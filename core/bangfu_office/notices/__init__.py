"""Sheets to hand over: the plan, the determination notice, the refusal; as A4 pages and as PDF."""

from bangfu_office.notices.refusal import Refusal, refusal
from bangfu_office.notices.sheet import PrintedPlan, sheet

__all__ = ["PrintedPlan", "Refusal", "refusal", "sheet"]
