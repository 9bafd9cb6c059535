"""A department's script with every kind of name that it takes from the library: type checkers find nothing in it."""

import sys
from datetime import date
from decimal import Decimal

from bangfu import (
    Benefit,
    Derived,
    Level,
    Money,
    Parameter,
    Per,
    Plan,
    PlanDifference,
    Policy,
    Programme,
    Rulebook,
    Support,
    Value,
    choose,
    difference,
    hookimpl,
    household,
    household_from,
    make_plan,
    member,
    parameter,
    scale,
    some,
    value,
    what_if,
    yuan,
)


@hookimpl
def parameters() -> list[Parameter]:
    """Return what a place sets."""
    return [Parameter("old.a", Money(), "80 岁以上每月", periodic=True)]


@hookimpl
def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG001 - the hook's signature
    """Return the old-age allowance."""
    old = Derived("old.any", Level.HOUSEHOLD, some(member.age >= 80), "有 80 岁以上的人")
    allowance = Benefit(
        "old.allowance",
        "高龄津贴",
        Level.MEMBER,
        when=[member.age >= 80, household.old.any],
        amount=scale(member.age, {80: parameter("old.a"), 90: yuan(1200)}),
        per=Per.YEAR,
        source="示例",
    )
    more = choose((household.size > 3, yuan(20)), otherwise=yuan(10))
    extra = Benefit("old.extra", "补助", Level.HOUSEHOLD, [household.size > 2], more)
    return [Programme("old", "高龄", "民政局", [allowance, extra], [old])]


def main() -> None:
    """Ask the library everything once."""
    rulebook = Rulebook.load(plugins={"old": sys.modules[__name__]})
    ruleset = rulebook.rules("610625", date(2024, 1, 1))
    family = household_from(
        {"region": "610625", "on": date(2024, 1, 1), "members": [{"relation": "head"}]}, catalog=rulebook.catalog
    )
    plan: Plan = make_plan(family, rulebook)
    found: Support = plan.support("old.allowance", 0)
    amount: Decimal | None = found.amount
    moved: PlanDifference = what_if(family, {"residence": "urban"}, rulebook)
    line: Value = value(family, "dibao_line", rulebook)
    asked = (plan, found, amount, moved.year, line.value, difference(plan, plan).changes, family.with_(homes=1))
    sys.stdout.write(f"{rulebook.left_out} {ruleset.left_out} {asked}")


if __name__ == "__main__":
    main()
