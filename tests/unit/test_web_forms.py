"""What a form of a household holds: of whom, in which rows, and no more of it than was filled in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bangfu import InputError, Level, Rulebook, household_from
from bangfu_office.forms import posted, sections
from bangfu_office.forms.fields import rows_of
from bangfu_office.forms.read import parted

DAY = date(2026, 4, 1)
INCOME = "m0.incomes"


def test_the_parts_of_a_form_are_told_apart() -> None:
    """The household comes first, then the members by number; what belongs to nobody is in no part."""
    values = {
        "m10.name": "丙",
        "version": "3",
        "h.homes": "1",
        "m2.name": "乙",
        "m2.incomes.0.amount": "5",
        "mx.name": "丁",
    }
    assert parted(values) == {
        "h.": {"h.homes": "1"},
        "m2.": {"m2.name": "乙", "m2.incomes.0.amount": "5"},
        "m10.": {"m10.name": "丙"},
    }
    assert list(parted({"m0.name": "甲"})) == ["h.", "m0."], "the household is there without anything of it"


def test_only_rows_that_are_filled_in_are_rows() -> None:
    """Neither the empty ones between them nor those that no form of ours has."""
    filled = {f"{INCOME}.{row}.amount": "1" for row in ("7", "0", "999", "1000", "x", "²", "٣")}
    assert rows_of(INCOME, {**filled, f"{INCOME}.3.amount": "", "m0.incomes_of_others.4.amount": "1"}) == [0, 7, 999]


def test_rows_far_apart_are_drawn_with_one_to_spare(rulebook: Rulebook) -> None:
    """A form with two rows, one called the 1000th, has three, and is read as two; the third can be read as well."""
    values = {
        f"{INCOME}.{row}.{part}": text for row in (2, 999) for part, text in (("kind", "wage"), ("amount", "600"))
    }
    drawn = sections(rulebook.catalog, Level.MEMBER, "m0.", values, asked=(), presumed={}, errors={})
    (incomes,) = (field for field in drawn.first if field.fact == "incomes")
    assert [entry[0].name for entry in incomes.entries] == [f"{INCOME}.{row}.kind" for row in (2, 999, 0)]
    read = posted(values, rulebook.catalog)
    assert read.data["members"] == [{"incomes": [{"kind": "wage", "amount": "600"}] * 2}]


@pytest.mark.parametrize(("people", "said"), [(100, None), (101, "至多 100 名成员"), (300, "至多 100 名成员")])
def test_too_many_members_are_told_and_not_left_out(people: int, said: str | None, rulebook: Rulebook) -> None:
    """A hundred can be registered; of more, none is dropped in silence."""
    members = {f"m{i}.relation": "child" if i else "head" for i in range(people)}
    data: Any = posted({"h.region": "522723000000", **members}, rulebook.catalog).data
    if said is None:
        assert len(household_from(data, on=DAY, catalog=rulebook.catalog).members) == people
        return
    with pytest.raises(InputError) as refused:
        household_from(data, on=DAY, catalog=rulebook.catalog)
    assert said in str(refused.value)
