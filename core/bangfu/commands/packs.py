"""``bangfu check-pack`` and ``bangfu plugins``: whether packs and plugins can be used, and if not, why and where."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from bangfu import clock
from bangfu.command_line import PLUGINS_DIR, line_of, report_left_out, reporting
from bangfu.errors import PluginError
from bangfu.hooks import hooks_of
from bangfu.policy import USER
from bangfu.regions import NATION
from bangfu.rulebook import Rulebook, check_packs


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
    left_out = {error.plugin: error for error in failed}
    for name in rulebook.plugins:
        programmes = "、".join(f"{p.code} {p.name}" for p in rulebook.programmes_of(name, ruleset.policy))
        hooks = "、".join(hooks_of(rulebook.module(name)))
        version = rulebook.versions.get(name) or "（未安装）"
        unused = "　未能使用" if name in left_out else ""
        click.echo(f"{name}　{version}　钩子：{hooks}　项目：{programmes or '无'}{unused}")
    for line in _told(failed, whole=whole):
        click.echo(line, err=True)
    sys.exit(1 if failed else 0)


def _told(failed: tuple[PluginError, ...], *, whole: bool) -> Iterator[str]:
    for error in failed:
        yield line_of(error)
        if whole and error.trace:
            yield error.trace.rstrip()
