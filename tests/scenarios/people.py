"""People and questions for the scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bangfu import Plan, Support

GUIDING, YANAN, FEIXI = "522723102201", "610625101201", "340123100201"
GUANGXI, GANSU, ELSEWHERE = "450102001001", "620102001001", "220102001001"


def person(relation: str, born: str, **facts: Any) -> dict[str, Any]:
    """Return a made-up person with no income unless one is given."""
    return {"relation": relation, "birth_date": born, "incomes": [], **facts}


def wage(amount: object, per: str = "year") -> list[Mapping[str, Any]]:
    """Return the incomes of somebody with this wage."""
    return [{"kind": "wage", "amount": amount, "per": per}]


def support(plan: Plan, code: str, recipient: int | str = "household") -> Support:
    """Return one support of a plan."""
    found = [s for s in plan.supports if s.benefit.code == code and s.recipient == recipient]
    assert len(found) == 1, f"{code} for {recipient}: {len(found)} supports"
    return found[0]


def owed(plan: Plan, programme: str, recipient: int | str = "household") -> Decimal:
    """Return what a recipient is owed a year by a programme."""
    return sum(
        (
            s.year_amount
            for s in plan.supports
            if s.programme == programme and s.recipient == recipient and s.year_amount is not None
        ),
        Decimal(0),
    )


def day(text: str) -> date:
    """Return a day."""
    return date.fromisoformat(text)
