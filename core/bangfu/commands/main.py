"""The commands and what they share: reading the input, reporting errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any, TypeVar

import click

from bangfu import __version__
from bangfu.commands.lists import fact_lines, policy_lines, programme_lines
from bangfu.errors import BangfuError, PluginError
from bangfu.facts import Digits
from bangfu.files import read_household
from bangfu.files.values import Wrong, read_day, read_scalar
from bangfu.plan import make_plan
from bangfu.rulebook import Rulebook
from bangfu.show import plan_as_json, plan_as_text

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day such as 2020-09-01."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or fail as a wrong call."""
        try:
            return read_day(value)
        except Wrong as wrong:
            self.fail(f"{wrong.found}；应为：{wrong.expected}", param, ctx)


class Region(click.ParamType[str]):
    """A division code of 6, 9 or 12 digits."""

    name = "region"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code, or fail as a wrong call."""
        try:
            return str(read_scalar(Digits((6, 9, 12)), value))
        except Wrong as wrong:
            self.fail(f"{wrong.found}；应为：{wrong.expected}", param, ctx)


def reporting(command: Command) -> Command:
    """Turn an error of the input into a message on standard error and exit code 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except BangfuError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except OSError as error:
            click.echo(f"无法读取 {error.filename}：{error.strerror}", err=True)
            sys.exit(1)

    return wrapped  # type: ignore[return-value]


FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False))
POLICY = click.option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Path(exists=True),
    help="政策包（TOML）或其文件夹，可多次给出。",
)
ON = click.option("--on", type=Day(), help="评估日，默认取文件中的 on，再默认今天。")
FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出格式。"
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bangfu")
def main() -> None:
    """帮扶：一户一策，算清一户家庭应享受的全部帮扶。"""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _report_left_out(rulebook: Rulebook, also: Iterable[PluginError] = ()) -> None:
    for error in (*rulebook.left_out, *also):
        click.echo(f"插件 {error.plugin} 未能使用：{error.reason}", err=True)
    for pack in rulebook.packs:
        if pack.owner == "user" and pack.unused:
            click.echo(f"{pack.file} 中没有项目使用的参数：{'、'.join(pack.unused)}", err=True)


@main.command()
@FILE
@ON
@POLICY
@FORMAT
@reporting
def plan(file: str, on: date | None, policies: tuple[str, ...], form: str) -> None:
    """打印一户家庭的帮扶计划。"""
    rulebook = Rulebook.load(policies)
    household = read_household(file, on=on, catalog=rulebook.catalog)
    made = make_plan(household, rulebook)
    ruleset = rulebook.rules(household.region, household.on)
    if form == "json":
        click.echo(json.dumps(plan_as_json(made), ensure_ascii=False, indent=2))
    else:
        click.echo(plan_as_text(made, ruleset), nl=False)
    _report_left_out(rulebook, ruleset.left_out)


@main.command()
@FILE
@reporting
def check(file: str) -> None:
    """检查家庭文件，一次列出全部错误。"""
    rulebook = Rulebook.load()
    household = read_household(file, catalog=rulebook.catalog)
    click.echo(f"{file}：没有错误，{len(household.members)} 名成员")
    _report_left_out(rulebook)


@main.command()
@FORMAT
@reporting
def facts(form: str) -> None:
    """列出全部事实及其推定规则。"""
    rulebook = Rulebook.load()
    click.echo("\n".join(fact_lines(rulebook.catalog, as_json=form == "json")))
    _report_left_out(rulebook)


@main.command()
@click.option("--region", type=Region(), default="000000", show_default=True, help="行政区划代码。")
@ON
@POLICY
@FORMAT
@reporting
def programmes(region: str, on: date | None, policies: tuple[str, ...], form: str) -> None:
    """列出某地某日的帮扶项目和待遇。"""
    rulebook = Rulebook.load(policies)
    ruleset = rulebook.rules(region, on or date.today())
    click.echo("\n".join(programme_lines(ruleset, as_json=form == "json")))
    _report_left_out(rulebook, ruleset.left_out)


@main.command()
@click.option("--region", type=Region(), required=True, help="行政区划代码。")
@ON
@POLICY
@FORMAT
@reporting
def policy(region: str, on: date | None, policies: tuple[str, ...], form: str) -> None:
    """列出某地某日的政策参数：数值、单位、依据、出处。"""
    rulebook = Rulebook.load(policies)
    in_force = rulebook.policy(region, on or date.today())
    click.echo("\n".join(policy_lines(in_force, rulebook.packs, region, as_json=form == "json")))
    _report_left_out(rulebook)


from bangfu.commands.handbook import handbook  # noqa: E402 - it uses what stands above

main.add_command(handbook)

from bangfu.commands.check_plugin import check_plugin  # noqa: E402 - registered with the others
from bangfu.commands.new_programme import new_programme  # noqa: E402 - registered with the others

main.add_command(check_plugin)
main.add_command(new_programme)
