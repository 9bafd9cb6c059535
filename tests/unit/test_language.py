"""English by catalogue: whole texts, patterns, and everything else left as it is."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from bangfu_web.language import CHINESE, ENGLISH, Punctuation, accepted, said, translations, wording_of

TOOL = Path(__file__).resolve().parents[2] / "web" / "messages.py"


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    """Yield the tool that collects the texts."""
    path = list(sys.path)
    spec = importlib.util.spec_from_file_location("messages", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = path


def test_every_text_is_translated() -> None:
    """Of the templates, the code, and whatever the rules of any shipped region and day declare."""
    done = subprocess.run([sys.executable, TOOL, "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("户主", "Head of household"),
        ("年龄不低于16", "Age at least 16"),
        ("没有：以前享受过危房改造", "Not: had house renovation support before"),
        ("类别：特困、低保、低保边缘", "Category: tekun, dibao, dibao-margin"),
        ("就读阶段？", "Stage of schooling?"),
        ("无劳动能力：年龄不低于60 或 年龄低于16", "No capacity to work: age at least 60 or age below 16"),
        ("每年 2,000.00 元", "2,000.00 yuan a year"),
        ("每年 2,000.00 元（减免）", "2,000.00 yuan a year (waiver)"),
        ("每月 100.00 元 × 12 = 每年 1,200.00 元", "100.00 yuan a month × 12 = 1,200.00 yuan a year"),
        ("——关系到类别和1 项帮扶", "— decides category and 1 support"),
        ("——关系到3 项帮扶", "— decides 3 supports"),
        ("6 个月", "6 months"),
        ("1 个月", "1 month"),
        ("5,400.00 元/人/年", "5,400.00 yuan per person a year"),
        ("610.00 元/人/月", "610.00 yuan per person a month"),
        ("工资 600.00 元/月；其他收入 3,000.00 元/年", "Wages 600.00 yuan a month; other income 3,000.00 yuan a year"),
        (
            "低保标准（每人每年） 5,400.00 × 核算人数 3 − 家庭年收入 7,200.00 = 9,000.00",
            (
                "Dibao standard (per person a year) 5,400.00 × persons counted 3 − household income a year 7,200.00"
                " = 9,000.00"
            ),
        ),
        ("尚不能确定，可能是：低保、低保边缘", "Open; can be: dibao, dibao-margin"),
        ("“三百”（文本）；应为：整数", "“三百” (text); expected: a whole number"),
        ("家庭 第 3 行 B 列（户编号）", "家庭 row 3, column B (household number)"),
        (
            "《最低生活保障审核确认办法》第 8 条; 《刚性支出困难家庭认定办法》",
            (
                "Measures for Review and Confirmation of the Subsistence Allowance, art. 8; "
                "Measures for Recognising Households in Rigid-Expenditure Hardship"
            ),
        ),
    ],
)
def test_labels_that_are_put_together_read_as_english(text: str, english: str) -> None:
    """Patterns say how the parts are joined; what stands inside of a sentence begins small."""
    assert said(text, ENGLISH) == english
    assert said(text, CHINESE) == text


@pytest.mark.parametrize(
    "text",
    [
        "石大山",
        "1 石大山",
        "王、李（三）",
        "欧阳：建国",
        "王 或 李",
        "他说：没有，以后再来。",
        "522723102201-000001",
        "2026-03-01",
        "石**",
        "",
        "   ",
        "{name}",
        "%(n)s 50% {",
    ],
)
def test_what_people_wrote_stays_as_it_is(text: str) -> None:
    """Punctuation and all: a text is translated where all of it is known, and otherwise not."""
    assert said(text, ENGLISH) == text


def test_people_are_named_in_what_is_said_of_them() -> None:
    """A member by place and name, inside of whatever is told; a user by the name."""
    assert said("1 石大山、2 韦春梅（否）；全户（5.00）", ENGLISH) == "1 石大山, 2 韦春梅 (no); whole household (5.00)"
    assert said("1 石大山 · 医疗救助", ENGLISH) == "1 石大山 · Medical aid"
    assert said("石小岩（新加入）", ENGLISH) == "石小岩 (joined)"
    assert said("用户 王五 已存在；请换一个用户名，或修改密码", ENGLISH).startswith("There is a user 王五 already")


@given(st.text(max_size=60) | st.text(alphabet="户主是、，。；：（）《》〔〕 和或且×=/{}%元年5成员", max_size=200))
def test_nothing_makes_it_fail(text: str) -> None:
    """Whatever somebody writes."""
    assert isinstance(said(text, ENGLISH), str)


@pytest.mark.parametrize("text", ["是、" * 199 + "爱", "是和" * 199 + "爱", "（是" * 130, "是 " * 199, "：" * 400])
def test_nothing_makes_it_slow(text: str) -> None:
    """A text of many parts is given up, not tried in every way."""
    said("户主", ENGLISH)
    began = time.perf_counter()
    said(text, ENGLISH)
    assert time.perf_counter() - began < 1


def test_places_that_count_have_a_singular() -> None:
    """And places that are no numbers do not count."""
    wording = wording_of([("{n} 人", "{n} person", "{n} people", True)])
    assert [wording.read(text) for text in ("1 人", "2 人", "几 人")] == ["1 person", "2 people", None]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", CHINESE),
        ("en", ENGLISH),
        ("en-GB,en;q=0.9,zh;q=0.8", ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", CHINESE),
        ("zh;q=0.1, EN-us", ENGLISH),
        ("fr-FR,fr;q=0.9,en;q=0.5", ENGLISH),
        ("zh; q=0.3, en; q=0.7", ENGLISH),
        ("fr", CHINESE),
        ("en;q=0", CHINESE),
        ("en;q=nan", CHINESE),
        ("en;q=, ;;, ,q=1", ENGLISH),
        ("venezuelan", CHINESE),
    ],
)
def test_the_browser_is_asked_for_its_language(header: str, language: str) -> None:
    """The one of ours it likes best."""
    assert accepted(header) == language


def test_long_texts_are_not_kept() -> None:
    """Thousands of errors, each about another file, do not stay in memory."""
    text = "第 {} 行：" + "很长的一段话，" * 500
    said(text.format(0), ENGLISH)
    tracemalloc.start()
    try:
        for n in range(1, 200):
            said(text.format(n), ENGLISH)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 100 * len(text)


def test_templates_are_punctuated_too() -> None:
    """Their own marks, not those of values and of texts to translate."""
    environment = Environment(extensions=["jinja2.ext.i18n", Punctuation], autoescape=True)
    environment.install_gettext_translations(translations(ENGLISH), newstyle=True)  # type: ignore[attr-defined]
    text = "{% trans n=3 %}有 {{ n }} 处需要改正，什么也没有保存：{% endtrans %}"
    made = environment.from_string("{{ name }}：{{ 3 }}（{{ _('元') }}）、" + text).render(name="王：五")
    assert made.strip() == "王：五: 3 (yuan), To correct: 3. Nothing was saved:"


def catalogue(*messages: tuple[str, str]) -> Catalog:
    """Return a catalogue of texts and translations."""
    made = Catalog(locale="en")
    for text, english in messages:
        made.add(text, english)
    return made


@pytest.mark.parametrize(
    ("english", "wrong"),
    [
        ("Household {number}", []),
        ("", ["untranslated: 家庭 {number}"]),
        ("Household", ["another place: 家庭 {number} -> Household"]),
        ("家庭 {number}", ["still Chinese: 家庭 {number} -> 家庭 {number}"]),
        ("Sheet “家庭” {number}", []),
    ],
)
def test_the_check_sees_what_is_wrong(tool: ModuleType, english: str, wrong: list[str]) -> None:
    """A translation that is missing, loses a place or is none."""
    text = "家庭 {number}"
    assert list(tool.wrong(catalogue((text, "")), catalogue((text, english)))) == wrong


def test_the_check_sees_what_is_new_and_what_is_over(tool: ModuleType) -> None:
    """Texts without a message, messages without a text, and those that were put aside."""
    known = catalogue(("旧", "Old"))
    assert set(tool.wrong(catalogue(("新", "")), known)) == {"missing: 新", "nothing says this any more: 旧"}
    merged = tool.merged(catalogue(("新", "")), known, clean=False)
    assert set(tool.wrong(catalogue(("新", "")), merged)) == {"untranslated: 新", "obsolete: 旧"}
    again = tool.merged(catalogue(("旧", ""), ("新", "")), merged, clean=False)
    assert list(tool.wrong(catalogue(("旧", ""), ("新", "")), again)) == ["untranslated: 新"]
    assert not tool.merged(catalogue(("新", "")), known, clean=True).obsolete


def test_the_check_sees_what_is_fuzzy(tool: ModuleType) -> None:
    """A translation that somebody should look at."""
    known = Catalog(locale="en")
    known.add("新", "New", flags=["fuzzy"])
    assert list(tool.wrong(catalogue(("新", "")), known)) == ["fuzzy: 新"]
