"""A look at a sheet's XML before it is loaded: how far it reaches, and cells whose formula has no result.

The reader (calamine) lays a sheet out from its first cell to its last one, so that a single cell far out
would take all memory; and it gives an empty cell for a formula that failed, as if nothing were there.
Both are seen here, in one pass over the bytes that keeps nothing but a tail of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from attrs import frozen

_PREFIX = rb"(?:[^\s<>/:!?]+:)?"
_USUAL_CELL = re.compile(rb"<c(?=[\s>/])(?:\sr=[\"']([A-Z]{1,3})([1-9][0-9]{0,6})[\"'][^>]*+|[^>]*+)(?<!/)>")
_ANY_CELL = re.compile(
    rb"<" + _PREFIX + rb"c(?=[\s>/])"
    rb"(?:[^>]*?\sr=[\"']([A-Z]{1,3})([1-9][0-9]{0,6})[\"'][^>]*+|[^>]*+)(?<!/)>"
)  # fmt: skip
"""The beginning of a cell that holds something, with the letters of its column and its row. Nearly all programs
write the address first and no prefix; to look for anything else takes three times as long."""

_PREFIXED = re.compile(rb":c[\s>/]")
_ERROR = re.compile(
    rb"<" + _PREFIX + rb"c\s(?=[^>]*\st=[\"']e[\"'])[^>]*?\br=[\"']([A-Z]{1,3})([1-9][0-9]{0,6})[\"'][^>]*>"
    rb"(?:(?!</" + _PREFIX + rb"c>).){0,20000}?<" + _PREFIX + rb"v>([^<]{1,20})<",
    re.DOTALL,
)  # fmt: skip
_NO_RESULT = re.compile(
    rb"(?:</" + _PREFIX + rb"f>|<" + _PREFIX + rb"f\b[^>]*/>)"
    rb"(?:<" + _PREFIX + rb"v\s*/>|<" + _PREFIX + rb"v></" + _PREFIX + rb"v>)?</" + _PREFIX + rb"c>"
)
_REF = re.compile(rb"\br=[\"']([A-Z]{1,3})([1-9][0-9]{0,6})[\"']")
_PIECE = 1024 * 1024
_LONGEST_TAIL = 512 * 1024
"""Bytes that a cell may take; it holds 32,767 characters at most."""

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


class UnreadableError(ValueError):
    """A sheet written in a way that Excel does not write, of which nobody can say how far it reaches."""


@frozen
class BadFormula:
    """A cell, row from 1 and column from 0, whose formula gave an error, or (``error`` empty) no result."""

    row: int
    column: int
    error: str


@frozen
class Scanned:
    """How far a sheet's cells reach, in rows and columns, and the formulas without a result."""

    rows: int
    columns: int
    formulas: tuple[BadFormula, ...]


def scan(content: IO[bytes]) -> Scanned:
    """Return how far the cells in a sheet's XML reach, and the formulas without a result.

    Raises:
        UnreadableError: a cell has no address, or one beyond the sheet, or the text is not UTF-8.
    """
    rows, columns, formulas = 0, 0, list[BadFormula]()
    for text in _whole_cells(content):
        found = _USUAL_CELL.findall(text)
        letters = {letters for letters, _ in found}
        if b"" in letters or _PREFIXED.search(text):
            found = _ANY_CELL.findall(text)
            letters = {letters for letters, _ in found}
        if b"" in letters:
            raise UnreadableError("a cell without an address")
        columns = max(columns, max(map(_column, letters), default=0))
        rows = max(rows, max(map(int, {row for _, row in found}), default=0))
        formulas += _bad_formulas(text)
    if rows > _LAST_ROW or columns > _LAST_COLUMN:
        raise UnreadableError("a cell beyond the sheet")
    return Scanned(rows, columns, tuple(formulas))


def _whole_cells(content: IO[bytes]) -> Iterator[bytes]:
    """Yield a text in pieces that cut no cell in two; refuse what is not UTF-8, whose cells would not be seen here."""
    tail, piece = b"", content.read(_PIECE)
    declared = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding=[\"']([^\"']+)", piece)
    if b"\x00" in piece or (declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}):
        raise UnreadableError("not UTF-8")
    while piece:
        text = tail + piece
        end = max(text.rfind(b"<c "), text.rfind(b":c "), text.rfind(b"<row"), text.rfind(b":row"))
        cut = text.rfind(b"<", 0, end + 1) if end > 0 else 0
        if len(text) - cut > _LONGEST_TAIL:  # no cell is that long: what follows the cells is
            cut = text.rfind(b"<")
        yield text[:cut]
        tail, piece = text[cut:], content.read(_PIECE)
    yield tail


def _bad_formulas(text: bytes) -> Iterator[BadFormula]:
    if b't="e"' in text or b"t='e'" in text:
        for letters, row, error in _ERROR.findall(text):
            yield BadFormula(int(row), _column(letters) - 1, error.decode("utf-8", "replace"))
    for match in _NO_RESULT.finditer(text) if b"<f" in text or b":f" in text else ():
        begin = max(text.rfind(b"<c ", 0, match.start()), text.rfind(b":c ", 0, match.start()))
        tag = text[begin : text.find(b">", begin)]
        place = _REF.search(tag)
        # A formula may well give an empty text; then the type is given and the value is empty.
        if place is not None and not re.search(rb"t=[\"'](?:str|e)[\"']", tag):
            yield BadFormula(int(place[2]), _column(place[1]) - 1, "")


def _column(letters: bytes) -> int:
    """Return a column's number, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
