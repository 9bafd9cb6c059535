"""Chinese as written, English by catalogue: every label of the desk and of the rules in both.

Labels of rules are put together from parts (``学段：小学、初中``, ``每年 1,200.00 元``). The catalogue therefore holds
patterns beside whole texts: ``每年 {x} 元``. A text is translated where all of it can be read: as a whole, or by a
pattern whose places hold what can be read in turn. Anything else, such as a name, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, wraps
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from string import Formatter
from typing import TypeVar, TypeVarTuple

from attrs import define, field, frozen
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from bangfu_web.request import Req
from bangfu_web.verbatim import put_back, set_aside

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

CHINESE, ENGLISH = "zh", "en"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
COOKIE = "bangfu_language"
PATTERN = "python-brace-format"
"""The flag of a pattern in the catalogue."""

COUNT = "n"
"""The place of a pattern that holds a number: a pattern with it has a singular and a plural."""

VERBATIM = frozenset(
    {"close", "code", "column", "file", "heading", "key", "name", "number", "path", "reason", "sheet", "text", "who"}
)
"""Places that hold names, numbers and what somebody wrote: these stay as they are."""

OPTIONAL = "kind"
"""The place of a pattern that may be empty."""

TITLES = frozenset({"clause", "title"})
"""Places that hold the title of a text: its capital letter stays."""

_CHINESE = re.compile("[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]")
_WORDS = re.compile("[\u3400-\u9fff]")
_JOINTS = re.compile("[，。、；：（〔和 ]")
_MARKS = str.maketrans({"：": ": ", "；": "; ", "，": ", ", "、": ", ", "（": " (", "）": ")", "［": " [", "］": "]"})
_LONGEST, _MOST_JOINTS = 400, 80
"""A longer text, or one of more parts, is a label only as a whole."""
_NAME = re.compile(r" [A-Z][a-z]")
_SENTENCE_BEGINS = ("", ".", "?", "!", "“", "·")
_PERSON = re.compile(r"\d{1,3} [^\s，。、；：（）“”]{2,40}")
"""How a member is named: by place and name."""
_DAY = re.compile(r"\d+年\d+月\d+日")
_MADE_OF = {
    COUNT: re.compile(r"[\d,./]+"),
    "number": re.compile(r"[^\s，。、；：（）“”]+"),
    "path": re.compile(r"[^\s\u3400-\u9fff]+"),
    "day_text": _DAY,
    "day_text2": _DAY,
}
"""What may stand in some places."""

_FEWEST_WORDS = 2
"""Characters of its own that a pattern needs, so that it may hold what cannot be read."""


@frozen
class Pattern:
    """A text with places, such as ``每年 {x} 元``: the fixed pieces around the ``names``, and how to say it.

    ``one`` is for a count of one, ``many`` for all else.
    """

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    one: str
    many: str

    @classmethod
    def of(cls, text: str, one: str, many: str = "") -> Pattern:
        """Return the pattern of a text in format syntax."""
        pieces, names = [""], []
        for literal, name, _, _ in Formatter().parse(text):
            pieces[-1] += literal
            if name is not None:
                names.append(name)
                pieces.append("")
        return cls(tuple(pieces), tuple(names), one, many or one)

    @property
    def weight(self) -> tuple[int, int]:
        """How much of the text is fixed: the more, the earlier a pattern is tried."""
        fixed = "".join(self.pieces)
        return len(_WORDS.findall(fixed)), len(fixed)

    def may_be(self, text: str) -> bool:
        """Return whether the text begins, ends and goes on as this pattern does."""
        return (
            text.startswith(self.pieces[0])
            and text.endswith(self.pieces[-1])
            and all(piece in text for piece in self.pieces)
        )

    def filled(self, values: Sequence[str]) -> str:
        """Return what the pattern says with values in its places; inside a sentence they begin small."""
        held = dict(zip(self.names, values, strict=True))
        said = ""
        for literal, name, _, _ in Formatter().parse(self.one if held.get(COUNT) == "1" else self.many):
            said += literal
            if name is not None:
                keeps = name in TITLES or name in VERBATIM or said.rstrip()[-1:] in _SENTENCE_BEGINS
                said = f"{said}{held[name] if keeps else _small(held[name])}" if held[name] else said.rstrip()
        return said


def _small(text: str) -> str:
    """Return a text that begins with a small letter, unless that is a name's, a code's or an abbreviation's."""
    return text[0].lower() + text[1:] if text[:1].isupper() and text[1:2].islower() and not _NAME.search(text) else text


def _is_long(text: str) -> bool:
    return len(text) > _LONGEST or len(_JOINTS.findall(text)) > _MOST_JOINTS


def _kept(read: Callable[[str, *Ts], T]) -> Callable[[str, *Ts], T]:
    """Keep what was answered about short texts; long ones are errors and the like, and would fill the memory."""
    cached = lru_cache(maxsize=20_000)(read)

    @wraps(read)
    def answer(text: str, *more: *Ts) -> T:
        return cached(text, *more) if len(text) <= _LONGEST else read(text, *more)

    return answer


@define
class Wording:
    """What can be said in a language: whole texts, and patterns."""

    whole: Mapping[str, str] = field(repr=False)
    patterns: Sequence[Pattern] = field(repr=False)
    read: Callable[[str], str | None] = field(init=False, repr=False)
    """Returns a text in the language; None where some of it is not known."""

    def __attrs_post_init__(self) -> None:
        self.patterns = sorted(self.patterns, key=lambda pattern: pattern.weight, reverse=True)
        self.read = _kept(self._read)

    def loosely(self, text: str) -> str:
        """Return a text in the language; what is not known inside of a known sentence stays as it is."""
        for pattern in () if _is_long(text) else self.patterns:
            if pattern.weight[0] >= _FEWEST_WORDS and pattern.may_be(text):
                values = self._values(pattern, text, loosely=True)
                if values is not None:
                    return pattern.filled(values)
        return text

    def _read(self, text: str) -> str | None:
        if not _CHINESE.search(text):
            return text
        if text in self.whole:
            return self.whole[text]
        if _is_long(text):
            return None
        for pattern in self.patterns:
            if pattern.may_be(text) and (values := self._values(pattern, text)) is not None:
                return pattern.filled(values)
        return text if _PERSON.fullmatch(text) else None

    def _values(self, pattern: Pattern, text: str, *, loosely: bool = False) -> list[str] | None:
        end = len(text) - len(pattern.pieces[-1])
        return self._from(pattern, 0, text[len(pattern.pieces[0]) : end], loosely=loosely)

    def _from(self, pattern: Pattern, place: int, rest: str, *, loosely: bool) -> list[str] | None:
        """Return the values of the places from one on; every way to divide the text is tried."""
        name = pattern.names[place]
        if place == len(pattern.names) - 1:
            last = self._value(name, rest, loosely=loosely)
            return None if last is None else [last]
        piece = pattern.pieces[place + 1]
        at = rest.find(piece, 1)
        while at > 0:
            value = self._value(name, rest[:at], loosely=loosely)
            if value is not None:
                others = self._from(pattern, place + 1, rest[at + len(piece) :], loosely=loosely)
                if others is not None:
                    return [value, *others]
            at = rest.find(piece, at + 1)
        return None

    def _value(self, name: str, text: str, *, loosely: bool) -> str | None:
        text = text.strip()
        if not text or (name in _MADE_OF and not _MADE_OF[name].fullmatch(text)):
            return "" if name == OPTIONAL and not text else None
        if name in VERBATIM:
            return text
        read = self.read(text)
        return text if read is None and loosely else read


def wording_of(messages: Iterable[tuple[str, str, str, bool]]) -> Wording:
    """Return the wording of messages: text, how it is said of one, of many, and whether it is a pattern."""
    whole: dict[str, str] = {}
    patterns = []
    for text, one, many, is_pattern in messages:
        if is_pattern:
            patterns.append(Pattern.of(text, one, many))
        else:
            whole[text] = one
    return Wording(whole, patterns)


@lru_cache
def catalogue(language: str) -> Catalog:
    """Return the messages of a language, with their translations."""
    with (files("bangfu_web") / "locale" / language / "bangfu.po").open("rb") as source:
        return read_po(source, locale=language)


@lru_cache
def translations(language: str) -> NullTranslations:
    """Return the texts of the templates in a language; Chinese is the source and needs none."""
    if language == CHINESE:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache
def _wording(language: str) -> Wording:
    return wording_of(translated(catalogue(language)))


def translated(catalog: Catalog) -> Iterable[tuple[str, str, str, bool]]:
    """Yield the messages of a catalogue that are translated, as ``wording_of`` takes them."""
    for message in catalog:
        text = message.id if isinstance(message.id, str) else message.id[0]
        one, *_, many = (message.string,) * 2 if isinstance(message.string, str) else message.string or ("", "")
        if text and one and many and "python-format" not in message.flags:
            yield text, one, many, PATTERN in message.flags


def said(text: str, language: str) -> str:
    """Return a label in a language: as a whole where it is translated, else by the patterns that it follows.

    What is marked as somebody's own words (``verbatim``) stays as it is, and stays marked.
    """
    if language == CHINESE:
        return text
    apart, own = set_aside(text)
    return put_back(_said(apart, language), own)


@_kept
def _said(text: str, language: str) -> str:
    label = text.strip()
    if not label:
        return text
    wording = _wording(language)
    read = wording.read(label)
    return text.replace(label, wording.loosely(label) if read is None else read)


class Punctuation(Extension):
    """Writes the Chinese marks between the texts of templates as English has them; texts to translate stay."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template, the marks in its own text changed."""
        in_text, before = False, ""
        for token in stream:
            if before == "block_begin" and token.value in {"trans", "endtrans"}:
                in_text = token.value == "trans"
            marks = token.type == "data" and not in_text
            yield Token(token.lineno, token.type, token.value.translate(_MARKS)) if marks else token
            before = token.type


def language_of(request: Req) -> str:
    """Return the language to answer in: what was chosen, else what the browser asks for, else Chinese."""
    chosen = request.cookies.get(request.app.state["desk"].settings.cookie(COOKIE))
    if chosen in LANGUAGES:
        return chosen
    # Answers are kept by header, and anybody may send a long one.
    return accepted(request.headers.get("accept-language", "")[:_LONGEST])


@lru_cache(maxsize=1000)
def accepted(header: str) -> str:
    """Return the language of ours that an ``Accept-Language`` header likes best; Chinese where it likes none."""
    found, best = CHINESE, 0.0
    for part in header.lower().replace(" ", "").split(","):
        tag, _, weight = part.partition(";q=")
        language = tag.split("-", maxsplit=1)[0]
        liking = _weight(weight) if language in LANGUAGES else 0.0
        if liking > best:
            found, best = language, liking
    return found


def _weight(text: str) -> float:
    try:
        return min(float(text), 1.0) if text else 1.0
    except ValueError:
        return 0.0
