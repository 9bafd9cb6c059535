"""Clauses as the policy pages cite them: short names linked to what they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import define, field
from markupsafe import Markup

from bangfu.handbook.sources import in_words
from bangfu_web.language import CHINESE, said


@define
class Citations:
    """Writes clauses for one page and remembers which texts they name."""

    titles: Mapping[str, str] = field(repr=False)
    language: str = CHINESE
    _used: set[str] = field(factory=set)

    def cite(self, source: str) -> Markup:
        """Return a clause as HTML, the short names of texts linked to the list at the page's end."""
        text = in_words(source) if self.language == CHINESE else said(source, self.language)
        return Markup().join(self._piece(piece) for piece in self._codes.split(text) if piece)

    @property
    def used(self) -> list[tuple[str, str]]:
        """The short names that were cited, each with the text it stands for."""
        return [(code, title) for code, title in self.titles.items() if code in self._used]

    @property
    def _codes(self) -> re.Pattern[str]:
        longest_first = sorted(self.titles, key=len, reverse=True)
        return re.compile(f"(?<![0-9A-Za-z])({'|'.join(map(re.escape, longest_first))})(?![0-9A-Za-z])")

    def _piece(self, piece: str) -> Markup:
        if piece not in self.titles:
            return Markup("{}").format(piece)
        self._used.add(piece)
        return Markup('<a class="code" href="#text-{code}">{code}</a>').format(code=piece)
