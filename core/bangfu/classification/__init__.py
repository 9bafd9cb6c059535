"""Classification (低收入类别): which low-income category a household and each member is in, and why."""

from attrs import frozen

from bangfu.classification.category import (
    CATEGORY_COLUMNS,
    HOUSEHOLD_ORDER,
    MEMBER_ORDER,
    CategoryRule,
    household_columns,
    household_rules,
    means_columns,
    member_columns,
)
from bangfu.classification.members import TEKUN_COLUMNS, alone_rule, tekun_rule
from bangfu.policy import Policy
from bangfu.rules import Derived

__all__ = ["CATEGORY_COLUMNS", "HOUSEHOLD_ORDER", "MEMBER_ORDER", "CategoryRule", "Classification", "classification"]


@frozen
class Classification:
    """All category rules under one policy, with the columns they need."""

    household: tuple[CategoryRule, ...]
    member: tuple[CategoryRule, ...]
    columns: tuple[Derived, ...]


def classification(policy: Policy) -> Classification:
    """Return the category rules and columns under a policy."""
    columns = (*means_columns(policy), *TEKUN_COLUMNS, *household_columns(), *member_columns())
    return Classification(household_rules(policy), (tekun_rule(policy), alone_rule(policy)), columns)
