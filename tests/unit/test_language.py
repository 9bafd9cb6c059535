"""English by catalogue: texts with what they are made of, and everything else left as it is."""

from __future__ import annotations

import importlib.util
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from gettext import GNUTranslations
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

from bangfu.facts import CORE_FACTS
from bangfu.files.values import describe
from bangfu.messages import CHINESE, ENGLISH, _, in_words, joined, translations, worded
from bangfu.policy.sources import Clauses, source_titles
from bangfu.show import Words, member_named, shown_value, sums_said
from bangfu_web.render import accepted, environment

TOOL = Path(__file__).resolve().parents[2] / "core" / "catalogues.py"
CORE = CORE_FACTS
PLAN: Words = Words.__new__(Words)
CLAUSES = (
    "Measures for Review and Confirmation of the Subsistence Allowance art. 8; "
    "Measures for Recognising Households in Rigid-Expenditure Hardship"
)


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    """Yield the tool that collects the texts."""
    path = list(sys.path)
    sys.path.insert(0, str(TOOL.parent))
    spec = importlib.util.spec_from_file_location("catalogues", TOOL)
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


def english(text: str) -> str:
    """Return a text in English."""
    return worded(text, translations(ENGLISH))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (in_words("户主"), "Head of household"),
        (Words.category(None, ("dibao", "margin")), "Open; can be: dibao, dibao-margin"),
        (sums_said(Decimal(2000), Decimal(500)), "2,000.00 yuan a year, 500.00 yuan once"),
        (
            shown_value(
                CORE.by_name["incomes"],
                [
                    {"kind": "wage", "amount": "600.00", "per": "month"},
                    {"kind": "other", "amount": "3000.00", "per": "year"},
                ],
            ),
            "Wages 600.00 yuan/month; other income 3000.00 yuan/year",
        ),
        (describe("三百"), "“三百” (text)"),
        (_("{n} 项帮扶", n=1), "1 support"),
        (_("{n} 项帮扶", n=3), "3 supports"),
        (Clauses(source_titles()).written("N2 art. 8; N5"), CLAUSES),
    ],
)
def test_what_is_put_together_reads_as_english(text: str, said: str) -> None:
    """Templates say how the parts are joined; what stands inside of a sentence begins small."""
    assert english(text) == said
    assert worded(text, translations(CHINESE)) == text


@pytest.mark.parametrize("name", ["石大山", "户主", "王、李（三）", "无", "{name}", "%(n)s 50% {", ""])
def test_what_people_wrote_stays_as_it_is(name: str) -> None:
    """Whatever label it looks like, and wherever it stands."""
    assert english(name) == name
    assert english(member_named(0, name)) == (f"1 {name}" if name else "Member 1")
    assert english(_("{who}{label}：{said}", who=name, label="", said=in_words("未知"))) == f"{name}: unknown"


def test_a_message_is_its_text() -> None:
    """Wherever a text is taken; and it goes from process to process with what it is made of."""
    text = joined("、", (_("每年 {year:,.2f} 元", year=Decimal(5400)), "石大山")) + _("〔推定〕")
    assert text == "每年 5,400.00 元、石大山〔推定〕"
    assert "见" + text == "见每年 5,400.00 元、石大山〔推定〕"
    again = pickle.loads(pickle.dumps(text))  # noqa: S301 - made above
    assert (again, english(again)) == (text, english(text))
    assert english(again) == "5,400.00 yuan a year, 石大山 [presumed]"
    assert json.dumps({"text": text}, ensure_ascii=False) == '{"text": "每年 5,400.00 元、石大山〔推定〕"}'


@given(st.text(max_size=60), st.text(alphabet="户主是、，。；：（）{}%元年5", max_size=100))
def test_data_never_becomes_a_template(name: str, other: str) -> None:
    """Braces and signs in what somebody wrote are letters like any others, in every language."""
    text = _("{who}{label}：{said}", who=name, label="", said=joined("；", (other, name)))
    assert text == f"{name}：{other}；{name}"
    assert english(text) == f"{name}: {other}; {name}"


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


def test_templates_are_punctuated_too() -> None:
    """Their own marks, not those of values and of texts to translate."""
    made = environment(ENGLISH)
    text = "{% trans n=3 %}有 {{ n }} 处需要改正，什么也没有保存：{% endtrans %}"
    drawn = made.from_string("{{ name }}：{{ 3 }}（{{ _('元') }}）、" + text).render(name="王：五")
    assert drawn.strip() == "王：五: 3 (yuan), To correct: 3. Nothing was saved:"


def test_templates_word_what_they_are_given() -> None:
    """By itself, listed, in a sentence, in a macro; not what people wrote, whatever it looks like."""
    made = environment(ENGLISH)
    text = (
        "{% macro m(t) %}<i>{{ t }}</i>{% endmacro %}{{ m(label) }} {{ [label, own]|listed }} {{ own }} "
        "{% trans day=label %}渐退期至 {{ day }}{% endtrans %}"
    )
    drawn = made.from_string(text).render(label=in_words("户主"), own="户主<")
    head = "Head of household"
    assert drawn == f"<i>{head}</i> {head}, 户主&lt; 户主&lt; Grace period until {head}"


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
    assert list(tool.wrong(catalogue((text, "")), catalogue((text, english)), "en")) == wrong


def test_the_check_sees_what_is_new_and_what_is_over(tool: ModuleType) -> None:
    """Texts without a message, messages without a text."""
    known = catalogue(("旧", "Old"))
    assert list(tool.wrong(catalogue(("新", "")), known, "en")) == ["missing: 新", "nothing says this any more: 旧"]
    merged = tool.merged(catalogue(("旧", ""), ("新", "")), known)
    assert list(tool.wrong(catalogue(("旧", ""), ("新", "")), merged, "en")) == ["untranslated: 新"]


def test_the_check_sees_what_is_fuzzy(tool: ModuleType) -> None:
    """A translation that somebody should look at."""
    known = Catalog(locale="en")
    known.add("新", "New", flags=["fuzzy"])
    assert list(tool.wrong(catalogue(("新", "")), known, "en")) == ["fuzzy: 新"]


def test_what_was_compiled_is_what_stands_in_the_catalogues(tool: ModuleType) -> None:
    """An installation compiles them; whoever changes one compiles it as well."""
    for language in tool.LANGUAGES:
        file = tool.catalogue_file(language)
        with file.with_suffix(".mo").open("rb") as source:
            compiled = GNUTranslations(source)
        said = {tool.source(message): tool.forms(message)[0] for message in tool.read(language) if message.id}
        assert {text: compiled.gettext(text) for text in said} == said
