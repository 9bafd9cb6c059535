"""Nothing stands there that nothing uses: names of code, templates among its readers."""

from __future__ import annotations

import re
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("core", "plugins", "web/bangfu_web")
READERS = ("tests", "benchmarks", "docs", "examples")
CALLED_BY_OTHERS = [
    "__getattr__", "_missing_",
    "_filename", "_get_packager", "_write_optimized_sheet_data", "constant_memory", "in_memory", "worksheet_class",
    "filter_stream", "handle_hup", "is_plugin_supported_field", "newstyle_gettext", "to_openapi_schema",
    "pytest_collect_file", "reportinfo", "runtest",
    "answer_calls", "application", "registered_population", "rekey",
]  # fmt: skip
"""What Python, XlsxWriter, Jinja, uvicorn, Litestar and pytest call by name; what entry points and processes name."""
DECORATORS = [
    "@get",
    "@post*",
    "@patch",
    "@*.command",
    "@*.command*",
    "@_*",
    "@*.validator",
    "@singledispatch",
    "@*.register*",
    "@household*",
    "@*.default",
]


def test_every_name_is_used() -> None:
    """By code of any house, by its tests and benchmarks, or by a template."""
    looker = Vulture(ignore_names=CALLED_BY_OTHERS, ignore_decorators=DECORATORS)
    looker.scavenge([str(ROOT / folder) for folder in (*HOUSES, *READERS)], exclude=["*/migrations/*"])
    templates = "\n".join(
        file.read_text(encoding="utf-8") for house in HOUSES for file in (ROOT / house).rglob("*.html")
    )
    in_templates = set(re.findall(r"\w+", templates))
    found = [
        f"{item.filename}:{item.first_lineno} {item.name}"
        for item in looker.get_unused_code(min_confidence=60)
        if any(Path(item.filename).is_relative_to(ROOT / house) for house in HOUSES) and item.name not in in_templates
    ]
    assert found == []
