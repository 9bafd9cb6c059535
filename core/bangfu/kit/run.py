"""Running scenarios: from a file to the plan of its household and what differs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from attrs import define, field, frozen

from bangfu.engine import Ruleset
from bangfu.errors import RuleError
from bangfu.kit.compare import Mismatch, differences
from bangfu.kit.read import read_scenario
from bangfu.kit.scenario import Scenario
from bangfu.messages import _
from bangfu.plan import Plan, make_plan
from bangfu.rulebook import Rulebook


@frozen
class ScenarioOutcome:
    """A scenario, the plan of its household with the rules behind it, and what differs from what was expected."""

    scenario: Scenario
    plan: Plan
    ruleset: Ruleset
    differences: tuple[Mismatch, ...]

    def __str__(self) -> str:
        head = f"{self.scenario.file.name}: {len(self.differences)} difference(s)"
        left_out = [f"the plugin {error.plugin} was left out: {error.reason}" for error in self.plan.left_out]
        return "\n\n".join([head, *left_out, *map(str, self.differences)])


@define
class Runner:
    """Runs scenario files with the installed plugins; the same policy packs are read once."""

    _rulebooks: dict[tuple[Path, ...], Rulebook] = field(factory=dict)

    def rulebook(self, policy: tuple[Path, ...] = ()) -> Rulebook:
        """Return the rulebook of the installed plugins with these packs added.

        Raises:
            PackError: one of the packs cannot be taken.
        """
        if policy not in self._rulebooks:
            self._rulebooks[policy] = Rulebook.load(policy)
        return self._rulebooks[policy]

    def run(self, file: Path) -> ScenarioOutcome:
        """Return the outcome of the scenario in a file.

        Raises:
            ScenarioError: the file cannot be taken.
            PackError: a policy pack that it names cannot be taken.
            RuleError: a rule fails on this household, or an added pack declares one that cannot work.
            OSError: one of the files cannot be opened.
        """
        scenario = read_scenario(file, self.rulebook)
        household, rulebook = scenario.household, self.rulebook(scenario.policy)
        try:
            plan = make_plan(household, rulebook)
        except pl.exceptions.PolarsError as error:
            raise RuleError(
                _("{name}: a rule fails on this household: {error}", name=file.name, error=error)
            ) from error
        ruleset = rulebook.rules(household.region, household.on)
        return ScenarioOutcome(scenario, plan, ruleset, differences(scenario, plan, rulebook))
