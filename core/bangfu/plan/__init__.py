"""The support plan (帮扶计划, 一户一策): one household's results with the reason for each."""

from bangfu.plan.asking import Cause, Change, ChangeKind, PlanDifference, Value, difference, increase, value, what_if
from bangfu.plan.build import make_plan, totals
from bangfu.plan.model import (
    HOUSEHOLD,
    MemberResult,
    Missing,
    NearMiss,
    NotConfigured,
    Number,
    Plan,
    Presumed,
    Reason,
    Recipient,
    Status,
    Support,
    Totals,
)

__all__ = [
    "HOUSEHOLD", "Cause", "Change", "ChangeKind", "MemberResult", "Missing", "NearMiss", "NotConfigured",
    "Number", "Plan", "PlanDifference", "Presumed", "Reason", "Recipient", "Status", "Support", "Totals", "Value",
    "difference", "increase", "make_plan", "totals", "value", "what_if",
]  # fmt: skip
