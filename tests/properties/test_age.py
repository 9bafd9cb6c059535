"""Completed years, for any two days there are."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.identification import MEMBER_COLUMNS
from bangfu.rules.language import KnownRows

AGE = next(column.value for column in MEMBER_COLUMNS if column.name == "age").function()
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@settings(max_examples=50)
@given(st.lists(st.tuples(DAYS, DAYS), min_size=50, max_size=200))
def test_age_is_the_number_of_birthdays_that_have_come(days: list[tuple[date, date]]) -> None:
    """One year is completed on every birthday, and not a day before."""
    pairs = [(min(pair), max(pair)) for pair in days]
    ages = [AGE(KnownRows({}, (), {"birth_date": born.toordinal(), "on": on.toordinal()})) for born, on in pairs]
    for (born, on), age in zip(pairs, ages, strict=True):
        came = (on.month, on.day) >= (born.month, born.day)
        assert age == on.year - born.year - (0 if came else 1), (born, on)
