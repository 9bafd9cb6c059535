"""Rules (规则) as declared values: derived columns, criteria, benefits, programmes."""

from bangfu.rules.benefit import Benefit, Group, GroupRule, Programme, SupportKind
from bangfu.rules.criterion import Criterion, either, together
from bangfu.rules.derived import Derived

__all__ = [
    "Benefit",
    "Criterion",
    "Derived",
    "Group",
    "GroupRule",
    "Programme",
    "SupportKind",
    "either",
    "together",
]
