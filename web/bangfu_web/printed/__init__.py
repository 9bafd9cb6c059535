"""Sheets to hand over: the plan, the determination notice, the refusal; as A4 pages and as PDF."""

from bangfu_web.printed.refusal import Refusal, refusal
from bangfu_web.printed.sheet import Sheet, sheet

__all__ = ["Refusal", "Sheet", "refusal", "sheet"]
