"""Scenario files: what is read, what is refused, what is compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu import InputError, PackError
from bangfu.kit.run import Runner, ScenarioOutcome
from bangfu.kit.scenario import ScenarioError

BOARDER = """
title = "a boarder in Guiding"

[household]
region = "522723102201"
residence = "rural"
on = 2020-09-01
registered_poor = true

[[household.members]]
relation = "head"
birth_date = 1978-03-02
incomes = []

[[household.members]]
relation = "child"
birth_date = 2004-03-02
school_stage = "senior_secondary"
incomes = []

[expect]
"""
GRANT = "education.senior_secondary.national_grant"


@pytest.fixture(scope="module")
def runner() -> Runner:
    """Return a runner with the installed programmes."""
    return Runner()


def run(runner: Runner, folder: Path, expect: str, scenario: str = BOARDER) -> ScenarioOutcome:
    """Run the boarder's scenario with something expected."""
    file = folder / "boarder.scenario.toml"
    file.write_text(scenario + expect, encoding="utf-8")
    return runner.run(file)


def support(row: str, benefit: str = GRANT) -> str:
    """Return an expected support."""
    return f'[[expect.supports]]\nbenefit = "{benefit}"\n{row}\n'


@pytest.mark.parametrize(
    "expect",
    [
        'category = "unknown"',
        'members = ["unknown", "unknown"]',
        'totals = { year = 4160, once = 0, by_programme = { education = "4160.00", living = 0 } }',
        'missing = [{ fact = "boarding", member = 1 }, { fact = "assets_within_limits" }]',
        'not_configured = ["dibao.standard.rural"]',
        support('recipient = 1\nstatus = "eligible"\namount = 2000\nyear_amount = "2000.00"\nuntil = "none"'),
        support('recipient = 1\nreplaced_by = "none"'),
        support('recipient = 0\nstatus = "ineligible"\namount = "none"'),
        support('status = "undetermined"', "living.dibao"),
        support('recipient = "household"\nstatus = "undetermined"', "living.dibao"),
    ],
)
def test_what_the_plan_holds_is_no_difference(runner: Runner, tmp_path: Path, expect: str) -> None:
    """Only what is given is compared."""
    assert run(runner, tmp_path, expect).differences == ()


@pytest.mark.parametrize(
    ("expect", "line", "why"),
    [
        ('category = "dibao"', "expect.category: expected dibao, found unknown", "assets_within_limits = unknown"),
        ('members = ["unknown", "dibao"]', "expect.members[1]: expected dibao, found unknown", "dibao.standard.rural"),
        ("totals = { year = 4660 }", "expect.totals.year: expected 4660.00, found 4160.00", f"{GRANT}, for member 1"),
        (
            "totals = { by_programme = { education = 4660 } }",
            "expect.totals.by_programme.education: expected 4660.00, found 4160.00",
            "education.senior_secondary.lodging, for member 1: undetermined, unknown: boarding",
        ),
        ("missing = []", "expect.missing: expected nothing; the plan names ", ""),
        ('missing = [{ fact = "homes" }]', "expect.missing: expected homes of household; the plan names ", ""),
        ('not_configured = ["minimum_wage"]', "expect.not_configured: expected minimum_wage; the plan names ", ""),
        (
            support('recipient = 1\namount = "2000.01"'),
            "expect.supports[0].amount: expected 2000.01, found 2000.00",
            "true    建档立卡  registered_poor = true  [S1 普通高中]",
        ),
        (
            support('recipient = 0\nstatus = "eligible"'),
            "expect.supports[0].status: expected eligible, found ineligible",
            "false   就读阶段：普通高中  school_stage = none  limit = senior_secondary",
        ),
        (
            support('recipient = 1\nstatus = "eligible"', "education.senior_secondary.lodging"),
            "expect.supports[0].status: expected eligible, found undetermined",
            "unknown 在校寄宿  boarding = unknown  [S1 普通高中]  missing: boarding",
        ),
        (support("recipient = 1\nuntil = 2021-08-31"), "expect.supports[0].until: expected 2021-08-31, found none", ""),
        (support('status = "eligible"'), "expect.supports[0].recipient: name one of its recipients: 0, 1", ""),
        (
            support('status = "eligible"', f"{GRANT}s"),
            f"expect.supports[0].benefit: no benefit '{GRANT}s' in 522723102201 on 2020-09-01; nearest known: {GRANT}",
            "",
        ),
    ],
)
def test_a_difference_shows_the_plans_own_reasons(
    runner: Runner, tmp_path: Path, expect: str, line: str, why: str
) -> None:
    """What was expected, what was found, by path; below it label, value, limit, clause, missing facts."""
    outcome = run(runner, tmp_path, expect)
    assert len(outcome.differences) == 1
    text = str(outcome.differences[0])
    assert text.startswith(line)
    assert why in text


def test_values_of_one_support_share_their_reasons(runner: Runner, tmp_path: Path) -> None:
    """Two wrong values of a row are two lines and one explanation."""
    outcome = run(runner, tmp_path, support('recipient = 1\nstatus = "ineligible"\namount = "none"'))
    assert [len(difference.lines) for difference in outcome.differences] == [2]


def test_packs_and_the_household_may_lie_in_files_of_their_own(runner: Runner, tmp_path: Path) -> None:
    """Paths are relative to the scenario; a dibao standard of 5,000 settles the category."""
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "pack.toml").write_text(
        '[pack]\nregion = "522723"\nsource = "试点办法"\n[parameters]\n'
        '"dibao.standard.rural" = { value = 5000, per = "year" }\n',
        encoding="utf-8",
    )
    (tmp_path / "family.toml").write_text(
        'region = "522723"\nresidence = "rural"\non = 2020-09-01\nassets_within_limits = true\n'
        '[[members]]\nrelation = "head"\nbirth_date = 1978-03-02\nincomes = []\n',
        encoding="utf-8",
    )
    head = 'title = "a family on dibao"\npolicy = ["packs"]\nhousehold_file = "family.toml"\n'
    outcome = run(runner, tmp_path, '[expect]\ncategory = "dibao"\ntotals = { year = 5000 }\n', head)
    assert outcome.differences == ()


def problems(runner: Runner, folder: Path, scenario: str) -> dict[str, str]:
    """Return what is wrong with a scenario file, by path."""
    with pytest.raises(ScenarioError) as caught:
        run(runner, folder, "", scenario)
    assert all(problem.path in str(caught.value) for problem in caught.value.problems)
    return {problem.path: f"{problem.found} {problem.expected} {problem.hint}" for problem in caught.value.problems}


def test_all_errors_of_a_file_are_reported_together(runner: Runner, tmp_path: Path) -> None:
    """Each with its path and, for a misspelt name, the nearest known one."""
    found = problems(
        runner,
        tmp_path,
        """
        titel = "x"
        policy = ["nowhere.toml", 3]
        [household]
        region = "52272310"
        [[household.members]]
        relation = "haed"
        birth_date = 1978-02-30
        [expect]
        categori = "dibao"
        category = "dibaoo"
        members = ["dibao", "x"]
        totals = { year = -1, by_programme = { education = "abc" }, twice = 3 }
        missing = [{ fact = "boading", member = 1 }, { fact = "boarding" }, { fact = "homes", member = 0 }, 7]
        not_configured = ["medical.capp"]
        [[expect.supports]]
        benefit = "a.b"
        recipient = -1
        until = 2020-02-30
        staus = "eligible"
        status = "elegible"
        amount = true
        replaced_by = 7
        [[expect.supports]]
        recipient = "household"
        [[expect.supports]]
        benefit = "a.b"
        """,
    )
    assert set(found) == {
        "titel", "title", "policy[0]", "policy[1]", "household.on", "household.region",
        "household.members[0].relation", "household.members[0].birth_date",
        "expect.categori", "expect.category", "expect.members[1]", "expect.totals.year", "expect.totals.twice",
        "expect.totals.by_programme.education", "expect.missing[0].fact", "expect.missing[1].member",
        "expect.missing[2].member", "expect.missing[3]", "expect.missing[3].fact", "expect.not_configured[0]",
        "expect.supports[0].recipient", "expect.supports[0].until", "expect.supports[0].staus",
        "expect.supports[0].status", "expect.supports[0].amount", "expect.supports[0].replaced_by",
        "expect.supports[1].benefit", "expect.supports[2]",
    }  # fmt: skip
    for path, nearest in {
        "titel": "title",
        "household.members[0].relation": "head",
        "expect.categori": "category",
        "expect.missing[0].fact": "boarding",
        "expect.not_configured[0]": "medical.cap",
        "expect.supports[0].staus": "status",
        "expect.supports[0].status": "eligible",
    }.items():
        assert nearest in found[path].split()[-1]


@pytest.mark.parametrize(
    ("scenario", "path"),
    [
        ("title =", "文件末尾"),
        ("", "文件"),
        (BOARDER, "expect"),
        (BOARDER.replace("[expect]", ""), "expect"),
        (BOARDER.replace("[expect]", "[[expect]]"), "expect"),
        (BOARDER + 'members = ["dibao"]', "expect.members"),
        (BOARDER + 'members = "dibao"', "expect.members"),
        (BOARDER + "totals = { by_programme = 3 }", "expect.totals.by_programme"),
        (BOARDER.replace("[household]", 'household_file = "x.toml"\n[household]') + "missing = []", "household"),
        ('title = "x"\nhousehold_file = "nowhere.toml"\n[expect]\nmissing = []', "household_file[0]"),
        ('title = "x"\nhousehold_file = "boarder.scenario.toml"\n[expect]\nmissing = []', "household_file.title"),
        ('title = "x"\nhousehold = 3\n[expect]\nmissing = []', "household"),
        ('title = "x"\n[expect]\nmissing = []', "household"),
    ],
)
def test_a_broken_file_names_the_place(runner: Runner, tmp_path: Path, scenario: str, path: str) -> None:
    """Syntax, nothing expected, no household or two of them."""
    assert path in problems(runner, tmp_path, scenario)


def test_a_household_file_that_cannot_be_read_is_named(runner: Runner, tmp_path: Path) -> None:
    """Its own syntax errors are told with the key that names it."""
    (tmp_path / "family.toml").write_text("region =", encoding="utf-8")
    scenario = 'title = "x"\nhousehold_file = "family.toml"\n[expect]\nmissing = []'
    assert any(path.startswith("household_file.") for path in problems(runner, tmp_path, scenario))


def test_a_broken_pack_is_the_packs_error(runner: Runner, tmp_path: Path) -> None:
    """It is named with its own problems."""
    (tmp_path / "pack.toml").write_text("[pack]\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"pack\.toml"):
        run(runner, tmp_path, "missing = []", f'policy = ["pack.toml"]\n{BOARDER}')
    assert not issubclass(ScenarioError, InputError)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('column = "age"\nrecipient = 1\nvalue = 16', ""),
        ('column = "age"\nrecipient = 1\nvalue = 17', "expect.values[0].value: expected 17, found 16"),
        ('column = "dibao_line"\nvalue = "unknown"', ""),
        ('column = "dibao_line"\nvalue = 12000', "? dibao.standard.rural is not set"),
        ('column = "homes"\nvalue = 1', "? homes of household is not known"),
        ('column = "homes"\nvalue = "unknown"', ""),
        ('column = "income_year"\nvalue = "0.00"', ""),
        ('column = "income_year"\nvalue = "0.01"', "expected 0.01, found 0.00"),
        ('column = "residence"\nvalue = "rural"', ""),
        ('column = "registered_poor"\nvalue = true', ""),
        ('column = "registered_poor"\nvalue = 1', "expected 1, found True"),
        ('column = "on"\nvalue = 2020-09-01', ""),
        ('column = "aeg"\nrecipient = 1\nvalue = 16', "expect.values[0].column: no fact or column 'aeg'; nearest: age"),
    ],
)
def test_a_value_that_is_expected(runner: Runner, tmp_path: Path, row: str, told: str) -> None:
    """A fact, a column or a parameter, of a member or the household; what is open is told."""
    outcome = run(runner, tmp_path, f"[[expect.values]]\n{row}\n")
    assert told in str(outcome)
    assert bool(told) == bool(outcome.differences)


@pytest.mark.parametrize("row", ["value = 1", 'column = "age"', 'column = "age"\nvalue = 1\nrecipient = 7'])
def test_a_value_that_cannot_be_expected(runner: Runner, tmp_path: Path, row: str) -> None:
    """Without a column, without a value, of nobody."""
    with pytest.raises(ScenarioError, match=r"expect\.values\[0\]"):
        run(runner, tmp_path, f"[[expect.values]]\n{row}\n")
