"""What the tests of the documentation share: the example plugin, installed as a stranger's would be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def heating(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build and install ``docs/heating`` into a folder of its own; return the environment that finds it."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*pip, "--target", folder, ROOT / "docs" / "heating"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return os.environ | {"PYTHONPATH": str(folder)}
