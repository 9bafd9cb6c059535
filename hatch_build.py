"""Builds what is made of other things: the desk's one script, HTMX, and the compiled catalogues of texts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts ``htmx.min.js`` (2.0, 0BSD) into the static folder, and each ``bangfu.mo`` beside its ``bangfu.po``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Copy the script, compile the catalogues."""
        source = files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js"
        target = Path(self.root) / "web" / "bangfu_web" / "static" / "htmx.min.js"
        target.write_bytes(source.read_bytes())
        for catalogue in (Path(self.root) / "core" / "bangfu" / "locale").glob("*/LC_MESSAGES/*.po"):
            with catalogue.open("rb") as texts, catalogue.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(texts))
