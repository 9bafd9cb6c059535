"""``docs/checks.md``: every check that the code makes across values is there in the code's own words, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
HAN = re.compile("[\u3400-\u9fff]")
PLACE = re.compile(r"\{[^{}]*\}")
"""Where a value stands in a template."""
REFUSALS = {
    "Problem",
    "SheetProblem",
    "RegistryError",
    "UnfitTextError",
    "StaleFormError",
    "problem",
    "wrong",
    "__init__",
    "of_cell",
    "of_sheet",
}
"""Calls that refuse something."""

FILES = (
    "core/bangfu/files/household_file.py",
    "core/bangfu_office/registry/corrections.py",
    "core/bangfu_office/registry/errors.py",
    "core/bangfu_office/registry/unit_of_work.py",
    "core/bangfu_office/registry/users.py",
    "core/bangfu_office/registry/work.py",
    "core/bangfu_office/sheets/read.py",
    "core/bangfu_office/sheets/join.py",
    "core/bangfu_office/sheets/applying.py",
    "core/bangfu_office/sheets/duplicate_ids.py",
    "web/bangfu_web/api/declare.py",
    "core/bangfu_office/life_events.py",
    "core/bangfu_office/forms/read.py",
    "web/bangfu_web/guards.py",
    "core/bangfu_office/households/operations.py",
    "core/bangfu_office/households/form.py",
    "core/bangfu_office/accounts/own_account.py",
    "core/bangfu_office/accounts/users.py",
    "core/bangfu_office/accounts/tokens.py",
)
"""Where values are held against each other; what one value may be, its declaration says (``bangfu facts``)."""

_ROW = re.compile(r"^\| (?!what must fit)(.+) \| `([^`]+)` \| `([^`]+)` \|$", re.MULTILINE)


def said(node: ast.AST) -> Iterator[str]:
    """Yield the Chinese texts in a part of the code, ``…`` where values stand in them; no docstrings."""
    inside = {id(part) for found in ast.walk(node) if isinstance(found, ast.JoinedStr) for part in found.values}
    for found in ast.walk(node):
        match found:
            case ast.JoinedStr(values=parts):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
            case ast.Constant(value=str(text)) if id(found) not in inside:
                text = PLACE.sub("…", text)
            case _:
                continue
        if HAN.search(text):
            yield text


def functions(file: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the functions of a file that refuse something in words of their own, and these words."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            calls = {
                call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
            }
            if calls & REFUSALS and (words := set(said(node))):
                yield node.name, words


ROWS = _ROW.findall(PAGE)


@pytest.mark.parametrize("file", FILES)
def test_every_function_that_refuses_is_on_the_page(file: str) -> None:
    """By one of its messages at least."""
    told = {text for _, text, where in ROWS if where == file}
    assert [name for name, words in functions(file) if not words & told] == []


@pytest.mark.parametrize(("text", "file"), [(text, file) for _, text, file in ROWS])
def test_every_message_on_the_page_is_in_the_code(text: str, file: str) -> None:
    """Word for word, in the file that is named."""
    assert file in FILES
    assert text in set(said(ast.parse((ROOT / file).read_text(encoding="utf-8"))))


def test_every_row_has_the_form() -> None:
    """What must fit together, the message, the file; none is read over."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| what must fit")]
    assert len(ROWS) == len(lines) >= 50
