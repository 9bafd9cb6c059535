"""What can go wrong with a registry, and what a database's errors mean to a clerk: no value of a statement is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen
from sqlalchemy.exc import SQLAlchemyError

from bangfu import clock
from bangfu.errors import BangfuError
from bangfu.messages import _, joined

if TYPE_CHECKING:
    from bangfu_office.registry.journal import Entry


class RegistryError(BangfuError):
    """The registry cannot do what was asked; this step has written nothing."""


class DatabaseUnusableError(RegistryError):
    """The database is gone, locked, read-only, damaged or no registry; says which and what helps.

    ``unknown`` says that it failed at the commit in such a way that this step may have been written all the same.
    """

    def __init__(self, reason: str, *, unknown: bool = False) -> None:
        self.unknown = unknown
        super().__init__(reason)


class DatabaseFullError(DatabaseUnusableError):
    """The database has no room for more; what it holds can still be read."""


class UnknownHouseholdError(RegistryError):
    """No household has this number."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(_("没有编号为 {number} 的家庭；请核对编号，或用 bangfu household list 查看", number=number))


class ClosedHouseholdError(RegistryError):
    """The household was closed (merged or dissolved) and takes no more changes."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(_("家庭 {number} 已注销，不能再修改；注销的原因见这一户的页面", number=number))


class NumberTakenError(RegistryError):
    """A household cannot have this number; whether it is another's, and where, is nobody's business who lives there."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(_("编号 {number} 不能用；请换一个编号，或留空由登记库编号", number=number))


class AlreadyRegisteredError(RegistryError):
    """People who were to be registered are registered already, in ``households`` (numbers)."""

    def __init__(self, households: Sequence[str]) -> None:
        self.households = tuple(households)
        super().__init__(
            _("公民身份号码已登记在 {list}；请在那一户办理，确要另外登记的请说明", list=joined("、", households))
        )


class ConflictError(RegistryError):
    """Somebody else changed the household since it was read.

    ``theirs`` holds the journal entries of those changes. Nothing of the refused change is lost: it
    can be made again on ``version`` once it was compared with them.
    """

    def __init__(self, number: str, version: int, theirs: Sequence[Entry]) -> None:
        self.number, self.version, self.theirs = number, version, tuple(theirs)
        who = joined("、", dict.fromkeys(entry.who for entry in theirs)) or _("其他人")
        facts = joined("、", dict.fromkeys(entry.fact or entry.operation for entry in theirs))
        super().__init__(
            _("家庭 {number} 在您打开后已由 {who} 修改（{facts}）；请对照后再保存", number=number, who=who, facts=facts)
        )


SOUND = _("及此前无误")
"""How a trouble begins that is not the journal's own."""


class KeyChangedError(RegistryError):
    """The registry's key was changed since it was opened here."""

    def __init__(self) -> None:
        super().__init__(_("登记库的密钥已更换，这里还是旧的，什么也没有写入；请换上新的 BANGFU_KEY 后重新启动"))


class ClockError(RegistryError):
    """The machine's clock (``now``) is far from the moment of the journal's last entry (``last``)."""

    def __init__(self, now: datetime, last: datetime) -> None:
        self.now, self.last = now, last
        here, there = clock.shown(now), clock.shown(last)
        super().__init__(
            _(
                "本机时间是 {here}，登记库最后一次写入是 {there}，相差太远，什么也没有写入；"
                "请先核对本机的日期和时间。本机时间无误的，请管理员用 bangfu journal clock 更正",
                here=here,
                there=there,
            )
        )


class JournalError(RegistryError):
    """The journal is not what it was when it was written; ``seq`` is the first entry that is wrong."""

    def __init__(self, seq: int, what: str) -> None:
        self.seq, self.what = seq, what
        sound = "" if what.startswith(SOUND) else _("；此前的 {seq} 条无误", seq=seq - 1)
        super().__init__(_("日志第 {seq} 条{what}{sound}", seq=seq, what=what, sound=sound))


ERRORS = (SQLAlchemyError, sqlite3.Error)
"""What a database raises."""


class Step(Enum):
    """What a database was at when it failed; the value is what that means for what was to be written."""

    READING = ""
    WRITING = "这一步没有写入"
    COMMITTING = "不能确定这一步是否已写入，请先查看再重做"


@frozen
class Trouble:
    """What an error means: what it is and what helps; ``full``: there is no room.

    ``undone``: nothing is written where it comes in answer to a commit; of others, such as a connection that breaks
    off, nobody knows.
    """

    what: str
    helps: str
    undone: bool = False
    full: bool = False

    def at(self, step: Step) -> DatabaseUnusableError:
        """Return the error that tells this trouble."""
        if step is Step.COMMITTING and self.undone:
            step = Step.WRITING
        kind = DatabaseFullError if self.full else DatabaseUnusableError
        told = joined("，", filter(None, [self.what, step.value]))
        return kind(_("{told}；{helps}", told=told, helps=self.helps), unknown=step is Step.COMMITTING)


_FULL = Trouble(_("磁盘已满"), _("请腾出空间后再试"), undone=True, full=True)
_NO_MEMORY = Trouble(_("数据库服务器内存不足"), _("请稍后再试"), undone=True)
_BROKEN = Trouble(_("磁盘读写出错"), _("请检查磁盘后再试"))
READ_ONLY = Trouble(_("登记库是只读的"), _("请检查文件和文件夹的权限"), undone=True)
_NO_TURN = Trouble(_("登记库正被其他程序占用"), _("请关闭占用登记库的其他程序后再试"), undone=True)
_NO_FILE = Trouble(_("打不开登记库文件"), _("请检查路径和权限，文件是否被移走"), undone=True)
_NO_REGISTRY = Trouble(_("这个文件不是登记库（或已损坏）"), _("请检查路径，或从备份恢复"), undone=True)
_DAMAGED = Trouble(_("登记库文件已损坏"), _("请从备份恢复"))
_GONE = Trouble(_("连不上数据库"), _("请检查数据库是否在运行、地址和口令是否正确"))
_TOO_MANY = Trouble(_("同时使用登记库的人太多"), _("请稍后再试"), undone=True)
_NOT_ALLOWED = Trouble(_("数据库用户没有所需的权限"), _("请让管理员授权"), undone=True)

_NO_ROOM_TO_OPEN = "SQLITE_IOERR_SHMSIZE"
"""What SQLite says where there is no room for the file beside a database that every reader needs."""
_BY_STATE = {
    "53100": _FULL,
    "53200": _NO_MEMORY,
    "53300": _TOO_MANY,
    "58030": _BROKEN,
    "25006": READ_ONLY,
    "55P03": _NO_TURN,
    "42501": _NOT_ALLOWED,
    "57P01": _GONE,
    "57P02": _GONE,
    "57P03": _GONE,
}
"""By PostgreSQL's SQLSTATE, whatever language the server speaks."""
_BY_WORDS = (
    ("disk is full", _FULL),
    ("no space left", _FULL),
    ("readonly database", READ_ONLY),
    ("unable to open database file", _NO_FILE),
    ("file is not a database", _NO_REGISTRY),
    ("malformed", _DAMAGED),
    ("disk i/o error", _BROKEN),
    ("database is locked", _NO_TURN),
    ("queuepool limit", _TOO_MANY),
    ("connection", _GONE),
    ("consuming input failed", _GONE),
)


def trouble_of(error: BaseException) -> Trouble:
    """Return what an error of the database means."""
    original = getattr(error, "orig", None) or error
    if getattr(original, "sqlite_errorname", "") == _NO_ROOM_TO_OPEN:
        return _FULL
    state = getattr(original, "sqlstate", None)
    if state in _BY_STATE:
        return _BY_STATE[state]
    said = str(original).lower()
    for words, trouble in _BY_WORDS:
        if words in said:
            return trouble
    return Trouble(_("数据库出错（{name}）", name=type(original).__name__), _("请再试一次，仍不行请告诉管理员"))


@contextmanager
def explained(step: Step = Step.READING) -> Iterator[None]:
    """Turn any error of the database into DatabaseUnusableError, without its text, which can hold values."""
    try:
        yield
    except ERRORS as error:
        raise trouble_of(error).at(step) from None


@contextmanager
def undamaged() -> Iterator[None]:
    """Say DatabaseUnusableError in place of the error of whatever cannot read what the registry holds."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DatabaseUnusableError(_("登记库的内容已损坏；请从备份恢复")) from None
