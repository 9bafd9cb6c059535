"""A new workbook that leaves nothing behind while it is written: its rows and parts wait in files that have no name.

XlsxWriter keeps them in files beside, with names; a process that is killed would leave them there, and they hold
people's data in the clear. A file without a name is gone with the process that opened it, however that ended.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

from bangfu.private import written

_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "use_zip64": True}

Target = str | Path | IO[bytes]
"""Where a workbook is written to: a path, or an open file, in memory say, of which nothing stays but the workbook."""


def _file() -> IO[str]:
    return TemporaryFile("w+", encoding="utf-8", newline="\n")


class _Rows(Worksheet):  # type: ignore[misc]
    """A sheet whose rows wait in a file without a name until the workbook is closed."""

    def _initialize(self, init_data: dict[str, Any]) -> None:
        super()._initialize({**init_data, "constant_memory": False})
        self.constant_memory = init_data["constant_memory"]
        self.row_data_fh = self.fh = _file()

    def _write_optimized_sheet_data(self) -> None:
        if self.dim_rowmin is None:
            self._xml_empty_tag("sheetData")
            return
        self._xml_start_tag("sheetData")
        with self.row_data_fh as rows:
            rows.seek(0)
            shutil.copyfileobj(rows, self.fh)
        self._xml_end_tag("sheetData")


class _Part(StringIO):
    """A part of a workbook, which XlsxWriter takes for one in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._content = _file()
        self.write = self._content.write  # type: ignore[method-assign]

    def getvalue(self) -> Any:
        """Return the part as what has to be encoded yet, as a text in memory would."""
        self._content.flush()
        return self

    def encode(self, _encoding: str) -> mmap:
        """Return the bytes of the part, which is no text that is all in memory."""
        return mmap(self._content.fileno(), 0, access=ACCESS_READ)

    def close(self) -> None:
        """Let go of the file."""
        self._content.close()
        super().close()


class _Parts(Packager):  # type: ignore[misc]
    """Puts a workbook's parts into files without names."""

    def _filename(self, xml_filename: str) -> StringIO:
        part = _Part()
        self.filenames.append((part, xml_filename, False))
        return part


class _UnnamedWorkbook(Workbook):  # type: ignore[misc]
    """A workbook that is written with little memory, and of which no file but the finished one has a name."""

    worksheet_class = _Rows

    def _get_packager(self) -> Packager:
        return _Parts()

    def _store_workbook(self) -> None:
        self.in_memory = True  # of its parts: they are objects and no names
        super()._store_workbook()


@contextmanager
def saved(target: Target) -> Iterator[Workbook]:
    """Open a new workbook that takes the place of what is at ``target`` once it is complete.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    if isinstance(target, str | Path):
        with written(Path(target)) as path, _filled(path) as workbook:
            yield workbook
    else:
        target.seek(0)
        target.truncate()
        with _filled(target) as workbook:
            yield workbook


@contextmanager
def _filled(target: Path | IO[bytes]) -> Iterator[Workbook]:
    workbook = _UnnamedWorkbook(target, _OPTIONS)
    try:
        yield workbook
    except BaseException:
        with suppress(Exception):
            workbook.close()  # to be thrown away; this closes what it opened
        raise
    try:
        workbook.close()
    except FileCreateError as error:
        raise (error.args[0] if isinstance(error.args[0], OSError) else OSError(str(error))) from None
