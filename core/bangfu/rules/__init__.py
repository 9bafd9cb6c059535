"""Rules (规则) as declared values: derived columns, criteria, benefits, programmes."""

from bangfu.rules.benefit import Amount, Benefit, Group, GroupRule, Programme, SupportKind
from bangfu.rules.criterion import (
    Criterion,
    above,
    at_least,
    at_most,
    below,
    either,
    every,
    holds,
    in_category,
    is_in,
    lacks,
)
from bangfu.rules.derived import Derived, Switch, across, switch

__all__ = [
    "Amount",
    "Benefit",
    "Criterion",
    "Derived",
    "Group",
    "GroupRule",
    "Programme",
    "SupportKind",
    "Switch",
    "above",
    "across",
    "at_least",
    "at_most",
    "below",
    "either",
    "every",
    "holds",
    "in_category",
    "is_in",
    "lacks",
    "switch",
]
