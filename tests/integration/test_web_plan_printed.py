"""The sheets that are handed over: plan, determination, refusal; as pages and as PDF."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from bangfu.policy.sources import Clauses
from bangfu_office.child_process import ApartError, Limits
from bangfu_office.registry import Attribution, FactChange, Registry
from bangfu_office.registry.users import Role
from bangfu_web import pdf
from bangfu_web.typesetting import laid_out, typeset
from web_desk import FAMILY, GUIDING, ON, OTHERS, SINGLE, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
A4 = (794, 1123)
"""Width and height in CSS pixels, 96 to the inch."""


def text(html: str) -> str:
    """Return the words of a page, with single spaces."""
    body = html.split("<main>")[1]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture
def caseworker(client_as: ClientAs) -> Visitor:
    """Return a caseworker of Guiding, to whom names are shown."""
    return client_as(Role.CASEWORKER, GUIDING[:6]).look(FAMILY, SINGLE)


def sheet(visitor: Visitor, kind: str, number: str = FAMILY, status: int = 200, more: str = "") -> str:
    """Return the words of a sheet as of 1 March 2026."""
    answer = visitor.get(f"/households/{number}/print/{kind}?on={ON}{more}")
    assert answer.status_code == status, answer.text
    return text(answer.text)


def test_the_plan(caseworker: Visitor) -> None:
    """Who, which support, how much, when, why, documents, office; what is not known; lines to sign.

    9,000 of dibao + 4,660 for the daughter + 3 × 200 of premiums = 14,260.
    """
    page = sheet(caseworker, "plan")
    assert "户主 石大山 家庭编号 522723102201-000001 评估日 2026-03-01" in page
    assert "类别： 低保" in page
    assert "每年 14,260.00 元" in page
    assert "全户 · 最低生活保障金 每年 9,000.00 元 未核对 什么时候 每年 为什么 类别：低保 怎么算" in page
    assert "5,400.00 × 核算人数 3 − 家庭年收入 7,200.00" in page
    assert "到哪里办 乡镇民政办，按月发放 带什么 居民身份证、户口簿、家庭经济状况申报和核对授权书" in page
    assert "依据 《社会救助暂行办法》第12条；《最低生活保障审核确认办法》第23条" in page
    assert "3 石小岩 · 普通高中免住宿费 每年 500.00 元（减免）" in page
    assert "为什么 就读阶段：普通高中；在校寄宿；建档立卡" in page
    assert "2 韦春梅 · 组织外出务工、就业帮扶车间吸纳就业、以工代赈、乡村公益性岗位 服务" in page
    assert "□ 户口簿 最低生活保障金" in page
    assert "1 石大山：有培训意愿？ ——关系到2 项帮扶" in page
    assert "经办人（签名）： 户主或代办人（签名）：" in page
    assert "522723198003150" not in page  # no ID number on the sheet


def test_the_determination(caseworker: Visitor) -> None:
    """The category with its reasons and clauses, what is granted with amount and clause."""
    page = sheet(caseworker, "determination")
    assert "按 2026 年 3 月 1 日 的规定核定，您家认定为 低保。" in page
    assert "家庭年收入低于低保标准×人数（7,200.00 < 16,200.00）〔标准未核对〕，依据试点办法第一条" in page
    assert "家庭财产符合规定，依据《最低生活保障审核确认办法》第14条" in page
    assert "3 石小岩 子女 计入 低保" in page
    assert "全户 最低生活保障金 乡镇民政办，按月发放 每年 9,000.00 元 未核对" in page
    assert "合计：每年 14,260.00 元" in page


def test_a_refusal(caseworker: Visitor) -> None:
    """3,000 × 12 = 36,000 a year; the lines for one are 5,400, 1.5 × 5,400 = 8,100 and 12,000.

    How long there is to object stands in no source: it is left to be filled in.
    """
    page = sheet(caseworker, "refusal", SINGLE)
    assert "低保 全户" in page
    assert "家庭年收入低于低保标准×人数" in page
    assert "36,000.00 5,400.00〔标准未核对〕 试点办法第一条" in page
    assert "36,000.00 8,100.00〔标准未核对〕" in page
    assert "36,000.00 12,000.00〔标准未核对〕" in page
    assert "其他条件都符合，只有这一项不符合（差 30,600.00）" in page
    assert "最低生活保障金 类别：低保 全户（不属于低收入）《最低生活保障审核确认办法》第21条" in page.replace(
        "） 《", "）《"
    )
    assert "没有写明、按推定处理的有" not in sheet(caseworker, "refusal", SINGLE, more="&asked=categories")
    assert "（由签发单位按当地规定填写）" in page
    assert "30" not in page.split("对本告知有异议")[1].split("依据的全称")[0]


def test_what_was_asked_alone(caseworker: Visitor) -> None:
    """One category or one benefit, then with all its reasons, and what to state where something is presumed."""
    page = sheet(caseworker, "refusal", SINGLE, more="&asked=margin")
    assert "低保边缘" in page
    assert "最低生活保障金" not in page
    page = sheet(caseworker, "refusal", SINGLE, more="&asked=education.senior_secondary.national_grant")
    assert "普通高中国家助学金 1 莫长林" in page
    assert "就读阶段：普通高中 没有写明、按推定处理的有：就读阶段；写明并带凭证来，可以重新判断 不在学 普通高中" in page
    assert "建档立卡" in page
    page = sheet(caseworker, "refusal", SINGLE, more="&asked=tekun_member")
    assert "特困 1 莫长林" in page
    assert "下列各项都不是：年龄不低于60；年龄低于16" in page
    assert caseworker.get(f"/households/{SINGLE}/print/refusal?asked=nothing").status_code == 404


def test_notices_that_cannot_be_issued(caseworker: Visitor, client_as: ClientAs) -> None:
    """No determination without a category, or of none; both ways, as page and as PDF, the reason is said."""
    assert "不属于任何一类" in sheet(caseworker, "determination", SINGLE, 409)
    assert "类别还不能确定" in sheet(client_as(Role.REVIEWER), "determination", OTHERS, 409)
    answer = caseworker.get(f"/households/{SINGLE}/print/determination/pdf?on={ON}")
    assert (answer.status_code, answer.headers["content-type"]) == (409, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("kind", "number", "pages"), [("plan", FAMILY, 4), ("determination", FAMILY, 3), ("refusal", SINGLE, 5)]
)
def test_a_pdf_is_a4_and_not_long(caseworker: Visitor, kind: str, number: str, pages: int) -> None:
    """Its name holds nobody's data; every page is A4."""
    path = f"/households/{number}/print/{kind}"
    answer = caseworker.get(f"{path}/pdf?on={ON}")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="bangfu-{kind}-{ON}.pdf"'
    document = laid_out(caseworker.get(f"{path}?on={ON}").text)
    assert 1 <= len(document.pages) <= pages
    assert {(round(page.width), round(page.height)) for page in document.pages} == {A4}


@pytest.mark.parametrize(
    ("fault", "told"), [(ApartError("time"), "用时太长，已中止"), (OSError("libpango"), "没有安装 Pango")]
)
def test_a_pdf_that_cannot_be_made_is_told(
    caseworker: Visitor, monkeypatch: pytest.MonkeyPatch, fault: Exception, told: str
) -> None:
    """Why, and what helps: the browser prints the page too."""

    def typeset_badly(limits: Limits, html: str) -> bytes:
        del limits, html
        raise fault

    monkeypatch.setattr(pdf, "_typeset", typeset_badly)
    answer = caseworker.get(f"/households/{FAMILY}/print/plan/pdf?on={ON}")
    assert answer.status_code == 503
    assert f"没能排成 PDF（{told}）；请在浏览器中打开这一页" in answer.text


def test_a_pdf_fetches_nothing_but_its_stylesheet(caplog: pytest.LogCaptureFixture) -> None:
    """Neither from the net nor from the disk; the sheet is made all the same."""
    hostile = (
        '<link rel="stylesheet" href="/static/print.css"><link rel="stylesheet" href="/static/style.css">'
        '<img src="http://127.0.0.1:9/x.png"><img src="file:///etc/passwd"><img src="/static/icon.svg"><p>好</p>'
    )
    assert typeset(hostile).startswith(b"%PDF-")
    refused = [record.getMessage() for record in caplog.records if record.name == "weasyprint"]
    assert len(refused) == 4, refused
    assert all("fetch nothing but their stylesheet" in line for line in refused)


def test_a_name_cannot_break_the_sheet(caseworker: Visitor, web_registry: Registry) -> None:
    """Whatever somebody is called is text."""
    with web_registry.work(Attribution("李办事员", on=ON)) as work:
        work.change(FAMILY, [FactChange("name", "<img src=x>&", 1)])
    assert "1 <img src=x>& ·" in sheet(caseworker, "plan")
    assert caseworker.get(f"/households/{FAMILY}/print/plan/pdf").content.startswith(b"%PDF-")


def test_clauses_are_written_out() -> None:
    """Short names by titles, articles as one reads them; what has no title stays."""
    clauses = Clauses({"N2": "某办法（某文号）", "S1": "某县：某政策"})
    assert clauses.written("N2 art. 7; S1 学前") == "《某办法》第7条；某县：某政策 学前"
    assert clauses.written("N9 art. 37–38；试点办法") == "N9第37–38条；试点办法"
    assert clauses.legend == ["某办法（某文号）", "某县：某政策"]


@pytest.mark.parametrize(
    ("role", "region", "plan", "notice"),
    [
        (Role.ASSISTANT, GUIDING[:9], 200, 403),
        (Role.REVIEWER, "", 200, 200),
        (Role.REVIEWER, "62", 404, 404),
        (Role.OFFICER, "", 200, 403),
        (Role.AUDITOR, "", 200, 200),
        (Role.ADMINISTRATOR, "", 403, 403),
    ],
)
def test_who_may_print(client_as: ClientAs, role: Role, region: str, plan: int, notice: int) -> None:
    """The plan: who reads it. Notices: who determines, and auditors, for they tell every reason."""
    visitor = client_as(role, region)
    for end in ("", "/pdf"):
        assert visitor.get(f"/households/{FAMILY}/print/plan{end}").status_code == plan
        for kind in ("determination", "refusal"):
            assert visitor.get(f"/households/{FAMILY}/print/{kind}{end}").status_code == notice
    assert visitor.get(f"/households/{FAMILY}/print/poster").status_code in (403, 404)


def test_an_officer_prints_the_own_programme(client_as: ClientAs) -> None:
    """Education's 4,660; neither dibao nor income, nor a way to the notices."""
    html = client_as(Role.OFFICER).get(f"/households/{FAMILY}/print/plan?on={ON}").text
    assert "本项目已能确定的帮扶：每年 4,660.00 元" in text(html)
    assert "最低生活保障金" not in html
    assert "7,200" not in html
    assert "/print/determination" not in html
