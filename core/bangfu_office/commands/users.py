"""The commands about a registry's users."""

from __future__ import annotations

import sys

import click

from bangfu.command_line import reporting
from bangfu.rulebook import Rulebook
from bangfu_office.commands.database import DATABASE, WHO, opened


@click.group()
def user() -> None:
    """登记库的用户。"""


ROLES = ["assistant", "caseworker", "reviewer", "officer", "auditor", "administrator"]
_PASSWORD = click.option(
    "--password-stdin", is_flag=True, help="从标准输入读用户本人所设的密码；不写则生成初始密码，本人首次登录时须修改。"
)


def _own_password(*, from_stdin: bool) -> str | None:
    """Return the password that the user chose; None where a first one is to be made."""
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None


def _tell(done: str, first: str) -> None:
    """Say what was done; and a first password, which nobody can see again."""
    from bangfu_office.registry.users import FIRST_PASSWORD  # noqa: PLC0415 - heavy

    click.echo(done)
    if first:
        click.echo(f"初始密码（只显示这一次，{FIRST_PASSWORD.days} 天内有效，首次登录时须修改）：{first}")


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
    from bangfu_office.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu_office.registry.passwords import hashed  # noqa: PLC0415 - as above
    from bangfu_office.registry.users import Role, User, add_user, first_password  # noqa: PLC0415 - as above

    own, first = _own_password(from_stdin=password_stdin), first_password()
    kept = hashed(first if own is None else own, name)
    with opened(database, Rulebook.load()) as registry, registry.work(Attribution(who)) as work:
        add_user(work, User(name, Role(role), region, programme), kept, first=own is None)
    _tell(f"已新增用户 {name}（{role}）", first if own is None else "")


@user.command()
@click.argument("name")
@_PASSWORD
@DATABASE
@WHO
@reporting
def password(name: str, password_stdin: bool, database: str, who: str) -> None:
    """为用户另设密码；该用户须重新登录。"""
    from bangfu_office.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu_office.registry.passwords import hashed  # noqa: PLC0415 - as above
    from bangfu_office.registry.users import change_password, first_password  # noqa: PLC0415 - as above

    own, first = _own_password(from_stdin=password_stdin), first_password()
    kept = hashed(first if own is None else own, name)
    with opened(database, Rulebook.load()) as registry, registry.work(Attribution(who)) as work:
        change_password(work, name, kept, first=own is None)
    _tell(f"已修改用户 {name} 的密码", first if own is None else "")


@user.command("reset-factor")
@click.argument("name")
@DATABASE
@WHO
@reporting
def forget_factor(name: str, database: str, who: str) -> None:
    """取消用户的动态口令（如手机丢失）；该用户须重新登录。"""
    from bangfu_office.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu_office.registry.second_factor import reset_factor  # noqa: PLC0415 - as above

    with opened(database, Rulebook.load()) as registry, registry.work(Attribution(who)) as work:
        reset_factor(work, name)
    click.echo(f"已取消用户 {name} 的动态口令")


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
    from bangfu_office.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu_office.registry.users import Role, change_user  # noqa: PLC0415 - as above

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
    from bangfu_office.registry import Attribution  # noqa: PLC0415 - heavy
    from bangfu_office.registry.users import disable_user  # noqa: PLC0415 - as above

    with opened(database, Rulebook.load()) as registry, registry.work(Attribution(who)) as work:
        disable_user(work, name)
    click.echo(f"已停用用户 {name}")


@user.command("list")
@DATABASE
@reporting
def list_users(database: str) -> None:
    """列出用户；最后一列是安全日志中的代号。"""
    from bangfu_office.registry.users import all_users, reference  # noqa: PLC0415 - heavy

    with opened(database, Rulebook.load()) as registry, registry.database.reading() as connection:
        for found in all_users(connection):
            state = "已停用" if found.disabled else ""
            told = (found.name, found.role.value, found.region or "全部", found.programme or "", state)
            click.echo("\t".join((*told, reference(found.name))))
