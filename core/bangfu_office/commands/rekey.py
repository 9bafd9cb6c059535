"""The command that gives a registry another key."""

from __future__ import annotations

import os

import click

from bangfu_office.commands.database import WHO, on_registry
from bangfu_office.registry import Attribution, Registry

NEW_KEY = "BANGFU_NEW_KEY"
"""The environment variable with the key to change to; ``BANGFU_KEY`` holds the one that still is."""


@click.command()
@on_registry
@WHO
@click.option("--reason", default="", help="为什么更换，记入日志。")
def rekey(registry: Registry, who: str, reason: str) -> None:
    """更换登记库的密钥：BANGFU_KEY 是现在的，BANGFU_NEW_KEY 是新的。"""
    new = os.environ.get(NEW_KEY)
    if not new:
        raise click.UsageError(f"请在环境变量 {NEW_KEY} 中给出新的密钥（至少 16 个字符，随机生成）")
    registry.change_key(new, Attribution(who, reason=reason))
    click.echo("密钥已更换，记入日志；以后请把新的密钥放在 BANGFU_KEY 中，并重新启动工作台。旧的备份仍要用旧的密钥打开")
