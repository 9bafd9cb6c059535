"""Calling a plugin's hooks (插件钩子的调用): each plugin alone, so that whatever goes wrong is that plugin's own."""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from inspect import isroutine
from pathlib import Path
from typing import Any

import pluggy

from bangfu import hookspecs
from bangfu.errors import BangfuError, PluginError, RuleError
from bangfu.facts import Fact
from bangfu.facts.catalog import near
from bangfu.messages import _, concat, joined
from bangfu.policy import Parameter
from bangfu.rules import Benefit, Programme
from bangfu.rules.origin import place

HOOKS = tuple(name for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.GROUP}_spec"))
_MARK = f"{hookspecs.GROUP}_impl"
_NOT_THEIRS = ("<", str(Path(__file__).parent), str(Path(pluggy.__file__).parent))
_LONGEST = 300
_PYTHON = sysconfig.get_path("stdlib")


_GIVEN: Mapping[str, tuple[Any, str, str]] = {
    "facts": (Fact, "Fact", 'Fact("heated", Level.HOUSEHOLD, YesNo(), "…")'),
    "parameters": (Parameter, "Parameter", 'Parameter("heating.amount", Money(), "…")'),
    "packs": (Traversable, "file or folder", 'files("my_package") / "packs"'),
    "programmes": (Programme, "Programme", 'Programme("heating", "…", "…", benefits=[…])'),
}
"""What each hook gives: of which type, as an author calls it, and one written down."""


def hooks_of(module: Any) -> list[str]:
    """Return the names of what a module marks as a hook, in the order of hooks; what is none at the end."""
    functions = [name for name in dir(module) if isroutine(getattr(module, name, None))]
    marked = [name for name in functions if hasattr(getattr(module, name), _MARK)]
    return sorted(marked, key=lambda name: HOOKS.index(name) if name in HOOKS else len(HOOKS))


def register(manager: pluggy.PluginManager, name: str, module: Any) -> None:
    """Let a plugin's hooks be called; a ``RuleError`` says that it has none, or what of it only looks like one."""
    hash(module)  # pluggy tells plugins apart by their hash; one without would stop all others
    marked, known = hooks_of(module), ", ".join(HOOKS)
    for wrong in (hook for hook in marked if hook not in HOOKS):
        raise RuleError(
            _("there is no hook {wrong!r}; hooks are {list}{near}", wrong=wrong, list=known, near=near(wrong, HOOKS))
        )
    unmarked = [hook for hook in HOOKS if isroutine(getattr(module, hook, None)) and hook not in marked]
    if unmarked:
        raise RuleError(
            _(
                "{unmarked}() is not marked as a hook; write @hookimpl (from bangfu import hookimpl) above it",
                unmarked=unmarked[0],
            )
        )
    if not marked:
        raise RuleError(_("it has no hook; mark one of {list} with @hookimpl", list=known))
    try:
        manager.register(module, name)
    except pluggy.PluginValidationError as error:
        if manager.has_plugin(name):
            manager.unregister(name=name)
        said = str(error).splitlines()
        wrong = next((line.strip() for line in said if line.startswith("Argument(s)")), said[-1])
        raise RuleError(f"{wrong}; hooks take no argument, but programmes(policy)") from None


def called(manager: pluggy.PluginManager, plugin: str, hook: str, **arguments: Any) -> tuple[Any, ...]:
    """Return what one plugin gives for a hook, nothing where it has none; a ``RuleError`` says that it gives else."""
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        if implementation.plugin_name == plugin:
            given = implementation.function(*(arguments[name] for name in implementation.argnames))
            return _checked(given, hook)
    return ()


def _checked(given: Any, hook: str) -> tuple[Any, ...]:
    wanted, kind, example = _GIVEN[hook]
    if given is None or isinstance(given, str | wanted) or not isinstance(given, Iterable):
        found = "None" if given is None else f"one {type(given).__name__}"
        raise RuleError(
            _(
                "{hook}() returned {found}; it returns a list: [{example}], or [] for none",
                hook=hook,
                found=found,
                example=example,
            )
        )
    listed = tuple(given)
    for one in listed:
        if isinstance(one, Benefit) and hook == "programmes":
            stray = _(
                "programmes() returned a Benefit ({code}); it stands in one: {example}", code=one.code, example=example
            )
            raise RuleError(stray, at=one.at)
        if not isinstance(one, wanted):
            raise RuleError(
                _(
                    "{hook}() returned a {name} in its list; each is a {called}: {example}",
                    hook=hook,
                    name=type(one).__name__,
                    called=kind,
                    example=example,
                )
            )
    return listed


@contextmanager
def leaving_out(plugin: str, failed: list[PluginError]) -> Iterator[None]:
    """Let a plugin be used; whatever it raises must not take the rest down: ``failed`` says why it is left out."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything
        failed.append(left_out(plugin, error))


def left_out(plugin: str, error: BaseException) -> PluginError:
    """Return that a plugin is left out for an error, with the file and line of its own code."""
    text = joined("\n", error.lines) if isinstance(error, BangfuError) else f"{type(error).__name__}: {_said(error)}"
    at = "" if getattr(error, "at", "") else _place_of(error)
    calls = "".join(traceback.format_tb(error.__traceback__))
    trace = f"Traceback (most recent call last):\n{calls}{type(error).__name__}: {_said(error)}"
    return PluginError(plugin, concat((f"{at}: ", text)) if at and at not in text else text, trace)


def _said(error: BaseException) -> str:
    """Return what an error says, shortened; a plugin's own kind of error may not even be able to say it."""
    try:
        said = str(error)
    except BaseException:  # noqa: BLE001 - whatever it raises
        return "…"
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def _place_of(error: BaseException) -> str:
    """Return where in the plugin's own code an error arose; empty where it arose in none."""
    if isinstance(error, SyntaxError) and error.filename:
        return place(error.filename, error.lineno)
    own, found = None, ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        own = own or (Path(file).parent if _is_theirs(file) else None)
        if own is not None and own in Path(file).parents:
            found = place(file, line)
    return found


def _is_theirs(file: str) -> bool:
    of_python = file.startswith(_PYTHON) and "site-packages" not in Path(file).parts
    return not of_python and not file.startswith(_NOT_THEIRS)
