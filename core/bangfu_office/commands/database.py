"""What the commands that work on a registry share: which database, who works."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from bangfu.command_line import reporting
from bangfu.rulebook import Rulebook

if TYPE_CHECKING:
    from bangfu_office.registry import Disclosure, Record, Registry


def _login() -> str:
    """Return who is logged in; the number of a user that the system has no name for, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


DATABASE = click.option(
    "--database",
    required=True,
    envvar="BANGFU_DATABASE",
    help="登记库：文件路径，或 postgresql://用户@主机/库名；也可写在环境变量 BANGFU_DATABASE 里。",
)
FULL = click.option("--full", is_flag=True, help="显示完整的姓名和公民身份号码（记入日志）。")
WHO = click.option("--who", default=_login, show_default="登录名", help="操作人，记入日志。")


def opened(database: str, rulebook: Rulebook) -> Registry:
    """Return the registry at a URL or file path.

    Raises:
        RegistryError: it cannot be opened.
    """
    from bangfu_office.registry import Registry  # noqa: PLC0415 - SQLAlchemy is heavy, and most commands need none

    return Registry.open(database, catalog=rulebook.catalog)


def on_registry(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the registry it works on, in place of the database."""

    @DATABASE
    @reporting
    @wraps(command)
    def opening(*, database: str, **given: Any) -> None:
        with opened(database, Rulebook.load()) as registry:
            command(registry, **given)

    return opening


def covered(registry: Registry, record: Record, *, full: str, who: str) -> Disclosure:
    """Return a household as it may be shown: masked, or in full, which is written into the journal first.

    ``full`` is the call that asks for it in full, as the journal has it; empty: masked.

    Raises:
        RegistryError: nothing can be written.
    """
    from bangfu_office.registry import Attribution  # noqa: PLC0415 - as above

    if full:
        with registry.work(Attribution(who, reason=full)) as work:
            work.note("seen", record.number, new={"what": "identity"})
    return registry.cover(record, shown=bool(full))
