"""Mutants: single-line changes of the rules, each of which some unit test or scenario has to notice.

A constant is one more, a comparison takes its line in or leaves it out, one word of a list is left out, an "and"
becomes an "or", a "not" goes. Each change is made in a copy of the tree, and the tests run there until one fails.

    python benchmarks/mutants.py --number 20 --seed 1
"""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from attrs import frozen

ROOT = Path(__file__).resolve().parent.parent
RULES = (
    "core/bangfu/identification.py",
    "core/bangfu/classification",
    "core/bangfu/facts/household.py",
    "core/bangfu/engine/combination.py",
    "core/bangfu/rules/benefit.py",
    *(f"plugins/{name}" for name in ("education", "employment", "housing", "living", "medical")),
)
TESTS = ("tests/scenarios", "tests/unit")
_COMPARISONS = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_SECONDS = 300


@frozen
class Mutant:
    """One change of one line."""

    file: str
    line: int
    begin: int
    end: int
    instead: str
    what: str

    def changed(self, text: str) -> str:
        """Return a file's text with the change."""
        lines = text.splitlines(keepends=True)
        raw = lines[self.line - 1].encode()
        lines[self.line - 1] = (raw[: self.begin] + self.instead.encode() + raw[self.end :]).decode()
        return "".join(lines)


def mutants(root: Path) -> list[Mutant]:
    """Return every change that can be made, in the order of the files."""
    files = [
        path for name in RULES for path in ([root / name] if name.endswith(".py") else (root / name).rglob("*.py"))
    ]
    return [mutant for path in sorted(files) for mutant in _of_file(path, path.relative_to(root).as_posix())]


def _of_file(path: Path, name: str) -> Iterator[Mutant]:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    no_rule = {id(node) for parent in ast.walk(tree) for part in _no_rules(parent) for node in ast.walk(part)}
    for node in ast.walk(tree):
        if id(node) not in no_rule and getattr(node, "lineno", 0) == getattr(node, "end_lineno", 1):
            yield from _of_node(node, text.splitlines()[node.lineno - 1].encode(), name)


def _no_rules(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node that say nothing of a rule: annotations, names, limits of what can be typed in."""
    match node:
        case ast.JoinedStr():
            yield node
        case ast.FunctionDef(args=arguments, returns=returns):
            yield arguments
            yield from [returns] if returns else []
        case ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.AugAssign(target=ast.Name(id="__all__")):
            yield node
        case ast.Call(func=ast.Name(id="Integer" | "Digits")):
            yield node


def _of_node(node: ast.AST, line: bytes, name: str) -> Iterator[Mutant]:
    """Yield what can be changed at a node: a number, a comparison, a formula."""
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            begin, end = node.col_offset, node.end_col_offset or 0
            yield Mutant(name, node.lineno, begin, end, str(value + 1), f"{value} becomes {value + 1}")
        case ast.Compare(ops=[op], left=left) if type(op) in _COMPARISONS:
            yield _sign(name, line, left, _SIGNS[type(op)], _COMPARISONS[type(op)])
        case ast.Call(func=ast.Name(id="Presumption"), args=[ast.Constant(value=str()) as formula, *_]):
            at, end = formula.col_offset, formula.end_col_offset or 0
            for found in re.finditer(rb"\b\d+\b", line[at:end]):
                more, what = str(int(found[0]) + 1), found[0].decode()
                yield Mutant(name, node.lineno, at + found.start(), at + found.end(), more, f"{what} becomes {more}")
        case _:
            yield from _of_several(node, line, name)


def _of_several(node: ast.AST, line: bytes, name: str) -> Iterator[Mutant]:
    """Yield what can be changed where several stand together: one of a list, "and" and "or", a "not"."""
    match node:
        case ast.Tuple(elts=words) | ast.List(elts=words) | ast.Call(func=ast.Attribute(attr="one_of"), args=words):
            for one in words if _are_words(words) else ():
                end = one.end_col_offset or 0
                end += line[end : end + 1] == b","
                yield Mutant(name, one.lineno, one.col_offset, end, "", f"without {ast.unparse(one)}")
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr() as joint, left=left, right=right) if left.lineno == right.lineno:
            signs = ("&", "|") if isinstance(joint, ast.BitAnd) else ("|", "&")
            yield _sign(name, line, left, *signs)
        case ast.UnaryOp(op=ast.Invert()):
            yield Mutant(name, node.lineno, node.col_offset, node.col_offset + 1, "", "~ goes")


def _sign(name: str, line: bytes, left: ast.expr, sign: str, instead: str) -> Mutant:
    at = line.index(sign.encode(), left.end_col_offset or 0)
    return Mutant(name, left.lineno, at, at + len(sign), instead, f"{sign} becomes {instead}")


def _are_words(elements: list[ast.expr]) -> bool:
    """Say whether these are several words that rules know; clauses such as "N2 art. 7" have spaces."""
    words = all(
        isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isascii() and " " not in one.value
        for one in elements
    )
    return words and len(elements) > 1


def caught_by(mutant: Mutant, copy: Path) -> str | None:
    """Return the first test that fails with a change, None where none does."""
    path = copy / mutant.file
    text = path.read_text(encoding="utf-8")
    path.write_text(mutant.changed(text), encoding="utf-8")
    sources = [copy / "core", copy / "web", *(copy / "plugins").iterdir()]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources))}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "2", "--no-header", *TESTS]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "a test that did not end"
    finally:
        path.write_text(text, encoding="utf-8")
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return None if done.returncode == 0 else (failed or [done.stdout[-200:] or "nothing could be run"])[0]


@click.command()
@click.option("--number", default=20, show_default=True, help="how many changes to try")
@click.option("--seed", default=1, show_default=True, help="which")
@click.option("--listed", is_flag=True, help="only list them")
def main(number: int, seed: int, *, listed: bool) -> None:
    """Try changes of the rules and print which of them no test notices."""
    every = mutants(ROOT)
    chosen = random.Random(seed).sample(every, min(number, len(every)))  # noqa: S311 - nothing secret is drawn
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "bangfu"
        ignored = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", ".hypothesis")
        shutil.copytree(ROOT, copy, ignore=ignored)
        for mutant in chosen:
            place = f"{mutant.file}:{mutant.line}"
            if listed:
                click.echo(f"{place}  {mutant.what}")
                continue
            test = caught_by(mutant, copy)
            survived += test is None
            click.echo(f"{'SURVIVED' if test is None else 'caught  '}  {place}  {mutant.what}  {(test or '')[:110]}")
    if not listed:
        click.echo(f"{len(chosen) - survived} of {len(chosen)} changes were noticed ({len(every)} could be made)")


if __name__ == "__main__":
    main()
