"""Loading (装载): facts, parameters and packs of the core, of every plugin that can be used, and of added files."""

from __future__ import annotations

import keyword
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.metadata import EntryPoint, entry_points, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pluggy
from attrs import define, field

from bangfu import hookspecs
from bangfu.engine import compile_rules
from bangfu.errors import PackError, PluginError, Problem, RuleError
from bangfu.facts import CORE_FACTS, Catalog, Fact
from bangfu.hooks import called, leaving_out, register
from bangfu.messages import _
from bangfu.packed import Packed, core_columns
from bangfu.policy import CORE_PARAMETERS, USER, Pack, PackFile, Parameter, Policy, resolve
from bangfu.rules.language.misuse import must_be_sayable

_WORDS = {"any", "false", "on", "true", "unknown"}
_KEYS = {"amount", "category", "household", "member", "members", "number", "status"}
RESERVED = frozenset({*_WORDS, *_KEYS, *keyword.kwlist})
"""Names that files, frames or formulas have for something else."""
POLICY_PATH, PLUGINS_PATH = "BANGFU_POLICY_PATH", "BANGFU_PLUGINS_PATH"


@define
class Loader:
    """What is loaded so far; a plugin that fails leaves nothing behind but the reason, in ``left_out``."""

    catalog: Catalog = CORE_FACTS
    parameters: dict[str, Parameter] = field(factory=lambda: {p.name: p for p in CORE_PARAMETERS})
    packs: list[Pack] = field(factory=list)
    left_out: list[PluginError] = field(factory=list)
    versions: dict[str, str] = field(factory=dict)
    manager: pluggy.PluginManager = field(factory=lambda: pluggy.PluginManager(hookspecs.GROUP))
    _owners: dict[str, str] = field(factory=dict)
    _built_in: set[str] = field(factory=set)

    def load(self, policy_files: Sequence[str | Path], plugins: Mapping[str, Any] | None) -> None:
        """Load the plugins given, else all installed, the core's packs and added files, or raise a ``PackError``."""
        self.manager.add_hookspecs(hookspecs)
        modules = self._installed() if plugins is None else plugins
        for name in sorted(modules, key=lambda name: (name not in self._built_in, name)):
            with leaving_out(name, self.left_out):
                self._register(name, modules[name])
        self._take(_opened(files("bangfu") / "policy" / "data", "core"))
        from_environment = filter(None, os.environ.get(POLICY_PATH, "").split(os.pathsep))
        self._take([file for path in (*from_environment, *policy_files) for file in _added(Path(path))])
        loaded = {name: self.versions.get(name, "") for name, _ in self.manager.list_name_plugin()}
        self.versions = {"bangfu": version("bangfu")} | loaded

    def _installed(self) -> dict[str, Any]:
        modules: dict[str, Any] = {}
        for name, entry in _entries():
            with leaving_out(name, self.left_out):
                if name in {USER, "core"}:  # owners of packs that are no plugins
                    raise RuleError(_("{name!r} is a name of bangfu's own; give the plugin another", name=name))
                modules[name] = entry.load()
                if entry.dist is not None and entry.dist.name == "bangfu":
                    self._built_in.add(name)
                self.versions[name] = entry.dist.version if entry.dist else ""
        return modules

    def _register(self, name: str, module: Any) -> None:
        register(self.manager, name, module)
        try:
            folders = called(self.manager, name, "packs")
            opened = [file for path in folders for file in _opened(path, name)]
            facts, parameters = called(self.manager, name, "facts"), called(self.manager, name, "parameters")
            self._take(opened, facts, parameters, owner=name)
        except BaseException:
            self.manager.unregister(name=name)
            raise

    def _take(
        self,
        opened: Sequence[PackFile],
        facts: Iterable[Fact] = (),
        parameters: Iterable[Parameter] = (),
        owner: str = "",
    ) -> None:
        """Add facts, parameters and packs, with what the packs declare; all of them or none."""
        before = self.catalog, dict(self.parameters), dict(self._owners)
        try:
            self._declare(facts, parameters, owner)
            for file in opened:
                try:
                    self._declare(file.pack.facts, file.parameters.values(), file.pack.file)
                except RuleError as error:
                    file.read.wrong("fact", error.text, _("a name of its own, or the same declaration"))
            packs = [file.finished(self.parameters) for file in opened]
            self._refuse(opened)
        except BaseException:
            self.catalog, self.parameters, self._owners = before
            raise
        self.packs += packs

    def _refuse(self, opened: Sequence[PackFile]) -> None:
        """Refuse packs in which anything is wrong, with what is wrong in all their tables."""
        if not any(file.read.problems for file in opened):
            return
        packs = [file.pack for file in opened]
        rows = tuple(row for pack in packs for row in pack.rows)
        columns = tuple(column for pack in packs for column in pack.columns)
        groups = tuple(group for pack in packs for group in pack.groups)
        packed = Packed(self.catalog, packs, Policy(self.parameters, {}, rows, {}, columns, groups))
        of_rows = packed.problems(packs[0].owner)
        wrong = {file.pack.file: [*file.read.problems, *of_rows.get(file.pack.file, ())] for file in opened}
        raise PackError.of({file: problems for file, problems in wrong.items() if problems})

    def _declare(self, facts: Iterable[Fact], parameters: Iterable[Parameter], owner: str) -> None:
        new = [fact for fact in facts if self._is_new(fact.name, fact, self.catalog.by_name, "fact", owner)]
        added = {p.name: p for p in parameters if self._is_new(p.name, p, self.parameters, "parameter", owner)}
        catalog, known = self.catalog.extended(new), self.parameters | added
        _check_facts(catalog, new, known)
        self.catalog, self.parameters = catalog, known
        self._owners |= dict.fromkeys((*(fact.name for fact in new), *added), owner)

    def _is_new(self, name: str, one: object, known: Mapping[str, object], what: str, owner: str) -> bool:
        """Return whether nobody has declared it yet; one declared alike is shared, one otherwise refused."""
        other = known.get(name)
        if other is not None and (other != one or _presumed(other) != _presumed(one)):
            by = self._owners.get(name, "bangfu itself")
            raise RuleError(
                _(
                    "the {what} {name!r} is declared by {by} already, and otherwise; "
                    "declare it alike to share it, or give yours another name",
                    what=what,
                    name=name,
                    by=by,
                ),
                owner=owner,
            )
        return other is None


def _presumed(declared: object) -> str:
    presumption = declared.presumption if isinstance(declared, Fact) else None
    return "" if presumption is None else repr(presumption.value)


def _entries() -> Iterator[tuple[str, EntryPoint]]:
    """Yield the installed plugins, and those in the folders of ``BANGFU_PLUGINS_PATH``, each by a name of its own."""
    by_name: dict[str, dict[str, EntryPoint]] = {}
    for entry in entry_points(group=hookspecs.GROUP):
        by_name.setdefault(entry.name, {})[entry.dist.name if entry.dist else ""] = entry
    for name, entries in by_name.items():
        for distribution, entry in entries.items():
            plain = len(entries) == 1 or distribution == "bangfu"
            yield name if plain else f"{name} ({distribution})", entry
    for folder in filter(None, os.environ.get(PLUGINS_PATH, "").split(os.pathsep)):
        inside = str(Path(folder).resolve())
        for name in _modules_in(Path(folder)):
            if inside not in sys.path:
                sys.path.insert(0, inside)
            loose = EntryPoint(name, name, hookspecs.GROUP)
            yield name if name not in by_name else f"{name} ({Path(folder).name})", loose


def _modules_in(folder: Path) -> list[str]:
    """Return the names of the modules and packages in a folder."""
    found = [path.stem for path in folder.glob("*.py")] + [path.parent.name for path in folder.glob("*/__init__.py")]
    return sorted(name for name in found if name.isidentifier() and not name.startswith(("_", "test")))


@cache
def _columns_of_core() -> frozenset[str]:
    policy = resolve([], {p.name: p for p in CORE_PARAMETERS}, "", date.min)
    return frozenset(column.name for column in core_columns(policy))


def _check_facts(catalog: Catalog, new: Sequence[Fact], parameters: Mapping[str, Parameter]) -> None:
    """Refuse new facts with which every plugin's rules would fail: by their names, or by what is presumed of them."""
    for fact in new:
        must_be_sayable(fact.name, f"fact {fact.name}")
        if fact.name in RESERVED or fact.name in _columns_of_core():
            raise RuleError(
                _(
                    "{name!r} is a word of the language, a key or a column of the core; give it another name",
                    name=fact.name,
                )
            )
        if fact.required:
            raise RuleError(
                _(
                    "the fact {name!r} cannot be required: who lives where it plays no part could not be taken",
                    name=fact.name,
                )
            )
    presumed = [fact for fact in new if fact.presumption]
    if presumed:
        graph = compile_rules(resolve([], parameters, "", date.min), catalog, ()).graph
        for fact in presumed:
            graph.node_of((fact.level, fact.presumed_columns[0]))


def _added(path: Path) -> list[PackFile]:
    opened = _opened(path, USER)
    if not opened:  # a wrong path would go unnoticed
        raise PackError(path.name, [Problem(_("文件夹"), _("没有政策包"), _("至少一个 .toml 文件"))])
    return opened


def _opened(path: Traversable, owner: str) -> list[PackFile]:
    if path.is_dir():
        inside = sorted((p for p in path.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
        return [file for each in inside for file in _opened(each, owner)]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackError(path.name, [Problem("file", error.strerror or str(error), "a readable TOML file")]) from None
    return [PackFile.opened(content, path.name, owner)]
