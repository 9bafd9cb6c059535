"""``[[benefit]]`` rows: a programme in TOML alone, and what is wrong with a bad row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bangfu import BangfuError, PackError, Rulebook, Status, household_from, make_plan

HEAD = '[pack]\nregion = "220000"\nname = "试点"\nsource = "试点办法"\n'


def rulebook_of(tmp_path: Path, text: str) -> Rulebook:
    """Return the rulebook with one more pack."""
    file = tmp_path / "pack.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return Rulebook.load([file])


def plan_of(rulebook: Rulebook, **facts: object) -> object:
    """Return the plan of one person of 45 in the pack's region."""
    member = {"relation": "head", "birth_date": "1978-06-01", "incomes": [], **facts.pop("member", {})}  # type: ignore[dict-item]
    data = {"region": "220102", "on": date(2023, 6, 1), "members": [member], **facts}
    return make_plan(household_from(data, catalog=rulebook.catalog), rulebook)


def test_a_programme_of_rows_alone(tmp_path: Path) -> None:
    """Two rows and a name make a programme, without Python."""
    rulebook = rulebook_of(
        tmp_path,
        """
[[programme]]
code = "heating"
name = "取暖补贴"
department = "民政局"

[[benefit]]
code = "heating.subsidy"
name = "冬季取暖补贴"
for = "household"
when = { residence = "urban", housing_difficulty = true }
amount = "600.50"
per = "once"
source = "S2"

[[benefit]]
code = "heating.coal"
name = "取暖煤"
when = { age = { at_least = 45, below = 46 }, any = [{ orphan = true }, { serious_illness = true, sex = "female" }] }
kind = "in_kind"
""",
    )
    sick = {"serious_illness": True, "sex": "female"}
    plan = plan_of(rulebook, residence="urban", housing_difficulty=True, member=sick)
    due = {s.benefit.code: s for s in plan.supports if s.programme == "heating"}  # type: ignore[attr-defined]
    assert due["heating.subsidy"].amount == Decimal("600.50")
    assert due["heating.coal"].status is Status.ELIGIBLE
    assert plan.totals.once == Decimal("600.50")  # type: ignore[attr-defined]
    man = plan_of(rulebook, residence="urban", housing_difficulty=True, member={**sick, "sex": "male"})
    assert [s.status for s in man.supports if s.benefit.code == "heating.coal"] == [Status.INELIGIBLE]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("when", "member", "status"),
    [
        ("age = { at_least = 45 }", {}, Status.ELIGIBLE),
        ("age = { above = 45 }", {}, Status.INELIGIBLE),
        ("age = { at_most = 45 }", {}, Status.ELIGIBLE),
        ("age = { below = 45 }", {}, Status.INELIGIBLE),
        ('birth_date = { below = "1978-06-02" }', {}, Status.ELIGIBLE),
        ("disability_grade = [1, 2]", {"disability_kind": "limb", "disability_grade": 2}, Status.ELIGIBLE),
        ("disability_grade = 1", {"disability_kind": "limb", "disability_grade": 2}, Status.INELIGIBLE),
        ("orphan = false", {}, Status.ELIGIBLE),
        ("boarding = true", {"school_stage": "undergraduate"}, Status.UNDETERMINED),
        ("self_care_lost = { at_least = 1 }", {}, Status.UNDETERMINED),
        ("registered_poor = true", {}, Status.INELIGIBLE),
    ],
)
def test_what_a_row_can_ask(tmp_path: Path, when: str, member: dict[str, object], status: Status) -> None:
    """A value, a list of values, a comparison, on either side."""
    row = f'[[benefit]]\ncode = "trial.a"\nname = "试点"\nwhen = {{ {when} }}\namount = 1\n'
    plan = plan_of(rulebook_of(tmp_path, row), member=member)
    assert [s.status for s in plan.supports if s.benefit.code == "trial.a"] == [status]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("row", "path", "said"),
    [
        (
            'code = "a.b"\nname = "x"\nwhen = { school_stag = "primary" }\namount = 1',
            "when.school_stag",
            "school_stage",
        ),
        ('code = "a.b"\nname = "x"\nwhen = { school_stage = "primry" }\namount = 1', "when.school_stage", "primary"),
        ('code = "a.b"\nname = "x"\nwhen = { age = "old" }\namount = 1', "when.age", "整数"),
        ('code = "a.b"\nname = "x"\nwhen = { age = { more = 3 } }\namount = 1', "when.age.more", "at_least"),
        ('code = "a.b"\nname = "x"\nwhen = { incomes = 3 }\namount = 1', "when.incomes", "不是规则能判断的事实"),
        ('code = "a.b"\nname = "x"\nwhen = { name = "x" }\namount = 1', "when.name", "不是规则能判断的事实"),
        ('code = "a.b"\nname = "x"\nfor = "household"\nwhen = { sex = "male" }\namount = 1', "when.sex", "成员的事实"),
        ('code = "a.b"\nname = "x"\nwhen = { any = {} }\namount = 1', "when.any", "列表"),
        ('code = "a.b"\nname = "x"\nfor = "village"\namount = 1', "for", "member"),
        ('code = "a.b"\nname = "x"\nper = "week"\namount = 1', "per", "year"),
        ('code = "a.b"\nname = "x"', "amount", "没有写"),
        ('code = "a.b"\nname = "x"\namount = -1', "amount", "不能为负"),
        ('code = "a.b"\nname = "x"\namount = 1\nneeds = [["a.c"]]', "needs", "文本的列表"),
        ('code = "a.b"\nname = "x"\namount = 1\ndocuments = [{ a = 1 }]', "documents", "文本的列表"),
        ('code = "ab"\nname = "x"\namount = 1', "code", "“项目.名称”"),
        ('code = "a.b"\nname = "x"\namont = 1', "amont", "amount"),
    ],
)
def test_a_bad_row_names_path_and_mend(tmp_path: Path, row: str, path: str, said: str) -> None:
    """Each with the row's place in the file."""
    with pytest.raises(PackError) as caught:
        rulebook_of(tmp_path, f"[[benefit]]\n{row}\n").rules("220102", date(2023, 6, 1))
    assert any(path in problem.path and said in str(problem) for problem in caught.value.problems)


def test_a_county_refines_a_row_by_its_code(tmp_path: Path) -> None:
    """The longer region prefix wins, row by row, as for parameters."""
    county = '[pack]\nregion = "522723102"\nsource = "镇办法"\n[[benefit]]\ncode = "education.compulsory.meals"\n'
    file = tmp_path / "town.toml"
    file.write_text(
        county + 'name = "营养餐"\nwhen = { school_stage = "primary" }\namount = 5\nper = "day"\ntimes = 200\n'
    )
    ruleset = Rulebook.load([file]).rules("522723102201", date(2023, 6, 1))
    meals = [bound for bound in ruleset.benefits if bound.benefit.code == "education.compulsory.meals"]
    assert [bound.benefit.name for bound in meals] == ["营养餐"]


def test_a_code_that_python_declares_cannot_be_declared_again(tmp_path: Path) -> None:
    """Both owners are named; nothing is chosen in silence."""
    rulebook = rulebook_of(tmp_path, '[[benefit]]\ncode = "living.dibao"\nname = "x"\nfor = "household"\namount = 1\n')
    with pytest.raises(BangfuError, match=r"living\.dibao"):
        rulebook.rules("220102", date(2023, 6, 1))
