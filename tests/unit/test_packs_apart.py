"""Packs and plugins that were made to break others: what they may not do, each found by somebody who tried."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bangfu import (
    Fact,
    InputError,
    Level,
    PackError,
    Plan,
    Rulebook,
    YesNo,
    frames_of,
    hookimpl,
    household_from,
    make_plan,
)
from bangfu.loading import PLUGINS_PATH
from bangfu.rulebook import check_packs

ON = date(2022, 9, 1)
FAMILY: dict[str, Any] = {
    "region": "610625101201", "residence": "rural", "assets_within_limits": True,
    "members": [
        {"relation": "head", "birth_date": "1980-01-01", "incomes": []},
        {"relation": "child", "birth_date": "2012-01-01", "school_stage": "primary", "incomes": []},
    ],
}  # fmt: skip


FACT = '[[fact]]\nname = "fa"\nlevel = "member"\nlabel = "l"\n'
ROW = '[[benefit]]\ncode = "brk.b"\nname = "乙"\nfor = "household"\namount = 7\n'


def plan_of(rulebook: Rulebook, region: str = "610625101201") -> Plan:
    """Return the family's plan in a region."""
    data = FAMILY | {"region": region}
    return make_plan(household_from(data, on=ON, catalog=rulebook.catalog), rulebook)


def head(region: str = "610625", name: str = "n") -> str:
    """Return the head of a pack."""
    return f'[pack]\nregion = "{region}"\nname = "{name}"\nsource = "S"\n'


def with_pack(folder: Path, text: str, name: str = "plug") -> Path:
    """Write a plugin that has no more than a pack."""
    (folder / "packs").mkdir(exist_ok=True)
    (folder / "packs" / "p.toml").write_text(text, encoding="utf-8")
    code = (
        "from pathlib import Path\nfrom bangfu import hookimpl\n\n\n@hookimpl\ndef packs():\n"
        "    return [Path(__file__).parent / 'packs']\n"
    )
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("row", "of_others"),
    [
        ('[[benefit]]\ncode = "apart1.a"\namount = "nope"\n', ""),
        ('[[benefit]]\ncode = "education.aid.compulsory"\nname = "x"\namount = 1\n', "education.aid.compulsory"),
        ('[[benefit]]\ncode = "apart3.a"\namount = "nope"\n[[benefit]]\ncode = "living.dibao"\nrepealed = true\n', ""),
    ],
)
def test_what_a_plugin_that_is_left_out_has_in_packs_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, of_others: str
) -> None:
    """Its values, rows and repeals: the plan of the others is the plan without it."""
    values = '[parameters]\n"dibao.standard.rural" = { value = 99999, per = "year" }\n'
    without = plan_of(Rulebook.load())
    name = f"apart_{abs(hash(row)) % 10**6}"
    monkeypatch.setenv(PLUGINS_PATH, str(with_pack(tmp_path, head("610625101201") + row + values, name)))
    plan = plan_of(Rulebook.load())
    assert [error.plugin for error in plan.left_out] == [name]
    assert plan.totals == without.totals
    assert {s.benefit.code for s in plan.supports} == {s.benefit.code for s in without.supports}
    assert not of_others or plan.support(of_others, 1).benefit.name == without.support(of_others, 1).benefit.name


def test_a_strangers_fact_does_not_take_a_built_in_programme_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the stranger is called: who comes with bangfu is first."""
    code = (
        "from bangfu import Fact, Level, YesNo, hookimpl\n\n\n@hookimpl\ndef facts():\n"
        "    return [Fact('special_hardship', Level.HOUSEHOLD, YesNo(), 'l')]\n"
    )
    without = plan_of(Rulebook.load())
    (tmp_path / "aaa_first.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv(PLUGINS_PATH, str(tmp_path))
    rulebook = Rulebook.load()
    assert [error.plugin for error in rulebook.left_out] == ["aaa_first"]
    assert plan_of(rulebook).totals == without.totals


def test_two_distributions_with_a_plugin_of_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is lost: each is known by its distribution's name too."""

    def entry(distribution: str) -> SimpleNamespace:
        class Giving:
            @staticmethod
            @hookimpl
            def facts() -> list[Fact]:
                return [Fact(f"of_{distribution}", Level.HOUSEHOLD, YesNo(), "l")]

        dist = SimpleNamespace(name=distribution, version="1.0")
        return SimpleNamespace(name="boats", dist=dist, load=lambda: Giving)

    monkeypatch.setattr("bangfu.loading.entry_points", lambda group: [entry("one"), entry("two")])  # noqa: ARG005
    rulebook = Rulebook.load()
    assert rulebook.plugins == ("boats (one)", "boats (two)")
    assert {"of_one", "of_two"} <= rulebook.catalog.by_name.keys()


@pytest.mark.parametrize("name", ["on", "category", "age", "counted", "size", "household", "members", "any", "None"])
@pytest.mark.parametrize("level", list(Level))
def test_names_that_mean_something_else(name: str, level: Level) -> None:
    """A fact of such a name would be taken for a key or a column, in everybody's plan."""

    class Taking:
        @staticmethod
        @hookimpl
        def facts() -> list[Fact]:
            return [Fact(name, level, YesNo(), "l")]

    rulebook = Rulebook.load(plugins={"taking": Taking})
    assert [error.plugin for error in rulebook.left_out] == ["taking"]
    assert name in rulebook.left_out[0].reason


def test_nobody_else_can_require_a_fact(tmp_path: Path) -> None:
    """A household elsewhere would be refused for it."""

    class Requiring:
        @staticmethod
        @hookimpl
        def facts() -> list[Fact]:
            return [Fact("capital_only", Level.HOUSEHOLD, YesNo(), "l", required=True)]

    assert "cannot be required" in Rulebook.load(plugins={"requiring": Requiring}).left_out[0].reason
    pack = tmp_path / "p.toml"
    fact = '[[fact]]\nname = "f"\nlevel = "household"\ntype = "yes_no"\nlabel = "l"\nrequired = true\n'
    pack.write_text(head() + fact, encoding="utf-8")
    with pytest.raises(PackError, match="required"):
        check_packs([pack], ON)


def test_a_pack_is_not_to_blame_for_the_plugin_it_adds_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin is left out; what the pack adds stays, and everybody else's."""
    code = (
        "from bangfu import Benefit, Level, Programme, hookimpl, household\n\n\n@hookimpl\ndef programmes(policy):\n"
        "    rule = Benefit('brk.a', 'a', Level.HOUSEHOLD, [household.zzz], 1, source='s')\n"
        "    return [Programme('brk', 'b', 'c', [rule])]\n"
    )
    (tmp_path / "brk.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv(PLUGINS_PATH, str(tmp_path))
    pack = tmp_path / "pack.toml"
    pack.write_text(
        head() + '[[benefit]]\ncode = "brk.b"\nname = "乙"\nfor = "household"\namount = 7\n', encoding="utf-8"
    )
    plan = plan_of(Rulebook.load([pack]))
    assert [error.plugin for error in plan.left_out] == ["brk"]
    assert plan.support("brk.b").amount == Decimal(7)
    assert plan.totals.by_programme["living"] > 0


def test_names_and_titles_of_another_region(tmp_path: Path) -> None:
    """A programme is called as the pack of the place calls it, and so are its sources."""
    files = []
    for region, name in (("110000", "北京"), ("610625", "延安某县")):
        file = tmp_path / f"{region}.toml"
        titles = f'[sources]\n"W1" = "{name}办法"\n[[programme]]\ncode = "w"\nname = "{name}补贴"\n'
        row = '[[benefit]]\ncode = "w.a"\nname = "甲"\nfor = "household"\namount = 5\nsource = "W1"\n'
        file.write_text(head(region, name) + titles + row, encoding="utf-8")
        files.append(file)
    for listed in (files, files[::-1]):
        rulebook = check_packs(listed, ON)
        for region, name in (("110000", "北京"), ("610625101201", "延安某县")):
            ruleset = rulebook.rules(region, ON)
            assert [p.name for p in ruleset.programmes if p.code == "w"] == [f"{name}补贴"]
            assert ruleset.policy.titles["W1"] == f"{name}办法"


@pytest.mark.parametrize(
    "text",
    [
        '[[benefit]]\ncode = "w.a"\namount = 1e99999999999999999999999\n',
        '[[benefit]]\ncode = "w.a"\namount = "\'\'"\n',
        '[[benefit]]\ncode = "w.a"\namount = 1\nwhere = ["age > 99999999999999999999"]\n',
        '[[benefit]]\ncode = "w.a"\namount = "scale(age, (10, yuan(5)), (99999999999999999999999, yuan(6)))"\n',
        '[[column]]\nname = "w.c"\nlevel = "member"\nlabel = "c"\nvalue = 99999999999999999999999999999\n',
        FACT + 'type = "text"\npresumed = { value = true, text = "t" }\n',
        FACT + 'type = "integer"\nleast = 9\nmost = 3\n',
        FACT + 'type = "integer"\nleast = 3\nmost = 9\npresumed = { value = 50, text = "t" }\n',
        '[[benefit]]\ncode = "w."\namount = 1\n',
        '[[benefit]]\ncode = "w.a b"\namount = 1\n',
        '[[benefit]]\ncode = ".w"\namount = 1\n',
        "a" + ".a" * 200 + " = 1\n",
    ],
)
def test_what_would_fail_later_is_refused(tmp_path: Path, text: str) -> None:
    """Numbers beyond all measure, what is no amount, facts that nothing can be, codes that are none, deep keys."""
    file = tmp_path / "p.toml"
    file.write_text(head() + text if not text.startswith("a.") else text + head(), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        check_packs([file], ON)
    assert "None" not in str(caught.value)


def test_an_error_that_cannot_say_what_it_is() -> None:
    """It is told by its kind, and shortened where it says too much."""

    class MuteError(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

    class Mute:
        @staticmethod
        @hookimpl
        def facts() -> list[Fact]:
            raise MuteError

    class Talkative:
        @staticmethod
        @hookimpl
        def facts() -> list[Fact]:
            raise ValueError("x" * 100_000)

    left_out = {e.plugin: e.reason for e in Rulebook.load(plugins={"mute": Mute, "talkative": Talkative}).left_out}
    assert "MuteError" in left_out["mute"]
    assert len(left_out["talkative"]) < 500


def test_a_list_entry_that_is_not_there_stays_absent() -> None:
    """None for what is not there changes nothing; two entries of one list go by the places they had."""
    wage = [{"kind": "wage", "amount": n, "per": "month"} for n in (100, 200, 300)]
    family = household_from(FAMILY | {"members": [{"relation": "head", "incomes": wage}, {"relation": "child"}]}, on=ON)
    assert "incomes" not in family.with_({"members[1].incomes[0]": None}).members[1]
    left = family.with_({"members[0].incomes[0]": None, "members[0].incomes[1]": None}).members[0]["incomes"]
    assert [entry["amount"] for entry in left] == [Decimal(300)]
    given = [{"kind": "wage", "amount": 1, "per": "month"}]
    family.with_({"members[2]": {"relation": "child", "incomes": given}, "members[2].incomes[0].amount": 77})
    assert given == [{"kind": "wage", "amount": 1, "per": "month"}]
    for path, value in (("on", None), ("members", None), ("members[0]", "abc"), ("members[0].incomes[0]", 5)):
        with pytest.raises(InputError, match=r"members|on"):
            family.with_({path: value})
    assert frames_of([family], Rulebook.load().catalog).members.height == 2
