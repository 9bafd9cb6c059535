"""Chinese as written, English by catalogue: every label of the desk and of the rules in both.

Labels of rules are put together from parts (``学段：小学、初中``); what has no translation as a whole is
translated part by part.
"""

from __future__ import annotations

import re
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bangfu_web.request import Req

CHINESE, ENGLISH = "zh", "en"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
COOKIE = "bangfu_language"
_PARTS = re.compile(r"([：、（）；，。［］〔〕]| 且 | 或 |×|≥|≤|<|>|=|不低于|不高于|高于|低于)")
_JOINTS = {
    "：": ": ",
    "、": ", ",
    "（": " (",
    "）": ")",
    "；": "; ",
    "，": ", ",
    "。": ". ",
    "［": " [",
    "］": "]",
    " 且 ": " and ",
    " 或 ": " or ",
    "不低于": " at least ",
    "不高于": " at most ",
    "高于": " above ",
    "低于": " below ",
}


@lru_cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language; Chinese is the source and needs none."""
    if language != ENGLISH:
        return NullTranslations()
    with (files("bangfu_web") / "locale" / "en" / "bangfu.po").open("rb") as source:
        catalog = read_po(source, locale="en")
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=20_000)
def said(text: str, language: str) -> str:
    """Return a label in a language: as a whole where it is translated, else part by part."""
    if language == CHINESE or not text:
        return text
    whole = translations(language).gettext(text)
    if whole != text:
        return whole
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) == 1:
        return text
    translated = (_JOINTS.get(part, part) if _PARTS.fullmatch(part) else said(part.strip(), language) for part in parts)
    return re.sub(r"\s+", " ", "".join(translated)).strip()


def language_of(request: Req) -> str:
    """Return the language to answer in: what was chosen, else the browser's, else Chinese."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    accepted = request.headers.get("accept-language", "").lower()
    places = {language: accepted.find(language) for language in LANGUAGES if language in accepted}
    return min(places, key=lambda language: places[language], default=CHINESE)
