"""What the short names of sources stand for, such as ``N2`` for the dibao determination."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def source_titles() -> Mapping[str, str]:
    """Return the titles of all texts that rules and packs cite, by their short names."""
    return tomllib.loads((files("bangfu.policy") / "sources.toml").read_text(encoding="utf-8"))
