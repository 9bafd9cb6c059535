"""The commands about a registry's users; whoever gives them acts as an operator of the machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from bangfu.command_line import reporting
from bangfu.rulebook import Rulebook
from bangfu_office.access import Actor
from bangfu_office.accounts import users
from bangfu_office.commands.database import DATABASE, WHO, on_registry, opened
from bangfu_office.registry import Registry
from bangfu_office.registry.users import FIRST_PASSWORD, Role, all_users, reference


@click.group()
def user() -> None:
    """登记库的用户。"""


_ROLES = click.Choice([role.value for role in Role])


def _own_password(_context: click.Context, _option: click.Parameter, from_stdin: bool) -> str | None:
    """Return the password that the user chose; None where a first one is to be made."""
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None


_PASSWORD = click.option(
    "--password-stdin",
    "own",
    is_flag=True,
    callback=_own_password,
    help="从标准输入读用户本人所设的密码；不写则生成初始密码，本人首次登录时须修改。",
)


def _operating(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the actor of whoever runs this machine, in place of the database and who it is."""

    @DATABASE
    @WHO
    @reporting
    @wraps(command)
    def operated(*, database: str, who: str, **given: Any) -> None:
        rulebook = Rulebook.load()
        with opened(database, rulebook) as registry:
            command(Actor.at_the_machine(registry, rulebook, who), **given)

    return operated


def _tell(done: str, password: str, own: str | None) -> None:
    """Say what was done; and a first password, which nobody can see again."""
    click.echo(done)
    if own is None:
        click.echo(f"初始密码（只显示这一次，{FIRST_PASSWORD.days} 天内有效，首次登录时须修改）：{password}")


@user.command("add")
@click.argument("name")
@click.option("--role", type=_ROLES, required=True, help="角色。")
@click.option("--region", default="", help="所管行政区划代码的前几位；空为全部。")
@click.option("--programme", help="部门人员所管的项目，如 education。")
@_PASSWORD
@_operating
def add(actor: Actor, name: str, role: str, region: str, programme: str | None, own: str | None) -> None:
    """新增用户。"""
    made = users.add(actor, users.Whom(name), users.Rights(role, region, programme), own=own)
    _tell(f"已新增用户 {name}（{role}）", made, own)


@user.command()
@click.argument("name")
@_PASSWORD
@_operating
def password(actor: Actor, name: str, own: str | None) -> None:
    """为用户另设密码；该用户须重新登录。"""
    made = users.give_password(actor, users.Whom(name), own=own)
    _tell(f"已修改用户 {name} 的密码", made, own)


@user.command("reset-factor")
@click.argument("name")
@_operating
def forget_factor(actor: Actor, name: str) -> None:
    """取消用户的动态口令（如手机丢失）；该用户须重新登录。"""
    users.forget_factor(actor, users.Whom(name))
    click.echo(f"已取消用户 {name} 的动态口令")


@user.command()
@click.argument("name")
@click.option("--role", type=_ROLES, help="新的角色；不写则不变。")
@click.option("--region", help="新的地区，空为全部；不写则不变。")
@click.option("--programme", help="部门人员所管的项目；不写则不变。")
@_operating
def change(actor: Actor, name: str, role: str | None, region: str | None, programme: str | None) -> None:
    """修改用户的角色、地区或项目；该用户须重新登录。"""
    users.change(actor, users.Whom(name), users.Rights(role, region, programme))
    click.echo(f"已修改用户 {name}")


@user.command()
@click.argument("name")
@_operating
def disable(actor: Actor, name: str) -> None:
    """停用用户。"""
    users.disable(actor, users.Whom(name))
    click.echo(f"已停用用户 {name}")


@user.command("list")
@on_registry
def list_users(registry: Registry) -> None:
    """列出用户；最后一列是安全日志中的代号。"""
    with registry.database.reading() as connection:
        for found in all_users(connection):
            state = "已停用" if found.disabled else ""
            told = (found.name, found.role.value, found.region or "全部", found.programme or "", state)
            click.echo("\t".join((*told, reference(found.name))))
