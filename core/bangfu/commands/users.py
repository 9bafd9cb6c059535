"""The commands about a registry's users."""

from __future__ import annotations

import sys

import click

from bangfu.commands.database import DATABASE, WHO, opened
from bangfu.commands.shared import reporting
from bangfu.rulebook import Rulebook


@click.group()
def user() -> None:
    """登记库的用户。"""


ROLES = ["assistant", "caseworker", "reviewer", "officer", "auditor", "administrator"]
_PASSWORD = click.option("--password-stdin", is_flag=True, help="从标准输入读密码，不在屏幕上问。")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("密码（至少 12 个字符）", hide_input=True, confirmation_prompt="再输入一次"))


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="角色。")
@click.option("--region", default="", help="所管行政区划代码的前几位；空为全部。")
@click.option("--programme", help="部门人员所管的项目，如 education。")
@_PASSWORD
@DATABASE
@WHO
@reporting
def add(
    name: str, role: str, region: str, programme: str | None, password_stdin: bool, database: str, who: str
) -> None:
    """新增用户。"""
    from bangfu.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu.registry.users import Role, User, add_user  # noqa: PLC0415 - as above

    password = _password(from_stdin=password_stdin)
    with opened(database, Rulebook.load()) as registry, registry.work(Attribution(who)) as work:
        add_user(work, User(name, Role(role), region, programme), password)
    click.echo(f"已新增用户 {name}（{role}）")


@user.command()
@click.argument("name")
@_PASSWORD
@DATABASE
@WHO
@reporting
def password(name: str, password_stdin: bool, database: str, who: str) -> None:
    """修改用户的密码。"""
    from bangfu.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu.registry.users import change_password  # noqa: PLC0415 - as above

    new = _password(from_stdin=password_stdin)
    with opened(database, Rulebook.load()) as registry, registry.work(Attribution(who)) as work:
        change_password(work, name, new)
    click.echo(f"已修改用户 {name} 的密码")


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), help="新的角色；不写则不变。")
@click.option("--region", help="新的地区，空为全部；不写则不变。")
@click.option("--programme", help="部门人员所管的项目；不写则不变。")
@DATABASE
@WHO
@reporting
def change(name: str, role: str | None, region: str | None, programme: str | None, database: str, who: str) -> None:
    """修改用户的角色、地区或项目；该用户须重新登录。"""
    from bangfu.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu.registry.users import Role, change_user  # noqa: PLC0415 - as above

    with opened(database, Rulebook.load()) as registry, registry.work(Attribution(who)) as work:
        change_user(work, name, role=Role(role) if role else None, region=region, programme=programme)
    click.echo(f"已修改用户 {name}")


@user.command()
@click.argument("name")
@DATABASE
@WHO
@reporting
def disable(name: str, database: str, who: str) -> None:
    """停用用户。"""
    from bangfu.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu.registry.users import disable_user  # noqa: PLC0415 - as above

    with opened(database, Rulebook.load()) as registry, registry.work(Attribution(who)) as work:
        disable_user(work, name)
    click.echo(f"已停用用户 {name}")


@user.command("list")
@DATABASE
@reporting
def list_users(database: str) -> None:
    """列出用户；最后一列是安全日志中的代号。"""
    from bangfu.registry.users import all_users, reference  # noqa: PLC0415 - heavy

    with opened(database, Rulebook.load()) as registry, registry.database.reading() as connection:
        for found in all_users(connection):
            state = "已停用" if found.disabled else ""
            told = (found.name, found.role.value, found.region or "全部", found.programme or "", state)
            click.echo("\t".join((*told, reference(found.name))))
