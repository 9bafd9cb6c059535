"""Files that cannot be written: what the system's error means, and what helps."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.errors import BangfuError
from bangfu.messages import _

_FULL = _("磁盘已满；请腾出空间后再试")
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _("文件超过了磁盘或系统允许的大小；请换一个地方"),
    errno.EROFS: _("磁盘是只读的；请换一个地方"),
    errno.EIO: _("磁盘读写出错；请检查磁盘"),
}
"""Errors that only writing meets."""
_NOT_ALLOWED = _("没有写入的权限；请检查文件夹的权限，或换一个地方")
_OF_PLACES = {
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.ENOENT: _("没有这个文件夹；请换一个地方"),
    errno.ENOTDIR: _("路径中有一段是文件，不是文件夹；请换一个地方"),
    errno.EISDIR: _("那里是文件夹，不是文件；请移走，或换一个地方"),
    errno.ENAMETOOLONG: _("名称太长；请换一个短些的"),
}
_NO_PLACE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR}
_PIECE = 65_536
"""Bytes that a file takes no more of where something could not be written to its end."""
_CODE = re.compile(r"\(os error (\d+)\)")
"""How Polars writes the system's error into its own."""


class UnwritableError(BangfuError):
    """A file or folder that cannot be written; says which, why and what helps.

    ``no_place`` says that it could never be written there: a folder is missing, or stands where a file should.
    """

    def __init__(self, file: object, reason: str, *, no_place: bool = False) -> None:
        self.file, self.reason, self.no_place = str(file), reason, no_place
        super().__init__(_("无法写入 {file}：{reason}", file=file, reason=reason))


def reason_of(error: BaseException) -> str | None:
    """Return why something could not be written; None for an error that reading or anything else may meet too."""
    return _REASONS.get(_code(error))


def _code(error: BaseException) -> int:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    of_polars = type(error).__module__.startswith("polars") or isinstance(error, OSError)  # one without a number
    found = _CODE.search(str(error)) if of_polars else None
    return int(found[1]) if found else 0


@contextmanager
def writing(file: str | Path) -> Iterator[None]:
    """Say of a file, or of a folder with all in it, that it cannot be written; other errors are left as they are.

    Raises:
        UnwritableError: instead of the error of the system, or of Polars, which has its own for it.
    """
    try:
        yield
    except FileExistsError:
        raise
    except Exception as error:
        code = _code(error)
        reason = _REASONS.get(code)
        if reason is None and _is_of(error, Path(file)):
            reason = _OF_PLACES.get(code) or str(getattr(error, "strerror", None) or error)
        if reason is None:
            raise
        raise UnwritableError(file, reason, no_place=code in _NO_PLACE) from None


@contextmanager
def written_by_polars(file: Path) -> Iterator[None]:
    """Raise the system's own error where Polars, which writes a file, tells something else of a disk that is full."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith("polars") and not _code(error):
            with file.open("ab") as opened:
                opened.write(bytes(_PIECE))
        raise


def _is_of(error: BaseException, place: Path) -> bool:
    """Return whether an error of the system is about a file, something within it, or the way to it."""
    if not isinstance(error, OSError) or error.filename is None:
        return False
    found, wanted = Path(str(error.filename)).absolute(), place.absolute()
    return found.is_relative_to(wanted) or wanted.is_relative_to(found) or found.parent == wanted.parent
