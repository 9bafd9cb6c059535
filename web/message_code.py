"""The code's own words: string literals, those with values in them as patterns with places."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bangfu.rules.criterion import Comparison

Found = tuple[str, str]
"""A text or pattern, and where it stands."""

ROOT = Path(__file__).resolve().parents[1]
HAN = re.compile("[\u3400-\u9fff]")

_CODE = (
    "web/bangfu_web",
    "core/bangfu/engine/labels.py",
    "core/bangfu/facts",
    "core/bangfu/files",
    "core/bangfu/handbook",
    "core/bangfu/plan/build.py",
    "core/bangfu/plan/evidence.py",
    "core/bangfu/policy/parameters.py",
    "core/bangfu_office/registry",
    "core/bangfu/rules/benefit.py",
    "core/bangfu_office/sheets",
    "core/bangfu/show",
    "core/bangfu/errors.py",
    "core/bangfu_office/child_process.py",
    "core/bangfu/unwritable.py",
)
"""Folders and files whose words are shown on pages."""

_NOT_SHOWN = {
    "web/bangfu_web/api": "programs read it, in Chinese",
    "web/bangfu_web/demo.py": "names of made-up places",
    "web/bangfu_web/language.py": "names of languages",
    "web/bangfu_web/serve.py": "the command's own words",
    "core/bangfu/facts/household.py": "declared, found below",
    "core/bangfu/facts/member.py": "declared, found below",
    "core/bangfu/files/load.py": "about household files, which the desk does not read",
    "core/bangfu/handbook/lists_page.py": "the handbook's own page, in Chinese",
    "core/bangfu/handbook/page.py": "as above",
    "core/bangfu/handbook/parts.py": "as above",
    "core/bangfu/handbook/rules_page.py": "as above",
    "core/bangfu_office/registry/backup.py": "a command's",
    "core/bangfu_office/registry/user_names.py": "characters that look alike",
    "core/bangfu_office/sheets/form.py": "cells of workbooks, in Chinese",
    "core/bangfu_office/sheets/notes.py": "as above",
    "core/bangfu_office/sheets/roster.py": "as above",
    "core/bangfu/show/as_json.py": "programs read it",
    "core/bangfu/show/as_text.py": "the command's own words",
}
"""What among it is not, and why."""

_MEASURES = (Comparison.AT_LEAST, Comparison.ABOVE, Comparison.AT_MOST, Comparison.BELOW)
_STRUCTURE = (
    "{a}；{b}", "{a}; {b}", "{a}。{b}", "{a}，{b}", "{a}：{b}", "{a}、{b}", "{a} 或 {b}", "{a} 且 {b}", "{a} · {b}",
    "{a} = {b}", "{a} − {b}", "{a} × {b}", "（{a}）× {b}", "{a}（{b}）", "（{a}）", "{a}/{b}", "{a} {b}", "{a}？",
    "{a}，不低于 {b}", "{a}，不高于 {b}", "{a} ≥ {b}", "{a} > {b}", "{a} ≤ {b}", "{a} < {b}", "{a} ／ {b}",
    "{a}〔推定〕", "{a}〔标准未核对〕", "{a} 元", "{a}；上限 {b} 元", "差 {a}", "正好在线上", "元/人/{b}", "元/户/{b}",
    "{n} 个月", "{n} 天", "{n} 次", "{n} 年", "{n} 周岁", "{n} 套", "{n} 辆", "{n} 台", "{n} 倍",
    "《{title}》", "《{title}》第 {b} 条",
    *(f"{first}{comparison}{{b}}" for comparison in _MEASURES for first in ("{a}", "")),
)  # fmt: skip
"""How labels are put together where no word of the code says it."""

_READ = {"OWN_WORDS", "_YES", "_NO", "_UNKNOWN_WORDS", "_WORDS"}
"""Names of what is read, and never shown."""


def of_code() -> Iterator[Found]:
    """Yield the texts in the code, those with values in them as patterns."""
    yield from ((text, "structure") for text in _STRUCTURE)
    for place in _CODE:
        files = [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))
        for file in files:
            name = file.relative_to(ROOT).as_posix()
            if not any(name == left_out or name.startswith(f"{left_out}/") for left_out in _NOT_SHOWN):
                tree = ast.parse(file.read_text(encoding="utf-8"))
                yield from ((text, name) for text in _Texts().of(tree) if _is_shown(text))


def _is_shown(text: str) -> bool:
    """Return whether a text is one to be read: no joint between others, no name of a file."""
    return HAN.search(text) is not None and not text.endswith(".xlsx") and "\\" not in text and text[0] != " "


class _Texts(ast.NodeVisitor):
    """Collects string literals; an f-string, a sum of strings or a join becomes a pattern with places."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def of(self, tree: ast.AST) -> list[str]:
        self.visit(tree)
        return self.found

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.append(node.value.replace("{}", "{a}"))

    def visit_Assign(self, node: ast.Assign) -> None:
        if not any(getattr(target, "id", "") in _READ for target in node.targets):
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for value in (node.left, *node.comparators):
            if not isinstance(value, ast.Constant):
                self.visit(value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._pattern(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add) and _is_text(node):
            self._pattern(node)
        else:
            self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.Add) and _is_text(node.value):
            self._pattern(node.value, first=node.target)
        else:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if _name(node.func) == "compile":  # a regular expression
            return
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join" and _is_text(node.func.value):
            separator = node.func.value
            if isinstance(separator, ast.Constant) and HAN.search(separator.value):
                self.found.append(f"{{a}}{separator.value}{{b}}")
            for argument in node.args:
                self.visit(argument)
        else:
            self.generic_visit(node)

    def _pattern(self, node: ast.expr, first: ast.expr | None = None) -> None:
        inner: list[ast.expr] = []
        for pieces in _ways(node, inner):
            self.found.append(_written([first, *pieces] if first else pieces))
        for value in inner:
            self.visit(value)


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_text(left) or _is_text(right)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_text(body) or _is_text(orelse)
        case _:
            return False


def _ways(node: ast.expr, inner: list[ast.expr]) -> list[list[str | ast.expr]]:
    """Return the pieces of a text in every way it can come out; ``inner`` collects what stands in its places."""
    match node:
        case ast.Constant(value=str(text)):
            return [[text.replace("{", "{{").replace("}", "}}")]]
        case ast.JoinedStr(values=values):
            return _together([_ways(value, inner) for value in values])
        case ast.FormattedValue(value=value):
            return _ways(value, inner) if isinstance(value, ast.IfExp | ast.JoinedStr) else _place(value, inner)
        case ast.BinOp(left=left, right=right) if _is_text(node):
            return _together([_ways(left, inner), _ways(right, inner)])
        case ast.IfExp(test=test, body=body, orelse=orelse) if _is_text(node):
            inner.append(test)
            return [*_ways(body, inner), *_ways(orelse, inner)]
        case _:
            return _place(node, inner)


def _place(node: ast.expr, inner: list[ast.expr]) -> list[list[str | ast.expr]]:
    if not any(known is node for known in inner):
        inner.append(node)
    return [[node]]


def _together(parts: Iterable[list[list[str | ast.expr]]]) -> list[list[str | ast.expr]]:
    return [list(itertools.chain(*way)) for way in itertools.product(*parts)]


def _written(pieces: Iterable[str | ast.expr]) -> str:
    """Return pieces as a pattern; values with nothing between them share a place."""
    text, names, open_ = "", set(), False
    for piece in pieces:
        if isinstance(piece, str):
            text, open_ = text + piece, open_ and not piece
        elif not open_:
            name = base = _name(piece) or "a"
            for number in itertools.count(2):
                if name not in names:
                    break
                name = f"{base}{number}"
            names.add(name)
            text, open_ = f"{text}{{{name}}}", True
    return text if names else text.replace("{{", "{").replace("}}", "}")


def _name(node: ast.expr) -> str:
    """Return what to call the place of a value."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower()
        case ast.Call(func=ast.Name(id="len")):
            return "n"
        case ast.Call(func=ast.Attribute(attr="join")):
            return "list"
        case ast.Call(func=ast.Name(id=function)):
            return {"shown": "text", "listed": "list"}.get(function, function.strip("_"))
        case ast.Subscript(value=value) | ast.Call(func=value) | ast.IfExp(body=value) | ast.BinOp(left=value):
            return _name(value)
        case _:
            return ""
