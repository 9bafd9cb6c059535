"""The commands of ``bangfu``."""

from __future__ import annotations

import json
import sys
from datetime import date
from importlib.metadata import EntryPoints, entry_points
from typing import Any

import click

from bangfu import __version__, clock
from bangfu.commands.backup import backup, restore
from bangfu.commands.check_plugin import check_plugin
from bangfu.commands.compare import compare_command
from bangfu.commands.database import FULL, WHO, covered, opened
from bangfu.commands.generate import generate
from bangfu.commands.handbook import handbook
from bangfu.commands.lists import fact_lines, policy_lines, programme_lines
from bangfu.commands.new_programme import new_programme
from bangfu.commands.packs import check_pack, plugins
from bangfu.commands.registry import household, journal
from bangfu.commands.rekey import rekey
from bangfu.commands.screen import screen_command
from bangfu.commands.shared import FILE, FORMAT, ON, POLICY, Region, print_whole, report_left_out, reporting
from bangfu.commands.sheets import export_command, import_command, template_command
from bangfu.commands.users import user
from bangfu.errors import InputError
from bangfu.files import read_household
from bangfu.households import Household
from bangfu.plan import make_plan
from bangfu.rulebook import Rulebook
from bangfu.show import plan_as_json, plan_as_text


class _Commands(click.Group):
    """Commands of core, and those that other distributions add by the entry-point group ``bangfu.commands``."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; what it prints must have arrived at its end, help and version too."""
        print_whole()
        return reporting(super().main)(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *(entry.name for entry in _added())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        entry = None if own else next((entry for entry in _added() if entry.name == cmd_name), None)
        if entry is None:
            return own
        try:
            command: click.Command = entry.load()
        except ModuleNotFoundError as error:
            return _missing(cmd_name, error.name, "".join(entry.extras) or "web")
        return command


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


def _household_in(file: str, rulebook: Rulebook, on: date | None = None) -> Household:
    """Return the household in a file; where it cannot be taken, the facts may be those of a plugin that is left out."""
    try:
        return read_household(file, on=on, catalog=rulebook.catalog)
    except InputError:
        report_left_out(rulebook)
        raise


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False), required=False)
@click.option("--database", envvar="BANGFU_DATABASE", help="登记库，与 --household 一起用。")
@click.option("--household", "number", help="登记库中的户编号。")
@ON
@POLICY
@FULL
@WHO
@FORMAT
@reporting
def plan(
    file: str | None,
    database: str | None,
    number: str | None,
    on: date | None,
    policies: tuple[str, ...],
    full: bool,
    who: str,
    form: str,
) -> None:
    """打印一户家庭的帮扶计划：家庭文件，或登记库中的一户；登记库中的姓名遮盖，除非用 --full。"""
    rulebook = Rulebook.load(policies)
    if file and not number and not full:
        made = make_plan(_household_in(file, rulebook, on), rulebook)
    elif file or not number or not database:
        raise click.UsageError("请给出一个家庭文件，或者 --database 和 --household（要全名再加 --full）")
    else:
        with opened(database, rulebook) as registry:
            record = registry.household(number)
            cover = covered(registry, record, full="plan --full" if full else "", who=who)
            made = cover.plan(make_plan(record.household(on), rulebook))
    ruleset = rulebook.rules(made.household.region, made.household.on)
    if form == "json":
        click.echo(json.dumps(plan_as_json(made), ensure_ascii=False, indent=2))
    else:
        click.echo(plan_as_text(made, ruleset), nl=False)
    report_left_out(rulebook, ruleset.left_out)


@main.command()
@FILE
@POLICY
@reporting
def check(file: str, policies: tuple[str, ...]) -> None:
    """检查家庭文件，一次列出全部错误。"""
    rulebook = Rulebook.load(policies)
    household = _household_in(file, rulebook)
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
@click.option("--region", type=Region(), default="000000", show_default=True, help="行政区划代码。")
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
@click.option("--region", type=Region(), required=True, help="行政区划代码。")
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


for _command in (
    backup,
    check_pack,
    check_plugin,
    compare_command,
    export_command,
    generate,
    handbook,
    household,
    import_command,
    journal,
    new_programme,
    plugins,
    rekey,
    restore,
    screen_command,
    template_command,
    user,
):
    main.add_command(_command)
