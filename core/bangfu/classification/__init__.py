"""Classification (低收入类别): which low-income category a household and each member is in, and why."""

from bangfu.classification.category import CATEGORY_COLUMNS, HOUSEHOLD_ORDER, MEMBER_ORDER, CategoryRule
from bangfu.classification.members import Classification, classification

__all__ = ["CATEGORY_COLUMNS", "HOUSEHOLD_ORDER", "MEMBER_ORDER", "CategoryRule", "Classification", "classification"]
