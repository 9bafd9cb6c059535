"""An installed plugin as the checks see it: its module, its packs, and the rulesets its rules stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from importlib.metadata import entry_points
from inspect import isroutine
from types import ModuleType

import pluggy
from attrs import define, field, frozen

from bangfu import clock, hookspecs
from bangfu.engine import BoundBenefit, Ruleset
from bangfu.errors import PluginError
from bangfu.facts import Level
from bangfu.hookspecs import GROUP
from bangfu.policy import Pack, Parameter, turning_days
from bangfu.regions import NATION
from bangfu.rulebook import Rulebook

_MARK = f"{GROUP}_impl"


def installed() -> tuple[str, ...]:
    """Return the names of all installed plugins."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


@frozen
class RulesInForce:
    """A region and a day for which rules are in force, with their ruleset."""

    region: str
    on: date
    ruleset: Ruleset

    def __str__(self) -> str:
        return f"{self.region} on {self.on}"


@define(slots=False)
class Plugin:
    """One installed plugin with the rulebook of all, and the places that its scenarios visited."""

    name: str
    rulebook: Rulebook
    visited: Sequence[RulesInForce] = ()
    today: date = field(factory=clock.today)

    @cached_property
    def module(self) -> ModuleType:
        """The module behind the entry point."""
        (entry,) = entry_points(group=GROUP, name=self.name)
        module: ModuleType = entry.load()
        return module

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The plugin's own policy packs."""
        return tuple(pack for pack in self.rulebook.packs if pack.owner == self.name)

    def hooks(self) -> dict[str, object]:
        """Return what the module marks as a hook, by name."""
        return {name: value for name, value in vars(self.module).items() if isroutine(value) and hasattr(value, _MARK)}

    def left_out(self) -> tuple[PluginError, ...]:
        """Return why the plugin could not be used: when it was loaded, or under the policy of some place."""
        of_places = [error for place in self.places for error in place.ruleset.left_out]
        errors = {str(error): error for error in (*self.rulebook.left_out, *of_places) if error.plugin == self.name}
        return tuple(errors.values())

    @cached_property
    def places(self) -> tuple[RulesInForce, ...]:
        """A place for every ruleset: the nation, the packs' regions, and where scenarios went.

        The nation and the regions of the plugin's own packs come with every day on which these change, all
        other regions with today.
        """
        own = dict.fromkeys([NATION, *(pack.region for pack in self.packs)])
        others = dict.fromkeys(pack.region for pack in self.rulebook.packs if pack.region not in own)
        points = [(region, day) for region in own for day in turning_days(self.packs, self.today)]
        points += [(region, self.today) for region in others]
        places: dict[int, RulesInForce] = {}
        for place in (*(RulesInForce(*point, self.rulebook.rules(*point)) for point in points), *self.visited):
            places.setdefault(id(place.ruleset), place)
        return tuple(places.values())

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters that the plugin declares."""
        return tuple(parameter for given in self._hook.parameters() for parameter in given)

    def benefits_of(self, ruleset: Ruleset) -> list[BoundBenefit]:
        """Return the plugin's benefits in a ruleset: those of its hook, and of the rows of its packs."""
        policy = ruleset.policy
        codes = {row.code for row in policy.rows if row.pack.owner == self.name}
        for programmes in self._hook.programmes(policy=policy):
            codes.update(benefit.code for programme in programmes for benefit in programme.benefits)
        return [bound for bound in ruleset.benefits if bound.benefit.code in codes]

    @cached_property
    def _hook(self) -> pluggy.HookRelay:
        manager = pluggy.PluginManager(GROUP)
        manager.add_hookspecs(hookspecs)
        manager.register(self.module, self.name)
        return manager.hook

    def benefits(self) -> Iterator[tuple[RulesInForce, BoundBenefit]]:
        """Yield every benefit of the plugin in every place where it is declared."""
        for place in self.places:
            yield from ((place, bound) for bound in self.benefits_of(place.ruleset))


def own_criteria(bound: BoundBenefit) -> slice:
    """Return which criteria the benefit declares itself: all but the core's own, that a member counts."""
    benefit = bound.benefit
    return slice(int(benefit.for_ is Level.MEMBER and benefit.members_only), len(bound.criteria))
