"""What a database's errors mean to a clerk: one line, what helps, and no value of a statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from attrs import frozen
from sqlalchemy.exc import SQLAlchemyError

from bangfu.messages import _, joined
from bangfu_office.registry.errors import DatabaseFullError, DatabaseUnusableError

ERRORS = (SQLAlchemyError, sqlite3.Error)
"""What a database raises."""


class Step(Enum):
    """What a database was at when it failed; the value is what that means for what was to be written."""

    READING = ""
    WRITING = "这一步没有写入"
    COMMITTING = "不能确定这一步是否已写入，请先查看再重做"


@frozen
class Trouble:
    """What an error means: what it is and what helps.

    ``undone`` says that nothing is written where it comes in answer to a commit; of others, such as a connection that
    breaks off, nobody knows. ``full`` says that there is no room.
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
    """Turn an error of the database into one that a clerk can act on.

    Raises:
        DatabaseUnusableError: instead of any error of the database, without its text, which can hold values.
    """
    try:
        yield
    except ERRORS as error:
        raise trouble_of(error).at(step) from None


@contextmanager
def undamaged() -> Iterator[None]:
    """Say that the registry is damaged where what it holds cannot be read.

    Raises:
        DatabaseUnusableError: instead of the error of whatever reads it.
    """
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DatabaseUnusableError(_("登记库的内容已损坏；请从备份恢复")) from None
