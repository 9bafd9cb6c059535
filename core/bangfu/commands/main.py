"""The commands of ``bangfu``."""

from __future__ import annotations

import sys
from datetime import date
from importlib.metadata import EntryPoints, entry_points
from typing import Any

import click

from bangfu import __version__, clock
from bangfu.command_line import (
    FILE,
    FORMAT,
    ON,
    POLICY,
    REGION,
    household_in,
    print_plan,
    print_whole,
    report_left_out,
    reporting,
)
from bangfu.commands.populations import compare_command, generate, screen_command
from bangfu.commands.rules import check_pack, check_plugin, new_programme, plugins
from bangfu.plan import make_plan
from bangfu.rulebook import Rulebook
from bangfu.show.lists import fact_lines, policy_lines, programme_lines


class _Commands(click.Group):
    """Commands of the library, and those that others add by the entry-point group ``bangfu.commands``.

    One that is added under a name of the library's stands in its place, as the office's ``plan`` does, which knows
    registered households besides.
    """

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; what it prints must have arrived at its end, help and version too."""
        print_whole()
        return reporting(super().main)(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_added().names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        for entry in _added().select(name=cmd_name):
            try:
                command: click.Command = entry.load()
            except ModuleNotFoundError as error:
                return own or _missing(cmd_name, error.name, "".join(entry.extras))
            return command
        return own


def _missing(command: str, module: str | None, extra: str) -> click.Command:
    """Return what stands for a command whose extra is not installed: listed, and saying so when it is called."""
    cure = f"请 pip install 'bangfu[{extra}]'"

    def refuse(**_: object) -> None:
        raise click.ClickException(f"没有安装 {module}；{cure}")

    anything = click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)
    settings = {"ignore_unknown_options": True}
    return click.Command(command, settings, refuse, [anything], help=f"（尚未安装；{cure}）")


def _added() -> EntryPoints:
    return entry_points(group="bangfu.commands")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bangfu")
def main() -> None:
    """帮扶：一户一策，算清一户家庭应享受的全部帮扶。"""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


@main.command()
@FILE
@ON
@POLICY
@FORMAT
@reporting
def plan(file: str, on: date | None, policies: tuple[str, ...], form: str) -> None:
    """打印家庭文件中一户家庭的帮扶计划。"""
    rulebook = Rulebook.load(policies)
    print_plan(make_plan(household_in(file, rulebook, on), rulebook), rulebook, form)


@main.command()
@FILE
@POLICY
@reporting
def check(file: str, policies: tuple[str, ...]) -> None:
    """检查家庭文件，一次列出全部错误。"""
    rulebook = Rulebook.load(policies)
    household = household_in(file, rulebook)
    click.echo(f"{file}：没有错误，{len(household.members)} 名成员")
    report_left_out(rulebook)


@main.command()
@POLICY
@FORMAT
@reporting
def facts(policies: tuple[str, ...], form: str) -> None:
    """列出全部事实及其推定规则。"""
    rulebook = Rulebook.load(policies)
    click.echo("\n".join(fact_lines(rulebook.catalog, as_json=form == "json")))
    report_left_out(rulebook)


@main.command()
@click.option("--region", type=REGION, default="000000", show_default=True, help="行政区划代码。")
@ON
@POLICY
@FORMAT
@reporting
def programmes(region: str, on: date | None, policies: tuple[str, ...], form: str) -> None:
    """列出某地某日的帮扶项目和待遇。"""
    rulebook = Rulebook.load(policies)
    ruleset = rulebook.rules(region, on or clock.today())
    click.echo("\n".join(programme_lines(ruleset, as_json=form == "json")))
    report_left_out(rulebook, ruleset.left_out)


@main.command()
@click.option("--region", type=REGION, required=True, help="行政区划代码。")
@ON
@POLICY
@FORMAT
@reporting
def policy(region: str, on: date | None, policies: tuple[str, ...], form: str) -> None:
    """列出某地某日的政策参数：数值、单位、依据、出处。"""
    rulebook = Rulebook.load(policies)
    in_force = rulebook.policy(region, on or clock.today())
    click.echo("\n".join(policy_lines(in_force, rulebook.packs, region, as_json=form == "json")))
    report_left_out(rulebook)


for _command in (check_pack, check_plugin, compare_command, generate, new_programme, plugins, screen_command):
    main.add_command(_command)
