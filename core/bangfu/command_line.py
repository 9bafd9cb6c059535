"""What commands of every house share (命令行): options, reporting of errors, plugins that were left out, plans."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from io import BufferedWriter, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

import click

from bangfu.errors import BangfuError, InputError, PluginError
from bangfu.facts import Day, Digits, FactType
from bangfu.files import read_household
from bangfu.files.values import Wrong, read_scalar
from bangfu.households import Household
from bangfu.loading import PLUGINS_PATH
from bangfu.messages import CHINESE, translations, worded
from bangfu.plan import Plan
from bangfu.rulebook import Rulebook
from bangfu.show import plan_as_json, plan_as_text
from bangfu.unwritable import UnwritableError, reason_of

Command = TypeVar("Command", bound=Callable[..., Any])


class DeclaredType(click.ParamType[Any]):
    """A value of a declared type, checked as a household file's is."""

    def __init__(self, name: str, kind: FactType) -> None:
        self.name, self.kind = name, kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value, or fail as a wrong call."""
        try:
            return read_scalar(self.kind, value)
        except Wrong as wrong:
            self.fail(f"{wrong.found}；应为：{wrong.expected}", param, ctx)


DAY, REGION = DeclaredType("date", Day()), DeclaredType("region", Digits((6, 9, 12)))


class Folder(click.Path):
    """A folder, one that exists or is to be made."""

    def __init__(self, *, exists: bool = False) -> None:
        super().__init__(exists=exists, file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or fail as a wrong call."""
        folder = super().convert(value, param, ctx)
        if not str(folder).isprintable():  # Polars finds nothing by a name that is no text
            self.fail(f"{str(folder)!r} 含有不能用的字符；应为：UTF-8 的文件夹名，不含控制字符", param, ctx)
        return folder


def reporting(command: Command) -> Command:
    """Turn an error of the input into a message and exit code 1; what was printed must have arrived."""
    return _reported()(command)


@contextmanager
def _reported() -> Iterator[None]:
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BangfuError as error:
        click.echo("\n".join(map(in_chinese, error.lines)), err=True)
        # A place that there is not was a wrong call.
        sys.exit(2 if isinstance(error, UnwritableError) and error.no_place else 1)
    except BrokenPipeError:
        _print_no_more()  # the reader of our output has gone; there is nobody to tell
        sys.exit(1)
    except OSError as error:
        reason = reason_of(error)
        if error.filename is None and reason:
            _print_no_more()
        file = error.filename or ("标准输出" if reason else "文件")
        click.echo(f"无法{'写入' if reason else '读取'} {file}：{reason or error.strerror or error}", err=True)
        sys.exit(1)


def in_chinese(text: str) -> str:
    """Return a message as the commands say it, those of rules too, which are written for programmers."""
    return worded(text, translations(CHINESE))


def print_whole() -> None:
    """Let what is printed be written as a whole or fail.

    Where nothing is buffered (``PYTHONUNBUFFERED``), Python takes no notice that a disk had room for a part alone.
    """
    out = sys.stdout
    if isinstance(out, TextIOWrapper) and isinstance(out.buffer, RawIOBase):
        sys.stdout = TextIOWrapper(BufferedWriter(out.buffer), out.encoding, out.errors, line_buffering=True)


def _print_no_more() -> None:
    """Let what is left of standard output go nowhere, or the interpreter would try again at its end and complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False))


def _use_plugins_of(_: click.Context, __: click.Parameter, folders: tuple[str, ...]) -> None:
    """Let everything that is started from here find the plugins in some folders, workers too."""
    there = os.environ.get(PLUGINS_PATH)
    if folders:
        os.environ[PLUGINS_PATH] = os.pathsep.join([*filter(None, [there]), *map(os.path.abspath, folders)])


PLUGINS_DIR = click.option(
    "--plugins-dir",
    multiple=True,
    expose_value=False,
    type=click.Path(exists=True, file_okay=False),
    callback=_use_plugins_of,
    is_eager=True,
    help="没有安装的插件所在的文件夹，可多次给出。",
)
_POLICY = click.option(
    "--policy", "policies", multiple=True, type=click.Path(exists=True), help="政策包（TOML）或其文件夹，可多次给出。"
)


def POLICY(command: Command) -> Command:  # noqa: N802 - stands among the other options
    """Let a command take packs, and plugins that are not installed."""
    return _POLICY(PLUGINS_DIR(command))


ON = click.option("--on", type=DAY, help="评估日，默认取文件中的 on，再默认今天。")
FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出格式。"
)


def line_of(error: PluginError) -> str:
    """Return what is said of a plugin that could not be used."""
    return f"插件 {error.plugin} 未能使用：{in_chinese(error.reason)}"


def report_left_out(rulebook: Rulebook, also: Iterable[PluginError] = ()) -> None:
    """Name on standard error each plugin that could not be used, and parameters no programme reads."""
    for error in (*rulebook.left_out, *also):
        click.echo(line_of(error), err=True)
    for pack in rulebook.packs:
        if pack.owner == "user" and pack.unused:
            click.echo(f"{pack.file} 中没有项目使用的参数：{'、'.join(pack.unused)}", err=True)


def household_in(file: str, rulebook: Rulebook, on: date | None = None) -> Household:
    """Return the household in a file; where it cannot be taken, tell of left-out plugins too: a fact may be theirs."""
    try:
        return read_household(file, on=on, catalog=rulebook.catalog)
    except InputError:
        report_left_out(rulebook)
        raise


def print_plan(made: Plan, rulebook: Rulebook, form: str) -> None:
    """Print a plan as ``text`` or ``json``, then what was left out of it."""
    ruleset = rulebook.rules(made.household.region, made.household.on)
    if form == "json":
        click.echo(json.dumps(plan_as_json(made), ensure_ascii=False, indent=2))
    else:
        click.echo(plan_as_text(made, ruleset), nl=False)
    report_left_out(rulebook, ruleset.left_out)


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that is told of each thing done (what, how much, of how much): a bar, if there is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _of: None
        return
    with ExitStack() as stack:
        shown: dict[str, Any] = {}

        def progress(what: str, done: int, of: int) -> None:
            if what not in shown:
                stack.close()
                shown[what] = stack.enter_context(
                    click.progressbar(length=of, label=what, file=sys.stderr, show_pos=True)
                )
            shown[what].update(done - shown[what].pos)

        yield progress
