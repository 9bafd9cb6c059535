"""Clauses as a family reads them: the text's title instead of the short name it has in the rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import define, field

_CODE = re.compile(r"\b([NS]\d{1,2})\b")
_ARTICLES = re.compile(r"\s*art\.\s*([\d–、, -]*\d)")
_SHORT = re.compile(r"[（(]")


@define
class Clauses:
    """Writes clauses out, and remembers the full titles of the texts that were named."""

    titles: Mapping[str, str]
    _named: dict[str, str] = field(factory=dict)

    def written(self, source: str) -> str:
        """Return a clause: ``N2 art. 9`` as 《最低生活保障审核确认办法》第 9 条."""
        said = _CODE.sub(self._title, source)
        return _ARTICLES.sub(lambda match: f"第 {match[1]} 条", said)

    @property
    def legend(self) -> list[str]:
        """The full titles of all texts named so far."""
        return list(self._named.values())

    def _title(self, match: re.Match[str]) -> str:
        title = self.titles.get(match[1])
        if title is None:
            return match[1]
        self._named[match[1]] = title
        # What is no national text is known by its place, and has no name of its own.
        return f"《{_SHORT.split(title)[0]}》" if match[1].startswith("N") else _SHORT.split(title)[0]
