"""What a database's errors mean to a clerk: one line, what helps, and no value of a statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from bangfu.registry.errors import DatabaseUnusableError

_FULL = "磁盘已满，这一步没有写入；请腾出空间后再试"
_BROKEN = "磁盘读写出错，这一步没有写入；请检查磁盘后再试"
READ_ONLY = "登记库是只读的，不能写入；请检查文件和文件夹的权限"
_NO_TURN = "轮不到写入，这一步没有写入；请关闭占用登记库的其他程序后再试"
_DAMAGED = "登记库文件已损坏；请从备份恢复"
_GONE = "连不上数据库；请检查数据库是否在运行、地址和口令是否正确"
_TOO_MANY = "同时使用登记库的人太多；请稍后再试"
_NOT_ALLOWED = "数据库用户没有所需的权限；请让管理员授权"

_BY_STATE = {
    "53100": _FULL,
    "53200": "数据库服务器内存不足，这一步没有写入；请稍后再试",
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
    ("unable to open database file", "打不开登记库文件；请检查路径和权限，文件是否被移走"),
    ("file is not a database", "这个文件不是登记库（或已损坏）；请检查路径，或从备份恢复"),
    ("malformed", _DAMAGED),
    ("disk i/o error", _BROKEN),
    ("database is locked", _NO_TURN),
    ("queuepool limit", _TOO_MANY),
    ("connection", _GONE),
    ("consuming input failed", _GONE),
)


def reason_of(error: BaseException) -> str:
    """Return what an error of the database means."""
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None)
    if state in _BY_STATE:
        return _BY_STATE[state]
    said = str(original).lower()
    for words, reason in _BY_WORDS:
        if words in said:
            return reason
    return f"数据库出错（{type(original).__name__}）；这一步没有写入"


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of the database into one that a clerk can act on.

    Raises:
        DatabaseUnusableError: instead of any error of the database, without its text, which can hold values.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise DatabaseUnusableError(reason_of(error)) from None


@contextmanager
def undamaged() -> Iterator[None]:
    """Say that the registry is damaged where what it holds cannot be read.

    Raises:
        DatabaseUnusableError: instead of the error of whatever reads it.
    """
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DatabaseUnusableError("登记库的内容已损坏；请从备份恢复") from None
