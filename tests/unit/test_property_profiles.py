"""Properties are tried with the same examples in every run, unless somebody asks for others."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import property_profiles


def tried(profile: settings) -> list[int]:
    """Return the examples that a property is tried with."""
    seen: list[int] = []

    @settings(profile, max_examples=20)
    @given(st.integers())
    def property_of_numbers(number: int) -> None:
        seen.append(number)

    property_of_numbers()
    return seen


def test_two_runs_try_the_same() -> None:
    """A failure in CI is found again at once, by anybody."""
    repeatable = settings.get_profile("repeatable")
    assert tried(repeatable) == tried(repeatable)
    assert Phase.shrink not in repeatable.phases


def test_each_night_tries_others() -> None:
    """And makes what it finds small."""
    random = settings.get_profile("random")
    assert tried(random) != tried(random)
    assert Phase.shrink in random.phases


def test_what_nobody_asks_for_is_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI as on a developer's machine."""
    before = settings.get_current_profile_name()
    monkeypatch.delenv(property_profiles.PROFILE, raising=False)
    property_profiles.load()
    assert settings.get_current_profile_name() == "repeatable"
    settings.load_profile(before)
