"""The desk's page about spreadsheets: taken in whole, in part or not at all, given out, rejects handed back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from bangfu import Rulebook
from bangfu_office.registry import Registry
from bangfu_office.registry.users import Role
from bangfu_office.sheets.layout import HOUSEHOLD_NUMBER, MEMBER_NUMBER, layout
from web_desk import FAMILY, GUIDING, LANZHOU, OTHERS, SINGLE, Visitor
from workbooks import Book

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
COUNTY = GUIDING[:6]
Rows = Iterable[Mapping[str, Any]]


@pytest.fixture
def workbook(web_rulebook: Rulebook) -> Callable[[Rows], bytes]:
    """Return a function that makes a workbook of households of one person each, by the names of facts."""

    def made(households: Rows) -> bytes:
        content, form = BytesIO(), layout(web_rulebook.catalog)
        with Workbook(content) as book:
            for sheet, number in ((form.households, None), (form.members, 1)):
                page = book.add_worksheet(sheet.name)
                for index, column in enumerate(sheet.columns):
                    page.write(0, index, column.heading)
                    for row, household in enumerate(households, start=1):
                        given = {HOUSEHOLD_NUMBER.name: f"表{row}", MEMBER_NUMBER.name: number, **household}
                        page.write(row, index, given.get(column.name))
        return content.getvalue()

    return made


def row(born: int, region: str = GUIDING, **facts: Any) -> dict[str, Any]:
    """Return a household of one person."""
    return {"region": region, "residence": "农村", "relation": "户主", "name": f"第{born}人", **facts}


ROWS = [
    row(1),
    row(2, residence="乡下"),
    row(3, birth_date="2020-13-45"),
    row(4, relation="邻居"),
    row(5),
]
"""Five households, three of them wrong, each in another way."""


def uploaded(visitor: Visitor, content: bytes, **form: str) -> httpx.Response:
    """Send a workbook."""
    data, files = {"_csrf": visitor.csrf, "_once": "1", **form}, {"file": ("C:\\我的表\\三月.xlsx", content)}
    return visitor.client.post("/sheets/import", data=data, files=files, follow_redirects=False)


def told(text: str) -> list[str]:
    """Return the places of the problems a page names."""
    if 'id="report"' not in text:
        return []
    report = text[text.index('id="report"') : text.index('id="in"')]
    return re.findall(r'<th scope="row">(.*?)</th>', report)


def test_three_wrong_rows_and_nothing_is_stored(
    client_as: ClientAs, web_registry: Registry, workbook: Callable[[Rows], bytes]
) -> None:
    """Each with sheet, row and column."""
    before = web_registry.verify()
    answer = uploaded(client_as(Role.CASEWORKER, COUNTY), workbook(ROWS))
    assert answer.status_code == 422
    places = told(answer.text)
    assert [re.sub(r" [A-Z]+ 列", "", place) for place in places] == [
        "家庭 第 3 行（户籍类别（农村/城镇））",
        "成员 第 4 行（出生日期）",
        "成员 第 5 行（与户主关系）",
    ]
    assert "第1人" not in answer.text
    assert web_registry.household(FAMILY).number == FAMILY
    assert web_registry.numbers() == [FAMILY, SINGLE, OTHERS]
    assert web_registry.verify().seq == before.seq + 1, "the user that was added, and nothing else"


def test_the_rest_is_stored_and_the_wrong_handed_back(
    client_as: ClientAs, web_registry: Registry, workbook: Callable[[Rows], bytes]
) -> None:
    """To whoever imported them alone."""
    visitor, other = client_as(Role.CASEWORKER, COUNTY), client_as(Role.CASEWORKER)
    answer = uploaded(visitor, workbook(ROWS), partial="1")
    assert answer.status_code == 200
    assert "新增 2 户" in answer.text
    assert len(told(answer.text)) == 3
    assert web_registry.numbers() == [FAMILY, SINGLE, OTHERS, "表1", "表5"]
    assert web_registry.history("表1")[0].evidence == "三月.xlsx"
    link = re.findall(r'href="(/sheets/rejects/[^"]+)"', answer.text)[0]
    assert other.get(link).status_code == 404
    back = visitor.get(link)
    assert "attachment" in back.headers["content-disposition"]
    rejects = CalamineWorkbook.from_filelike(BytesIO(back.content)).get_sheet_by_name("成员").to_python()
    assert sorted(cell for cells in rejects for cell in cells if re.fullmatch(r"第\d人", str(cell))) == [
        "第2人",
        "第3人",
        "第4人",
    ]


@pytest.mark.parametrize("partial", ["", "1"])
def test_a_household_of_another_region_has_all_refused(
    client_as: ClientAs, web_registry: Registry, workbook: Callable[[Rows], bytes], partial: str
) -> None:
    """By what the file says of it, or by where the number is registered; and nothing of that one is told."""
    visitor = client_as(Role.CASEWORKER, COUNTY)
    for wrong in (row(2, LANZHOU), row(2, household_number=OTHERS)):
        answer = uploaded(visitor, workbook([row(1), wrong]), partial=partial)
        assert answer.status_code == 422
        assert len(told(answer.text)) == 1
        assert "您所管地区" in answer.text
        assert "马建国" not in answer.text
        assert "其余的照常导入”" not in answer.text
    assert web_registry.numbers() == [FAMILY, SINGLE, OTHERS]
    assert uploaded(client_as(Role.REVIEWER), workbook([row(1), row(2, LANZHOU)])).status_code == 200


def test_what_is_no_workbook(client_as: ClientAs) -> None:
    """Nothing at all, no file, a text, a day that has not come."""
    visitor = client_as(Role.CASEWORKER)
    assert 'id="file-error"' in visitor.send("/sheets/import").text
    assert 'id="file-error"' in visitor.send("/sheets/import", {"file": "text"}).text
    assert told(uploaded(visitor, b"a,b\n1,2").text) == ["文件"]
    assert 'id="on-error"' in uploaded(visitor, b"", on="2999-01-01").text


@pytest.mark.parametrize("name", ["三月.xls", "三月.csv", "三月", "三月.xlsx.pdf", "三月.", "../三月.xlsm"])
def test_a_workbook_is_named_as_one(name: str, client_as: ClientAs, web_registry: Registry, tmp_path: Path) -> None:
    """The content is one and the name says something else: told so, and nothing is taken; .XLSX will do."""
    visitor, before = client_as(Role.CASEWORKER), web_registry.numbers()
    people = [["户编号", "成员序号", "relation"], ["新一", 1, "户主"]]
    book = Book({"家庭": [["户编号", "region"], ["新一", GUIDING]], "成员": people})
    path = book.save(tmp_path / "book.xlsx")
    data = {"_csrf": visitor.csrf, "_once": "1"}

    def sent(as_name: str) -> str:
        files = {"file": (as_name, path.read_bytes())}
        return str(visitor.client.post("/sheets/import", data=data, files=files).text)

    text = sent(name)
    assert told(text) == ["文件"]
    assert "内容却是 .xlsx 工作簿" in text
    assert web_registry.numbers() == before
    assert "新增 1 户" in sent("三月.XLSX")


def test_households_given_out(client_as: ClientAs, web_registry: Registry) -> None:
    """Those of the user's region; the journal says who took them, and they come in again unchanged."""
    visitor = client_as(Role.CASEWORKER, COUNTY)
    answer = visitor.send("/sheets/export", {"kind": "full", "region": COUNTY})
    cells = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name("成员").to_python()
    names = {cell for row_ in cells for cell in row_}
    assert "石大山" in names
    assert "马建国" not in names
    entry = web_registry.history(newest=1)[0]
    assert (entry.operation, entry.who) == ("seen", f"caseworker-{COUNTY}")
    assert '"households":2' in str(entry.new).replace(" ", "")
    assert "没有变化 2 户" in uploaded(visitor, answer.content).text


def test_the_roster(client_as: ClientAs) -> None:
    """Has no names in full, and is of the user's region."""
    answer = client_as(Role.REVIEWER).send("/sheets/export", {"kind": "roster", "region": ""})
    cells = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name("花名册").to_python()
    assert [row_[:2] for row_ in cells[1:]] == [[FAMILY, "石**"], [SINGLE, "莫**"], [OTHERS, "马**"]]


@pytest.mark.parametrize("region", ["", "62", "贵定"])
def test_nothing_is_given_out_of_other_regions(client_as: ClientAs, region: str) -> None:
    """The message stands at the field."""
    answer = client_as(Role.CASEWORKER, COUNTY).send("/sheets/export", {"kind": "full", "region": region})
    assert (answer.status_code, 'id="region-error"' in answer.text) == (422, True)
