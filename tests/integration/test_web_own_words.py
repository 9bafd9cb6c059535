"""What people wrote and are called stays as it is in English, also where it reads like a label of the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from bangfu import Rulebook, clock, household_from
from bangfu_office.registry import Attribution, FactChange, Registry
from bangfu_office.registry.assessing import assess
from bangfu_office.registry.users import Role
from web_desk import GUIDING, ON, Visitor, person, wage

pytest_plugins = ["web_desk"]

NUMBER = f"{GUIDING}-000009"
HEAD, SPOUSE, CHILD = "户主", "低保、特困", "石（否）"
"""Names that are labels, lists of labels, a label behind another."""
RECHECK, EVIDENCE, REASON = "收入", "工资", "未知"


@pytest.fixture
def called_like_labels(web_registry: Registry, web_rulebook: Rulebook) -> Registry:
    """Return a registry with a family whose names, notes and reasons are labels; it was assessed twice."""
    data = {
        "region": GUIDING,
        "residence": "rural",
        "assets_within_limits": True,
        "members": [
            person("head", HEAD, "1980-03-15", 1, employment="unemployed"),
            person("spouse", SPOUSE, "1982-02-28", 2, insured=True),
            person("child", CHILD, "2010-05-01", 4, school_stage="primary", insured=False),
        ],
    }
    household = household_from(data, on=ON, catalog=web_rulebook.catalog)
    with web_registry.work(Attribution("全部", evidence=EVIDENCE, reason=REASON, on=ON)) as work:
        work.add(household, NUMBER)
        work.recheck(NUMBER, clock.today() + timedelta(days=9), RECHECK)
        assess(work, NUMBER, web_rulebook, ON)
    members = web_registry.household(NUMBER).members
    with web_registry.work(Attribution("全部", on=ON)) as work:
        work.change(NUMBER, [FactChange("incomes", wage(1800), members[0].id)])
        assess(work, NUMBER, web_rulebook, ON)
    return web_registry


@pytest.fixture
def english(called_like_labels: Registry, client_as: Callable[..., Visitor]) -> Callable[[str], str]:
    """Return a function that gets a page in English as its words, with single spaces."""
    del called_like_labels
    visitor = client_as(Role.REVIEWER).look(NUMBER)

    def page(path: str) -> str:
        answer = visitor.get(path, **{"accept-language": "en"})
        assert answer.status_code in {200, 409}, path
        return words(answer.text)

    return page


def words(html: str) -> str:
    """Return what a page shows."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


PATHS = ("", "/plan", "/what-if", "/events", "/assessments", "/print/plan", "/print/determination", "/print/refusal")


@pytest.mark.parametrize("path", PATHS)
def test_no_name_is_translated(english: Callable[[str], str], path: str) -> None:
    """On every page of a household; in what is said of them too."""
    page = english(f"/households/{NUMBER}{path}")
    for wrong in ("1 head of household", "1 Head of household", "2 dibao, tekun", "2 Dibao, tekun", "石 (no)"):
        assert wrong not in page
    if path in {"/plan", "/what-if", "/events", "/print/plan", "/print/refusal"}:
        assert f"1 {HEAD}" in page


def test_kept_assessments(called_like_labels: Registry, english: Callable[[str], str]) -> None:
    """Names in what was kept, and in what changed from one to the other."""
    first, second = sorted(made.id for made in called_like_labels.assessments(NUMBER))
    for path in (first, f"{first}/{second}"):
        page = english(f"/households/{NUMBER}/assessments/{path}")
        assert HEAD in page
        assert "Head of household ·" not in page
        assert "Name: Head of household" not in page


def test_notes_and_reasons(english: Callable[[str], str], client_as: Callable[..., Visitor]) -> None:
    """Why it is to be checked again, by what evidence, and who wrote it; the journal tells the same."""
    assert f": {RECHECK} " in english(f"/households/{NUMBER}")
    history = english(f"/households/{NUMBER}/history")
    assert " 全部 " in history
    assert f"{EVIDENCE} {REASON}" in history
    journal = words(client_as(Role.AUDITOR).get("/journal", **{"accept-language": "en"}).text)
    assert f"Reason {RECHECK}" in journal
    assert "Reason Income" not in journal


def test_the_registrys_own_reasons_are_labels(called_like_labels: Registry, english: Callable[[str], str]) -> None:
    """It asks for a recheck itself where somebody is born."""
    with called_like_labels.work(Attribution("全部")) as work:
        work.born(NUMBER, {"relation": "child", "birth_date": "2026-02-02", "name": "石小"})
    assert "More people in the household" in english(f"/households/{NUMBER}")
