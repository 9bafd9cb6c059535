"""The browser and the running desk, for every test here."""

import pytest

from bangfu import Rulebook
from live_desk import chromium, desk, opened
from web_desk import web_rulebook

__all__ = ["chromium", "desk", "opened", "web_rulebook"]


@pytest.fixture(scope="session")
def rulebook(web_rulebook: Rulebook) -> Rulebook:
    """Return the rulebook of the desk: with made-up amounts, so that categories can be determined."""
    return web_rulebook
