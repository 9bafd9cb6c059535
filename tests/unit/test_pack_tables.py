"""Packs that hold several tables at once, each of which a plan looks up beside the others."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from bangfu import Rulebook, household_from, make_plan
from bangfu.handbook import handbook_of
from bangfu.show import plan_as_json, plan_as_text
from bangfu_office.handbook import handbook_as_html
from bangfu_office.registry.assessments import policy_content, policy_of

PACK = '[pack]\nregion = "522723"\nname = "试点"\nsource = "试点办法"\n'
TABLES = {
    "parameters": """
[parameters]
"dibao.standard.rural" = { value = 5400, per = "year" }
"dibao.amount" = { value = "gap" }
"income.excluded" = { value = ["scholarship", "social_assistance"] }
""",
    "sources": '[sources]\nT1 = "试点办法全文"\n',
    "programme": '[[programme]]\ncode = "heating"\nname = "取暖补贴"\ndepartment = "民政局"\n',
    "benefit": """
[[benefit]]
code = "heating.subsidy"
name = "取暖补贴"
for = "household"
when = { category = ["dibao"] }
amount = 400
documents = ["户口簿"]
source = "T1 一"
""",
    "other benefit": """
[[benefit]]
code = "education.extra"
name = "县助学金"
when = { school_stage = ["senior_secondary"], any = [{ orphan = true }, { registered_poor = true }] }
amount = 300
needs = ["education.senior_secondary.national_grant"]
gives_way_to = ["education.senior_secondary.poverty_grant"]
""",
}
"""Each kind of table, in the order in which TOML wants them."""


@pytest.mark.parametrize(
    "kinds", [kinds for number in (1, 2, 5) for kinds in combinations(TABLES, number)], ids=" + ".join
)
def test_tables_of_one_pack_go_together(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    """A plan as text, as JSON, the handbook and a kept policy can be made of any of them."""
    file = tmp_path / "pack.toml"
    file.write_text(PACK + "".join(TABLES[kind] for kind in kinds), encoding="utf-8")
    rulebook = Rulebook.load([file])
    household = household_from(
        {
            "region": "522723", "residence": "rural", "on": "2024-03-01", "assets_within_limits": True,
            "registered_poor": True, "expenses": [],
            "members": [
                {"relation": "head", "birth_date": "1980-01-01", "incomes": []},
                {"relation": "child", "birth_date": "2008-01-01", "incomes": [], "school_stage": "senior_secondary"},
            ],
        },
        catalog=rulebook.catalog,
    )  # fmt: skip
    plan = make_plan(household, rulebook)
    ruleset = rulebook.rules(household.region, household.on)
    text = plan_as_text(plan, ruleset)
    assert plan_as_json(plan)["supports"]
    assert ("取暖补贴　每年 400.00 元" in text) is {"parameters", "benefit"}.issubset(kinds)
    assert ("5,400.00 × 核算人数 2" in text) is ("parameters" in kinds)
    kept = policy_of(policy_content(ruleset.policy), rulebook.parameters)
    again = make_plan(household, rulebook, rulebook.rules_under(kept))
    assert plan_as_json(again)["supports"] == plan_as_json(plan)["supports"]
    assert handbook_as_html(handbook_of(rulebook, household.region, household.on))
