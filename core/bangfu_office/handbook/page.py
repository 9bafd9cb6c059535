"""Clauses as pages cite them, and a handbook as one HTML file that asks for nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from attrs import define, field
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bangfu import __version__
from bangfu.handbook import SIZES, Handbook, day_text
from bangfu.policy import Code, clause_pieces, source_titles


@define
class Citations:
    """Writes clauses for one page and remembers which texts they name; ``say`` words a text for the page."""

    titles: Mapping[str, str] = field(repr=False)
    say: Callable[[str], str]
    _used: set[str] = field(factory=set)

    def cite(self, source: str) -> Markup:
        """Return a clause as HTML, the short names of texts linked to the list at the page's end."""
        return Markup().join(map(self._piece, clause_pieces(source)))

    @property
    def used(self) -> list[tuple[str, str]]:
        """The short names that were cited, each with the text it stands for."""
        return [(code, title) for code, title in self.titles.items() if code in self._used]

    def _piece(self, piece: str) -> Markup:
        if not isinstance(piece, Code) or piece not in self.titles:
            return Markup("{}").format(self.say(piece))
        self._used.add(piece)
        return Markup('<a class="code" href="#text-{code}">{code}</a>').format(code=piece)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAKS = re.compile(r"(?<=[._])(?=.)")
_UNFIT_FOR_ID = re.compile(r"[^\w.-]")


def handbook_as_html(handbook: Handbook) -> str:
    """Return the handbook as a whole HTML document."""
    citations = Citations(source_titles(), _printable)
    sizes = [f"{size} 人" for size in SIZES]
    template = environment().get_template("handbook.html")
    return template.render(book=handbook, cite=citations.cite, citations=citations, sizes=sizes, version=__version__)


@cache
def environment() -> Environment:
    """Return the handbook's templates; whatever is not written there is text and gets escaped."""
    made = Environment(
        loader=PackageLoader("bangfu_office.handbook"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    made.filters.update(anchor=_anchor, breakable=_breakable, day=day_text)
    return made


def _printable(value: Any) -> Any:
    """Return text without control characters, which no HTML may hold; whatever else as it is."""
    # Markup was made of text that went through here.
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value) if is_text else value


def _anchor(code: str, kind: str) -> str:
    """Return the id of a thing of some kind, fit for an ``id`` and for a link."""
    return f"{kind}-{_UNFIT_FOR_ID.sub('_', code)}"


def _breakable(code: str) -> Markup:
    """Return a name as it is written in files; it may break behind dots and underscores."""
    return Markup("<wbr>").join(map(_printable, _BREAKS.split(code)))
