"""Clauses as pages cite them: short names linked to what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import define, field
from markupsafe import Markup

from bangfu.policy import Code, clause_pieces


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
