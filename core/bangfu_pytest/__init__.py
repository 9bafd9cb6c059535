"""A pytest plugin: every ``*.scenario.toml`` file is a test; a failure shows the plan's own reasons.

It stands outside ``bangfu`` because pytest loads it in every project: the library itself is imported
when the first scenario runs.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bangfu.kit.run import Runner

_SUFFIX = ".scenario.toml"
_RUNNER: pytest.StashKey[Runner] = pytest.StashKey()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a scenario file."""
    return ScenarioFile.from_parent(parent, path=file_path) if file_path.name.endswith(_SUFFIX) else None


class ScenarioFile(pytest.File):
    """A ``*.scenario.toml`` file with its one scenario."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the scenario, named by its title; one that cannot be read fails when it runs."""
        yield ScenarioItem.from_parent(self, name=_title(self.path))


class ScenarioItem(pytest.Item):
    """One scenario: the plan of its household against what is expected."""

    def runtest(self) -> None:
        """Make the plan and compare it; fail with what differs, or what is wrong with a file, without a traceback."""
        from bangfu.errors import BangfuError  # noqa: PLC0415 - paid for only where a scenario runs

        try:
            outcome = _runner(self.config).run(self.path)
            wrong = str(outcome) if outcome.differences else ""
        except (BangfuError, OSError) as error:
            wrong = str(error)
        if wrong:
            pytest.fail(wrong, pytrace=False)

    def reportinfo(self) -> tuple[os.PathLike[str], None, str]:
        """Return where the scenario stands and its title."""
        return self.path, None, self.name


def _title(path: Path) -> str:
    try:
        title = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("title")
    except (OSError, ValueError):
        title = None
    return title if isinstance(title, str) else path.name


def _runner(config: pytest.Config) -> Runner:
    from bangfu.kit.run import Runner  # noqa: PLC0415 - paid for only where a scenario runs

    return config.stash.setdefault(_RUNNER, Runner())
