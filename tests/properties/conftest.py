"""A rulebook with two regions more, for which every parameter is set."""

from __future__ import annotations

import pytest

from bangfu import Rulebook
from households import CONFIGURED, pack_of_everything


@pytest.fixture(scope="session")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """Return the rulebook of the installed programmes with the packs that set everything."""
    folder = tmp_path_factory.mktemp("packs")
    for region, last in CONFIGURED.items():
        (folder / f"{region}.toml").write_text(pack_of_everything(region, last=last), encoding="utf-8")
    return Rulebook.load([folder])
