"""Builds the web interface's one script: HTMX, copied from a package that is needed only while building."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts ``htmx.min.js`` (2.0, 0BSD) into the static folder, from where it is packed and served."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Copy the script."""
        source = files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js"
        target = Path(self.root) / "web" / "bangfu_web" / "static" / "htmx.min.js"
        target.write_bytes(source.read_bytes())
