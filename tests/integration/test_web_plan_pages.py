"""What if: the plan with some facts thought otherwise, beside the real one, with figures worked out by hand.

On 1 March 2026 the family is on dibao: three people, 600 a month = 7,200 a year, line 3 × 5,400 = 16,200, so that
16,200 − 7,200 = 9,000 are paid. The daughter boards at a senior secondary school: 2,000 + 1,000 + 760 + 400 + 500 =
4,660. Premiums of all three: 3 × 200 = 600. Together 9,000 + 4,660 + 600 = 14,260 a year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest

from bangfu_office.registry import Registry
from bangfu_office.registry.users import Role
from web_desk import FAMILY, GUIDING, ON, OTHERS, SINGLE, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
PATH = f"/households/{FAMILY}/what-if"
HEAD, WIFE, DAUGHTER = "1", "2", "3"
"""The registry's numbers of the family."""


def text(html: str) -> str:
    """Return the words of a page, with single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def found(html: str) -> str:
    """Return the words of the part that holds the comparison; empty where there is none."""
    match = re.search(r'<div id="found".*?</div>\s*<form id="changes"', html, re.DOTALL)
    return text(match[0]) if match else ""


def groups(html: str) -> dict[str, list[str]]:
    """Return what is gained, lost and so on, each support with the amount that differs."""
    made = {}
    for section in re.findall(r'<section class="group">.*?</section>', html, re.DOTALL):
        title = re.search(r"<h2>(\S+)", section)
        assert title
        made[title[1]] = [text(head).strip() for head in re.findall(r"<h3>(.*?)</h3>", section, re.DOTALL)]
    return made


@pytest.fixture
def caseworker(client_as: ClientAs) -> Visitor:
    """Return a caseworker of the family's county, to whom names are shown."""
    return client_as(Role.CASEWORKER, GUIDING[:6]).look(FAMILY)


@pytest.fixture
def unstored(caseworker: Visitor, web_registry: Registry) -> Iterator[None]:
    """Make sure that a test leaves everything as it was: the journal, the household, its assessments."""
    del caseworker  # whose look is in the journal already
    before = (web_registry.history(FAMILY), web_registry.household(FAMILY).version)
    yield
    assert (web_registry.history(FAMILY), web_registry.household(FAMILY).version) == before
    assert web_registry.assessments(FAMILY) == []


def think(visitor: Visitor, status: int = 200, **form: str) -> str:
    """Send changes, with ``__`` for the dots of input names, and return the page."""
    answer = visitor.send(PATH, {"on": str(ON), **{name.replace("__", "."): value for name, value in form.items()}})
    assert answer.status_code == status, answer.text
    return answer.text


@pytest.mark.usefixtures("unstored")
def test_the_wife_starts_work(caseworker: Visitor) -> None:
    """1,000 × 12 + 7,200 = 19,200: on dibao no more (16,200), but below 1.5 × 16,200 = 24,300.

    Lost: 9,000 of dibao and 3 × 200 of premiums; what the daughter gets stays: 14,260 − 9,600 = 4,660.
    """
    page = think(caseworker, work__person=WIFE, work__wage="1,000")
    shown = found(page)
    assert "类别 低保 低保边缘" in shown
    assert "每年帮扶 14,260.00 4,660.00 −9,600.00" in shown
    assert "家庭年收入低于低保标准×人数： 7,200.00 < 16,200.00 → 19,200.00，线 16,200.00" in shown
    assert "2 韦春梅 · 就业状况：务农 → 受雇" in shown
    assert "2 韦春梅 · 收入：没有 → 工资 1000 元/月" in shown
    assert groups(page)["失去"][:4] == [
        "全户 · 最低生活保障金 −9,000.00 元/年",
        "1 石大山 · 参保定额资助 −200.00 元/年",
        "2 韦春梅 · 参保定额资助 −200.00 元/年",
        "3 石小岩 · 参保定额资助 −200.00 元/年",
    ]
    assert "类别：低保： 低保 → 低保边缘 N2 art. 21" in shown


@pytest.mark.usefixtures("unstored")
def test_the_daughter_leaves_school(caseworker: Visitor) -> None:
    """All 4,660 are lost, the largest first: 14,260 − 4,660 = 9,600."""
    page = think(caseworker, school__person=DAUGHTER, school__stage="none")
    assert "每年帮扶 14,260.00 9,600.00 −4,660.00" in found(page)
    assert [line.split()[-2] for line in groups(page)["失去"][:5]] == [
        "−2,000.00",
        "−1,000.00",
        "−760.00",
        "−500.00",
        "−400.00",
    ]
    assert "就读阶段：普通高中： 普通高中 → 不在学" in found(page)


@pytest.mark.usefixtures("unstored")
def test_the_daughter_goes_to_a_vocational_school(caseworker: Visitor) -> None:
    """First year, boarding: 2,000 + 2,000 + 1,000 + 400 + 500 = 5,900 for 4,660: 14,260 + 1,240 = 15,500."""
    page = think(caseworker, school__person=DAUGHTER, school__stage="vocational_secondary", school__boarding="true")
    assert "每年帮扶 14,260.00 15,500.00 +1,240.00" in found(page)
    assert "3 石小岩 · 年级（本阶段第几年）：1 → 1 与现在相同" in found(page)
    assert [line.split()[-2] for line in groups(page)["得到"]] == [
        "+2,000.00",
        "+2,000.00",
        "+1,000.00",
        "+500.00",
        "+400.00",
    ]


@pytest.mark.usefixtures("unstored")
def test_several_changes_at_once(caseworker: Visitor) -> None:
    """The house graded D: 25,000 once. A wage of 500 instead of 600: 12 × 100 = 1,200 more dibao. Insured: done."""
    page = think(
        caseworker,
        dwelling__grade="D",
        insured__person=DAUGHTER,
        work__person=HEAD,
        work__wage="500",
    )
    assert "每年帮扶 14,260.00 15,460.00 +1,200.00" in found(page)
    assert "另一次性 0.00 25,000.00 +25,000.00" in found(page)
    assert groups(page) == {
        "得到": ["全户 · D 级危房拆除重建 +25,000.00 元，一次性"],
        "失去": ["3 石小岩 · 办理基本医疗保险参保"],
        "增加": ["全户 · 最低生活保障金 +1,200.00 元/年"],
        "变得不能确定": ["3 石小岩 · 医疗救助"],
        "原来不能确定，这样就不符合": ["全户 · C 级危房维修加固"],
    }
    assert "家庭年收入： 7,200.00 → 6,000.00" in found(page)


@pytest.mark.usefixtures("unstored")
def test_disabled(caseworker: Visitor) -> None:
    """What is recognised is shown as changed; a wife who cannot work is offered no work."""
    page = think(caseworker, disabled__person=WIFE, disabled__kind="mental", disabled__grade="2")
    assert "2 韦春梅 · 残疾类别：未知 → 精神残疾" in found(page)
    assert "2 韦春梅 · 残疾等级：未知 → 2" in found(page)
    assert "2 韦春梅 · 组织外出务工" in groups(page)["失去"]
    assert "劳动能力：有劳动能力、部分丧失劳动能力： 有劳动能力 → 无劳动能力" in found(page)


@pytest.mark.usefixtures("unstored")
def test_any_fact_can_become_unknown(caseworker: Visitor) -> None:
    """A row comes filled in with what is known; emptied, it is not known, and 9,000 are not known either."""
    page = think(caseworker, redraw="add", new__fact="incomes", new__who=HEAD)
    assert 'name="c0.incomes.0.amount" value="600.00"' in page
    assert "现在：工资 600.00 元/月" in text(page)
    row = {"c0__fact": "incomes", "c0__who": HEAD, "c0__incomes.0.kind": "wage", "c0__incomes.0.per": "month"}
    page = think(caseworker, **row, **{"c0__incomes.said": "", "c0__incomes.0.amount": "600.00"})
    assert "1 石大山 · 收入：工资 600.00 元/月 → 未知" in found(page)
    assert "类别 低保 尚不能确定，可能是：低保" in found(page)
    assert "全户 · 最低生活保障金 −9,000.00 元/年" in groups(page)["变得不能确定"]
    page = think(caseworker, **row, **{"c0__incomes.said": "some", "c0__incomes.0.amount": "1000.00"})
    assert "类别 低保 低保" in found(page)  # 12,000 < 16,200: 4,200 instead of 9,000
    assert groups(page)["减少"] == ["全户 · 最低生活保障金 −4,800.00 元/年"]


def test_rows_are_dropped_and_errors_stay_at_their_fields(caseworker: Visitor) -> None:
    """Nothing is compared while something is wrong, and what was filled in is still there."""
    rows = {"c0__fact": "homes", "c0__homes": "1", "c1__fact": "relation", "c1__who": WIFE, "c1__relation": "head"}
    page = think(caseworker, 422, **rows)
    assert found(page) == ""
    assert "第二名户主" in text(page)
    assert 'name="c0.homes" value="1"' in page
    page = think(caseworker, **rows, redraw="drop:c1.")
    assert "c0.homes" in page
    assert "c1.relation" not in page
    page = think(caseworker, 422, work__person=WIFE, work__wage="很多")
    assert re.search(r'id="work\.wage"[^>]*aria-invalid="true"', page)
    for form in (
        {"work__wage": "10"},
        {"work__person": WIFE},
        {"work__person": "99", "work__wage": "1"},
        {},
        {"on": "x"},
    ):
        assert found(think(caseworker, 422, **form)) == ""


def test_an_officer_sees_the_own_programme_alone(client_as: ClientAs) -> None:
    """Not the dibao that is lost, nor a fact that education does not read."""
    officer = client_as(Role.OFFICER)
    page = officer.get(PATH).text
    assert "financial_assets" not in page
    assert "work.wage" not in page
    assert "school.stage" in page
    page = think(officer, school__person=DAUGHTER, school__stage="none")
    assert "每年帮扶 4,660.00 0.00 −4,660.00" in found(page)
    assert {line.split(" · ")[0] for line in groups(page)["失去"]} == {"3 石**"}
    assert "最低生活保障金" not in page
    assert "没有写任何变化" in think(officer, 422, c0__fact="financial_assets", c0__financial_assets="1")


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.ASSISTANT, GUIDING[:9], 200),
        (Role.CASEWORKER, GUIDING[:6], 200),
        (Role.REVIEWER, "62", 404),
        (Role.AUDITOR, "", 200),
        (Role.ADMINISTRATOR, "", 403),
    ],
)
def test_who_may_ask_what_if(client_as: ClientAs, role: Role, region: str, status: int) -> None:
    """Everybody who may read the household; the page asks nothing from others."""
    visitor = client_as(role, region)
    assert visitor.get(PATH).status_code == status
    assert visitor.send(PATH, {"insured.person": WIFE}).status_code == status


def test_a_household_of_which_little_is_known(client_as: ClientAs) -> None:
    """The page works for the plan that is mostly open, too, on any day that makes sense."""
    reviewer = client_as(Role.REVIEWER)
    for number in (SINGLE, OTHERS):
        path = f"/households/{number}/what-if"
        assert reviewer.get(f"{path}?on={ON}").status_code == 200
        person = re.search(r'<option value="(\d+)"', reviewer.get(path).text)
        assert person
        assert reviewer.send(path, {"insured.person": person[1], "on": "2024-02-29"}).status_code == 200
        assert reviewer.send(path, {"insured.person": person[1], "on": "1900-01-01"}).status_code == 422
