"""A programme in TOML alone: facts, parameters, columns, groups and benefits of a pack, and all that can be wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bangfu import PackError, Plan, Rulebook, Status, Support, frames_of, household_from, make_plan
from bangfu.commands import main
from bangfu.rulebook import check_packs
from bangfu_office.registry.assessments import fingerprint, policy_content, policy_of

ON = date(2025, 1, 10)
HEATING = (Path(__file__).parents[1] / "scenarios" / "packs" / "heating.toml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "pack.toml") -> Path:
    """Write a pack and return its file."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def family(*born: int, income: int = 7000, **facts: Any) -> dict[str, Any]:
    """Return a rural household of people born in some years, whose first member earns so much a year."""
    wage = [{"kind": "wage", "amount": income, "per": "year"}]
    people = [
        {"relation": "head" if not i else "spouse", "birth_date": f"{year}-01-01", "incomes": [] if i else wage}
        for i, year in enumerate(born)
    ]
    return {
        "region": "990100", "on": ON, "residence": "rural", "assets_within_limits": True, "expenses": [],
        "has_able_supporter": True, "members": [p | {"has_able_supporter": True} for p in people], **facts,
    }  # fmt: skip


def planned(rulebook: Rulebook, data: dict[str, Any]) -> Plan:
    """Return the plan of a household."""
    data = {key: value for key, value in data.items() if key != "has_able_supporter"}
    return make_plan(household_from(data, catalog=rulebook.catalog), rulebook)


def heating(plan: Plan) -> dict[str, Support]:
    """Return the supports of the programme by the last part of their codes."""
    return {s.benefit.code.removeprefix("heating."): s for s in plan.supports if s.programme == "heating"}


@pytest.fixture
def rulebook(tmp_path: Path) -> Rulebook:
    """Return the rulebook with the pack."""
    return check_packs([written(tmp_path, HEATING)], ON)


def test_an_amount_by_a_formula(rulebook: Rulebook) -> None:
    """400 × 0.75 = 300 for a margin household (5,400 ≤ 7,000 < 8,100) with somebody of 75 and no stove."""
    plan = planned(rulebook, family(1950, heating_by_stove=False))
    support = heating(plan)["margin"]
    assert (plan.category, support.status, support.amount) == ("margin", Status.ELIGIBLE, Decimal("300.00"))
    assert (support.programme, support.benefit.source) == ("heating", "取暖办法")
    assert plan.totals.by_programme["heating"] == Decimal("300.00")


def test_what_is_not_so_and_what_nobody_knows(rulebook: Rulebook) -> None:
    """A stove, nobody of 70: no. Whether there is a stove is not stated: asked for."""
    assert heating(planned(rulebook, family(1950, heating_by_stove=True)))["margin"].status is Status.INELIGIBLE
    assert heating(planned(rulebook, family(1956, heating_by_stove=False)))["margin"].status is Status.INELIGIBLE
    plan = planned(rulebook, family(1950))
    assert heating(plan)["margin"].status is Status.UNDETERMINED
    assert [m.decides for m in plan.missing if m.fact == "heating_by_stove"] == [("heating.margin",)]


def test_a_group_and_a_rounding(rulebook: Rulebook) -> None:
    """Two of 70 in the hills: 400 × 1/3 × 2 = 266.67, up to 267, which is less than 300 and gives way to it.

    The second of them earns nothing: 14,000 for two is 7,000 a head.
    """
    plan = planned(rulebook, family(1950, 1951, income=14_000, heating_by_stove=False, heating_place="hill"))
    supports = heating(plan)
    assert supports["old"].replaced_by == "heating.margin"
    plan = planned(rulebook, family(1950, 1951, income=14_000, heating_by_stove=True, heating_place="hill"))
    assert (heating(plan)["old"].status, heating(plan)["old"].amount) == (Status.ELIGIBLE, Decimal("267.00"))


def test_a_presumption_of_a_packs_fact(rulebook: Rulebook) -> None:
    """Who does not say where is taken to live in the plain, and is told so."""
    support = heating(planned(rulebook, family(1950, heating_by_stove=False)))["old"]
    assert support.status is Status.INELIGIBLE
    (reason,) = [r for r in support.reasons if r.criterion.label == "住在山区"]
    assert (reason.status, reason.criterion.source) == (False, "取暖办法 四")
    assert list(reason.presumed) == ["heating_place"]


def test_a_county_sets_its_own_amount(tmp_path: Path) -> None:
    """A narrower pack sets 500 for what the wider one declares: 500 × 0.75 = 375."""
    county = '[pack]\nregion = "990100"\nsource = "县办法"\n[parameters]\n'
    files = [
        written(tmp_path, county + '"heating.amount.rural" = { value = 500, per = "year" }\n', "a.toml"),
        written(tmp_path, HEATING, "b.toml"),
    ]
    plan = planned(check_packs(files, ON), family(1950, heating_by_stove=False))
    assert heating(plan)["margin"].amount == Decimal("375.00")


def test_a_county_says_what_a_column_means(tmp_path: Path) -> None:
    """The longer prefix wins for a column as for a benefit: 65 is old there."""
    county = '[pack]\nregion = "990100"\nsource = "县办法"\n[[column]]\nname = "heating.frail"\nlevel = "household"\n'
    files = [
        written(tmp_path, HEATING, "a.toml"),
        written(tmp_path, county + 'label = "65 岁以上"\nvalue = "some(age >= 65)"\n', "b.toml"),
    ]
    rulebook = check_packs(files, ON)
    plan = planned(rulebook, family(1958, heating_by_stove=False))
    assert heating(plan)["margin"].status is Status.ELIGIBLE
    away = planned(rulebook, family(1958, heating_by_stove=False) | {"region": "990200"})
    assert heating(away)["margin"].status is Status.INELIGIBLE


def test_versions_of_a_parameter(tmp_path: Path) -> None:
    """Declared once, set twice, each for its days; on the same days twice is refused."""
    second = '\n[[parameter]]\nname = "heating.amount.rural"\nvalue = 480\nper = "year"\nfrom = 2025-01-01\n'
    dated = HEATING.replace('value = 400\nper = "year"', 'value = 400\nper = "year"\nuntil = 2024-12-31') + second
    rulebook = check_packs([written(tmp_path, dated)], ON)
    before = family(1950, heating_by_stove=False) | {"on": date(2024, 12, 31)}
    after = family(1950, heating_by_stove=False) | {"on": date(2025, 1, 1)}
    assert heating(planned(rulebook, before))["margin"].amount == Decimal("300.00")
    assert heating(planned(rulebook, after))["margin"].amount == Decimal("360.00")
    with pytest.raises(PackError, match="与 parameter"):
        check_packs([written(tmp_path, HEATING + second)], ON)


def test_outside_of_its_region_there_is_no_such_programme(rulebook: Rulebook) -> None:
    """Its facts can be stated anywhere; its benefits are given where it is in force."""
    assert heating(planned(rulebook, family(1950, heating_by_stove=False) | {"region": "522723"})) == {}


def test_a_population_comes_out_as_each_household(rulebook: Rulebook) -> None:
    """Statuses and amounts of the programme, worked out at once and one by one."""
    families = [
        family(*born, heating_by_stove=stove, heating_place=place, income=7000 * len(born))
        for born in ((1950,), (1956,), (1950, 1951))
        for stove in (True, False)
        for place in ("hill", "plain")
    ]
    households = [household_from(data, catalog=rulebook.catalog) for data in map(_plain, families)]
    frames = frames_of(households, rulebook.catalog)
    found, _ = rulebook.rules("990100", ON).assess(frames.households, frames.members)
    for code in ("margin", "old"):
        one_by_one = [heating(make_plan(household, rulebook))[code] for household in households]
        assert found[f"status:heating.{code}"].to_list() == [s.status is Status.ELIGIBLE for s in one_by_one]
        amounts = found[f"amount:heating.{code}"].to_list()
        assert all(a == s.amount for a, s in zip(amounts, one_by_one, strict=True) if s.status is Status.ELIGIBLE)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "has_able_supporter"}


def test_what_is_kept_with_an_assessment(rulebook: Rulebook) -> None:
    """Columns and groups come back, so that the same plan can be made again; without any, nothing is added."""
    policy = rulebook.policy("990100", ON)
    content = policy_content(policy)
    again = rulebook.rules_under(policy_of(content, rulebook.parameters))
    assert {b.benefit.code for b in again.benefits} == {b.benefit.code for b in rulebook.rules("990100", ON).benefits}
    assert fingerprint(policy_content(policy_of(content, rulebook.parameters))) == fingerprint(content)
    assert '"columns"' not in policy_content(rulebook.policy("522723", ON))


@pytest.mark.parametrize(("born", "amount", "replaced"), [(1946, 0, False), (1944, 500, True), (1934, 800, True)])
def test_a_scale(born: int, amount: int, replaced: bool) -> None:
    """The tutorial's pack: nothing at 78, 500 from 80, 800 from 90; 450 × 0.75 = 337.50 gives way to the larger."""
    rulebook = check_packs([Path(__file__).parents[2] / "docs" / "heating" / "examples" / "winter.toml"], ON)
    plan = planned(rulebook, family(born) | {"region": "629999"})
    due = {s.benefit.code: s for s in plan.supports if s.programme == "winter"}
    assert due["winter.by_age"].amount == amount
    assert due["winter.lump_sum"].amount == Decimal("337.50")
    assert (due["winter.lump_sum"].replaced_by == "winter.by_age") is replaced


def test_a_criterion_that_a_place_sets(tmp_path: Path) -> None:
    """Whether the place gives it at all is a parameter: yes, no, or not set, each said by its label."""
    declared = '\n[[parameter]]\nname = "heating.given"\ntype = "yes_no"\nlabel = "本地发放"\n'
    told = {}
    for value in ("value = true\n", "value = false\n", ""):
        text = HEATING.replace(WHERE, 'where = ["heating.given"]') + declared + value
        support = heating(planned(check_packs([written(tmp_path, text)], ON), family(1950)))["margin"]
        told[value] = (support.status, [r.criterion.label for r in support.reasons][-1])
    assert told == {
        "value = true\n": (Status.ELIGIBLE, "本地发放"),
        "value = false\n": (Status.INELIGIBLE, "本地发放"),
        "": (Status.UNDETERMINED, "本地发放"),
    }


FRAIL = 'value = "some(age >= 70 or severe_disability)"'
WHERE, HILL = 'where = ["heating.frail", "not heating_by_stove"]', "test = \"heating_place == 'hill'\""
AMOUNT, MARGIN, OLD = '"heating.amount.rural * 0.75"', "benefit[0](heating.margin)", "benefit[1](heating.old)"
STOVE, PLACE = "fact[0](heating_by_stove)", "fact[1](heating_place)"
WRONG = [
    ('level = "household"\ntype', 'level = "houshold"\ntype', f"{STOVE}.level", "household"),
    ('type = "yes_no"', 'type = "yesno"', f"{STOVE}.type", "yes_no"),
    ('label = "自家烧炉取暖"', "", f"{STOVE}.label", "没有写"),
    ('labels = { hill = "山区", plain = "平原" }', "", f"{PLACE}.labels", "一个表，如"),
    ("\"'plain'\"", "\"'plian' if\"", f"{PLACE}.presumed.value", "no formula"),
    ("\"'plain'\"", "\"'plian'\"", "fact", "plain"),
    ('name = "heating_by_stove"', 'name = "heating by stove"', "fact[0](heating by stove).name", "字母"),
    ('name = "heating_by_stove"', 'name = "homes"', "fact", "homes"),
    ('type = "ratio"', 'type = "rate"', "parameter[1](heating.share).type", "ratio"),
    ("value = 400\nper", "value = -4\nper", "parameter[0](heating.amount.rural).value", "不能为负"),
    (FRAIL, 'value = "some(age >= 70 or"', "column[0](heating.frail).value", "no formula"),
    (FRAIL, 'value = "some(agee >= 70)"', "column[0](heating.frail)", "nearest: age"),
    ('value = "count(age >= 70)"', 'value = "count(age + 70)"', "column[1](heating.old)", "yes or no"),
    ('rule = "highest"', 'rule = "higest"', "group[0](heating.one).rule", "highest"),
    ('rule = "highest"', 'rule = "cap"', "group[0](heating.one).limit", "没有写"),
    (WHERE, 'where = ["heating.frial"]', f"{MARGIN}.where[0]", "heating.frail"),
    (WHERE, 'where = ["homes"]', f"{MARGIN}.where[0]", "yes or no"),
    (WHERE, "where = [3]", f"{MARGIN}.where[0]", "算式"),
    (HILL, HILL.replace("hill", "hil"), f"{OLD}.where[0]", "hill"),
    (HILL, HILL.replace("test", "tset"), f"{OLD}.where[0].tset", "test"),
    (AMOUNT, '"heating.amount.rurl * 0.75"', MARGIN, "heating.amount.rural"),
    (AMOUNT, '"homes * 3"', MARGIN, "money a year"),
    (AMOUNT, '{ parametre = "x" }', f"{MARGIN}.amount", "parameter"),
    ("{ at_least = 1 }", "{ atleast = 1 }", f"{OLD}.when.heating.old.atleast", "at_least"),
    ('"heating.frail" = true }', '"heating.frail" = "yes" }', f"{OLD}.when.heating.frail", "yes/no"),
    ('"heating.frail" = true }', '"heating.frial" = true }', f"{OLD}.when.heating.frial", "heating.frail"),
    ('to = "yuan"', 'to = "yan"', f"{OLD}.rounding.to", "yuan"),
    ('group = "heating.one"\n\n', 'group = "heating.on"\n\n', MARGIN, "heating.one"),
    ("[[group]]", "[[gruop]]", "gruop", "group"),
    ('code = "heating"\n', 'code = "heat.ing"\n', "programme[0](heat.ing).code", "一个词"),
]


@pytest.mark.parametrize(("right", "wrong", "path", "said"), WRONG)
def test_what_is_wrong_in_a_pack(tmp_path: Path, right: str, wrong: str, path: str, said: str) -> None:
    """Each is named by its table, its code and its key, with what would be right; nothing else is."""
    assert right in HEATING
    with pytest.raises(PackError) as caught:
        check_packs([written(tmp_path, HEATING.replace(right, wrong, 1))], ON)
    assert any(problem.path == path and said in str(problem) for problem in caught.value.problems), str(caught.value)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Of two files all that can be read, and all that does not fit together, in every table."""
    many = HEATING
    for right, wrong in (
        ('where = ["heating.frail", "not heating_by_stove"]', 'where = ["heating.frial", "homes"]'),
        ('"heating.amount.rural * 0.75"', '"homes * 3"'),
        ("test = \"heating_place == 'hill'\"", "test = \"heating_place == 'hil'\""),
    ):
        many = many.replace(right, wrong)
    other = HEATING.replace("990000", "980000").replace('rule = "highest"', 'rule = "higest"')
    with pytest.raises(PackError) as caught:
        check_packs([written(tmp_path, many)], ON)
    assert [p.path for p in caught.value.problems] == [
        "benefit[0](heating.margin).where[0]",
        "benefit[0](heating.margin).where[1]",
        "benefit[0](heating.margin)",
        "benefit[1](heating.old).where[0]",
    ]
    with pytest.raises(PackError) as caught:
        check_packs([written(tmp_path, other, "b.toml")], ON)
    assert [p.path for p in caught.value.problems] == ["group[0](heating.one).rule"]


def test_a_circle_is_told_once(tmp_path: Path) -> None:
    """Two columns that need each other: the circle is what is wrong, not that a name is gone without it."""
    text = HEATING.replace(FRAIL, 'value = "not heating.old > 3"').replace(
        '"count(age >= 70)"', '"1 if heating.frail else 2"'
    )
    with pytest.raises(PackError) as caught:
        check_packs([written(tmp_path, text)], ON)
    assert len(caught.value.problems) == 1
    assert "circle" in caught.value.problems[0].found


def test_a_label_is_never_empty(tmp_path: Path) -> None:
    """Of a test between two limits, which has no words of its own, the formula is shown."""
    text = HEATING.replace(WHERE, 'where = ["0 < size < 3"]')
    support = heating(planned(check_packs([written(tmp_path, text)], ON), family(1950)))["margin"]
    assert [r.criterion.label for r in support.reasons][-1] == "(0 < size) and (size < 3)"


def test_check_pack(tmp_path: Path) -> None:
    """Says what a pack holds, or everything that is wrong; exit codes 0 and 1."""
    good = CliRunner().invoke(main, ["check-pack", str(written(tmp_path, HEATING))])
    assert (good.exit_code, good.output) == (
        0,
        "pack.toml：没有错误（990000 取暖）：4 个参数值、2 项待遇、2 个推算量、1 个组、2 个事实\n",
    )
    bad = CliRunner().invoke(main, ["check-pack", str(written(tmp_path, HEATING.replace("count(age", "cuont(age")))])
    assert bad.exit_code == 1
    assert "column[1](heating.old).value" in bad.output
    assert "nearest: count" in bad.output
