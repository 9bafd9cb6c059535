"""The rulebook: core and plugins put together once, giving the ruleset of any region and day."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import EntryPoint, entry_points, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import Any

import pluggy
from attrs import define, evolve, field

from bangfu import hookspecs
from bangfu.engine import Ruleset, compile_rules
from bangfu.engine.check import check_ruleset
from bangfu.errors import BangfuError, PackError, PluginError, Problem, RuleError
from bangfu.facts import CORE_FACTS, Catalog
from bangfu.policy import CORE_PARAMETERS, Pack, Parameter, Policy, Row, read_pack, resolve
from bangfu.rules import Programme
from bangfu.rules.language.misuse import must_be_sayable
from bangfu.rules.rows import benefit_of

POLICY_PATH = "BANGFU_POLICY_PATH"
_MOST_ASKED_FOR = 1000
"""Regions and days whose ruleset is found without resolving the packs again."""


@define
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

    @classmethod
    def load(cls, policy_files: Sequence[str | Path] = (), *, plugins: Mapping[str, Any] | None = None) -> Rulebook:
        """Return the rulebook of all installed plugins.

        Args:
            policy_files: pack files, or folders of them, that go before built-in packs of the same
                region; those that the environment variable ``BANGFU_POLICY_PATH`` names come first.
            plugins: these modules by name instead of the installed ones.

        Raises:
            PackError: one of ``policy_files`` cannot be taken.
        """
        return _Loader().load(policy_files, plugins)

    @property
    def plugins(self) -> tuple[str, ...]:
        """The names of the loaded plugins, in the order of their programmes."""
        return tuple(sorted(name for name, _ in self._manager.list_name_plugin()))

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
            policy = self.policy(region, on)
            key = (*map(id, policy.entries.values()), *map(id, policy.rows))
            found = self._rulesets.get(key)
            if found is None:
                found = self._rulesets[key] = self.rules_under(policy)
            if len(self._asked_for) >= _MOST_ASKED_FOR:
                self._asked_for.clear()
            self._asked_for[region, on] = found
        return found

    def rules_under(self, policy: Policy) -> Ruleset:
        """Return the ruleset of any policy, such as one kept with an assessment.

        Raises:
            PackError, RuleError: as ``rules``.
        """
        left_out: list[PluginError] = []
        by_plugin: dict[str, tuple[Programme, ...]] = {}
        for name in self.plugins:
            try:
                by_plugin[name] = self._programmes(name, policy)
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises must not take the rest down
                left_out.append(PluginError(name, _reason(error)))
        by_plugin["user"] = self._added(policy, [p for ps in by_plugin.values() for p in ps])
        by_plugin = _without_twins(by_plugin, left_out)
        while True:
            try:
                return evolve(self._compiled(by_plugin, policy), left_out=tuple(left_out))
            except Exception as error:  # noqa: BLE001 - whatever a rule raises must not take the others down
                for name, its_own in self._culprits(error, by_plugin, policy).items():
                    left_out.append(PluginError(name, _reason(its_own)))
                    del by_plugin[name]

    def _compiled(self, by_plugin: Mapping[str, tuple[Programme, ...]], policy: Policy) -> Ruleset:
        ruleset = compile_rules(policy, self.catalog, _merged(by_plugin.values()))
        check_ruleset(ruleset)
        return ruleset

    def _culprits(
        self, error: Exception, by_plugin: Mapping[str, tuple[Programme, ...]], policy: Policy
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
        if not culprits or "user" in culprits:
            raise error
        return culprits

    def _failing(self, by_plugin: Mapping[str, tuple[Programme, ...]], policy: Policy) -> Exception | None:
        """Return the error that some plugins' rules raise; None for none."""
        try:
            self._compiled(by_plugin, policy)
        except Exception as error:  # noqa: BLE001 - whose it is, is what is looked for
            return error
        return None

    def _programmes(self, name: str, policy: Policy) -> tuple[Programme, ...]:
        given = call_hook(self._manager, name, "programmes", policy=policy)
        rows = _rows_by_programme(policy, name)
        own = tuple(self._with_rows(programme, rows.pop(programme.code, ())) for programme in given)
        return own + tuple(self._new(code, rows_of_code) for code, rows_of_code in rows.items())

    def _with_rows(self, programme: Programme, rows: Iterable[Row]) -> Programme:
        added = tuple(benefit_of(row, self.catalog) for row in rows)
        return evolve(programme, benefits=programme.benefits + added)

    def _new(self, code: str, rows: Iterable[Row]) -> Programme:
        named = {p["code"]: p for pack in self.packs for p in pack.programmes}.get(code, {})
        programme = Programme(code, named.get("name") or code, named.get("department", ""))
        return self._with_rows(programme, rows)

    def _added(self, policy: Policy, known: Sequence[Programme]) -> tuple[Programme, ...]:
        by_code = {programme.code: programme for programme in known}
        programmes = []
        for code, rows in _rows_by_programme(policy, "user").items():
            base = evolve(by_code[code], benefits=(), columns=()) if code in by_code else self._new(code, ())
            programmes.append(self._with_rows(base, rows))
        return tuple(programmes)


def _reason(error: BaseException) -> str:
    return str(error) if isinstance(error, BangfuError) else f"{type(error).__name__}: {error}"


def _without_twins(
    by_plugin: dict[str, tuple[Programme, ...]], left_out: list[PluginError]
) -> dict[str, tuple[Programme, ...]]:
    """Leave out every plugin that claims a benefit code another claims too."""
    claims: dict[str, list[str]] = {}
    for name, programmes in by_plugin.items():
        for code in dict.fromkeys(benefit.code for programme in programmes for benefit in programme.benefits):
            claims.setdefault(code, []).append(name)
    twins = {code: names for code, names in claims.items() if len(names) > 1}
    for code, names in twins.items():
        error = RuleError(f"the code {code!r} is declared by {' and by '.join(names)}; rename one", benefit=code)
        if "user" in names:
            raise error
        left_out += [PluginError(name, _reason(error)) for name in names]
    return {name: ps for name, ps in by_plugin.items() if not any(name in names for names in twins.values())}


def _rows_by_programme(policy: Policy, owner: str) -> dict[str, tuple[Row, ...]]:
    rows: dict[str, tuple[Row, ...]] = {}
    for row in policy.rows:
        if row.pack.owner == owner:
            code = row.code.split(".")[0]
            rows[code] = (*rows.get(code, ()), row)
    return rows


def _merged(groups: Iterable[Iterable[Programme]]) -> tuple[Programme, ...]:
    """Return one programme a code: benefits that an added pack gives to a plugin's programme join it."""
    merged: dict[str, Programme] = {}
    for programme in (p for group in groups for p in group):
        known = merged.get(programme.code)
        merged[programme.code] = (
            programme
            if known is None
            else evolve(
                known,
                benefits=known.benefits + programme.benefits,
                columns=known.columns + programme.columns,
                groups=known.groups + programme.groups,
            )
        )
    return tuple(merged.values())


@define
class _Loader:
    catalog: Catalog = CORE_FACTS
    parameters: dict[str, Parameter] = field(factory=lambda: {p.name: p for p in CORE_PARAMETERS})
    packs: list[Pack] = field(factory=list)
    left_out: list[PluginError] = field(factory=list)
    versions: dict[str, str] = field(factory=dict)
    manager: pluggy.PluginManager = field(factory=lambda: pluggy.PluginManager(hookspecs.GROUP))

    def load(self, policy_files: Sequence[str | Path], plugins: Mapping[str, Any] | None) -> Rulebook:
        self.manager.add_hookspecs(hookspecs)
        modules = self._installed() if plugins is None else plugins
        for name in sorted(modules):
            try:
                self._register(name, modules[name])
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises must not take the rest down
                self.left_out.append(PluginError(name, _reason(error)))
        self.packs += _read(files("bangfu") / "policy" / "data", "core", self.parameters)
        from_environment = filter(None, os.environ.get(POLICY_PATH, "").split(os.pathsep))
        for path in (*from_environment, *policy_files):
            given = _read(Path(path), "user", self.parameters)
            if not given:  # a wrong path would go unnoticed
                raise PackError(Path(path).name, [Problem("文件夹", "没有政策包", "至少一个 .toml 文件")])
            self.packs += given
        versions = {"bangfu": version("bangfu")} | {
            name: self.versions.get(name, "") for name, _ in self.manager.list_name_plugin()
        }
        return Rulebook(self.catalog, self.parameters, tuple(self.packs), self.left_out, versions, self.manager)

    def _installed(self) -> dict[str, Any]:
        modules: dict[str, Any] = {}
        found: dict[str, EntryPoint] = {e.name: e for e in entry_points(group=hookspecs.GROUP)}
        for name, entry in found.items():
            try:
                modules[name] = entry.load()
                self.versions[name] = entry.dist.version if entry.dist else ""
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises must not take the rest down
                self.left_out.append(PluginError(name, _reason(error)))
        return modules

    def _register(self, name: str, module: Any) -> None:
        hash(module)  # pluggy tells plugins apart by their hash; one without would stop all others
        self.manager.register(module, name)
        try:
            self.manager.check_pending()
            catalog = self.catalog.extended(call_hook(self.manager, name, "facts"))
            added = call_hook(self.manager, name, "parameters")
            parameters = self.parameters | {p.name: p for p in _new(added, self.parameters)}
            folders = call_hook(self.manager, name, "packs")
            packs = [pack for path in folders for pack in _read(path, name, parameters)]
            _check_facts(catalog, self.catalog, parameters)
        except Exception:
            self.manager.unregister(name=name)
            raise
        self.catalog, self.parameters = catalog, parameters
        self.packs += packs


def _check_facts(catalog: Catalog, known: Catalog, parameters: Mapping[str, Parameter]) -> None:
    """Look up the names of new facts and what is presumed of them, with which every plugin's rules would fail.

    Raises:
        RuleError: no rule can say a name; a presumption names what is unknown, or is of another kind than its fact.
    """
    new = [fact for fact in catalog.facts if fact.name not in known.by_name]
    for fact in new:
        must_be_sayable(fact.name, f"fact {fact.name}")
    presumed = [fact for fact in new if fact.presumption]
    if presumed:
        graph = compile_rules(resolve([], parameters, "", date.min), catalog, ()).graph
        for fact in presumed:
            graph.node_of((fact.level, fact.presumed_columns[0]))


def call_hook(manager: pluggy.PluginManager, plugin: str, hook: str, **arguments: Any) -> tuple[Any, ...]:
    """Return what one plugin gives for a hook, so that an error is that plugin's."""
    others = [module for name, module in manager.list_name_plugin() if name != plugin]
    given = manager.subset_hook_caller(hook, others)(**arguments)
    return tuple(value for values in given for value in values)


def _new(declared: Iterable[Parameter], known: Mapping[str, Parameter]) -> list[Parameter]:
    parameters = list(declared)
    for parameter in parameters:
        if parameter.name in known:
            raise RuleError(f"the parameter {parameter.name!r} is declared already; give it another name")
    return parameters


def _read(path: Traversable, owner: str, parameters: Mapping[str, Parameter]) -> list[Pack]:
    if path.is_dir():
        inside = sorted((p for p in path.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
        return [pack for file in inside for pack in _read(file, owner, parameters)]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackError(path.name, [Problem("file", error.strerror or str(error), "a readable TOML file")]) from None
    return [read_pack(content, path.name, owner, parameters)]
