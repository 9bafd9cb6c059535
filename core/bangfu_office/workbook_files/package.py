"""The file before it is opened: whether it is a workbook at all, and none that would fill the memory.

Sizes are taken from the zip directory first. Then every part is unpacked in small pieces, which checks
it against its size and checksum; a sheet's cells are looked at as it is (``cell_scan``), each before it is loaded.
"""

from __future__ import annotations

import errno
import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from attrs import define, field, frozen

from bangfu.errors import InputError
from bangfu.files import shown
from bangfu.messages import _
from bangfu_office.workbook_files.cell_scan import Scanned, UnreadableError, scan
from bangfu_office.workbook_files.problems import refused

MOST_BYTES = 512 * 1024 * 1024
"""Unpacked; a workbook of 50,000 households and 150,000 members has about 200 MB."""

MOST_PARTS = 10_000
MOST_TIMES = 200
"""How many times its packed size a large part may have; sheets have about 20, zip bombs 1,000."""

_LARGE = 10 * 1024 * 1024
_PIECE = 1024 * 1024
_XLSX = _(".xlsx 工作簿")
_SAVE_AS = _("用 Excel 或 WPS 打开后，另存为“Excel 工作簿（*.xlsx）”")
_DAMAGED = _("文件可能没有传完整；请重新传送，或在 Excel 中打开后另存")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BEGINNINGS = (
    (b"%PDF", _("PDF 文件"), _SAVE_AS),
    (b"{\\rtf", _("RTF 文档"), _SAVE_AS),
    (b"\x89PNG", _("图片"), _("请提供表格文件，而不是截图")),
    (b"\xff\xd8\xff", _("图片"), _("请提供表格文件，而不是照片")),
    (b"Rar!", _("RAR 压缩包"), _("先解压缩，再导入其中的 .xlsx 文件")),
    (b"7z\xbc\xaf", _("7z 压缩包"), _("先解压缩，再导入其中的 .xlsx 文件")),
)
_PARTS = (
    ("xl/workbook.bin", _("二进制工作簿（.xlsb）")),
    ("content.xml", _("ODF 文件（.ods 等）")),
    ("word/document.xml", _("Word 文档")),
    ("ppt/presentation.xml", _("PowerPoint 文稿")),
)
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:[\w.-]+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@frozen
class InMemory:
    """A workbook that is no file, such as one that was sent: its name, and its bytes."""

    name: str
    content: bytes = field(repr=False)


Given = Path | InMemory
"""Where a workbook is read from; its ``name`` is what messages call it."""


@define
class Examined:
    """A workbook whose parts were unpacked but for its sheets, which are when their cells are looked at.

    ``parts`` says by a sheet's name which part it is.
    """

    _source: str
    _package: zipfile.ZipFile = field(repr=False)
    parts: dict[str, str] = field(repr=False)

    def scanned(self, name: str) -> Scanned:
        """Return what a scan of a sheet's cells found.

        Raises:
            InputError: the sheet is damaged, or written as no program does.
        """
        with _damage_told(self._source), self._package.open(self.parts[name]) as content:
            try:
                return scan(content)
            except UnreadableError:
                found = _("工作表“{text}”的格式无法识别", text=shown(name, 40))
                raise refused(self._source, found, _XLSX, _("在 Excel 中打开后另存一次，再导入")) from None


@contextmanager
def examined(source: Given) -> Iterator[Examined]:
    """Open a workbook of which everything but the sheets was looked at.

    Raises:
        InputError: no .xlsx workbook, named as something else, protected by a password, damaged, or larger than can be
            right.
        OSError: the file cannot be opened.
    """
    content = BytesIO(source.content) if isinstance(source, InMemory) else source.open("rb")
    with content as file, ExitStack() as opened:
        head = file.read(4096)
        if not head.startswith(b"PK"):
            raise _no_workbook(source.name, head, file)
        with _damage_told(source.name):
            package = opened.enter_context(zipfile.ZipFile(file))
            _check_directory(source.name, package)
            _check_name(source.name)
            parts = _sheet_parts(source.name, package)
            for part in sorted(set(package.namelist()).difference(parts.values())):
                with package.open(part) as unpacked:
                    while unpacked.read(_PIECE):
                        pass
        yield Examined(source.name, package, parts)


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    """Say of a package that cannot be unpacked that it is damaged."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        # Of the system's errors, the one where a part is said to begin before the file does.
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        raise refused(name, _("文件已损坏，无法解压"), _XLSX, _DAMAGED) from None


def _no_workbook(name: str, head: bytes, file: IO[bytes]) -> InputError:
    if not head:
        return refused(name, _("空文件（0 字节）"), _XLSX, _("请重新传送文件"))
    if head.startswith(_OLE):
        if _ENCRYPTED in head + file.read():
            hint = _("在 Excel 中取消密码后再保存")
            return refused(name, _("有密码保护的工作簿"), _("没有密码的 .xlsx 工作簿"), hint)
        return refused(name, _("旧版 Excel 文件（.xls 或 WPS 的 .et）"), _XLSX, _SAVE_AS)
    for beginning, what, hint in _BEGINNINGS:
        if head.startswith(beginning):
            return refused(name, what, _XLSX, hint)
    return refused(name, _kind_of_text(head), _XLSX, _SAVE_AS)


def _kind_of_text(head: bytes) -> str:
    lower = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lower.startswith(b"<?xml") or b"urn:schemas-microsoft-com:office:spreadsheet" in lower:
        return _("XML 文件")
    if lower.startswith((b"<!doctype html", b"<html", b"<table")):
        return _("网页（HTML）")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _("不是工作簿的文件")
    return _("文本文件（如 CSV）")


def _check_name(name: str) -> None:
    """Refuse a workbook whose name says that it is something else; whoever opens it next would be misled."""
    suffix = Path(name).suffix
    if suffix.lower() != ".xlsx":
        ends = _("以 {text} 结尾", text=shown(suffix, 10)) if suffix else _("没有后缀")
        found, hint = _("文件名{ends}，内容却是 .xlsx 工作簿", ends=ends), _("核对是不是这份文件，把文件名改成 .xlsx")
        raise refused(name, found, _("以 .xlsx 结尾的文件名"), hint)


def _check_directory(name: str, package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise refused(name, _("有密码保护的压缩包"), _("没有密码的 .xlsx 工作簿"), _("去掉密码后再保存"))
    for part, what in _PARTS:
        if part in names:
            raise refused(name, what, _XLSX, _SAVE_AS)
    if _WORKBOOK not in names:
        raise refused(name, _("压缩包，其中没有工作簿"), _XLSX, _("先解压缩，再导入其中的 .xlsx 文件"))
    if len(names) != len(parts):
        raise refused(name, _("文件已损坏：同名的部分出现两次"), _XLSX, _DAMAGED)
    size = sum(part.file_size for part in parts)
    swollen = any(p.file_size > max(_LARGE, MOST_TIMES * p.compress_size) for p in parts)
    if size > MOST_BYTES or len(parts) > MOST_PARTS or swollen:
        found = _("解压后有 {n:,} 个部分、{size:,} MB，比正常的工作簿大得多", n=len(parts), size=size // 1000000)
        expected = _("解压后不超过 {most_bytes} MB 的工作簿", most_bytes=MOST_BYTES // 1024 // 1024)
        raise refused(name, found, expected, _("删去多余的行、列、图片和工作表，或按乡镇分成几个文件"))


def _sheet_parts(source: str, package: zipfile.ZipFile) -> dict[str, str]:
    """Return by each sheet's name the part of the package that holds it.

    Raise ValueError where a name or an address is given twice, so that nobody knows which of them is read.
    """
    held = set(package.namelist())
    relations = _elements(_RELATION, package.read(_RELATIONS) if _RELATIONS in held else b"")
    sheets = _elements(_SHEET, package.read(_WORKBOOK))
    targets = {
        attributes.get("Id", ""): posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
        for attributes in relations
    }
    if len(targets) != len(relations) or len({attributes.get("name") for attributes in sheets}) != len(sheets):
        raise ValueError("a name twice")
    names = {}
    for attributes in sheets:
        relation_id = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        names[targets.get(relation_id, "")] = attributes.get("name", "")
    if missing := names.keys() - held:
        raise refused(source, _("文件已损坏：没有工作表“{sheets}”的内容", sheets=names[min(missing)]), _XLSX, _DAMAGED)
    return {name: part for part, name in names.items()}


def _elements(tag: re.Pattern[bytes], xml: bytes) -> list[dict[str, str]]:
    """Return the attributes of each element with a tag."""
    found = (_ATTRIBUTE.findall(text.decode("utf-8", "replace")) for text in tag.findall(xml))
    return [{name: html.unescape(double or single) for name, double, single in attributes} for attributes in found]
