"""The year's support by programme as bars, drawn on the server; patterns and figures tell what colours would."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup, escape

_WIDTH, _ROW, _BAR = 340, 44, 240
"""Narrow enough to be read on a telephone; each name stands above its bar, however long it is."""
_PATTERNS = ("solid", "stripes", "dots", "grid", "waves")


def bars(rows: Sequence[tuple[str, Decimal]], title: str) -> Markup:
    """Return an SVG of one bar for each name and amount (yuan a year); empty for no amounts."""
    largest = max((amount for _, amount in rows), default=Decimal(0))
    if not largest:
        return Markup()
    parts = [_bar(i, name, amount, largest) for i, (name, amount) in enumerate(rows)]
    height = _ROW * len(rows) + 8
    described = "；".join(f"{name} {amount:,.2f}" for name, amount in rows)
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-labelledby="chart-title chart-desc">'
        '<title id="chart-title">{title}</title><desc id="chart-desc">{described}</desc>{defs}{parts}</svg>'
    ).format(w=_WIDTH, h=height, title=title, described=described, defs=_DEFS, parts=Markup("").join(parts))


def _bar(place: int, name: str, amount: Decimal, largest: Decimal) -> Markup:
    y = place * _ROW + 22
    width = max(2, int(_BAR * amount / largest))
    return Markup(
        '<text class="name" x="1" y="{name_y}">{name}</text>'
        '<rect class="bar" x="1" y="{y}" width="{w}" height="16" fill="url(#fill-{pattern})"/>'
        '<text class="amount" x="{ax}" y="{ty}">{amount}</text>'
    ).format(
        name_y=y - 6,
        ty=y + 13,
        name=escape(name),
        y=y,
        w=width,
        pattern=_PATTERNS[place % len(_PATTERNS)],
        ax=width + 8,
        amount=f"{amount:,.2f}",
    )


_DEFS = Markup(
    '<defs><pattern id="fill-solid" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="8" height="8"/><rect class="ink" width="8" height="8"/></pattern>'
    '<pattern id="fill-stripes" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="8" height="8"/><path class="line" d="M0 8L8 0M-2 2L2 -2M6 10L10 6"/></pattern>'
    '<pattern id="fill-dots" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="8" height="8"/><circle class="ink" cx="4" cy="4" r="2"/></pattern>'
    '<pattern id="fill-grid" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="8" height="8"/><path class="line" d="M0 4H8M4 0V8"/></pattern>'
    '<pattern id="fill-waves" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="8" height="8"/><path class="line" d="M0 2H8M0 6H8"/></pattern></defs>'
)
