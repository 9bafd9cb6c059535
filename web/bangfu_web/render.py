"""From templates to responses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response

from bangfu import clock
from bangfu.facts import Fact
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.plan import Reason
from bangfu.show import Words
from bangfu_office.registry import ATTENTION_LABELS, SOURCE_LABELS
from bangfu_office.registry.journal import OPERATION_LABELS
from bangfu_office.registry.users import ROLE_LABELS
from bangfu_web.desk import Desk
from bangfu_web.folding import folding
from bangfu_web.forms.fields import answer_field
from bangfu_web.guarding import owed
from bangfu_web.language import ENGLISH, LANGUAGES, Punctuation, language_of, said, translations
from bangfu_web.looks import MINUTES
from bangfu_web.once import fresh
from bangfu_web.permissions import Action, may
from bangfu_web.request import Req
from bangfu_web.routing import address_of
from bangfu_web.verbatim import recheck_reason, shown, unmarked


def render(request: Req, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """Return a page, or the part of one, in the request's language."""
    html = page(request, template, **context)
    headers = {"vary": "Accept-Language, Cookie, HX-Request"}
    return Response(html, media_type=MediaType.HTML, status_code=status, headers=headers)


def page(request: Req, template: str, **context: Any) -> str:
    """Return the HTML of a template for a request."""
    language = language_of(request)
    desk: Desk = request.app.state["desk"]
    user, session = request.scope.get("user"), request.scope.get("auth")
    known = {
        "user": user,
        "csrf": session.csrf if session else "",
        "language": language,
        "path": request.url.path,
        "address": address_of(request),
        "demo": desk.settings.demo,
        "idle_minutes": desk.settings.idle_minutes,
        "ready": user is not None and not owed(user, desk.settings),
        "may": partial(may, user),
        "fresh": fresh,
        "Action": Action,
    }
    return unmarked(environment(language).get_template(template).render(**known, **context))


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
    made = Environment(
        loader=PackageLoader("bangfu_web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", folding(texts), *([Punctuation] if language == ENGLISH else [])],
    )
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    say: Callable[[str], str] = partial(said, language=language)
    made.filters.update(
        said=say,
        money=_money,
        category=lambda code: say(CATEGORY_LABELS.get(code or "", "未定")),
        shown=lambda fact, value: say(shown(fact, value)),
        shown_entry=lambda fact, written: say(_entry_value(fact, written)),
        operation=partial(_operation, say),
        moment=said_when,
        time=lambda moment: clock.local(moment).strftime("%H:%M"),
        recheck=lambda reason: say(recheck_reason(reason)),
        reason_line=_reason_line(made),
        answer_field=lambda question: answer_field(question.fact),
    )
    made.globals.update(
        LANGUAGES=LANGUAGES,
        CATEGORIES=CATEGORY_LABELS,
        ATTENTION=ATTENTION_LABELS,
        SOURCES=SOURCE_LABELS,
        ROLES=ROLE_LABELS,
        LOOK_MINUTES=MINUTES,
        today=clock.today,
    )
    return made


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


def _operation(say: Callable[[str], str], operation: str) -> str:
    return say(OPERATION_LABELS.get(operation, operation))


def _entry_value(fact: Fact | None, written: str | None) -> str:
    """Return a value of a journal entry in words; of a personal fact, that there is one."""
    if written is None:
        return "未知"
    if fact is None or fact.personal:
        return "***"
    return shown(fact, json.loads(written))


def said_when(moment: str) -> str:
    """Return a moment of the journal as people here read it: the local day and time."""
    return clock.shown(datetime.fromisoformat(moment))


def _money(amount: Decimal | str | None) -> str:
    return "—" if amount is None else f"{Decimal(amount):,.2f}"
