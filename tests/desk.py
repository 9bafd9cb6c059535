"""A caseworker's desk: households and plans from plain data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bangfu import Household, Plan, Rulebook, household_from, make_plan


class Desk:
    """A caseworker's desk: makes households of plain data and plans of households."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def household(self, *members: Mapping[str, Any], region: str, on: date, **facts: Any) -> Household:
        """Return the household with these members and facts."""
        data = {"region": region, "on": on, "members": list(members), **facts}
        return household_from(data, catalog=self.rulebook.catalog)

    def plan(self, *members: Mapping[str, Any], region: str, on: date, **facts: Any) -> Plan:
        """Return the plan of the household with these members and facts."""
        return make_plan(self.household(*members, region=region, on=on, **facts), self.rulebook)
