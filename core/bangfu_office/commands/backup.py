"""The commands that write a registry to a file and take it in again."""

from __future__ import annotations

import click

from bangfu.unwritable import writing
from bangfu_office.commands.database import on_registry
from bangfu_office.registry import Registry
from bangfu_office.registry import backup as kept


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@on_registry
def backup(registry: Registry, file: str) -> None:
    """把整个登记库备份到一个新文件。"""
    with writing(file):
        made = kept.backup(registry, file)
    click.echo(f"已备份到 {file}：{made.rows['households']} 户、{made.rows['members']} 人、日志 {made.head.seq} 条")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@on_registry
def restore(registry: Registry, file: str) -> None:
    """从备份恢复到一个空的登记库。"""
    made = kept.restore(registry, file)
    click.echo(f"已恢复：{made.rows['households']} 户、{made.rows['members']} 人、日志 {made.head.seq} 条，核对无误")
