"""What those run who write rules: ``check-pack``, ``plugins``, ``check-plugin``, ``new-programme``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bangfu import clock
from bangfu.command_line import PLUGINS_DIR, line_of, report_left_out, reporting
from bangfu.facts.catalog import near
from bangfu.hooks import hooks_of
from bangfu.kit.scaffold import LONGEST_NAME, NAME, taken_by, write_plugin
from bangfu.policy import USER
from bangfu.regions import NATION
from bangfu.rulebook import Rulebook, check_packs

_NEXT = """{folder} is written. Now:
  cd {folder}
  pip install --editable '.[test]'
  pytest
  bangfu check-plugin {name}"""


@click.command("check-pack")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True))
@PLUGINS_DIR
@reporting
def check_pack(files: tuple[str, ...]) -> None:
    """检查政策包（TOML 文件或其文件夹），像使用时那样放在一起，一次列出全部错误。"""
    rulebook = check_packs(files, clock.today())
    for pack in (pack for pack in rulebook.packs if pack.owner == USER):
        counts = (
            (len(pack.entries), "个参数值"),
            (len(pack.rows), "项待遇"),
            (len(pack.columns), "个推算量"),
            (len(pack.groups), "个组"),
            (len(pack.facts), "个事实"),
        )
        said = "、".join(f"{count} {what}" for count, what in counts if count) or "没有内容"
        click.echo(f"{pack.file}：没有错误（{pack.region} {pack.name}）：{said}")
    report_left_out(rulebook)


@click.command("plugins")
@click.option("--traceback", "whole", is_flag=True, help="未能使用的插件：列出全部调用过程。")
@PLUGINS_DIR
@reporting
def plugins(whole: bool) -> None:
    """列出插件：版本、钩子、项目；未能使用的，写明原因和它代码中的位置。"""
    rulebook = Rulebook.load()
    ruleset = rulebook.rules(NATION, clock.today())
    failed = (*rulebook.left_out, *ruleset.left_out)
    left_out = {error.plugin for error in failed}
    for name in rulebook.plugins:
        programmes = "、".join(f"{p.code} {p.name}" for p in rulebook.programmes_of(name, ruleset.policy))
        hooks = "、".join(hooks_of(rulebook.module(name)))
        version = rulebook.versions.get(name) or "（未安装）"
        unused = "　未能使用" if name in left_out else ""
        click.echo(f"{name}　{version}　钩子：{hooks}　项目：{programmes or '无'}{unused}")
    for error in failed:
        click.echo(line_of(error), err=True)
        if whole and error.trace:
            click.echo(error.trace.rstrip(), err=True)
    sys.exit(1 if failed else 0)


class PluginName(click.ParamType[str]):
    """The entry-point name of an installed plugin."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or fail as a wrong call."""
        from bangfu.kit.plugin import installed  # noqa: PLC0415 - other commands need none of it

        names = installed()
        if value not in names:
            self.fail(f"no plugin {value!r} is installed, but {', '.join(names)}{near(value, names)}", param, ctx)
        return value


@click.command("check-plugin")
@PLUGINS_DIR
@click.argument("name", type=PluginName())
@click.option(
    "--scenarios",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tests"),
    show_default=True,
    help="The folder with the plugin's *.scenario.toml files.",
)
def check_plugin(name: str, scenarios: Path) -> None:
    """Check an installed plugin: hooks, sources, labels, codes, random households, coverage by criterion."""
    from bangfu.kit.inspection import check_plugin as checks_of  # noqa: PLC0415 - as above
    from bangfu.kit.run import Runner  # noqa: PLC0415 - as above

    failed = passed = 0
    for check in checks_of(name, Runner(), scenarios):
        click.echo(f"{'ok  ' if check.passed else 'FAIL'}  {check.text}")
        for detail in check.details:
            click.echo("\n".join(f"        {line}" for line in detail.splitlines()))
        passed += check.passed
        failed += not check.passed
    click.echo(f"{name}: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


class ProgrammeName(click.ParamType[str]):
    """A programme's code, which begins the codes of its benefits and parameters."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or fail as a wrong call."""
        if not NAME.fullmatch(value) or len(value) > LONGEST_NAME:
            self.fail(
                f"{value!r} is no programme name; give lower-case letters, digits and single underscores, "
                f"a letter first, at most {LONGEST_NAME} characters, such as heating or school_bus",
                param,
                ctx,
            )
        return value


@click.command("new-programme")
@click.argument("name", type=ProgrammeName())
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="The folder to write the plugin's folder into.",
)
def new_programme(name: str, into: Path) -> None:
    """Write the folder of a new programme: a plugin that passes its own tests at once."""
    if owner := taken_by(name):
        raise click.ClickException(f"the name {name!r} is taken by {owner}; choose another")
    try:
        folder = write_plugin(name, into)
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is there already; move it away, or use --into") from None
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename or into / name}: {error.strerror}") from None
    click.echo(_NEXT.format(folder=folder, name=name))
