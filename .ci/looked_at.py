"""Notes in constraints.txt on which DAY its versions were looked at for known weaknesses; ``never`` after a change."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "constraints.txt"
LINE = re.compile(r"^# Looked at for known weaknesses: \S+ \(these versions: \w+\)$", re.MULTILINE)


def digest(text: str) -> str:
    """Return what stands for the versions: another one after a change of any."""
    pins = sorted(line for line in text.splitlines() if line and not line.startswith("#"))
    return hashlib.sha256("\n".join(pins).encode()).hexdigest()[:16]


def noted(text: str, day: str) -> str:
    """Return the file's text with the day on which its versions were looked at."""
    return LINE.sub(f"# Looked at for known weaknesses: {day} (these versions: {digest(text)})", text)


if __name__ == "__main__":
    FILE.write_text(noted(FILE.read_text(encoding="utf-8"), sys.argv[1]), encoding="utf-8")
