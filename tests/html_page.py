"""An HTML page as tests read it: parsed, with tags that match, and its colours measured."""

from __future__ import annotations

from html.parser import HTMLParser

from attrs import define, field

VOID = {"meta", "wbr"}


@define
class Page(HTMLParser):
    """A parsed page; fails on tags that don't match."""

    source: str
    stack: list[str] = field(factory=list)
    tags: list[str] = field(factory=list)
    attributes: list[tuple[str, str, str]] = field(factory=list)
    texts: list[tuple[tuple[str, ...], str]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag with its attributes."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.stack.append(tag)
        if tag == "code":
            self.texts.append(((*self.stack,), ""))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag, which must be the last one opened."""
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text with where it stands; the pieces of a ``code`` are one text."""
        if self.stack and self.stack[-1] == "code":
            path, text = self.texts[-1]
            self.texts[-1] = path, text + data
        else:
            self.texts.append(((*self.stack,), data))

    def within(self, *tags: str) -> list[str]:
        """Return the texts that stand inside all of these tags."""
        return [text for path, text in self.texts if all(tag in path for tag in tags)]

    def values(self, name: str, *, on: str | None = None) -> list[str]:
        """Return the values of an attribute, on one kind of tag or on any."""
        return [value for tag, attribute, value in self.attributes if attribute == name and on in {None, tag}]


def contrast(one: str, other: str) -> float:
    """Return how far two colours such as ``#0b4f8a`` stand apart, as WCAG measures it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
