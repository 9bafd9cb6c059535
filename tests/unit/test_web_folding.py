"""Texts of templates that are translated when they are compiled say what a call at each drawing would say."""

from __future__ import annotations

from gettext import NullTranslations

import pytest
from jinja2 import Environment

from bangfu_web.folding import folding


class Told(NullTranslations):
    """A language of two texts, which counts how often it is asked."""

    asked = 0

    def gettext(self, message: str) -> str:
        """Return the text in the language."""
        self.asked += 1
        return {"共": "Tom's & <b>all</b>", "半": "50%%"}.get(message, message)


def environment(told: Told, *extensions: type) -> Environment:
    """Return templates in the language."""
    made = Environment(autoescape=True, extensions=["jinja2.ext.i18n", *extensions])
    made.install_gettext_translations(told, newstyle=True)  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize(
    "template",
    [
        "{{ _('共') }}",
        "{{ _('半') }}",
        "{{ _('未译<') }}",
        "{{ 'x' if no else _('半') ~ '&' }}",
        "{{ {true: _('共')}[true] }}{% set t = _(\"半\") %}{{ t }}",
        "{% macro m(t) %}<i>{{ t }}</i>{% endmacro %}{{ m(_('共')) }}",
        "{{ _('共 %(n)s', n=3) }}{{ _(text) }}{% trans n=2 %}共{{ n }}{% endtrans %}",
    ],
)
def test_the_same_is_said(template: str) -> None:
    """With marks that HTML has, with a per cent sign, without a translation, inside of expressions and macros."""
    told = Told()
    called = environment(told).from_string(template).render(no=False, text="共")
    assert environment(told, folding(told)).from_string(template).render(no=False, text="共") == called


def test_it_is_looked_up_once() -> None:
    """Drawing a page does not ask for what is known since the template was compiled."""
    told = Told()
    template = environment(told, folding(told)).from_string("{% for i in range(100) %}{{ _('共') }}{% endfor %}")
    told.asked = 0
    assert template.render().count("Tom") == 100
    assert told.asked == 0
