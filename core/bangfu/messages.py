"""Texts in words (文本): what is said, with the template and the data it is made of, so that it can be said otherwise.

A text of the source is written once, Chinese for caseworkers or English for programmers, as a template with its data:
``_("每年 {amount:,.2f} 元", amount=x)``. It is a ``str`` and reads as it was written; ``worded`` says it in another
language, whatever messages its data hold. A plain ``str`` is somebody's own words, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations, find
from importlib.resources import files
from string import Formatter
from typing import Any, Self

CHINESE, ENGLISH = "zh", "en"
COUNT = "n"
"""The place of a template that holds a number: what is said with it has a singular and a plural."""

_DOMAIN, _NOTHING = "bangfu", ""
_BEGINS = ("", ".", "?", "!", "“", "·")
"""What stands before a word that keeps its capital letter."""


class Message(str):
    """A text that knows what it is made of; made by ``_``, ``joined``, or by adding to one."""

    __slots__ = ("data", "template")
    template: str
    data: dict[str, Any]

    def __new__(cls, template: str, /, **data: Any) -> Self:
        """Return the text of a template in format syntax with data in its places; without data it stands as it is."""
        message = super().__new__(cls, template.format(**data) if data else template)
        message.template = template
        message.data = data
        return message

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.template, self.data)

    def __add__(self, other: str) -> str:
        return concat((self, other))

    def __radd__(self, other: str) -> str:
        return concat((other, self))

    def worded(self, texts: NullTranslations, *, small: bool = False) -> str:
        """Return this text in another language; ``small``: it stands within a sentence."""
        said = self._template(texts)
        if not self.data:
            return _small(said) if small else said
        within = _within(said, small=small)
        made = said.format(**{name: _part(value, texts, small=name in within) for name, value in self.data.items()})
        return _small(made) if small and not said.startswith("{") else made

    def _template(self, texts: NullTranslations) -> str:
        number = self.data.get(COUNT)
        if isinstance(number, int):
            said = texts.ngettext(self.template, self.template, number)
            if said != self.template:
                return said
        return _said(texts, self.template)


class _Joined(Message):
    """Several texts with a mark between them."""

    __slots__ = ()

    def worded(self, texts: NullTranslations, *, small: bool = False) -> str:
        between = _said(texts, self.template) if self.template else ""
        parts = self.data["parts"]
        inside = bool(between.strip())  # behind a mark, not behind a text that ends as it may
        return between.join(_part(part, texts, small=inside if place else small) for place, part in enumerate(parts))


@lru_cache(maxsize=10_000)
def _said(texts: NullTranslations, template: str) -> str:
    """Return a template in a language; what a catalogue has not takes it longest to find out."""
    return texts.gettext(template)


def _again(kind: type[Message], template: str, data: dict[str, Any]) -> str:
    return joined(template, data["parts"]) if kind is _Joined else kind(template, **data)


def _(template: str, /, **data: Any) -> str:
    """Return what a template says of some data, in words; the catalogues have it in other languages."""
    return Message(template, **data)


def joined(mark: str, parts: Iterable[str]) -> str:
    """Return several texts as one, with a mark (``、``) between them."""
    every = tuple(parts)
    message = str.__new__(_Joined, mark.join(map(str, every)))
    message.template = mark
    message.data = {"parts": every}
    return message


def concat(parts: Iterable[str]) -> str:
    """Return several texts as one, with nothing between them."""
    return joined(_NOTHING, parts)


def in_words(value: Any) -> Any:
    """Return texts that are declared, alone, several, or by their codes, as those that other languages may have."""
    match value:
        case Message():
            return value
        case str():
            return Message(value)
        case tuple() | list():
            return type(value)(map(in_words, value))
        case Mapping():
            return {code: in_words(label) for code, label in value.items()}
        case _:
            return value


def retold(text: str, change: Callable[[Any], Any]) -> str:
    """Return a text with each of its data, and theirs, as ``change`` returns it."""
    if not isinstance(text, Message) or not text.data:
        return text
    if isinstance(text, _Joined):
        return joined(text.template, (retold(change(part), change) for part in text.data["parts"]))
    return Message(text.template, **{name: retold(change(value), change) for name, value in text.data.items()})


def worded(text: str, texts: NullTranslations) -> str:
    """Return a text in a language; somebody's own words as they are."""
    return text.worded(texts) if isinstance(text, Message) else text


@cache
def translations(language: str) -> NullTranslations:
    """Return the texts of a language: its one catalogue, as it was compiled when bangfu was installed."""
    compiled = find(_DOMAIN, str(files("bangfu") / "locale"), [language])
    if compiled is None:
        return NullTranslations()
    with open(compiled, "rb") as source:  # noqa: PTH123 - gettext gives the path as a text
        return GNUTranslations(source)


def _part(value: Any, texts: NullTranslations, *, small: bool) -> Any:
    value = getattr(value, "text", value)  # an error, or a kind of values, in its words
    if not isinstance(value, Message):
        return value
    return value.worded(texts, small=small and texts.info().get("language") == ENGLISH)


def _small(text: str) -> str:
    """Return a text that begins with a small letter, unless that is a code's, an abbreviation's or a name's."""
    word = text.partition(" ")[2]
    is_name = word[:1].isupper()
    return text[0].lower() + text[1:] if text[:1].isupper() and text[1:2].islower() and not is_name else text


@cache
def _within(template: str, *, small: bool) -> frozenset[str]:
    """Return the places of a template that stand within a sentence; the first too where the template itself does."""
    found, said = set(), "x" if small else ""
    for literal, name, _form, _conversion in Formatter().parse(template):
        said += literal
        if name is not None:
            if said.rstrip()[-1:] not in _BEGINS:
                found.add(name)
            said += "x"
    return frozenset(found)
