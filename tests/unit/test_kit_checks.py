"""``check-plugin``: each check passes for a sound plugin and names what is wrong with another."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bangfu.commands import main

SOUND = '''
from importlib.resources import files
from bangfu import Benefit, Derived, Level, Money, Parameter, Programme, either, hookimpl, household, member, parameter

@hookimpl
def parameters():
    """Declare the amount."""
    return [Parameter("ferry.pass", Money(), "渡船补助标准", "元/人")]

@hookimpl
def packs():
    """Return the pack."""
    return [files(__name__) / "packs"]

@hookimpl
def programmes(policy):
    """Return the programme."""
    when = [either(member.orphan, member.school_stage == "primary"), member.ferry.island]
    island = Derived("ferry.island", Level.MEMBER, household.residence == "rural", "住在岛上")
    ferry = Benefit("ferry.pass", "渡船补助", Level.MEMBER, when, parameter("ferry.pass"), source="示例")
    return [Programme("ferry", "渡船", "交通局", [ferry], [island])]
'''
PACK = """
[pack]
region = "000000"
source = "示例"
[parameters]
"ferry.pass" = { value = 50 }
[[benefit]]
code = "ferry.bicycle"
name = "自行车托运"
when = { employment = "employed" }
amount = 20
until = 2020-12-31
[[benefit]]
code = "ferry.bicycle"
name = "自行车托运"
when = { employment = "employed" }
amount = 25
from = 2021-01-01
"""
SCENARIO = """
title = "{title}"
[household]
region = "220102"
residence = "{residence}"
on = 2024-01-01
[[household.members]]
relation = "head"
orphan = {orphan}
school_stage = "{stage}"
employment = "{employment}"
[expect]
totals = {{ by_programme = {{ ferry = {owed} }} }}
"""
SCENARIOS = {
    "orphan": {"residence": "rural", "orphan": "true", "stage": "none", "employment": "employed", "owed": 75},
    "pupil": {"residence": "rural", "orphan": "false", "stage": "primary", "employment": "studying", "owed": 50},
    "neither": {"residence": "urban", "orphan": "false", "stage": "none", "employment": "farming", "owed": 0},
}


class Shop:
    """Installs a plugin into a folder on the path and checks it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for title, values in SCENARIOS.items():
            self.scenario(title, SCENARIO.format(title=title, **values))

    def scenario(self, title: str, text: str) -> None:
        """Write a scenario."""
        file = self.folder / "scenarios" / f"{title}.scenario.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def check(self, name: str, module: str = SOUND, pack: str = PACK) -> Result:
        """Install a plugin and return what the command says of it."""
        package = self.folder / f"bangfu_{name}"
        (package / "packs").mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").write_text(module, encoding="utf-8")
        (package / "packs" / "pack.toml").write_text(pack, encoding="utf-8")
        about = self.folder / f"bangfu_{name}-1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: bangfu-{name}\nVersion: 1\n", encoding="utf-8")
        (about / "entry_points.txt").write_text(f"[bangfu]\n{name} = bangfu_{name}\n", encoding="utf-8")
        return CliRunner().invoke(main, ["check-plugin", name, "--scenarios", str(self.folder / "scenarios")])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Yield a shop on the path, whose plugins are forgotten after; a hundred random households will do here."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("bangfu.kit.trial.HOUSEHOLDS", 100)
    yield Shop(tmp_path)
    for name in [name for name in sys.modules if (tmp_path / name).exists()]:
        del sys.modules[name]


def failed(result: Result) -> dict[str, str]:
    """Return each failed check with its details."""
    blocks = re.split(r"^(?=ok|FAIL|\w+: \d)", result.output, flags=re.MULTILINE)
    lines = [block.removeprefix("FAIL  ").split("\n", 1) for block in blocks if block.startswith("FAIL")]
    assert (result.exit_code == 1) is bool(lines), result.output
    return {line[0]: line[1] for line in lines}


def test_a_sound_plugin_passes(shop: Shop) -> None:
    """Every criterion is listed with its counts, the parts of an *either* below it."""
    result = shop.check("ferry")
    assert failed(result) == {}
    assert result.output.endswith("ferry: 9 passed, 0 failed\n")
    assert (
        "ok    every criterion of ferry.pass was seen true and false\n"
        "        true   2  false   1  unknown   0  孤儿 或 就读阶段：小学\n"
        "        true   1  false   2  unknown   0    孤儿\n"
        "        true   1  false   2  unknown   0    就读阶段：小学\n"
        "        true   2  false   1  unknown   0  住在岛上\n"
    ) in result.output


def changed(text: str, changes: dict[str, str]) -> str:
    """Return a text with these changes, each of which must be possible."""
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("name", "module", "pack", "said"),
    [
        ("broken", {"def packs():": "def packs(:"}, {}, "SyntaxError"),
        ("misspelt", {"def packs():": "def pack():"}, {}, "there is no hook 'pack'"),
        ("unknown", {"member.orphan": "member.orfan"}, {}, "nearest: orphan"),
        ("clash", {'"ferry.pass", "渡': '"ferry.bicycle", "渡'}, {}, "ferry.bicycle"),
        ("nowhere", {}, {'region = "000000"': 'region = "0"'}, "pack.region"),
        ("twice", {}, {"from = 2021-01-01": "from = 2020-12-31"}, "benefit[1]"),
    ],
)
def test_a_plugin_that_cannot_be_used_fails_with_the_reason(
    shop: Shop, name: str, module: dict[str, str], pack: dict[str, str], said: str
) -> None:
    """The other checks wait until it can."""
    [(title, details)] = failed(shop.check(name, changed(SOUND, module), changed(PACK, pack))).items()
    assert title.startswith("it is loaded")
    assert said in details


def test_everything_that_is_wrong_is_named_at_once(shop: Shop) -> None:
    """Docstrings, names, labels and sources that lack; numbers without effect; less than nothing."""
    module = {
        '    """Return the pack."""\n': "",
        '"渡船补助标准"': '""',
        '"渡船补助"': '""',
        ', source="示例"': "",
        ', "住在岛上"': "",
        'when, parameter("ferry.pass")': 'when, parameter("ferry.pass") - 60',
    }
    pack = {'source = "示例"\n': "", "[parameters]": '[parameters]\n"boat.x" = { value = 1 }'}
    found = failed(shop.check("careless", changed(SOUND, module), changed(PACK, pack)))
    lines = {title: [line.strip() for line in details.splitlines()] for title, details in found.items()}
    hooks, sources, labels, trial, _ = lines.values()
    assert hooks == ["packs has no docstring"]
    assert sources == [
        "the parameter ferry.pass has no label",
        "pack.toml: ferry.pass has no source",
        "pack.toml benefit[0](ferry.bicycle) has no source",
        "pack.toml benefit[1](ferry.bicycle) has no source",
        "pack.toml: no plugin declares the parameter boat.x",
    ]
    assert set(labels) >= {
        "ferry.pass has no name",
        "ferry.pass has no source",
        "ferry.pass: the column ferry.island has no label",
    }
    assert len(trial) == 1
    assert trial[0].startswith("ferry.pass gives less than nothing (in 000000 on ")


def test_a_rule_that_divides_by_zero_is_named(shop: Shop) -> None:
    """It fails for nobody: whoever has no homes is undetermined, and the department is told."""
    each = "household.financial_assets / household.homes < 1000"
    found = failed(shop.check("surprised", changed(SOUND, {'household.residence == "rural"': each})))
    details = list(found.values())
    assert "ferry.island divides by household.homes, which is zero for " in details[0]


def test_what_a_place_sets_to_zero_and_a_rule_divides_by_is_named(shop: Shop) -> None:
    """Nobody is refused for it; the support stays open for everybody there."""
    each = 'household.financial_assets / parameter("ferry.pass") < 1000'
    module = changed(SOUND, {'household.residence == "rural"': each, 'Money(), "渡船': 'Integer(), "渡船'})
    module = changed(
        module, {', parameter("ferry.pass"), source': ", 50, source", "import Benefit": "import Integer, Benefit"}
    )
    found = failed(shop.check("nought", module, changed(PACK, {"value = 50": "value = 0"})))
    assert "ferry.island divides by ferry.pass, which this place sets to zero" in "".join(found.values())


def test_a_plugin_without_members_benefits_or_criteria_is_tried_too(shop: Shop) -> None:
    """A sum for every household, whatever is known of it."""
    module = """
from bangfu import Benefit, Level, Programme, hookimpl

@hookimpl
def programmes(policy):
    \"\"\"Return the programme.\"\"\"
    benefit = Benefit("ferry.pass", "渡船补助", Level.HOUSEHOLD, [], 50, source="示例")
    return [Programme("ferry", "渡船", "交通局", [benefit])]
"""
    result = shop.check("plain", module, PACK.split("[parameters]", maxsplit=1)[0])
    assert "Error" not in result.output, result.output
    assert "ok    100 random households run without an error, no amount below zero\n" in result.output, result.output


def test_a_function_that_was_meant_to_be_a_hook_is_named(shop: Shop) -> None:
    """Without its mark pluggy would pass over it in silence; a helper beside the hook of like name is none."""
    found = failed(shop.check("forgotten", SOUND.replace("@hookimpl\ndef packs", "def packs")))
    assert "packs() is not marked as a hook; write @hookimpl" in "".join(found.values())
    like = failed(shop.check("alike", SOUND.replace("@hookimpl\ndef packs", "def pakcs")))
    assert "pakcs is not marked with @hookimpl" in like["its hooks are known and documented: parameters, programmes"]
    helper = SOUND.replace("@hookimpl\ndef parameters", "def parametres():\n    pass\n\n@hookimpl\ndef parameters")
    assert "is not marked" not in shop.check("helped", helper).output
    empty = failed(shop.check("empty", '"""Nothing."""\n'))
    assert "it has no hook; mark one of" in "".join(empty.values())


def test_one_code_in_two_packs_of_a_region_is_named(shop: Shop) -> None:
    """Which of the rows holds would be left to chance; rows that follow each other are no twins."""
    row = '[[benefit]]\ncode = "ferry.bicycle"\nname = "自行车托运"\namount = 30\n'
    head = '[pack]\nregion = "000000"\nsource = "示例"\n'
    packs = shop.folder / "bangfu_twins" / "packs"
    packs.mkdir(parents=True)
    (packs / "other.toml").write_text(head + row + "from = 2020-12-31\n", encoding="utf-8")
    details = failed(shop.check("twins"))["codes are unique"].splitlines()
    assert [line.strip() for line in details] == [
        "ferry.bicycle is declared by other.toml benefit[0](ferry.bicycle) and by pack.toml benefit[0](ferry.bicycle)",
        "ferry.bicycle is declared by other.toml benefit[0](ferry.bicycle) and by pack.toml benefit[1](ferry.bicycle)",
    ]


def test_scenarios_that_differ_or_cannot_be_read_fail(shop: Shop) -> None:
    """The differences are shown with the plan's reasons."""
    shop.scenario("neither", SCENARIO.format(title="neither", **SCENARIOS["neither"] | {"owed": 50}))
    shop.scenario("broken", "title =")
    [(title, details)] = failed(shop.check("ferry")).items()
    assert title.startswith("the scenarios under ")
    assert "expect.totals.by_programme.ferry: expected 50.00, found 0.00" in details
    assert "broken.scenario.toml: 1 error(s)" in details


def test_a_criterion_that_was_never_true_or_never_false_is_named(shop: Shop) -> None:
    """Without the orphan and the pupil nothing is ever true."""
    for title in ("orphan", "pupil"):
        (shop.folder / "scenarios" / f"{title}.scenario.toml").unlink()
    found = failed(shop.check("ferry"))
    assert set(found) == {
        "every criterion of ferry.pass was seen true and false",
        "every criterion of ferry.bicycle was seen true and false",
    }
    assert found["every criterion of ferry.bicycle was seen true and false"].endswith(
        "true   0  false   1  unknown   0  就业状况：受雇  (never true)\n"
    )


def test_no_scenarios_at_all_are_a_failure(shop: Shop) -> None:
    """Coverage without scenarios would be none."""
    for file in (shop.folder / "scenarios").iterdir():
        file.unlink()
    assert "there is no *.scenario.toml file" in "".join(failed(shop.check("ferry")).values())


def test_an_unknown_plugin_is_a_wrong_call() -> None:
    """The installed ones are named, with the nearest."""
    result = CliRunner().invoke(main, ["check-plugin", "educatoin"])
    assert result.exit_code == 2
    assert "education, employment, housing, living, medical" in result.output
    assert "nearest: education" in result.output


def test_a_built_in_plugin_can_be_checked() -> None:
    """All but the coverage of its many criteria passes with three scenarios."""
    folder = Path(__file__).parents[1] / "scenarios"
    result = CliRunner().invoke(main, ["check-plugin", "education", "--scenarios", str(folder)])
    assert all(title.startswith("every criterion of ") for title in failed(result))
    assert "ok    10,000 random households" in result.output
    assert "就读阶段：普通高中" in result.output
