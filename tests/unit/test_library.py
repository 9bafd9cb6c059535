"""The library as others use it: households thought otherwise, plans asked and compared, single values, short reprs."""

from __future__ import annotations

import pydoc
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import bangfu
from bangfu import (
    Benefit,
    ChangeKind,
    Household,
    InputError,
    Level,
    NotInPlanError,
    Partly,
    Policy,
    Programme,
    Rulebook,
    RuleError,
    Status,
    SupportKind,
    difference,
    frames_of,
    hookimpl,
    household,
    household_from,
    make_plan,
    read_household,
    value,
    what_if,
)
from bangfu.lists import list_frames_of
from bangfu.plan import model
from bangfu.rulebook import check_packs
from bangfu.screen.partition import screen_partition

ON = date(2024, 6, 1)
PACK = """[pack]
region = "990100"
source = "县办法"
[parameters]
"dibao.standard.rural" = { value = 500, per = "month" }
"dibao.amount" = { value = "gap" }
"margin.multiple" = { value = 1.5 }
"""
COUPLE: dict[str, Any] = {
    "region": "990100", "on": ON, "residence": "rural", "assets_within_limits": True, "expenses": [],
    "members": [
        {"relation": "head", "name": "石大山", "birth_date": "1980-03-01",
         "incomes": [{"kind": "wage", "amount": 600, "per": "month"}]},
        {"relation": "spouse", "name": "何小云", "birth_date": "1982-05-01", "incomes": []},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """Return the rulebook of a county that has a dibao standard: 500 a month."""
    file = tmp_path_factory.mktemp("pack") / "county.toml"
    file.write_text(PACK, encoding="utf-8")
    return check_packs([file], ON)


@pytest.fixture
def couple(rulebook: Rulebook) -> Household:
    """Return a couple of whom one earns 600 a month: 7,200 a year against 12,000."""
    return household_from(COUPLE, catalog=rulebook.catalog)


def test_a_household_with_other_facts(couple: Household) -> None:
    """By path: of the household, of a member, of an entry, a whole member; None makes unknown. Nothing else changes."""
    other = couple.with_(
        {"members[0].incomes[0].amount": 900, "members[1].serious_illness": True, "expenses": None}, residence="urban"
    )
    assert other.facts["residence"] == "urban"
    assert "expenses" not in other.facts
    assert other.members[0]["incomes"][0] == {"kind": "wage", "amount": Decimal("900.00"), "per": "month"}
    assert other.members[1]["serious_illness"] is True
    assert couple.facts["residence"] == "rural"
    assert len(couple.with_({"members[2]": {"relation": "child"}}).members) == 3
    assert [m["relation"] for m in couple.with_({"members[1]": None}).members] == ["head"]
    assert couple.with_() == couple
    assert couple.with_({"members[0].birth_date": "1980"}).with_(homes=1).members[0]["birth_date"] == Partly(
        date(1980, 1, 1), date(1980, 12, 31)
    )


@pytest.mark.parametrize(
    ("path", "given", "found"),
    [
        ("residence", "city", "residence"),
        ("residenc", "urban", "residenc"),
        ("members[7].sex", "male", "members[7].sex"),
        ("members[0].incomes[3].amount", 1, "members[0].incomes[3].amount"),
        ("members[0].incomes[0].amount", -1, "members[0].incomes[0].amount"),
        ("members[1].relation", "head", "members[1].relation"),
        ("members[0].birth_date", "2025-01-01", "members[0].birth_date"),
    ],
)
def test_what_a_household_cannot_be(couple: Household, path: str, given: Any, found: str) -> None:
    """It is checked as a file is, and the path is named; no name is."""
    with pytest.raises(InputError) as caught:
        couple.with_({path: given})
    assert found in [problem.path for problem in caught.value.problems]
    assert "石大山" not in str(caught.value)


def test_asking_a_plan(couple: Household, rulebook: Rulebook) -> None:
    """One support by its code, and whose; what is not there is told with what is like it."""
    plan = make_plan(couple, rulebook)
    assert plan.support("living.dibao").amount == Decimal(4800)  # 2 × 6,000 − 7,200
    assert plan.support("education.aid.compulsory", 1).status is Status.INELIGIBLE
    with pytest.raises(NotInPlanError, match="a support of 0, 1; say whose"):
        plan.support("education.aid.compulsory")
    with pytest.raises(NotInPlanError, match="not of 5"):
        plan.support("education.aid.compulsory", 5)
    with pytest.raises(LookupError, match=r"nearest: living\.dibao"):
        plan.support("living.dibo")


def test_two_plans(couple: Household, rulebook: Rulebook) -> None:
    """900 a month instead of 600: 12,000 − 10,800 = 1,200 instead of 4,800; and at 1,100 none at all."""
    less = what_if(couple, {"members[0].incomes[0].amount": 900}, rulebook)
    (change,) = [c for c in less.changes if c.support.benefit.code == "living.dibao"]
    assert (change.kind, change.by) == (ChangeKind.LESS, Decimal(-3600))
    assert less.year == -3600
    assert [(c.before.value, c.after.value) for c in change.causes if c.before and c.after] == [
        (Decimal(7200), Decimal(10800))
    ]
    lost = what_if(couple, {"members[0].incomes[0].amount": 1100}, rulebook)
    (change,) = [c for c in lost.changes if c.support.benefit.code == "living.dibao"]
    assert (change.kind, change.by, lost.after.category) == (ChangeKind.LOST, Decimal(-4800), "margin")
    back = difference(lost.after, lost.before)
    assert {c.kind for c in back.changes if c.support.benefit.code == "living.dibao"} == {ChangeKind.GAINED}
    assert difference(lost.before, lost.before).changes == ()


def test_a_single_value(couple: Household, rulebook: Rulebook) -> None:
    """A column of the household or a member, a parameter, with its clause; what is open with what would settle it."""
    assert value(couple, "income_year", rulebook).value == Decimal(7200)
    line = value(couple, "dibao_line", rulebook)
    assert (line.value, line.source) == (Decimal(12000), "县办法")
    assert [n if isinstance(n, str) else n.value for n in line.sum] == [Decimal(6000), " × ", 2]
    assert value(couple, "age", rulebook, 0).value == 44
    assert value(couple, "dibao.standard.rural", rulebook).value == 6000
    assert value(couple, "medical.cap", rulebook).not_configured == ("medical.cap",)
    unknown = value(couple.with_({"members[1].incomes": None}), "income_year", rulebook)
    assert unknown.value == Partly(Decimal(7200), None)
    assert unknown.missing == (("incomes", 1),)
    with pytest.raises(RuleError, match="nearest: income_year"):
        value(couple, "income_yaer", rulebook)
    for nobody in (9, -1, "abc", True):
        with pytest.raises(NotInPlanError, match="0 to 1"):
            value(couple, "age", rulebook, nobody)


def test_what_is_shown_fits_a_line(couple: Household, rulebook: Rulebook) -> None:
    """The help of a function, and what stands on a Python prompt; nobody's name stands there."""
    assert len(pydoc.render_doc(read_household)) < 1000
    plan = make_plan(couple, rulebook)
    shown = [plan, plan.supports[0], plan.members[0], plan.reasons[0], plan.supports[0].benefit, rulebook, couple]
    shown += [rulebook.catalog, rulebook.rules("990100", ON), value(couple, "age", rulebook, 0)]
    shown += [what_if(couple, {"residence": "urban"}, rulebook)]
    for each in shown:
        assert len(repr(each)) < 200, repr(each)
        assert "石大山" not in repr(each)


def test_everything_that_a_plan_holds_has_a_public_name() -> None:
    """Whoever writes a function about it can name its type."""
    kinds = {name for name, kind in vars(model).items() if getattr(kind, "__module__", "") == model.__name__}
    assert kinds - {"near"} <= set(bangfu.__all__)


class Tax:
    """A programme with a figure that is no support: a tax of 1 % of the income."""

    @staticmethod
    @hookimpl
    def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG004 - the hook's signature
        """Return the tax."""
        tax = Benefit(
            "tax.income", "所得税", Level.HOUSEHOLD, [], household.income_year * Decimal("0.01"),
            kind=SupportKind.FIGURE, source="示例",
        )  # fmt: skip
        return [Programme("tax", "税", "税务局", [tax])]


def test_a_figure_is_in_no_total(couple: Household) -> None:
    """72 yuan of tax are worked out and shown, and nobody is paid them; so it is in a screening."""
    rulebook = Rulebook.load(plugins={"tax": Tax})
    plan = make_plan(couple, rulebook)
    assert (plan.support("tax.income").amount, plan.totals.year) == (Decimal(72), Decimal(0))
    frames = list_frames_of([couple], rulebook.catalog)
    screened = screen_partition(frames.households, frames.members, rulebook)
    assert screened.supports["amount"].to_list() == [Decimal(72)]
    assert screened.supports["year_amount"].to_list() == [None]
    assert screened.assessments["year"].to_list() == [Decimal(0)] * 3


def test_a_pack_switches_a_benefit_off(couple: Household, tmp_path: Path) -> None:
    """Repealed in one county, from a day on; where it is not, and before, it is given."""
    repealed = '[pack]\nregion = "990100"\nsource = "废止文件"\n[[benefit]]\ncode = "living.dibao"\nrepealed = true\n'
    files = []
    for name, text in (("a", PACK), ("b", repealed + "from = 2024-06-01\n")):
        file = tmp_path / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        files.append(file)
    rulebook = check_packs(files, ON)
    codes = {s.benefit.code for s in make_plan(couple, rulebook).supports}
    assert "living.dibao" not in codes
    assert "education.aid.compulsory" in codes
    earlier = make_plan(couple.with_(on=date(2024, 5, 31)), rulebook)
    assert earlier.support("living.dibao").amount == Decimal(4800)


def test_frames_of_the_same_facts(couple: Household, rulebook: Rulebook) -> None:
    """The frames of a household thought otherwise are those of one stated so."""
    stated = household_from({**COUPLE, "homes": 1}, catalog=rulebook.catalog)
    one, other = (frames_of([h], rulebook.catalog) for h in (couple.with_(homes=1), stated))
    assert one.households.equals(other.households)
    assert one.members.equals(other.members)
