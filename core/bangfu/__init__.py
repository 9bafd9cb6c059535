"""bangfu 帮扶: everything a low-income household is owed, with the rule behind every yuan.

``read_household`` takes in a household, ``Rulebook`` puts the rules of all installed programmes together, ``make_plan``
gives the support plan. The other names are for those who add a programme.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from bangfu.errors import BangfuError, InputError, NotInPlanError, PackError, PluginError, Problem, RuleError
from bangfu.facts import (
    Catalog,
    Choice,
    Day,
    Digits,
    Fact,
    Field,
    Integer,
    Items,
    Level,
    Money,
    Per,
    Presumption,
    Quantity,
    Text,
    YesNo,
)
from bangfu.facts.declare import OpenEntry, Partly
from bangfu.files import household_from, read_household
from bangfu.hookspecs import hookimpl
from bangfu.households import Household
from bangfu.plan import (
    Cause,
    Change,
    ChangeKind,
    MemberResult,
    Missing,
    NearMiss,
    NotConfigured,
    Number,
    Plan,
    PlanDifference,
    Presumed,
    Reason,
    Status,
    Support,
    Totals,
    Value,
    difference,
    make_plan,
    value,
    what_if,
)
from bangfu.policy import Choices, Parameter, Policy, Ratio
from bangfu.rulebook import Rulebook
from bangfu.rules import Benefit, Criterion, Derived, Group, GroupRule, Programme, SupportKind, either, together
from bangfu.rules.language import Direction, Expression, Rounding
from bangfu.rules.language.functions import (
    all_of,
    any_of,
    by,
    choose,
    coming,
    count,
    every,
    household,
    is_stated,
    known,
    largest,
    member,
    months_after,
    parameter,
    scale,
    smallest,
    some,
    total,
    unknown,
    years_after,
    years_before,
    years_between,
    yuan,
)

if TYPE_CHECKING:
    from bangfu.frames import Frames, frames_of

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Return what stands in frames, and is not loaded for the plan of one household."""
    if name in {"Frames", "frames_of"}:
        return getattr(import_module("bangfu.frames"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["BangfuError", "InputError", "NotInPlanError", "PackError", "PluginError", "Problem", "RuleError"]
__all__ += ["Catalog", "Choice", "Day", "Digits", "Fact", "Field", "Integer", "Items", "Level", "Money"]
__all__ += ["OpenEntry", "Partly", "Per", "Presumption", "Quantity", "Text", "YesNo"]
__all__ += ["Frames", "Household", "Rulebook", "frames_of", "hookimpl", "household_from", "read_household"]
__all__ += ["Cause", "Change", "ChangeKind", "MemberResult", "Missing", "NearMiss", "NotConfigured", "Number", "Plan"]
__all__ += ["PlanDifference", "Presumed", "Reason", "Status", "Support", "Totals", "Value"]
__all__ += ["difference", "make_plan", "value", "what_if"]
__all__ += ["Choices", "Direction", "Expression", "Parameter", "Policy", "Ratio", "Rounding"]
__all__ += ["Benefit", "Criterion", "Derived", "Group", "GroupRule", "Programme", "SupportKind", "either", "together"]
__all__ += ["all_of", "any_of", "by", "choose", "coming", "count", "every", "household", "is_stated", "known"]
__all__ += ["largest", "member", "months_after", "parameter", "scale", "smallest", "some", "total", "unknown"]
__all__ += ["years_after", "years_before", "years_between", "yuan"]
