"""Texts of a template are translated once, when it is compiled, not each time it is drawn.

There is one set of compiled templates for each language (``render.environment``), so what ``_("…")`` says is known
by then. A page has hundreds of them, and looking each up takes longer than all else that drawing a page does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

if TYPE_CHECKING:
    from gettext import NullTranslations

_CALL = ("name", "lparen", "string", "rparen")


class Folding(Extension):
    """Writes the translation of a text in the place of ``_("text")``; texts with values in them stay calls."""

    translations: NullTranslations
    """Set by a subclass for each language."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template, with the texts that are known translated."""
        tokens = list(stream)
        place = 0
        while place < len(tokens):
            call = tokens[place : place + len(_CALL)]
            if tuple(token.type for token in call) == _CALL and call[0].value == "_":
                yield from self._translated(call)
                place += len(_CALL)
            else:
                yield tokens[place]
                place += 1

    def _translated(self, call: list[Token]) -> Iterator[Token]:
        """Yield ``("translation"|safe)``: a catalogue's text may hold HTML, as what ``_`` gives back may."""
        _, left, text, right = call
        yield left
        # % is written %% in texts for gettext, as in its calls.
        yield Token(text.lineno, "string", self.translations.gettext(text.value) % {})
        yield Token(text.lineno, "pipe", "|")
        yield Token(text.lineno, "name", "safe")
        yield right


def folding(translations: NullTranslations) -> type[Folding]:
    """Return the extension for a language's translations."""
    return type("Folding", (Folding,), {"translations": translations})
