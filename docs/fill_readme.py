"""Writes the examples, and the plan as it is really printed, into both READMEs.

Run ``python docs/fill_readme.py`` after a change of the output; a test holds that nothing is out of date.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")


def blocks() -> dict[str, str]:
    """Return the fenced text of each place, by its name."""
    command = [sys.executable, "-m", "bangfu", "plan", "examples/household.toml"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8").stdout  # noqa: S603
    return {
        "household": _fenced("toml", _example("household.toml")),
        "plan": _fenced("text", printed),
        "plugin": _fenced("python", _example("first_plugin.py")),
        "rows": _fenced("toml", _example("pack.toml")),
        "library": _fenced("python", _example("library.py")),
        "asking": _fenced("python", _example("asking.py")),
    }


def _example(name: str) -> str:
    return (ROOT / "examples" / name).read_text(encoding="utf-8")


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def filled(text: str, parts: dict[str, str]) -> str:
    """Return a README with every ``<!-- name -->`` place holding its block."""
    for name, block in parts.items():
        place = re.compile(rf"<!-- {name} -->\n(?:```.*?\n```\n)?", re.DOTALL)
        text = place.sub(lambda _, name=name, block=block: f"<!-- {name} -->\n{block}\n", text)
    return text


def main() -> None:
    """Fill both READMEs."""
    parts = blocks()
    for name in READMES:
        file = ROOT / name
        file.write_text(filled(file.read_text(encoding="utf-8"), parts), encoding="utf-8")


if __name__ == "__main__":
    main()
