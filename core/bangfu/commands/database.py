"""What the commands that work on a registry share: which database, who works."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from bangfu.rulebook import Rulebook

if TYPE_CHECKING:
    from bangfu.registry import Registry

DATABASE = click.option(
    "--database",
    required=True,
    envvar="BANGFU_DATABASE",
    help="登记库：文件路径，或 postgresql://用户@主机/库名；也可写在环境变量 BANGFU_DATABASE 里。",
)
WHO = click.option("--who", default=getpass.getuser, show_default="登录名", help="操作人，记入日志。")


def opened(database: str, rulebook: Rulebook) -> Registry:
    """Return the registry at a URL or file path.

    Raises:
        RegistryError: it cannot be opened.
    """
    from bangfu.registry import Registry  # noqa: PLC0415 - SQLAlchemy is heavy, and most commands need none

    return Registry.open(database, catalog=rulebook.catalog)
