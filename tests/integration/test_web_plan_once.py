"""What is paid once is never announced as paid every year: on the page, the sheet, in what-ifs, in kept plans.

The family's house is graded D: 25,000 once (the trial policy), beside 14,260 a year (see test_web_plan_pages).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from bangfu_office.registry import Attribution, FactChange, Registry
from bangfu_office.registry.users import Role
from web_desk import FAMILY, GUIDING, ON, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]


def text(html: str) -> str:
    """Return the words of a page, with single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.split("<main")[1])))


@pytest.fixture
def unsafe(web_registry: Registry) -> None:
    """Let the family's only house, never renovated, be graded D."""
    grade_d(web_registry)


def grade_d(web_registry: Registry) -> None:
    """Register the grade."""
    house = {"dwelling_grade": "D", "dwelling_only": True, "renovated_before": False}
    with web_registry.work(Attribution("李办事员", on=ON)) as work:
        work.change(FAMILY, [FactChange(name, value) for name, value in house.items()])


@pytest.mark.usefixtures("unsafe")
def test_the_page_and_the_sheet(client_as: ClientAs) -> None:
    """The programme says once; the chart of a year leaves it out."""
    caseworker = client_as(Role.CASEWORKER, GUIDING[:6])
    page = caseworker.get(f"/households/{FAMILY}/plan?on={ON}").text
    assert "住房救助 住房和城乡建设局 一次性 25,000.00 元" in text(page)
    chart = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    assert chart
    assert "25,000.00" not in chart[0]
    printed = text(caseworker.get(f"/households/{FAMILY}/print/plan?on={ON}").text)
    assert "住房救助 住房和城乡建设局 一次性 25,000.00 元" in printed
    assert "教育资助 教育局 每年 4,660.00 元" in printed


@pytest.mark.usefixtures("unsafe")
def test_an_officers_sheet_and_what_ifs(client_as: ClientAs) -> None:
    """The housing officer's total is 0 a year and 25,000 once; without the grade nothing is left of it."""
    officer = client_as(Role.OFFICER, programme="housing")
    printed = text(officer.get(f"/households/{FAMILY}/print/plan?on={ON}").text)
    assert "本项目已能确定的帮扶：每年 0.00 元，另一次性 25,000.00 元" in printed
    asked = officer.send(f"/households/{FAMILY}/what-if", {"on": str(ON), "dwelling.grade": "B"}).text
    assert "另一次性 25,000.00 0.00 −25,000.00" in text(asked)


def test_kept_plans(client_as: ClientAs, web_registry: Registry) -> None:
    """A kept plan and the comparison of two say which is which."""
    caseworker = client_as(Role.CASEWORKER, GUIDING[:6])
    path = f"/households/{FAMILY}/assessments"
    plan, keep = f"/households/{FAMILY}/plan?on={ON}", f"/households/{FAMILY}/assess"
    caseworker.send(keep, caseworker.fields(plan, keep))
    grade_d(web_registry)
    caseworker.send(keep, caseworker.fields(plan, keep))
    second, first = web_registry.assessments(FAMILY)[:2]
    page = text(caseworker.get(f"{path}/{second.id}").text)
    assert "住房救助 一次性 25,000.00 元" in page
    told = text(caseworker.get(f"{path}/{first.id}/{second.id}").text)
    assert "住房救助（一次性） 0.00 25,000.00 +25,000.00" in told
