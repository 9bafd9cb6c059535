"""The support plan (帮扶计划, 一户一策): one household's results with the reason for each."""

from bangfu.plan.build import make_plan
from bangfu.plan.model import (
    MemberResult,
    Missing,
    NearMiss,
    NotConfigured,
    Number,
    Plan,
    Presumed,
    Reason,
    Status,
    Support,
    Totals,
)

__all__ = [
    "MemberResult",
    "Missing",
    "NearMiss",
    "NotConfigured",
    "Number",
    "Plan",
    "Presumed",
    "Reason",
    "Status",
    "Support",
    "Totals",
    "make_plan",
]
