"""Broken plugins, each as a file that somebody wrote: named with its place and the mend, and nobody else's matter."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars.selectors as cs
import pytest
from click.testing import CliRunner

from bangfu import Rulebook, frames_of, household_from, make_plan
from bangfu.commands import main
from bangfu.handbook import handbook_of
from bangfu.loading import PLUGINS_PATH
from bangfu.show import plan_as_json
from bangfu_office.handbook import handbook_as_html

ON = date(2022, 9, 1)
FAMILY = {
    "region": "610625101201",
    "residence": "rural",
    "assets_within_limits": True,
    "members": [{"relation": "head", "birth_date": "1980-01-01", "incomes": []}],
}
SOUND = '''\
"""The ferry."""

from importlib.resources import files
from pathlib import Path

from bangfu import (
    Benefit, Choice, Derived, Fact, Group, Level, Money, Parameter, Presumption, Programme, YesNo, hookimpl, household,
    parameter, some, member,
)

FACT = Fact("ferry_island", Level.HOUSEHOLD, YesNo(), "住在岛上")
AMOUNT = Parameter("ferry.amount", Money(), "渡船补助标准")
PACKS = Path(__file__).parent / "packs"


@hookimpl
def facts():
    return [FACT]


@hookimpl
def parameters():
    return [AMOUNT]


@hookimpl
def packs():
    return [PACKS]


@hookimpl
def programmes(policy):
    pass_ = Benefit(
        "ferry.pass",
        "渡船补助",
        Level.HOUSEHOLD,
        when=[
            household.ferry_island,
        ],
        amount=parameter("ferry.amount"),
        source="示例",
    )
    columns = []
    return [
        Programme("ferry", "渡船", "交通局", [pass_], columns)
    ]
'''
PACK = """\
[pack]
region = "000000"
source = "示例"

[parameters]
"ferry.amount" = { value = 120 }

[[benefit]]
code = "ferry.bicycle"
name = "自行车托运"
for = "household"
when = { ferry_island = true }
amount = 30
"""
TEST = "            household.ferry_island,\n"
RETURNED = '    return [\n        Programme("ferry", "渡船", "交通局", [pass_], columns)\n    ]\n'
NO_PLACE = ""


def column(name: str, value: str) -> dict[str, str]:
    """Return the change by which the programme has a column."""
    return {"    columns = []": f'    columns = [\n        Derived("{name}", Level.HOUSEHOLD, {value}),\n    ]'}


CASES: dict[str, tuple[dict[str, str], str, str]] = {
    "no Python": ({"def facts():": "def facts(:"}, "def facts(:", "SyntaxError"),
    "a module that is not there": (
        {"import files": "import files\nimport nowhere_at_all"},
        "import nowhere",
        "No module",
    ),
    "an error when it is imported": ({"FACT =": "1 / 0\nFACT ="}, "1 / 0", "ZeroDivisionError"),
    "an exit when it is imported": ({"FACT =": "import sys; sys.exit(3)\nFACT ="}, "import sys", "SystemExit: 3"),
    "an exit in a hook": ({"    return [FACT]": "    raise SystemExit"}, "raise SystemExit", "SystemExit"),
    "an exit under a policy": ({"    columns = []": "    exit(1)"}, "exit(1)", "SystemExit: 1"),
    "whatever Python raises": ({"    return [FACT]": "    raise BaseException('x')"}, "raise Base", "BaseException: x"),
    "no end": ({"    columns = []": "    programmes(policy)"}, NO_PLACE, "RecursionError"),
    "an error in a hook": ({"    return [AMOUNT]": "    return [AMONT]"}, "[AMONT]", "AMONT"),
    "a generator that fails": ({"    return [FACT]": "    yield FACT\n    1 / 0"}, "1 / 0", "ZeroDivisionError"),
    "nothing returned": ({RETURNED: ""}, NO_PLACE, "programmes() returned None; it returns a list: [Programme("),
    "one, not a list": (
        {RETURNED: '    return Programme("ferry", "渡船", "交通局", [pass_])\n'},
        NO_PLACE,
        "programmes() returned one Programme; it returns a list",
    ),
    "a benefit alone": ({RETURNED: "    return [pass_]\n"}, "pass_ = Benefit(", "returned a Benefit (ferry.pass)"),
    "a text for a fact": ({"return [FACT]": "return ['ferry_island']"}, NO_PLACE, "facts() returned a str in its list"),
    "a text for a folder": ({"return [PACKS]": "return 'packs'"}, NO_PLACE, "packs() returned one str"),
    "a type without parentheses": (
        {"YesNo(), ": "YesNo, "},
        "FACT = Fact(",
        "type of Fact('ferry_island') is YesNo(…), with the parentheses",
    ),
    "a parameter's type without parentheses": (
        {"Money(), ": "Money, "},
        "AMOUNT = Parameter(",
        "type of Parameter('ferry.amount') is Money(…)",
    ),
    "a level as a word": ({"Level.HOUSEHOLD, YesNo()": "'household', YesNo()"}, "FACT = Fact(", "as Level.MEMBER is"),
    "a label that is no text": ({'"住在岛上"': "5"}, "FACT = Fact(", "label of Fact('ferry_island') is a text"),
    "words without labels": ({"YesNo(), ": "Choice(['near', 'far']), "}, "FACT = Fact(", "words and their labels"),
    "documents in one text": (
        {'source="示例",': 'source="示例", documents="船票",'},
        "pass_ = Benefit(",
        "documents of Benefit('ferry.pass') is several texts",
    ),
    "needs in one text": (
        {'source="示例",': 'source="示例", needs="ferry.boat",'},
        "pass_ = Benefit(",
        "needs of Benefit('ferry.pass') is several texts",
    ),
    "a word for a truth": (
        {'source="示例",': 'source="示例", verified="yes",'},
        "pass_ = Benefit(",
        "verified of Benefit('ferry.pass') is True or False, and this is 'yes'",
    ),
    "a number for a name": (
        {'"渡船", "交通局"': '5, "交通局"'},
        'Programme("ferry"',
        "name of Programme('ferry') is a text",
    ),
    "a misspelt hook": ({"def programmes": "def programms"}, NO_PLACE, "no hook 'programms'; hooks are facts, param"),
    "a hook without its mark": ({"@hookimpl\ndef facts": "def facts"}, NO_PLACE, "facts() is not marked as a hook"),
    "no hook": ({"@hookimpl\n": "", "def ": "def my_"}, NO_PLACE, "it has no hook"),
    "a misspelt argument": ({"programmes(policy)": "programmes(polcy)"}, NO_PLACE, "polcy"),
    "an argument too many": ({"def facts()": "def facts(region)"}, NO_PLACE, "region"),
    "a truth for a test": ({TEST: "            True,\n"}, "pass_ = Benefit(", "True"),
    "a text for a test": ({TEST: "            'ferry_island',\n"}, "pass_ = Benefit(", "ferry_island"),
    "a test, not a list": ({f"[\n{TEST}        ]": "household.ferry_island"}, "pass_ = Benefit(", "when"),
    "and for &": ({TEST: "            household.ferry_island and household.homes > 1,\n"}, " and ", "write & | ~"),
    "if for choose": ({"    columns = []": "    if household.ferry_island: pass"}, "if household", "choose"),
    "an unknown fact": ({TEST: "            household.ferry_iland,\n"}, "pass_ = Benefit(", "nearest: ferry_island"),
    "a fact of members": ({TEST: "            household.orphan,\n"}, "pass_ = Benefit(", "some("),
    "a choice that is none": ({TEST: "            household.residence == 'rurl',\n"}, "pass_ = Benefit(", "rural"),
    "a number for a test": ({TEST: "            household.homes,\n"}, "pass_ = Benefit(", "yes or no"),
    "a day above a sum": (
        {TEST: "            household.on > household.financial_assets,\n"},
        "pass_ = Benefit(",
        "day",
    ),
    "an amount that is a word": ({'parameter("ferry.amount")': "household.residence"}, "pass_ = Benefit(", "money"),
    "an amount below zero": ({'parameter("ferry.amount")': "-3"}, "pass_ = Benefit(", "between 0"),
    "a parameter that is none": ({'parameter("ferry.amount")': 'parameter("ferry.amont")'}, "pass_ =", "ferry.amount"),
    "a level that is none": (
        {"        Level.HOUSEHOLD,\n": "        'village',\n"},
        "pass_ = Benefit(",
        "household, member",
    ),
    "an argument that lacks": ({'        "渡船补助",\n': ""}, "pass_ = Benefit(", "TypeError"),
    "an argument that is none": ({"source=": "sorce="}, "pass_ = Benefit(", "sorce"),
    "a group that is none": ({'source="示例"': 'source="示例", group="ferry.one"'}, "pass_ = Benefit(", "ferry.one"),
    "a need that is none": ({'source="示例"': 'source="示例", needs=["ferry.x"]'}, "pass_ = Benefit(", "ferry.x"),
    "another's programme": ({'Programme("ferry"': 'Programme("education"'}, "Programme(", "the plugin education"),
    "another's code": ({'"ferry.pass"': '"education.pass"'}, "pass_ = Benefit(", "ferry."),
    "a code twice": ({"[pass_]": "[pass_, pass_]"}, "pass_ = Benefit(", "'ferry.pass' is declared by"),
    "a code of its own pack": ({'"ferry.pass"': '"ferry.bicycle"'}, "pass_ = Benefit(", "benefit[0](ferry.bicycle)"),
    "another's column": (column("size", "household.homes"), 'Derived("size"', "begin with its programme's code"),
    "a column of nothing": (column("ferry.a", "household.hoomes > 1"), 'Derived("ferry.a"', "nearest: homes"),
    "columns in a circle": (column("ferry.a", "~household.ferry.a"), NO_PLACE, "circle"),
    "another's fact, otherwise": (
        {'"ferry_island", Level': '"homes", Level'},
        NO_PLACE,
        "'homes' is declared by",
    ),
    "another's parameter": (
        {'Parameter("ferry.amount"': 'Parameter("grace.months"'},
        NO_PLACE,
        "'grace.months' is",
    ),
    "a colon in a name": ({'Fact("ferry_island"': 'Fact("ferry:island"'}, NO_PLACE, "colon"),
    "a presumption of nothing": (
        {'"住在岛上")': '"住在岛上", presumption=Presumption(household.iland, "推定"))'},
        NO_PLACE,
        "iland",
    ),
    "no such folder": ({'/ "packs"': '/ "pcaks"'}, NO_PLACE, "pcaks"),
    "TOML that is none": ({"region =": "region"}, NO_PLACE, "UTF-8 TOML"),
    "a value of nobody": ({'"ferry.amount" = {': '"ferry.amont" = {'}, NO_PLACE, "最接近的是 ferry.amount"),
    "a row of nothing": ({"when = { ferry_island": "when = { ferry_iland"}, NO_PLACE, "最接近的是 ferry_island"),
    "a row without an amount": ({"amount = 30": ""}, NO_PLACE, "benefit[0](ferry.bicycle).amount"),
}
_serial = itertools.count()


@cache
def whole() -> tuple[Any, Any, Any]:
    """Return the plan, the screening and the handbook without the ferry."""
    return outcomes(Rulebook.load())


def outcomes(rulebook: Rulebook) -> tuple[Any, Any, Any]:
    """Return what the other programmes give: in a plan, a screening, the handbook."""
    household = household_from(FAMILY, on=ON, catalog=rulebook.catalog)
    plan = plan_as_json(make_plan(household, rulebook)) | {"left_out": []}
    ruleset = rulebook.rules(household.region, ON)
    frames = frames_of([household], rulebook.catalog)
    screened = [
        frame.select(cs.starts_with("status:", "amount:", "category", "is_")).to_dicts()
        for frame in ruleset.assess(frames.households, frames.members)
    ]
    handbook = handbook_of(rulebook, household.region, ON)
    assert handbook_as_html(handbook)
    return plan, screened, [str(offer) for offer in handbook.offers]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder whose plugins are found beside those that are installed."""
    monkeypatch.setenv(PLUGINS_PATH, str(tmp_path))
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before


def write(folder: Path, changes: dict[str, str]) -> tuple[str, str]:
    """Write the ferry with some changes, in its code or in its pack; return its name and its code."""
    name, code, pack = f"ferry{next(_serial)}", SOUND, PACK
    for right, wrong in changes.items():
        assert right in code + pack
        code, pack = code.replace(right, wrong), pack if right in code else pack.replace(right, wrong)
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (folder / "packs").mkdir()
    (folder / "packs" / "ferry.toml").write_text(pack, encoding="utf-8")
    return name, code


def test_the_sound_one(folder: Path) -> None:
    """Not installed, found in a folder: 120 and 30 yuan for who lives on the island."""
    name, _ = write(folder, {})
    rulebook = Rulebook.load()
    assert rulebook.left_out == []
    plan = make_plan(household_from(FAMILY | {"ferry_island": True}, on=ON, catalog=rulebook.catalog), rulebook)
    assert plan.totals.by_programme["ferry"] == 150
    assert name in rulebook.plugins


@pytest.mark.parametrize("case", CASES)
def test_a_broken_one(folder: Path, case: str) -> None:
    """It is named with its place and what is wrong; the plan, the screening and the handbook are those without it."""
    changes, place, said = CASES[case]
    name, code = write(folder, changes)
    rulebook = Rulebook.load()
    left_out = (*rulebook.left_out, *rulebook.rules("610625101201", ON).left_out)
    assert [error.plugin for error in left_out] == [name]
    reason = left_out[0].reason
    assert said in reason
    assert "None" not in reason.replace("returned None", "")
    assert "amount:ferry" not in reason
    if place:
        line = 1 + code[: code.index(place)].count("\n")
        assert f"{name}.py:{line}" in reason or f"{name}.py:{line + _first_of(code, place)}" in reason, reason
    assert outcomes(rulebook) == whole()


def _first_of(code: str, place: str) -> int:
    """Return how many lines into a benefit its conditions stand: Python tells either line of a call."""
    lines = code[code.index(place) :].split("\n")
    return next((i for i, line in enumerate(lines) if "when=" in line), 0)


def test_all_at_once(folder: Path) -> None:
    """Beside each other, each with a programme of its own, and a sound one: each broken one is named, it works."""
    names = []
    for changes, _, _ in [*CASES.values(), ({}, "", "")]:
        apart = folder / f"apart{next(_serial)}"
        apart.mkdir()
        name, code = write(apart, changes)
        pack = (apart / "packs" / "ferry.toml").read_text(encoding="utf-8")
        (apart / "packs" / "ferry.toml").write_text(pack.replace("ferry", name), encoding="utf-8")
        code = code.replace("ferry", name).replace("Path(__file__).parent", f"Path({str(apart)!r})")
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
        names.append(name)
    rulebook = Rulebook.load()
    left_out = [error.plugin for error in (*rulebook.left_out, *rulebook.rules("610625101201", ON).left_out)]
    assert sorted(left_out) == sorted(names[:-1])
    household = household_from(FAMILY | {f"{names[-1]}_island": True}, on=ON, catalog=rulebook.catalog)
    plan = make_plan(household, rulebook)
    assert plan.totals.by_programme[names[-1]] == 150
    assert plan.totals.by_programme["living"] == 5400
    assert {error.plugin for error in plan.left_out} == set(names[:-1])


def test_the_list_of_plugins(folder: Path) -> None:
    """Version, hooks and programmes of each; the broken one with its reason, on demand its whole traceback."""
    name, code = write(folder, CASES["an error when it is imported"][0])
    found = CliRunner().invoke(main, ["plugins"])
    assert found.exit_code == 1
    assert "education　0.1.0　钩子：facts、packs、programmes　项目：education 教育资助" in found.output
    assert f"{name}.py:{1 + code[: code.index('1 / 0')].count(chr(10))}: ZeroDivisionError" in found.output
    assert "Traceback" not in found.output
    assert "Traceback" in CliRunner().invoke(main, ["plugins", "--traceback"]).output


def test_a_folder_of_plugins_by_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not installed is used by name of its folder."""
    monkeypatch.setenv(PLUGINS_PATH, "")
    name, _ = write(tmp_path, {})
    found = CliRunner().invoke(main, ["plugins", "--plugins-dir", str(tmp_path)])
    assert found.exit_code == 0, found.output
    assert f"{name}　（未安装）　钩子：facts、parameters、packs、programmes　项目：ferry 渡船" in found.output
