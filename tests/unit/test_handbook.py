"""The handbook: everything declared is in it, nothing of it comes from outside or gets out as markup."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve

from bangfu import (
    Benefit,
    Group,
    GroupRule,
    Level,
    Per,
    Policy,
    Programme,
    Rulebook,
    SupportKind,
    hookimpl,
    member,
    parameter,
    together,
    yuan,
)
from bangfu.errors import PluginError
from bangfu.handbook import Handbook, handbook_of
from bangfu.policy.sources import clause_pieces
from bangfu_office.handbook import environment, handbook_as_html
from html_page import Page, contrast

GUIDING = ("522723", date(2020, 9, 1))
YANAN = ("610625", date(2022, 9, 1))
FEIXI = ("340123", date(2009, 9, 1))
GUANGXI = ("450000", date(2025, 6, 1))
PLACES = [GUIDING, YANAN, FEIXI, GUANGXI]


def made(rulebook: Rulebook, region: str, on: date) -> Handbook:
    """Return the handbook of a place."""
    return handbook_of(rulebook, region, on)


def page(rulebook: Rulebook, region: str, on: date) -> Page:
    """Return the parsed handbook of a place."""
    return Page(handbook_as_html(made(rulebook, region, on)))


def section(text: str, start: str, tag: str = "article") -> str:
    """Return the source of one element by its id, up to the next of its kind."""
    begun = text.index(f'id="{start}"')
    return text[begun : text.find(f"</{tag}>", begun)]


@pytest.mark.parametrize(("region", "on"), PLACES)
def test_the_page_is_well_formed_and_its_links_lead_somewhere(rulebook: Rulebook, region: str, on: date) -> None:
    """Tags balance, ids are unique, every link is to an id of the page, headings skip no level."""
    parsed = page(rulebook, region, on)
    ids = parsed.values("id")
    assert len(ids) == len(set(ids))
    assert {href.removeprefix("#") for href in parsed.values("href")} <= set(ids)
    levels = [int(tag[1]) for tag in parsed.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert parsed.tags.count("table") == parsed.tags.count("caption")
    assert len(parsed.values("scope", on="th")) == parsed.tags.count("th")


@pytest.mark.parametrize(("region", "on"), PLACES)
def test_nothing_is_asked_of_the_outside(rulebook: Rulebook, region: str, on: date) -> None:
    """No script, no picture, no address; the style imports nothing."""
    text = handbook_as_html(made(rulebook, region, on))
    parsed = Page(text)
    assert set(parsed.tags).isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base"})
    assert all(href.startswith("#") for href in parsed.values("href"))
    assert not [name for _, name, _ in parsed.attributes if name in {"src", "srcset", "style"} or name.startswith("on")]
    for outside in ("http://", "https://", "url(", "@import", "javascript:"):
        assert outside not in text


@pytest.mark.parametrize(("region", "on"), PLACES)
def test_every_benefit_and_every_parameter_is_there_once(rulebook: Rulebook, region: str, on: date) -> None:
    """Each has one place of its own; benefits by their codes, parameters by their names."""
    rules = rulebook.rules(region, on)
    parsed = page(rulebook, region, on)
    codes = [bound.benefit.code for bound in rules.benefits]
    shown = [text for text in parsed.within("article", "code") if text in codes and text not in rules.policy.parameters]
    assert sorted(shown) == sorted(set(codes) - set(rules.policy.parameters))
    ids = parsed.values("id")
    assert all(ids.count(f"benefit-{code}") == 1 for code in codes)
    assert all(ids.count(f"standard-{name}") == 1 for name in rules.policy.parameters)
    assert sorted(set(parsed.within("h4"))) == sorted({bound.benefit.name for bound in rules.benefits})


def test_every_fact_is_there_with_presumption_and_question(rulebook: Rulebook) -> None:
    """What a file can state, the plugins' facts included."""
    parsed = page(rulebook, *YANAN)
    texts = set(parsed.within("table"))
    for fact in rulebook.catalog.facts:
        assert fact.name in texts
        assert fact.asks in texts
        assert fact.presumption is None or fact.presumption.text in texts


def test_categories_have_their_lines_and_clauses(rulebook: Rulebook) -> None:
    """Yan'an: rural 5,400 × 1.5 = 8,100, urban 610 × 12 × 1.5 = 10,980 a head; 4 rural heads 32,400."""
    book = made(rulebook, *YANAN)
    names = [category.name for category in book.categories]
    assert names == ["特困人员", "特困家庭", "低保", "单人保", "低保边缘", "刚性支出困难", "防止返贫监测", "渐退期"]
    lines = {line.title: line.amounts for line in book.recognition.lines}
    rural, urban = (lines[f"低保标准×边缘倍数×人数（{residence}）"] for residence in ("农村", "城镇"))
    assert (rural[0], urban[0], rural[3]) == ("8,100.00", "10,980.00", "32,400.00")
    unset = [line for line in book.recognition.lines if "可支配收入" in line.title]
    assert unset
    assert not any(amount for line in unset for amount in line.amounts)
    text = section(handbook_as_html(book), "category-margin", "section")
    for said in ("5,400.00 元/人/年", "610.00 元/人/月", "（合每年 7,320.00 元）", "1.5 倍", "第14条", "未核对"):
        assert said in text


def test_grounds_say_whether_one_suffices(rulebook: Rulebook) -> None:
    """``either`` is *any of*, ``together`` is *all of*, also where one stands in the other."""
    text = section(handbook_as_html(made(rulebook, *GUANGXI)), "category-dibao_single", "section")
    assert text.count("——符合下列任一项：") == 1
    assert text.count("——须同时具备：") == 4
    assert "符合下列任一项：" in section(
        handbook_as_html(made(rulebook, *GUIDING)), "benefit-education.preschool.living"
    )


@pytest.mark.parametrize(
    ("place", "benefit", "said"),
    [
        (GUIDING, "education.compulsory.meals", "每天 4.00 元，一年计 200 天，合每年 800.00 元"),
        (GUIDING, "education.senior_secondary.national_grant", "每年 2,000.00 元"),
        (GUIDING, "education.preschool.fee_reduction", "减免，没有写明数额"),
        (YANAN, "living.tekun", "每年：低保标准（每人每年） × 特困基本生活标准为低保标准的倍数"),
        (YANAN, "living.tekun", "1.3 倍"),
        (YANAN, "employment.flexible_insurance", "2/3"),
        (YANAN, "medical.aid", "70%"),
        (("211382", date(2023, 6, 1)), "housing.renovation.D", "25,000.00 元/户"),
        (FEIXI, "living.dibao.class2", "600.00 元/人/年"),
    ],
)
def test_how_much(rulebook: Rulebook, place: tuple[str, date], benefit: str, said: str) -> None:
    """Constants with their year's sum, formulas in words with the values in force."""
    assert said in section(handbook_as_html(made(rulebook, *place)), f"benefit-{benefit}")


def test_what_is_not_configured_names_the_parameter(rulebook: Rulebook) -> None:
    """Yan'an sets no renovation amount; the premiums of other categories are no matter here."""
    text = handbook_as_html(made(rulebook, *YANAN))
    rebuild = Page(section(text, "benefit-housing.renovation.D").partition(">")[2])
    assert "未设定" in [text.strip() for _, text in rebuild.texts]
    assert "housing.renovation.D" in rebuild.within("code")
    premium = Page(section(text, "benefit-medical.premium").partition(">")[2]).within("code")
    assert {"medical.premium.dibao", "medical.premium.dibao_single"} <= set(premium)
    assert "medical.premium.margin" not in premium


HOSTILE = """<script>alert('x')</script>" onmouseover="x & </style>"""


def pack(tmp_path: Path, text: str, region: str = "610625") -> Path:
    """Return a pack file of a county with this content."""
    file = tmp_path / "local.toml"
    file.write_text(f"[pack]\nregion = '{region}'\n{text}", encoding="utf-8")
    return file


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """Whatever a pack writes is shown as it is written."""
    quoted = f"'''{HOSTILE}'''"
    file = pack(
        tmp_path,
        f"name = {quoted}\nsource = {quoted}\n"
        f"[parameters]\n'dibao.standard.rural' = {{ value = 6000, per = 'year', source = {quoted} }}\n"
        f"[[programme]]\ncode = 'heat'\nname = {quoted}\ndepartment = {quoted}\n"
        f"[[benefit]]\ncode = 'heat.b'\nname = {quoted}\namount = 5\nsource = {quoted}\noffice = {quoted}\n"
        f"note = {quoted}\ndocuments = [{quoted}]\n",
    )
    book = made(Rulebook.load([file]), *YANAN)
    text = handbook_as_html(book)
    parsed = Page(text)
    assert "script" not in parsed.tags
    assert not [name for _, name, _ in parsed.attributes if name.startswith("on")]
    assert sum(HOSTILE in found for _, found in parsed.texts) >= 8
    assert text.count("</style>") == 1
    assert "benefit-heat.b" in parsed.values("id")


def test_verified_figures_are_marked(tmp_path: Path) -> None:
    """A figure is verified where its pack says so, and not before."""
    row = "[[benefit]]\ncode = 'heat.a'\nname = '取暖'\namount = 300\nsource = '文'\nverified = true\n"
    file = pack(tmp_path, f"{row}[parameters]\n'grace.months' = {{ value = 3, verified = true }}\n")
    book = made(Rulebook.load([file]), *YANAN)
    assert [offer.benefit.code for offer in book.offers if offer.benefit.verified] == ["heat.a"]
    text = handbook_as_html(book)
    assert "已核对" in section(text, "benefit-heat.a")
    assert "未核对" not in section(text, "benefit-heat.a")
    assert "已核对" in section(text, "standard-grace.months", "tr")
    assert "未核对" in section(text, "standard-margin.multiple", "tr")


def combined() -> ModuleType:
    """Return a plugin whose benefits need, replace and cap each other."""

    def benefit(code: str, **more: object) -> Benefit:
        both = together(member.orphan, member.martyr_child)
        return Benefit(f"trial.{code}", f"待遇{code}", Level.MEMBER, [both], 10, Per.YEAR, "试点", **more)  # type: ignore[arg-type]

    def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG001 - the hook's signature
        cap = Group(
            "trial.cap", "三项合计", GroupRule.CAP, Level.HOUSEHOLD, parameter("grace.months") * yuan(1), "试点第九条"
        )
        best = Group("trial.best", "两项取一", GroupRule.HIGHEST)
        return [
            Programme(
                "trial",
                "试点",
                "",
                [
                    benefit("a", group="trial.cap", documents=("户口簿",), note="见 N2 art. 8"),
                    benefit("b", group="trial.cap", needs=("trial.a",), until="birth_date"),
                    benefit("c", group="trial.best", gives_way_to=("trial.b",)),
                    benefit("d", group="trial.best", kind=SupportKind.WAIVER),
                ],
                groups=[cap, best],
            ),
            Programme("empty", "空项目", ""),
        ]

    module = ModuleType("combined")
    module.__dict__["programmes"] = hookimpl(programmes)
    return module


def test_combination_is_told_from_both_sides() -> None:
    """Needs, giving way, groups and caps, with links to the others."""
    rulebook = Rulebook.load(plugins={"trial": combined()})
    text = handbook_as_html(made(rulebook, *YANAN))
    Page(text)
    said = {
        "a": ("三项合计：合计每年不超过上限", "全户合并计算", "渐退期", "试点第九条", 'href="#text-N2"', "第8条"),
        "b": ("须先享受", 'href="#benefit-trial.a"', "以本项为先", 'href="#benefit-trial.c"', "至出生日期止"),
        "c": ("让位于它", 'href="#benefit-trial.b"', "取每年数额最高的", "每人分别计算"),
        "d": ("减免", 'href="#benefit-trial.c"', "须同时具备"),
    }
    for letter, parts in said.items():
        article = section(text, f"benefit-trial.{letter}")
        assert [part for part in parts if part not in article] == []
    assert "先享受：待遇a" not in text  # the needed benefit stands among the relations, not the conditions
    assert "本地没有这一项目的待遇" in section(text, "programme-empty", "section")


def test_plugins_that_are_missing_are_named(rulebook: Rulebook) -> None:
    """Nobody should take the handbook for complete when it is not."""
    book = handbook_of(evolve(rulebook, left_out=[PluginError("heating", "broken <b>")]), *YANAN)
    assert "heating：broken &lt;b&gt;" in handbook_as_html(book)
    assert "未能使用" not in handbook_as_html(made(rulebook, *YANAN))


def test_clauses_are_in_chinese_and_explained(rulebook: Rulebook) -> None:
    """Article numbers read as they do in Chinese; cited texts are listed, others not."""
    assert "".join(clause_pieces("N1 art. 37–38; N6")) == "N1 第37–38条；N6"
    text = handbook_as_html(made(rulebook, *YANAN))
    assert "art." not in text
    assert "最低生活保障审核确认办法" in text
    assert "贵定县" not in text


def test_the_title_names_the_place(rulebook: Rulebook, tmp_path: Path) -> None:
    """The most local pack in force gives the name; one that says nothing that day does not."""
    for place, title in ((GUIDING, "贵定帮扶政策手册"), (("000000", YANAN[1]), "全国帮扶政策手册")):
        assert "".join(page(rulebook, *place).within("h1")) == title
    later = pack(tmp_path, "name = '甘泉'\nfrom = 2030-01-01\n[parameters]\n'grace.months' = { value = 3 }\n")
    assert "".join(page(Rulebook.load([later]), *YANAN).within("h1")) == "延安帮扶政策手册"


def test_texts_and_attributes_are_escaped() -> None:
    """Text and attributes alike, control characters included; names may break behind dots."""
    macros: Any = environment().get_template("macros.html").module
    assert macros.mark('"', "a<b&\x00") == ('<span class="mark &#34;">a&lt;b&amp;\N{REPLACEMENT CHARACTER}</span>')
    assert macros.code("a.b_c<") == "<code>a.<wbr>b_<wbr>c&lt;</code>"


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_read(scheme: int) -> None:
    """Text stands out from its ground by 4.5 to 1 at least (WCAG AA)."""
    style = (files("bangfu_office") / "templates" / "handbook.css").read_text(encoding="utf-8")
    root = re.findall(r":root \{([^}]*)\}", style)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", root))
    grounds = {"good": "good-bg", "warn": "warn-bg", "bad": "bad-bg"}
    pairs = [(text, ground) for text in ("text", "soft", "link") for ground in ("page", "sheet", "tint")]
    pairs += [*grounds.items(), *((mark, "sheet") for mark in grounds)]
    assert [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []
