"""Classification (低收入类别): which low-income category a household and each member is in, and why."""

from attrs import frozen

from bangfu.classification.alone import alone_rule
from bangfu.classification.category import (
    CATEGORY_COLUMNS,
    HOUSEHOLD_ORDER,
    MEMBER_ORDER,
    CategoryRule,
    household_columns,
    household_rules,
    member_columns,
)
from bangfu.classification.grace import GRACE_COLUMNS, grace_rule
from bangfu.classification.means import means_columns
from bangfu.classification.tekun import TEKUN_COLUMNS, tekun_rule
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
    household = (*household_rules(policy), grace_rule(policy))
    member = (tekun_rule(policy), alone_rule(policy))
    columns = (
        *means_columns(policy),
        *TEKUN_COLUMNS,
        *GRACE_COLUMNS,
        *household_columns(),
        *member_columns(),
    )
    return Classification(household, member, columns)
