"""Users (用户): who may work with a registry, in which role and region; passwords are kept as argon2 hashes."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from attrs import frozen
from sqlalchemy import Connection, Row, insert, select, update

from bangfu.registry.errors import RegistryError
from bangfu.registry.schema import users
from bangfu.registry.work import Work

SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 200
_LONGEST_NAME = 100
_LONGEST_REGION = 12


class Role(StrEnum):
    """What a user's work is."""

    ASSISTANT = "assistant"
    CASEWORKER = "caseworker"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    Role.ASSISTANT: "村级协理员",
    Role.CASEWORKER: "乡镇经办人员",
    Role.REVIEWER: "县级审核人员",
    Role.OFFICER: "部门人员",
    Role.AUDITOR: "审计人员",
    Role.ADMINISTRATOR: "管理员",
}


@frozen
class User:
    """A user; ``region`` is the prefix of the division codes he or she works in, empty for all.

    ``programme`` is the programme of a department officer.
    """

    name: str
    role: Role
    region: str
    programme: str | None = None
    disabled: bool = False

    def covers(self, region: str) -> bool:
        """Return whether a division lies in the user's region."""
        return region.startswith(self.region)


_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def add_user(work: Work, user: User, password: str) -> None:
    """Add a user with a password of at least ten characters; journalled, without the password.

    Raises:
        RegistryError: the name is taken or no name, the region no digits, the password too short, or an
            officer has no programme.
    """
    if not user.name.strip() or len(user.name) > _LONGEST_NAME or not user.name.isprintable():
        raise RegistryError(f"用户名应为 1 至 {_LONGEST_NAME} 个可见字符")
    if user.region and not (user.region.isascii() and user.region.isdigit() and len(user.region) <= _LONGEST_REGION):
        raise RegistryError("地区应为行政区划代码的前几位数字；全部地区的留空")
    if (user.role is Role.OFFICER) != bool(user.programme):
        raise RegistryError("部门人员须写明所管的项目（如 education），其他人员不写")
    if find_user(work.connection, user.name) is not None:
        raise RegistryError(f"用户 {user.name} 已存在；请换一个用户名，或修改密码")
    row = {"role": user.role.value, "region": user.region, "programme": user.programme}
    hashed = hash_password(password)
    work.connection.execute(insert(users).values(name=user.name, password=hashed, disabled=int(user.disabled), **row))
    work.note("user", None, new={"name": user.name, **row, "password": password_digest(hashed)})


def change_password(work: Work, name: str, password: str) -> None:
    """Give a user a new password.

    Raises:
        RegistryError: there is no such user, or the password is too short.
    """
    _known(work, name)
    hashed = hash_password(password)
    work.connection.execute(update(users).where(users.c.name == name).values(password=hashed))
    work.note("password", None, new={"name": name, "password": password_digest(hashed)})


def disable_user(work: Work, name: str, *, disabled: bool = True) -> None:
    """Let a user sign in no more (or again).

    Raises:
        RegistryError: there is no such user.
    """
    _known(work, name)
    work.connection.execute(update(users).where(users.c.name == name).values(disabled=int(disabled)))
    work.note("user", None, new={"name": name, "disabled": disabled})


def _known(work: Work, name: str) -> None:
    if find_user(work.connection, name) is None:
        raise RegistryError(f"没有名为 {name} 的用户；请用 bangfu user list 查看")


def password_digest(hashed: str) -> str:
    """Return what the journal has of a stored password: a hash of its hash."""
    return hashlib.sha256(hashed.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return the argon2 hash of a password.

    Raises:
        RegistryError: it is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise RegistryError(f"密码应为 {SHORTEST_PASSWORD} 至 {_LONGEST_PASSWORD} 个字符")
    return _hasher.hash(password)


def find_user(connection: Connection, name: str) -> User | None:
    """Return the user of a name, or None."""
    row = connection.execute(select(users).where(users.c.name == name)).first()
    return None if row is None else _user(row)


def all_users(connection: Connection) -> list[User]:
    """Return all users by name."""
    return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]


def signed_in(connection: Connection, name: str, password: str) -> User | None:
    """Return the user of a name and password; None for a wrong one, in the same time, or a disabled user."""
    row = connection.execute(select(users).where(users.c.name == name)).first()
    try:
        _hasher.verify(_NOBODY if row is None else row.password, password[:_LONGEST_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return None
    return None if row is None or row.disabled else _user(row)


def _user(row: Row[tuple[object, ...]]) -> User:
    return User(row.name, Role(row.role), row.region, row.programme, disabled=bool(row.disabled))
