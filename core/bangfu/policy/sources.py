"""Sources (依据): what the short names of texts stand for, such as ``N2``, and clauses as rules cite them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from attrs import define, field

from bangfu.messages import _, concat, in_words

_PIECE = re.compile(
    r"(?<![0-9A-Za-z])(?P<code>[A-Z][0-9]{1,2})(?![0-9A-Za-z])|\s*art\. ?(?P<articles>[0-9]+(?:[–-][0-9]+)?)|; ?|；"
)
_BETWEEN = _("；")


class Code(str):
    """The short name of a text, as it stands in a clause."""

    __slots__ = ()


@cache
def source_titles() -> Mapping[str, str]:
    """Return the titles of all texts that rules and packs cite, by their short names."""
    titles: Mapping[str, str] = in_words(tomllib.loads((files("bangfu.policy") / "sources.toml").read_text("utf-8")))
    return titles


def clause_pieces(source: str, *, spaced: bool = True) -> Iterator[str]:
    """Yield the pieces of a clause, ``N2 art. 8；N6``, in words: each ``Code``, article numbers, remarks, marks.

    Numbers stand apart from what is before them where they are ``spaced``.
    """
    end = 0
    for piece in _PIECE.finditer(source):
        yield from _remark(source[end : piece.start()])
        end = piece.end()
        articles = piece["articles"]
        if piece["code"]:
            yield Code(piece["code"])
        elif articles:
            yield _(" 第{articles}条", articles=articles) if spaced else _("第{articles}条", articles=articles)
        else:
            yield _BETWEEN
    yield from _remark(source[end:])


def _remark(text: str) -> Iterator[str]:
    before, remark, after = text[: len(text) - len(text.lstrip())], text.strip(), text[len(text.rstrip()) :]
    yield from (part for part in (before, in_words(remark), after if remark else "") if part)


@define
class Clauses:
    """Writes clauses out for a family, and remembers the full titles of the texts that were named."""

    titles: Mapping[str, str]
    _named: dict[str, str] = field(factory=dict)

    def written(self, source: str) -> str:
        """Return a clause: ``N2 art. 9`` as 《最低生活保障审核确认办法》第9条."""
        return concat(
            self._title(piece) if isinstance(piece, Code) else piece for piece in clause_pieces(source, spaced=False)
        )

    @property
    def legend(self) -> list[str]:
        """The full titles of all texts named so far."""
        return list(self._named.values())

    def _title(self, code: Code) -> str:
        title = self.titles.get(code)
        if title is None:
            return code
        self._named[code] = title
        short = in_words(title.split("（", maxsplit=1)[0])
        # What is no national text is known by its place, and has no name of its own.
        return _("《{title}》", title=short) if code.startswith("N") else short
