"""HTML built of elements: whatever is not an element is text and gets escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

_VOID = frozenset({"meta", "wbr"})
_ON_LINES_OF_THEIR_OWN = frozenset({
    "html", "head", "body", "meta", "title", "style", "header", "main", "nav", "section", "article", "footer", "div",
    "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr",
})  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAKS = re.compile(r"(?<=[._])(?=.)")
_UNFIT_FOR_ID = re.compile(r"[^\w.-]")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = "str | Html | Iterable[Child] | None"


def el(name: str, /, *children: Child, **attributes: str | None) -> Html:
    """Return an element; ``class_`` stands for ``class``, ``data_label`` for ``data-label``.

    An attribute that is None is left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    end = "\n" if name in _ON_LINES_OF_THEIR_OWN else ""
    if name in _VOID:
        return Html(f"<{name}{written}>{end}")
    return Html(f"<{name}{written}>{join(children)}</{name}>{end}")


def join(children: Child) -> Html:
    """Return the children one after the other, text escaped."""
    match children:
        case None:
            return Html()
        case Html():
            return children
        case str():
            return Html(_escaped(children))
        case _:
            return Html("".join(join(child) for child in children))


def _escaped(text: str) -> str:
    return html.escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), quote=True)


def anchor(kind: str, code: str) -> str:
    """Return the id of a thing of some kind, fit for an ``id`` and for a link."""
    return f"{kind}-{_UNFIT_FOR_ID.sub('_', code)}"


def link(target: str, *children: Child, class_: str | None = None) -> Html:
    """Return a link to an id on the same page."""
    return el("a", *children, href=f"#{target}", class_=class_)


def code(text: str) -> Html:
    """Return a name as it is written in files; it may break behind dots and underscores."""
    first, *others = _BREAKS.split(text)
    return el("code", first, [[el("wbr"), other] for other in others])


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Child]], *, class_: str = "") -> Html:
    """Return a table whose first cell of a row is the row's header.

    On a narrow screen the rows are shown as blocks, each cell with its column's name, empty ones
    left out; the roles keep it a table for screen readers even then.
    """
    head = el("tr", [el("th", head, scope="col", role="columnheader") for head in heads], role="row")
    return el(
        "table",
        el("caption", caption),
        el("thead", head, role="rowgroup"),
        el("tbody", [_row(heads, cells) for cells in rows], role="rowgroup"),
        class_=class_ or None,
        role="table",
    )


def _row(heads: Sequence[str], cells: Sequence[Child]) -> Html:
    first, *others = cells
    return el(
        "tr",
        el("th", first, scope="row", role="rowheader"),
        [
            el("td", el("div", cell) if cell else None, data_label=head, role="cell")
            for head, cell in zip(heads[1:], others, strict=True)
        ],
        role="row",
    )
