"""Figures beside each other: as SVG bars (柱状图), told apart by patterns, and as tables of plain text (文本表格)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

_WIDTH, _LABEL, _BAR, _THICK, _GAP, _TOP = 720, 150, 400, 18, 14, 84
_FILLS = ("url(#stripes)", "#444")
_STYLE = (
    "text{font:14px sans-serif;fill:#111}.title{font-size:16px;font-weight:bold}"
    ".bar{stroke:#111;stroke-width:1}.name{text-anchor:end}"
)
_PATTERNS = (
    '<pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect width="8" height="8" fill="#fff"/><path d="M0 8L8 0M-2 2L2 -2M6 10L10 6" stroke="#111" stroke-width="1.5"/>'
    "</pattern>"
)


def paired_bars(title: str, series: tuple[str, str], rows: Sequence[tuple[str, tuple[Decimal, Decimal]]]) -> str:
    """Return an SVG document of two bars for each name: its amounts in the two series, in yuan a year."""
    largest = max((amount for _, amounts in rows for amount in amounts), default=Decimal(0))
    row = 2 * _THICK + _GAP
    height = _TOP + row * len(rows) + _GAP
    described = "；".join(f"{name}：{_yuan(one)} → {_yuan(other)}" for name, (one, other) in rows)
    bars = "".join(
        part for place, (name, amounts) in enumerate(rows) for part in _row(_TOP + place * row, name, amounts, largest)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
        f' role="img" aria-labelledby="title described"><title id="title">{escape(title)}</title>'
        f'<desc id="described">{escape(described)}</desc><style>{_STYLE}</style><defs>{_PATTERNS}</defs>'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
        f'<text class="title" x="10" y="24">{escape(title)}</text>{"".join(_legend(series))}{bars}</svg>\n'
    )


def _legend(series: tuple[str, str]) -> Iterator[str]:
    for place, (name, fill) in enumerate(zip(series, _FILLS, strict=True)):
        y = 36 + place * 20
        yield f'<rect class="bar" x="{_LABEL}" y="{y}" width="24" height="12" fill="{fill}"/>'
        yield f'<text x="{_LABEL + 32}" y="{y + 11}">{escape(name)}</text>'


def _row(y: int, name: str, amounts: tuple[Decimal, Decimal], largest: Decimal) -> Iterator[str]:
    yield f'<text class="name" x="{_LABEL - 10}" y="{y + _THICK + 5}">{escape(name)}</text>'
    for place, (amount, fill) in enumerate(zip(amounts, _FILLS, strict=True)):
        top = y + place * _THICK
        width = int(_BAR * amount / largest) if largest else 0
        yield f'<rect class="bar" x="{_LABEL}" y="{top}" width="{width}" height="{_THICK}" fill="{fill}"/>'
        yield f'<text x="{_LABEL + width + 8}" y="{top + _THICK - 4}">{_yuan(amount)}</text>'


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table: the first column flush left, figures flush right."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        spaces = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        figures = [space + cell for space, cell in zip(spaces[1:], row[1:], strict=True)]
        yield "  ".join([row[0] + spaces[0], *figures]).rstrip()


def _width(text: str) -> int:
    """Return how wide a text is: a Chinese character is as wide as two letters."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
