"""Users (用户): who may work with a registry, in which role and region; passwords are kept as argon2 hashes.

Whom somebody else gave a password to, to sign in with the first time, chooses another one then; for a while alone it
can be used.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection, Row, insert, select, update

from bangfu import clock
from bangfu.messages import _
from bangfu.regions import lies_in
from bangfu_office.registry.errors import RegistryError
from bangfu_office.registry.journal import Operation, Part, words
from bangfu_office.registry.passwords import Hashed, hashed, is_password, password_digest, random_word
from bangfu_office.registry.schema import users
from bangfu_office.registry.work import Work

_ALIKE = {
    "a": "аα", "b": "вьβ", "c": "сϲ", "d": "ԁ", "e": "еєε", "h": "нһ", "k": "кκ", "l": "1i|ӏіıι!", "m": "м",
    "n": "пη", "o": "0оο〇○", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ", "t": "тτ", "u": "υ", "v": "ѵν", "w": "ԝω",
    "x": "хχ×", "y": "уγү", "z": "ζ", "j": "ј", "-": "‐‑‒–—―−ー一_", "己": "已巳", "未": "末", "日": "曰",
    "土": "士", "戊": "戌戍", "口": "囗", "人": "入", "夭": "天", "千": "干于",
}  # fmt: skip
"""Characters that look like another one, small and without accents.

Unicode's own table is a hundred times longer, and its packages lag years behind it; a name is typed by an administrator
who knows the person, not by a stranger who registers.
"""

_SHOWN_AS = str.maketrans({other: one for one, others in _ALIKE.items() for other in others})
_PAIRS = (("rn", "m"), ("vv", "w"))
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\u17b4\u17b5")
"""Characters that count as letters or signs and show nothing."""
_NOT_SEEN = {"Mn", "Me", "Cf", "Cc", "Zs", "Zl", "Zp"}


def skeleton(name: str) -> str:
    """Return what a name looks like; equal for names that are easily taken for one another.

    These differ in case, width, accents, blanks, invisible characters, or characters that look alike.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(c for c in plain if c not in _UNSEEN and unicodedata.category(c) not in _NOT_SEEN)
    shown = seen.translate(_SHOWN_AS)
    for pair, one in _PAIRS:
        shown = shown.replace(pair, one)
    return shown


FIRST_PASSWORD = timedelta(days=7)
"""How long a first password can be used."""
_GROUPS = 4
"""Of a first password, four characters each: 79 random bits."""

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
    Role.ASSISTANT: _("村级协理员"),
    Role.CASEWORKER: _("乡镇经办人员"),
    Role.REVIEWER: _("县级审核人员"),
    Role.OFFICER: _("部门人员"),
    Role.AUDITOR: _("审计人员"),
    Role.ADMINISTRATOR: _("管理员"),
}
_NAME = Part("name", _("用户"))
_ROLE = Part("role", _("角色"), words({role.value: label for role, label in ROLE_LABELS.items()}))
_DISABLED = Part("disabled", _("停用"), words({"True": _("是"), "False": _("否")}))
OPERATIONS = (
    Operation("user", _("用户"), (_NAME, _ROLE, Part("region", _("地区")), Part("programme", _("项目")), _DISABLED)),
    Operation("password", _("更换密码"), (_NAME,)),
)


@frozen
class User:
    """A user; ``region`` is the division he or she works in, as a code (522700) or its beginning (5227); empty for all.

    ``programme`` is the programme of a department officer.
    """

    name: str
    role: Role
    region: str
    programme: str | None = None
    disabled: bool = False
    stamp: str = field(default="", eq=False, repr=False)
    """Another one after every change of password, role, region or programme: what was granted before has ended."""
    sign_in: str = field(default="", eq=False, repr=False)
    """As ``stamp``, and another one with another second factor: what somebody signed in for in person rests on it."""
    has_factor: bool = field(default=False, eq=False)
    must_change: bool = field(default=False, eq=False)
    """Whether the password is one that somebody else gave, to be changed before anything else."""

    @property
    def seen(self) -> str:
        """What an administrator sees of the user and changes: another text after every such change."""
        return f"{self.role} {self.region} {self.programme or ''} {int(self.disabled)}"

    def covers(self, region: str) -> bool:
        """Return whether a division lies in the user's region."""
        return lies_in(region, self.region)


def first_password() -> str:
    """Return a random password for somebody to sign in with the first time."""
    return random_word(_GROUPS)


def add_user(work: Work, user: User, password: str | Hashed, *, first: bool = False) -> None:
    """Add a user with a password, the user's own or a ``first`` one; journalled, without the password.

    Whoever others wait for gives it ``hashed``: that takes a tenth of a second, and of a long one more.

    Raises:
        RegistryError: the name is taken, looks like another user's or is none, the region no digits, the password too
            short or too easy, or an officer has no programme.
    """
    if not (looks := skeleton(user.name)) or len(user.name) > _LONGEST_NAME or not user.name.isprintable():
        raise RegistryError(_("用户名应为 1 至 {longest_name} 个可见字符", longest_name=_LONGEST_NAME))
    row = _checked(user.role, user.region, user.programme)
    if find_user(work.connection, user.name) is not None:
        raise RegistryError(_("用户 {name} 已存在；请换一个用户名，或修改密码", name=user.name))
    if looks in {skeleton(name) for name in work.connection.execute(select(users.c.name)).scalars()}:
        raise RegistryError(_("用户名与已有用户的难以分辨（大小写、全角半角、空格、形近的字不算不同）；请换一个用户名"))
    kept = hashed(password, user.name).text
    row["first_until"] = _first_until() if first else None
    work.connection.execute(insert(users).values(name=user.name, password=kept, disabled=int(user.disabled), **row))
    work.note("user", None, new={"name": user.name, **row, "password": password_digest(kept)})


def change_user(
    work: Work, name: str, *, role: Role | None = None, region: str | None = None, programme: str | None = None
) -> None:
    """Change what a user may and where, None: as before; what he or she is signed in with ends (``User.stamp``).

    Raises:
        RegistryError: there is no such user, the region is no digits, or an officer has no programme.
    """
    known = known_user(work, name)
    now = role or known.role
    kept = known.programme if now is Role.OFFICER else None
    write_user(work, "user", name, _checked(now, known.region if region is None else region, programme or kept))


def write_user(work: Work, operation: str, name: str, row: Mapping[str, Any], **noted: Any) -> None:
    """Write columns of a user, and note them as what was done; some as the journal has them (``noted``)."""
    known_user(work, name)
    work.connection.execute(update(users).where(users.c.name == name).values(**row))
    work.note(operation, None, new={"name": name, **row, **noted})


def _checked(role: Role, region: str, programme: str | None) -> dict[str, str | None]:
    """Return the columns of what a user may, or refuse what does not fit together."""
    if region and not (region.isascii() and region.isdigit() and len(region) <= _LONGEST_REGION):
        raise RegistryError(_("地区应为行政区划代码的前几位数字；全部地区的留空"))
    if (role is Role.OFFICER) != bool(programme):
        raise RegistryError(_("部门人员须写明所管的项目（如 education），其他人员不写"))
    return {"role": role.value, "region": region, "programme": programme or None}


def change_password(work: Work, name: str, password: str | Hashed, *, first: bool = False) -> None:
    """Give a user a new password, the user's own or a ``first`` one; refused, or ``hashed``, as in ``add_user``."""
    kept = hashed(password, name).text
    row = {"password": kept, "first_until": _first_until() if first else None}
    write_user(work, "password", name, row, password=password_digest(kept))


def _first_until() -> str:
    return clock.stored(clock.now() + FIRST_PASSWORD)


def disable_user(work: Work, name: str, *, disabled: bool = True) -> None:
    """Let a user sign in no more (or again); RegistryError where there is no such user."""
    write_user(work, "user", name, {"disabled": int(disabled)}, disabled=disabled)


def must_be_as_seen(work: Work, name: str, seen: str) -> None:
    """Raise RegistryError where a user is not as an administrator saw him or her (``User.seen``): no change is lost."""
    if known_user(work, name).seen != seen:
        raise RegistryError(_("另一位管理员刚改过这个用户；请对照现在的内容再改"))


def known_user(work: Work, name: str) -> User:
    """Return the user of a name; RegistryError where there is none."""
    found = find_user(work.connection, name)
    if found is None:
        raise RegistryError(_("没有名为 {name} 的用户；请用 bangfu user list 查看", name=name))
    return found


def find_user(connection: Connection, name: str) -> User | None:
    """Return the user of a name, or None."""
    row = _row(connection, name)
    return None if row is None else _user(row)


def all_users(connection: Connection) -> list[User]:
    """Return all users by name."""
    return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]


def signed_in(connection: Connection, name: str, password: str) -> User | None:
    """Return the user of a name and password; None for a wrong one, in the same time.

    None too for a disabled user, and for a first password that can be used no more.
    """
    row = _row(connection, name)
    right = is_password(None if row is None else row.password, password)
    if row is None or row.disabled or not right:
        return None
    over = row.first_until is not None and row.first_until < clock.stored(clock.now())
    return None if over else _user(row)


def reference(name: str) -> str:
    """Return what stands for a user's name, or a visitor's address, in the security log: eight hex digits."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _row(connection: Connection, name: str) -> Row[tuple[object, ...]] | None:
    if not name.isprintable():
        return None  # PostgreSQL takes no NUL
    return connection.execute(select(users).where(users.c.name == name)).first()


def _user(row: Row[tuple[object, ...]]) -> User:
    stamp = _hash(f"{row.password} {row.role} {row.region} {row.programme}")
    return User(
        row.name,
        Role(row.role),
        row.region,
        row.programme,
        disabled=bool(row.disabled),
        stamp=stamp,
        sign_in=_hash(f"{stamp} {row.factor}"),
        has_factor=row.factor is not None,
        must_change=row.first_until is not None,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
