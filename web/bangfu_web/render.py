"""From templates to responses, in the language that somebody chose, else what the browser asks for, else Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache, partial
from gettext import NullTranslations
from secrets import token_urlsafe
from typing import Any

from attrs import AttrsInstance, fields
from jinja2 import Environment, PackageLoader, StrictUndefined, nodes
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.visitor import NodeTransformer
from litestar import MediaType, Response
from markupsafe import Markup

from bangfu import BangfuError, InputError, clock
from bangfu.facts import CATEGORY_LABELS
from bangfu.messages import CHINESE, ENGLISH, Message, _, joined, translations, worded
from bangfu.plan import Reason
from bangfu.show import Words, shown_value
from bangfu_office import registry
from bangfu_office.access import Action, FormError, may
from bangfu_office.forms import StaleFormError, one_field
from bangfu_office.households import MINUTES
from bangfu_office.journal_view import label_of, said_value
from bangfu_office.registry import counting
from bangfu_web.desk import Req, desk_of
from bangfu_web.routing import address_of

LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
LANGUAGE_COOKIE = "bangfu_language"
_MARKS = str.maketrans({"：": ": ", "；": "; ", "，": ", ", "、": ", ", "（": " (", "）": ")", "［": " [", "］": "]"})
_LONGEST = 400
REFUSED = (InputError, registry.AlreadyRegisteredError, registry.ConflictError)
"""For what a form is shown again, as it was filled in."""


def render(request: Req, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """Return a page, or the part of one, in the request's language."""
    html = page(request, template, **context)
    headers = {"vary": "Accept-Language, Cookie, HX-Request"}
    return Response(html, media_type=MediaType.HTML, status_code=status, headers=headers)


def render_form(
    request: Req, template: str, error: FormError | None, *, status: int = 200, wrong: int = 422, **context: Any
) -> Response[str]:
    """Return a page with a form; of one that was not taken, with ``errors`` at its fields and status ``wrong``."""
    if error is not None:
        status = 429 if error.wait else wrong
    made = render(request, template, status=status, errors=error.fields if error else {}, **context)
    if error is not None and error.wait:
        made.headers["retry-after"] = str(error.wait)
    return made


def draw(request: Req, template: str, view: AttrsInstance, error: BangfuError | None = None) -> Response[str]:
    """Return the page of a view, with the status of the error for which a form was refused."""
    match error:
        case None:
            status = 200
        case registry.AlreadyRegisteredError() | registry.ConflictError():
            status = 409
        case StaleFormError():  # no page of ours writes such a one
            status = 400
        case _:
            status = 422
    return render(request, template, status=status, **context_of(view))


def context_of(view: AttrsInstance) -> dict[str, Any]:
    """Return what the template of a view sees: its fields by their names, and the household it shows."""
    context = {field.name: getattr(view, field.name) for field in fields(type(view))}
    shown = context.pop("shown", None)
    return {**context, "record": shown and shown.record, "revealed_until": shown and shown.revealed_until}


def page(request: Req, template: str, **context: Any) -> str:
    """Return the HTML of a template for a request."""
    language, settings = language_of(request), desk_of(request).settings
    user, session = request.scope.get("user"), request.scope.get("auth")
    known = {
        "user": user,
        "csrf": session.csrf if session else "",
        "language": language,
        "path": request.url.path,
        "address": address_of(request),
        "demo": settings.demo,
        "idle_minutes": settings.idle_minutes,
        "ready": user is not None and not settings.owed(user),
        "may": partial(may, user),
        "fresh": partial(token_urlsafe, 16),
        "Action": Action,
    }
    return environment(language).get_template(template).render(**known, **context)


def prepare() -> None:
    """Read every template, so that nobody who asks first waits for it."""
    for language in LANGUAGES:
        made = environment(language)
        for name in made.list_templates():
            made.get_template(name)


@lru_cache
def environment(language: str) -> Environment:
    """Return the templates in a language, with the words they use."""
    texts = translations(language)
    made = _InLanguage(
        loader=PackageLoader("bangfu_web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", *([Punctuation] if language == ENGLISH else [])],
        finalize=lambda value: value.worded(texts) if isinstance(value, Message) else value,
    )
    made.newstyle_gettext = True  # type: ignore[attr-defined]
    made.said = said = _gettext(texts)
    made.globals.update({"_": said, "gettext": said, "ngettext": _ngettext(texts)})
    made.filters.update(
        listed=partial(joined, "、"),
        money=_money,
        category=lambda code: CATEGORY_LABELS.get(code or "", _("未定")),
        shown=shown_value,
        shown_entry=said_value,
        operation=label_of,
        moment=registry.said_when,
        time=lambda moment: clock.local(moment).strftime("%H:%M"),
        recheck=registry.reason_in_words,
        reason_line=_reason_line(made),
        answer_field=one_field,
        counting=counting,
    )
    made.globals.update(
        LANGUAGES=LANGUAGES,
        CATEGORIES=CATEGORY_LABELS,
        ATTENTION=registry.ATTENTION_LABELS,
        SOURCES=registry.SOURCE_LABELS,
        ROLES=registry.ROLE_LABELS,
        REVEAL_MINUTES=MINUTES,
        today=clock.today,
    )
    return made


class _InLanguage(Environment):
    """Templates in one language: a text without data is put in where a template is read, not each time it is drawn."""

    said: Callable[..., Markup]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = _TextsPutIn(self.said).visit(super()._parse(source, name, filename))
        return parsed


class _TextsPutIn(NodeTransformer):
    def __init__(self, said: Callable[..., Markup]) -> None:
        self.said = said

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        called = node.node.name if isinstance(node.node, nodes.Name) else ""
        if called in {"_", "gettext"} and not node.kwargs and isinstance(text := node.args[0], nodes.Const):
            return nodes.Const(self.said(text.value), lineno=node.lineno)
        return self.generic_visit(node)


def _reason_line(made: Environment) -> Callable[[Reason, Words], str]:
    """Return the filter that draws a reason; a plan has hundreds, and most stand in other plans word for word."""

    @lru_cache(maxsize=5_000)
    def line(*parts: object) -> str:
        drawn: str = made.get_template("plan_parts.html").module.line(*parts)  # type: ignore[attr-defined]
        return drawn

    def reason_line(reason: Reason, words: Words) -> str:
        marks = bool(words.presumption(reason)), bool(words.unchecked(reason))
        return line(reason.status, reason.criterion.label, words.details(reason), reason.source, *marks)

    return reason_line


def _gettext(texts: NullTranslations) -> Callable[..., Markup]:
    """Return what templates call for their own texts; data in these are worded like those that stand by themselves."""

    @lru_cache(maxsize=5_000)
    def plain(text: str) -> Markup:
        return Markup(texts.gettext(text)) % {}  # noqa: S704 - a catalogue's text may hold HTML

    def said(text: str, /, **data: Any) -> Markup:
        return Markup(texts.gettext(text)) % _worded(data, texts) if data else plain(text)  # noqa: S704

    return said


def _ngettext(texts: NullTranslations) -> Callable[..., Markup]:
    def said(one: str, many: str, n: int, /, **data: Any) -> Markup:
        return Markup(texts.ngettext(one, many, n)) % _worded({"num": n, **data}, texts)  # noqa: S704

    return said


def _worded(data: Mapping[str, Any], texts: NullTranslations) -> dict[str, Any]:
    return {name: worded(value, texts) for name, value in data.items()}


def _money(amount: Decimal | str | None) -> str:
    return "—" if amount is None else f"{Decimal(amount):,.2f}"


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
    chosen = request.cookies.get(desk_of(request).settings.cookie(LANGUAGE_COOKIE))
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
