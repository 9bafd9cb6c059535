"""The assessments of a household: listed, shown as they were, made again, two compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from attrs import evolve

from bangfu import Rulebook
from bangfu.differences import ValueChange
from bangfu.errors import BangfuError
from bangfu_office.registry import Assessment, Attribution, FactChange, Registry, Replay
from bangfu_office.registry.users import Role
from web_desk import FAMILY, GUIDING, ON, SINGLE, Visitor, wage

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
LIST = f"/households/{FAMILY}/assessments"


def text(html: str) -> str:
    """Return the words of a page, with single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture
def caseworker(client_as: ClientAs) -> Visitor:
    """Return a caseworker of the family's county, to whom names are shown."""
    return client_as(Role.CASEWORKER, GUIDING[:6]).look(FAMILY)


@pytest.fixture
def two(caseworker: Visitor, web_registry: Registry) -> tuple[str, str]:
    """Keep two assessments, with a raise of the head's wage from 600 to 1,000 a month between; return their paths."""
    first = kept(caseworker)
    with web_registry.work(Attribution("李办事员", on=ON)) as work:
        work.change(FAMILY, [FactChange("incomes", wage(1000), 1)])
    return first, kept(caseworker)


def kept(caseworker: Visitor, on: str = str(ON)) -> str:
    """Keep an assessment for a day and return its path."""
    keep = f"/households/{FAMILY}/assess"
    form = caseworker.fields(f"/households/{FAMILY}/plan", keep)
    return str(caseworker.send(keep, {**form, "on": on}).headers["location"])


def test_an_assessment_is_shown_as_it_was(caseworker: Visitor, two: tuple[str, str]) -> None:
    """16,200 − 7,200 = 9,000, although 12,000 are earned by now; with whom, when, which policy and plugins."""
    page = text(caseworker.get(two[0]).text)
    assert "类别 低保 每年帮扶 14,260.00 元" in page
    assert "全户 · 最低生活保障金 每年 9,000.00 元 未核对" in page
    assert "3 石小岩 · 普通高中国家助学金 每年 2,000.00 元" in page
    assert "家庭年收入低于低保标准×人数 7,200.00，线 16,200.00 试点办法第一条" in page
    assert "收入：工资 600.00 元/月" in page
    assert "caseworker-522723" in page
    assert re.search(r"政策指纹 [0-9a-f]{64} bangfu \d", page)
    assert "当时还不能确定" in page


def test_made_again_the_same_comes_out(caseworker: Visitor, two: tuple[str, str], web_registry: Registry) -> None:
    """From the facts and the policy of then; nothing is kept of it."""
    before = web_registry.history(FAMILY)
    for path in two:
        assert "结果与当时完全相同" in caseworker.send(f"{path}/replay").text
    assert web_registry.history(FAMILY) == before
    assert len(web_registry.assessments(FAMILY)) == 2


def test_made_again_another_comes_out(
    caseworker: Visitor, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what, and which plugins are of another version."""

    def other(_: Registry, made: Assessment, __: Rulebook) -> Replay:
        again = evolve(made, totals={**made.totals, "year": "1.00"})
        return Replay({}, again, False, False, ("education",))

    monkeypatch.setattr(Registry, "replay", other)
    shown = text(caseworker.get(two[0]).text)
    assert "下面是当时的结果。现在的程序算出的不同" in shown
    assert "全户 · 最低生活保障金 每年 9,000.00 元" in shown
    assert "线 16,200.00" not in shown
    page = text(caseworker.send(f"{two[0]}/replay").text)
    assert "重算的结果与当时不同" in page
    assert "每年合计 14,260.00 1.00 −14,259.00" in page
    assert "其间有程序更新：education" in page


def test_made_again_in_other_words(caseworker: Visitor, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the result is the same, today's reasons explain it, and the page says that they are today's."""
    original = Registry.replay
    monkeypatch.setattr(Registry, "replay", lambda *given: evolve(original(*given), same=False))
    page = text(caseworker.get(two[0]).text)
    assert "理由按现在的程序说明" in page
    assert "家庭年收入低于低保标准×人数 7,200.00，线 16,200.00" in page
    assert "只有理由的文字或数字不同" in text(caseworker.send(f"{two[0]}/replay").text)


def test_made_again_is_not_possible(caseworker: Visitor, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact that is not declared any more is said, and the assessment is shown all the same."""

    def impossible(*_: Any) -> Replay:
        raise BangfuError("没有声明的事实 x")

    monkeypatch.setattr(Registry, "replay", impossible)
    page = text(caseworker.send(f"{two[0]}/replay").text)
    assert "现在不能照当时的样子重算：没有声明的事实 x" in page
    assert "最低生活保障金" in page


def test_two_are_compared(caseworker: Visitor, two: tuple[str, str]) -> None:
    """The wage changed, so 16,200 − 12,000 = 4,200 instead of 9,000; policy and plugins did not."""
    first, second = (path.rsplit("/", 1)[1] for path in two)
    answer = caseworker.get(f"{LIST}?chosen={second}&chosen={first}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}/{first}/{second}")
    page = text(caseworker.get(f"{LIST}/{first}/{second}").text)
    assert "事实 1 前一次 后一次 石大山 · 收入 工资 600.00 元/月 工资 1000.00 元/月" in page
    assert "全户 · 最低生活保障金 每年 9,000.00 元 每年 4,200.00 元 −4,800.00" in page
    assert "每年合计 14,260.00 9,460.00 −4,800.00" in page
    assert "政策标准" not in page
    assert "程序版本" not in page
    back = text(caseworker.get(f"{LIST}/{second}/{first}").text)
    assert "每年合计 9,460.00 14,260.00 +4,800.00" in back
    assert "没有不同" in caseworker.get(f"{LIST}/{first}/{first}").text


def test_policies_and_people_are_compared(caseworker: Visitor, web_registry: Registry, two: tuple[str, str]) -> None:
    """Until the end of 2025 the basic pension did not count as income; a child was born and is named as new."""
    with web_registry.work(Attribution("李办事员", on=ON)) as work:
        work.born(FAMILY, {"name": "石小雨", "sex": "female", "birth_date": "2024-02-29"})
    older = kept(caseworker, "2025-12-01").rsplit("/", 1)[1]
    page = text(caseworker.get(f"{two[0]}/{older}").text)
    assert re.search(r"不计入家庭收入的项目 \S+社会救助款物 \S+社会救助款物、居民养老保险基础养老金", page)
    assert "石小雨（新加入） · 出生日期 未知 2024-02-29" in page


def test_other_versions_and_rows_are_told(web_registry: Registry, caseworker: Visitor, two: tuple[str, str]) -> None:
    """Plugins by their versions; a row of a table by its name and amount."""
    from bangfu_office.kept_assessments.outcome import _row  # noqa: PLC0415 - the part no page of today reaches

    made = web_registry.assessment(FAMILY, web_registry.assessments(FAMILY)[0].id)
    newer = evolve(made, plugins={**made.plugins, "education": "9.9"})
    assert [d.key for d in web_registry.compare(made, newer).plugins] == ["education"]
    assert caseworker.get(two[0]).status_code == 200

    def kept(amount: str) -> dict[str, Any]:
        return {"data": {"name": "取暖补助", "amount": Decimal(amount), "per": "year"}}

    difference = ValueChange("heating", kept("200"), kept("250"))
    assert (_row(difference).label, _row(difference).before, _row(difference).after) == (
        "取暖补助",
        "200 元/年",
        "250 元/年",
    )
    assert _row(evolve(difference, before=None)).before == "没有这一项"


def test_the_list(caseworker: Visitor, two: tuple[str, str]) -> None:
    """The newest first; without exactly two chosen it stays, and says so."""
    page = caseworker.get(LIST).text
    assert re.findall(rf'href="({LIST}/\d+)"', page) == [two[1], two[0]]
    assert "请恰好选两次" in caseworker.get(f"{LIST}?chosen=1").text
    assert "请恰好选两次" in caseworker.get(f"{LIST}?chosen=x&chosen=²").text
    assert "还没有保存过评估" in caseworker.get(f"/households/{SINGLE}/assessments").text


def test_an_assessment_belongs_to_its_household(caseworker: Visitor, two: tuple[str, str]) -> None:
    """By another household's address it is not there."""
    key = two[0].rsplit("/", 1)[1]
    other = f"/households/{SINGLE}/assessments"
    for path in (f"{other}/{key}", f"{other}/{key}/{key}", f"{LIST}/{key}/99", f"{LIST}/{'9' * 30}"):
        assert caseworker.get(path).status_code == 404
    assert caseworker.send(f"{other}/{key}/replay").status_code == 404


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.ASSISTANT, GUIDING[:9], 200),
        (Role.REVIEWER, "62", 404),
        (Role.OFFICER, "", 403),
        (Role.AUDITOR, "", 200),
        (Role.ADMINISTRATOR, "", 403),
    ],
)
def test_who_may_see_assessments(
    client_as: ClientAs, two: tuple[str, str], role: Role, region: str, status: int
) -> None:
    """Everybody who may read everything of the household; an assessment holds every fact."""
    visitor = client_as(role, region)
    key = two[1].rsplit("/", 1)[1]
    for path in (LIST, *two, f"{two[0]}/{key}"):
        assert visitor.get(path).status_code == status
    assert visitor.send(f"{two[0]}/replay").status_code == status
