"""Rules (规则) as declared values: derived columns, criteria, benefits, programmes."""

from bangfu.rules.benefit import KIND_LABELS, Benefit, Derived, Group, GroupRule, Programme, SupportKind
from bangfu.rules.criterion import Comparison, Criterion, either, together

__all__ = [
    "KIND_LABELS", "Benefit", "Comparison", "Criterion", "Derived", "Group", "GroupRule", "Programme",
    "SupportKind", "either", "together",
]  # fmt: skip
