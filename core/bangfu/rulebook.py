"""The rulebook: core and plugins put together once, giving the ruleset of any region and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pluggy
from attrs import define, evolve, field

from bangfu.engine import Ruleset, compile_rules
from bangfu.engine.compile import check_ruleset
from bangfu.errors import PackError, PluginError, Problem, RuleError
from bangfu.facts import Catalog
from bangfu.hooks import called, leaving_out, left_out
from bangfu.loading import Loader
from bangfu.messages import _
from bangfu.packed import Packed, together
from bangfu.policy import USER, Pack, Parameter, Policy, resolve, turning_days
from bangfu.rules import Programme

_MOST_ASKED_FOR = 1000
"""Regions and days whose ruleset is found without resolving the packs again."""


@define(repr=False)
class Rulebook:
    """Facts, parameters and packs of the core and of every plugin that could be loaded.

    ``left_out`` names each plugin that could not, with the reason; the others go on without it. A
    plugin whose rules fail under one policy is left out of that policy's ruleset alone, which says so.
    ``versions`` holds those of bangfu itself and of every loaded plugin.
    """

    catalog: Catalog
    parameters: Mapping[str, Parameter]
    packs: tuple[Pack, ...]
    left_out: list[PluginError]
    versions: Mapping[str, str]
    _manager: pluggy.PluginManager = field(repr=False)
    _rulesets: dict[Any, Ruleset] = field(factory=dict, repr=False)
    _asked_for: dict[tuple[str, date], Ruleset] = field(factory=dict, repr=False)

    def __repr__(self) -> str:
        left_out = f", {len(self.left_out)} left out" if self.left_out else ""
        return f"Rulebook({', '.join(self.plugins) or 'no plugins'}{left_out}; {len(self.packs)} packs)"

    @classmethod
    def load(cls, policy_files: Sequence[str | Path] = (), *, plugins: Mapping[str, Any] | None = None) -> Rulebook:
        """Return the rulebook of all installed plugins, or of the modules that are given by name.

        ``policy_files`` are pack files, or folders of them, that go before built-in packs of the same region; those
        that the environment variable ``BANGFU_POLICY_PATH`` names come first.

        Raises:
            PackError: one of ``policy_files`` cannot be taken.
        """
        loaded = Loader()
        loaded.load(policy_files, plugins)
        return cls(
            loaded.catalog, loaded.parameters, tuple(loaded.packs), loaded.left_out, loaded.versions, loaded.manager
        )

    @property
    def plugins(self) -> tuple[str, ...]:
        """The names of the loaded plugins, in the order of their programmes."""
        return tuple(sorted(name for name, _ in self._manager.list_name_plugin()))

    def module(self, plugin: str) -> Any:
        """Return the module of a loaded plugin."""
        return self._manager.get_plugin(plugin)

    def programmes_of(self, plugin: str, policy: Policy) -> tuple[Programme, ...]:
        """Return the programmes of a loaded plugin under a policy; none where they cannot be had."""
        packed = Packed(self.catalog, self.packs, policy)
        try:
            return packed.joined(plugin, called(self._manager, plugin, "programmes", policy=policy))
        except Exception:  # noqa: BLE001 - the reason stands in ``Ruleset.left_out``
            return ()

    def policy(self, region: str, on: date) -> Policy:
        """Return the policy in force in a region on a day."""
        return resolve(self.packs, self.parameters, region, on)

    def rules(self, region: str, on: date) -> Ruleset:
        """Return the ruleset in force in a region on a day; the same policy gives the same object.

        Raises:
            PackError: a benefit row of an added pack cannot be taken.
            RuleError: an added pack declares a benefit that clashes with another.
        """
        found = self._asked_for.get((region, on))
        if found is None:
            if len(self._asked_for) >= _MOST_ASKED_FOR:
                self._asked_for.clear()
            found = self._asked_for[region, on] = self._in_force(region, on)
        return found

    def _in_force(self, region: str, on: date) -> Ruleset:
        """Return the ruleset of a region and day; of a plugin that is left out there, the packs are left out too."""
        out: dict[str, PluginError] = {}
        while True:
            policy = resolve([pack for pack in self.packs if pack.owner not in out], self.parameters, region, on)
            parts = (policy.entries.values(), policy.rows, policy.columns, policy.groups)
            key = (*out, *(id(part) for listed in parts for part in listed))
            found = self._rulesets.get(key)
            if found is None:
                found = self._rulesets[key] = self._made(policy, out)
            new = {error.plugin: error for error in found.left_out if error.plugin not in out}
            if not any(pack.owner in new and pack.applies(region) for pack in self.packs):
                return found
            out |= new

    def rules_under(self, policy: Policy) -> Ruleset:
        """Return the ruleset of any policy, such as one kept with an assessment; it raises what ``rules`` does."""
        return self._made(policy, {})

    def _made(self, policy: Policy, out: Mapping[str, PluginError]) -> Ruleset:
        """Return the ruleset of a policy without some plugins, which are known to fail."""
        failed = list(out.values())
        packed = Packed(self.catalog, self.packs, policy)
        by_plugin: dict[str, tuple[Programme, ...]] = {}
        for name in (name for name in self.plugins if name not in out):
            with leaving_out(name, failed):
                by_plugin[name] = packed.joined(name, called(self._manager, name, "programmes", policy=policy))
        by_plugin = _without_foreigners(by_plugin, failed)
        by_plugin[USER] = packed.added([p for ps in by_plugin.values() for p in ps])
        by_plugin = {name: packed.without_repealed(ps) for name, ps in _without_twins(by_plugin, failed).items()}
        while True:
            try:
                return evolve(self._compiled(by_plugin, policy), left_out=tuple(failed))
            except Exception as error:  # noqa: BLE001 - whatever a rule raises must not take the others down
                for name, its_own in self._culprits(error, by_plugin, policy, packed).items():
                    failed.append(left_out(name, its_own))
                    del by_plugin[name]

    def _compiled(self, by_plugin: Mapping[str, tuple[Programme, ...]], policy: Policy) -> Ruleset:
        ruleset = compile_rules(policy, self.catalog, together(p for ps in by_plugin.values() for p in ps))
        check_ruleset(ruleset)
        return ruleset

    def _culprits(
        self, error: Exception, by_plugin: Mapping[str, tuple[Programme, ...]], policy: Policy, packed: Packed
    ) -> Mapping[str, Exception]:
        """Return the plugins that an error is about, each with its own; re-raise it where the core or a pack is.

        What names no programme, an error that no rule was meant to raise, is that of the plugins that raise the like
        by themselves; where none does, of the one without which it is gone.
        """
        named = error.programmes if isinstance(error, RuleError) else ()
        culprits = {name: error for name, programmes in by_plugin.items() if any(p.code in named for p in programmes)}
        if not culprits:
            alone = ((name, self._failing({name: programmes}, policy)) for name, programmes in by_plugin.items())
            culprits = {name: failing for name, failing in alone if failing and not isinstance(failing, RuleError)}
        if not culprits:
            without = ((name, {o: ps for o, ps in by_plugin.items() if o != name}) for name in by_plugin)
            gone = (name for name, others in without if self._failing(others, policy) is None)
            culprits = dict.fromkeys(islice(gone, 1), error)
        if USER in culprits and len(culprits) > 1 and not packed.is_about_added(error):
            del culprits[USER]  # what a pack adds to a programme is not to blame for what the plugin has in it
        if USER in culprits:
            raise packed.told(error, lambda added: self._failing({**by_plugin, USER: added}, policy)) from error
        if not culprits:
            raise error
        return culprits

    def _failing(self, by_plugin: Mapping[str, tuple[Programme, ...]], policy: Policy) -> Exception | None:
        """Return the error that some plugins' rules raise; None for none."""
        try:
            self._compiled(by_plugin, policy)
        except Exception as error:  # noqa: BLE001 - whose it is, is what is looked for
            return error
        return None


def _without_foreigners(
    by_plugin: Mapping[str, tuple[Programme, ...]], failed: list[PluginError]
) -> dict[str, tuple[Programme, ...]]:
    """Leave out every plugin that declares the programme of another, which is called like it."""
    kept = {}
    for name, programmes in by_plugin.items():
        others = (p for p in programmes if p.code != name)
        foreign = next((p for p in others if any(own.code == p.code for own in by_plugin.get(p.code, ()))), None)
        if foreign is None:
            kept[name] = programmes
            continue
        said = _("the programme {code!r} is that of the plugin {code}; give yours its own code", code=foreign.code)
        failed.append(left_out(name, RuleError(said, programmes=[foreign.code], at=foreign.at)))
    return kept


def _without_twins(
    by_plugin: dict[str, tuple[Programme, ...]], failed: list[PluginError]
) -> dict[str, tuple[Programme, ...]]:
    """Leave out every plugin that claims a benefit code another claims too, or the same code twice."""
    claims: dict[str, list[tuple[str, str]]] = {}
    for name, programmes in by_plugin.items():
        for benefit in (benefit for programme in programmes for benefit in programme.benefits):
            claims.setdefault(benefit.code, []).append((name, benefit.at))
    twins = {code: owners for code, owners in claims.items() if len(owners) > 1}
    for code, owners in twins.items():
        names = list(dict.fromkeys(name for name, _ in owners))
        by = " and by ".join(f"{name} ({at})" if at else name for name, at in owners)
        error = RuleError(_("the code {code!r} is declared by {by}; rename one", code=code, by=by), benefit=code)
        if USER in names:
            raise error
        failed += [left_out(name, error) for name in names]
    named = {name for owners in twins.values() for name, _ in owners}
    return {name: programmes for name, programmes in by_plugin.items() if name not in named}


def check_packs(files: Sequence[str | Path], today: date) -> Rulebook:
    """Return the rulebook with some packs added; a ``PackError`` has everything that is wrong in them."""
    rulebook = Rulebook.load(files)
    check_added(rulebook, today)
    return rulebook


def check_added(rulebook: Rulebook, today: date) -> Sequence[PluginError]:
    """Put the rules of all places together for which packs were added; return the plugins that are left out there.

    A ``PackError`` has everything in added packs that does not fit together.
    """
    added = [pack for pack in rulebook.packs if pack.owner == USER]
    wrong: dict[str, dict[Problem, None]] = {}
    left_out: dict[str, PluginError] = {}
    for region in dict.fromkeys(pack.region for pack in added):
        for day in turning_days(added, today):
            try:
                left_out |= {str(error): error for error in rulebook.rules(region, day).left_out}
            except PackError as error:
                for file, problems in error.by_file.items():
                    wrong.setdefault(file, {}).update(dict.fromkeys(problems))
            except RuleError as error:
                wrong.setdefault(f"{region} {day}", {})[Problem("rules", error.text, _("相互配合的规则"))] = None
    if wrong:
        raise PackError.of({file: list(problems) for file, problems in wrong.items()})
    return tuple(left_out.values())
