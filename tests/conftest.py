"""What all tests share: one rulebook of the installed programmes and a desk to work at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import cheap_secrets
import property_profiles
from bangfu import Rulebook
from desk import Desk

pytest_plugins = ["databases"]
property_profiles.load()
cheap_secrets.CHEAP.use()


_LONG_FIRST = ("browser", "integration", "properties")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long: quick ones fill up the end, when not every process has a long one left."""

    def rank(item: pytest.Item) -> int:
        return next((i for i, folder in enumerate(_LONG_FIRST) if folder in item.path.parts), len(_LONG_FIRST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """Return the rulebook of the installed programmes."""
    return Rulebook.load()


@pytest.fixture(scope="session")
def desk(rulebook: Rulebook) -> Desk:
    """Return a desk with the installed programmes."""
    return Desk(rulebook)


@pytest.fixture(autouse=True)
def _no_holding_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever is sent away hear it at once: tests are sent away by the hundred, some with time standing still."""
    monkeypatch.setattr("bangfu_web.middleware.HELD_BACK", 0)


@pytest.fixture
def real_costs() -> Iterator[None]:
    """Hash passwords and lock keys as an office does."""
    cheap_secrets.REAL.use()
    yield
    cheap_secrets.CHEAP.use()
