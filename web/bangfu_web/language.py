"""The language a page is in: what somebody chose, else what the browser asks for, else Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from bangfu.messages import CHINESE, ENGLISH, translations, worded
from bangfu_web.desk import Req

LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
COOKIE = "bangfu_language"

_MARKS = str.maketrans({"：": ": ", "；": "; ", "，": ", ", "、": ", ", "（": " (", "）": ")", "［": " [", "］": "]"})
_LONGEST = 400


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


def saying(request: Req) -> Callable[[str], str]:
    """Return what words a text in the request's language."""
    texts = translations(language_of(request))
    return lambda text: worded(text, texts)


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
