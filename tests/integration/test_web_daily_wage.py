"""A wage by the day on the desk: the plan says which entry leaves the income open, and where to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from bangfu.facts import CORE_FACTS
from bangfu_office.registry import Attribution, FactChange, Registry
from bangfu_office.registry.users import Role
from bangfu_office.sheets.layout import layout, note
from web_desk import FAMILY, GUIDING, ON, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
WHY = "第 2 笔（工资）：按天的没有写明一年有多少天，全年金额未知：请改写为每月或每年的金额"


def text(html: str) -> str:
    """Return the words of a page, with single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture
def paid_by_the_day(web_registry: Registry) -> None:
    """Let the head earn 200 a month and 150 a day."""
    incomes = [
        {"kind": "business", "amount": "200", "per": "month"},
        {"kind": "wage", "amount": "150", "per": "day"},
    ]
    with web_registry.work(Attribution("李办事员", on=ON)) as work:
        work.change(FAMILY, [FactChange("incomes", incomes, 1)])


@pytest.mark.usefixtures("paid_by_the_day")
def test_the_page_says_which_and_leads_to_the_form(client_as: ClientAs) -> None:
    """On the page and the sheet, in English too; answered in place, one entry would stand for all of them."""
    caseworker = client_as(Role.CASEWORKER, GUIDING[:6])
    page = caseworker.get(f"/households/{FAMILY}/plan?on={ON}").text
    assert WHY in text(page)
    (question,) = [part for part in re.findall(r"<li>.*?</li>", page, re.DOTALL) if WHY in text(part)]
    assert f'href="/households/{FAMILY}/edit"' in question
    assert "<form" not in question
    assert WHY in text(caseworker.get(f"/households/{FAMILY}/print/plan?on={ON}").text)
    form = text(caseworker.get(f"/households/{FAMILY}/edit").text)
    assert "请改写为每月或每年的金额" in form


@pytest.mark.usefixtures("paid_by_the_day")
def test_an_officer_does_not_learn_of_it(client_as: ClientAs) -> None:
    """What else is known of the household's means is no business of one programme's office."""
    officer = client_as(Role.OFFICER)
    assert "按天" not in officer.get(f"/households/{FAMILY}/plan?on={ON}").text


def test_the_template_says_so() -> None:
    """In the note on the column 周期 of both lists."""
    sheets = {sheet.items.name: sheet for sheet in layout(CORE_FACTS).lists if sheet.items}
    for name in ("incomes", "expenses"):
        column = sheets[name].column("per")
        assert column
        assert "请改写为每月或每年的金额" in note(column)
