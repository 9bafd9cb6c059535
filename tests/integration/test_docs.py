"""The pages under ``docs``: every command and snippet runs, every file shown is the file, every claim holds.

A comment before a block says what it is: ``file: NAME`` is the whole of a file, named from ``docs/heating``,
``in: NAME`` a part of one, ``plugin`` a part of the page's module, ``run`` a script, ``pack`` a policy pack,
``output`` what the command before it prints, ``broken: OLD -> NEW`` what is said when the example plugin is changed so.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

import bangfu
from bangfu import (
    Benefit,
    GroupRule,
    Level,
    PackError,
    Plan,
    Rulebook,
    RuleError,
    Status,
    SupportKind,
    hookspecs,
    household_from,
    make_plan,
)
from bangfu.kit.read import SUPPORT_KEYS
from bangfu.kit.scenario import Expectation, ExpectedValue
from bangfu.rules.language import functions
from bangfu.rules.language.text import expression_of

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HEATING = DOCS / "heating"
PAGES = sorted(DOCS.glob("*.md"))
TUTORIAL = (DOCS / "first-programme.md").read_text(encoding="utf-8")
REFERENCE = (DOCS / "hooks.md").read_text(encoding="utf-8")
LANGUAGE = (DOCS / "language.md").read_text(encoding="utf-8")
ON = date(2024, 11, 15)
BUILT_IN: Mapping[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "entry-points"
]["bangfu"]
HOOKS = [name for name, hook in vars(hookspecs).items() if hasattr(hook, f"{hookspecs.GROUP}_spec")]

_BLOCK = re.compile(r"(?:<!-- (?P<mark>.+?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)\n```", re.DOTALL)
_MARKS = {
    "python": ("file", "plugin", "run"),
    "toml": ("file", "in", "pack"),
    "text": ("output", "broken"),
    "sh": ("",),
}
_INSTALL = "pip install docs/heating"
_IMPLEMENTED = f"{hookspecs.GROUP}_impl"


@attrs.frozen
class Block:
    """A fenced block of a page: its language, what the comment before it says, its text."""

    language: str
    mark: str
    argument: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    for found in _BLOCK.finditer(page):
        mark, _, argument = (found["mark"] or "").partition(": ")
        yield Block(found["language"], mark, argument, found["text"])


def marked(page: str, mark: str) -> list[Block]:
    """Return the blocks of a page with a mark."""
    return [block for block in blocks(page) if block.mark == mark]


def rows_after(page: str, head: str) -> list[list[str]]:
    """Return the cells of the table whose head line begins so."""
    lines = iter(page.splitlines())
    for line in lines:
        if line.startswith(head):
            break
    next(lines)
    table = iter(lambda: next(lines, ""), "")
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table]


def quoted(text: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def run(
    command: Iterable[str], environment: Mapping[str, str], folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run a module of this interpreter from a folder."""
    call = [sys.executable, "-m", *command]
    return subprocess.run(
        call, cwd=folder, env=dict(environment), capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_of_a_kind_that_is_tested(page: Path) -> None:
    """Nothing is shown that no test looks at."""
    for block in blocks(page.read_text(encoding="utf-8")):
        assert block.mark in _MARKS[block.language], block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link is a file or folder."""
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (DOCS / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_are_shown_as_they_are(page: Path) -> None:
    """A block of a file is that file, or a part of it."""
    text = page.read_text(encoding="utf-8")
    for block in marked(text, "file"):
        assert (HEATING / block.argument).read_text(encoding="utf-8").rstrip("\n") == block.text, block.argument
    for block in marked(text, "in"):
        assert block.text in (HEATING / block.argument).read_text(encoding="utf-8"), block.argument


def test_the_tutorial_shows_the_whole_plugin() -> None:
    """Whoever types off the page has every file of the package."""
    package = [path for path in HEATING.rglob("*") if path.suffix in {".py", ".toml"} and "examples" not in path.parts]
    assert package
    shown = {block.argument for block in marked(TUTORIAL, "file")}
    assert {path.relative_to(HEATING).as_posix() for path in package} <= shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_succeed_and_print_what_is_shown(page: Path, heating: dict[str, str], tmp_path: Path) -> None:
    """Each command of an ``sh`` block runs with the example plugin installed; the lines shown stand in its output."""
    for name in ("docs", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    output = ""
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language == "sh":
            done = [run(command, heating | more, tmp_path) for more, command in commands(block.text)]
            assert [(d.returncode, d.stderr) for d in done] == [(0, "")] * len(done), block.text
            output = "".join(d.stdout for d in done)
        elif block.mark == "output":
            printed = iter(output.splitlines())
            for line in block.text.splitlines():
                assert any(said.startswith(line) for said in printed), line


def test_every_command_named_is_there() -> None:
    """Each ``bangfu WORD`` in the text answers to ``--help``."""
    named = {word for page in PAGES for word in re.findall(r"`bangfu ([\w-]+)", page.read_text(encoding="utf-8"))}
    assert named
    for command in sorted(named):
        assert run(["bangfu", command, "--help"], os.environ).returncode == 0, command


def commands(text: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield what the commands of a block add to the environment, and the modules to run.

    That of installing is what the fixture has done.
    """
    for line in text.splitlines():
        words = shlex.split(line)
        more = dict(word.split("=", 1) for word in takewhile(lambda word: "=" in word, words))
        command = words[len(more) :]
        assert command[0] in {"bangfu", "pytest"} or line == _INSTALL, line
        if command[0] == "pytest":
            yield more, [*command, "-p", "no:cacheprovider"]
        elif line != _INSTALL:
            yield more, command


def test_a_broken_plugin_is_named_as_the_page_says(heating: dict[str, str], tmp_path: Path) -> None:
    """The installed example with the page's mistake in it: the message is shown, the others go on."""
    [block] = marked(TUTORIAL, "broken")
    old, new = block.argument.split(" -> ")
    broken = tmp_path / "broken"
    shutil.copytree(heating["PYTHONPATH"], broken)
    module = broken / "bangfu_heating" / "__init__.py"
    text = module.read_text(encoding="utf-8")
    assert text.count(old) == 1
    module.write_text(text.replace(old, new), encoding="utf-8")
    done = run(["bangfu", "programmes", "--region", "620000"], heating | {"PYTHONPATH": str(broken)})
    assert (done.returncode, done.stderr.strip()) == (0, block.text)
    assert "# housing" in done.stdout
    assert "# heating" not in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_scripts_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What their ``assert`` lines say is so."""
    monkeypatch.chdir(tmp_path)
    for block in marked(page.read_text(encoding="utf-8"), "run"):
        exec(compile(block.text, "page", "exec"), {})  # noqa: S102 - our own page


def module_of(page: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module that the ``plugin`` blocks of a page make, with the example's packs beside it."""
    package = folder / name
    package.mkdir()
    (package / "__init__.py").write_text(
        "\n\n\n".join(block.text for block in marked(page, "plugin")) + "\n", encoding="utf-8"
    )
    shutil.copytree(HEATING / "bangfu_heating" / "packs", package / "packs")
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module(name)


def couple(rulebook: Rulebook, *birth_dates: str, **facts: Any) -> Plan:
    """Return the plan of the example's couple with other birth dates and more facts."""
    data = tomllib.loads((HEATING / "examples" / "household.toml").read_text(encoding="utf-8")) | facts
    for member, born in zip(data["members"], birth_dates, strict=False):
        member |= {"birth_date": born, "treatments": []}
    plan = make_plan(household_from(data, catalog=rulebook.catalog), rulebook)
    assert plan.left_out == ()
    return plan


def test_the_module_of_the_hook_reference_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All four hooks are used; a stated fact of its own closes the benefit."""
    module = module_of(REFERENCE, "page_hooks", tmp_path, monkeypatch)
    rulebook = Rulebook.load([HEATING / "examples" / "county.toml"], plugins={"heating": module})
    for heated, status in ((None, Status.ELIGIBLE), (False, Status.ELIGIBLE), (True, Status.INELIGIBLE)):
        facts = {} if heated is None else {"heated_by_network": heated}
        [subsidy] = couple(rulebook, **facts).supports
        assert (subsidy.status, subsidy.amount) == (status, 800 if status is Status.ELIGIBLE else None)


def test_the_module_of_part_two_gives_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By cost 500 instead of 400, blankets 150 + 50, insulation 240 a year; the stove 300 once."""
    module = module_of(TUTORIAL, "page_tutorial", tmp_path, monkeypatch)
    pack = tmp_path / "pack.toml"
    pack.write_text(marked(TUTORIAL, "pack")[0].text, encoding="utf-8")
    rulebook = Rulebook.load([pack], plugins={"heating": module})
    facts = {"heats_with": "coal", "coal_cost": 2000, "stove_is_safe": False}
    plan = couple(rulebook, "1962-05-12", "1964-08-30", **facts)
    due = {
        (support.benefit.code, support.recipient): (support.amount, support.replaced_by)
        for support in plan.supports
        if support.status is Status.ELIGIBLE
    }
    assert due == {
        ("heating.by_cost", "household"): (500, None),
        ("heating.lump_sum", "household"): (400, "heating.by_cost"),
        ("heating.blanket", 0): (150, None),
        ("heating.blanket", 1): (50, None),
        ("heating.insulation", "household"): (240, None),
        ("heating.inspection", "household"): (None, None),
        ("heating.stove", "household"): (300, None),
    }
    assert plan.totals.year == 500 + 150 + 50 + 240
    assert plan.totals.once == 300
    by_cost = next(support for support in plan.supports if support.benefit.code == "heating.by_cost")
    assert by_cost.until == date(2025, 3, 31)


def test_part_two_asks_only_for_what_its_case_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A family that heats with coal is not asked for its electricity bill; by network, 60 × 5 months are waived."""
    module = module_of(TUTORIAL, "page_switch", tmp_path, monkeypatch)
    pack = tmp_path / "pack.toml"
    pack.write_text(marked(TUTORIAL, "pack")[0].text, encoding="utf-8")
    rulebook = Rulebook.load([pack], plugins={"heating": module})
    missing = {missing.fact for missing in couple(rulebook, heats_with="coal").missing}
    assert "coal_cost" in missing
    assert "power_cost" not in missing
    by_network = couple(rulebook, heats_with="network")
    [waiver] = [s for s in by_network.supports if s.benefit.code == "heating.network"]
    assert waiver.status is Status.ELIGIBLE
    assert waiver.year_amount == 300


def test_every_pack_and_its_rows_can_be_taken(tmp_path: Path) -> None:
    """Shown packs are read and their rows checked, for the region and day of the example."""
    for i, block in enumerate([*marked(TUTORIAL, "pack"), *marked(LANGUAGE, "pack")]):
        pack = tmp_path / f"{i}.toml"
        pack.write_text(block.text, encoding="utf-8")
        rulebook = Rulebook.load([pack])
        codes = {bound.benefit.code for bound in rulebook.rules("629999", ON).benefits}
        assert {row["code"] for row in tomllib.loads(block.text).get("benefit", [])} <= codes


def row_of(tmp_path: Path, line: str) -> Rulebook:
    """Return the rulebook with a pack whose one row has one more line."""
    pack = tmp_path / "row.toml"
    pack.write_text(
        f'[pack]\nregion = "629999"\n[[benefit]]\ncode = "winter.coal"\nkind = "service"\n{line}\n', encoding="utf-8"
    )
    return Rulebook.load([pack])


def test_every_form_of_when_can_be_written(tmp_path: Path) -> None:
    """Each form in the table is taken as it stands."""
    forms = rows_after(TUTORIAL, "| form |")
    assert forms
    for form, *_ in forms:
        [text] = quoted(form)
        assert row_of(tmp_path, f"when = {{ {text} }}").rules("629999", ON).benefits, text


def test_the_keys_of_a_row_are_listed(tmp_path: Path) -> None:
    """No more and no fewer than a pack's reader knows."""
    sentence = re.search(r"All keys of a row: (.*?)\. ", TUTORIAL, re.DOTALL)
    assert sentence
    with pytest.raises(PackError) as caught:
        row_of(tmp_path, "no_such_key = 1").rules("629999", ON)
    assert set(quoted(sentence[1])) == set(caught.value.problems[0].expected.split(", "))
    [row] = [b for b in row_of(tmp_path, "").rules("629999", ON).benefits if b.benefit.code == "winter.coal"]
    assert not row.benefit.members_only


def test_the_columns_of_the_core_are_there(rulebook: Rulebook) -> None:
    """Each column of the table can be read at its level."""
    graph = rulebook.rules("629999", ON).graph
    levels = {"member": [Level.MEMBER], "household": [Level.HOUSEHOLD], "both": list(Level)}
    table = rows_after(TUTORIAL, "| column |")
    assert table
    for names, level, _ in table:
        for name in quoted(names):
            assert [graph.locate(at, name).level for at in levels[level]] == levels[level], name


def test_everything_a_benefit_can_declare_is_told() -> None:
    """Every field of a benefit, every kind and every rule of a group stands on the page."""
    for field in attrs.fields(Benefit):
        assert re.search(rf"\b{field.name}\b", TUTORIAL), field.name
    for rule in GroupRule:
        assert f"`GroupRule.{rule.name}`" in TUTORIAL
    for kind in SupportKind:
        assert f"`{kind.name}`" in TUTORIAL or f"`SupportKind.{kind.name}`" in TUTORIAL


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_and_used(hook: str) -> None:
    """Its section begins with its signature; the built-in plugins that use it are named, and there are some."""
    signature = str(inspect.signature(getattr(hookspecs, hook))).replace("'", "")
    assert f"\n## `{hook}{signature}`\n" in REFERENCE
    users = {
        name
        for name, module in BUILT_IN.items()
        if hasattr(getattr(importlib.import_module(module), hook, None), _IMPLEMENTED)
    }
    assert users, f"no built-in plugin uses {hook}"
    [told] = [row[-1] for row in rows_after(REFERENCE, "| hook |") if row[0] == f"`{hook}`"]
    assert told == ("all" if users == set(BUILT_IN) else ", ".join(sorted(users)))


def test_no_hook_is_documented_that_is_not_there() -> None:
    """The sections of the reference are the hooks."""
    assert re.findall(r"^## `(\w+)\(", REFERENCE, re.MULTILINE) == HOOKS


def test_every_operation_is_on_the_page() -> None:
    """Each function that rules are made with, and each that formulas know, stands in the table."""
    table = rows_after(LANGUAGE, "| in Python |")
    in_python, in_formulas = ({name for row in table for name in re.findall(r"\w+", row[at])} for at in (0, 1))
    same = {name for row in table if row[1] == "the same" for name in re.findall(r"\w+", row[0])}
    made_with = {name for name, made in vars(functions).items() if inspect.isfunction(made) and hasattr(bangfu, name)}
    assert made_with
    assert made_with <= in_python
    with pytest.raises(RuleError) as known:
        expression_of("no_such_function(1)")
    listed = re.search(r"there are ([\w, ]+)", str(known.value))
    assert listed
    assert set(listed[1].split(", ")) <= in_formulas | same


def test_every_key_of_expectations_is_on_the_page() -> None:
    """Whatever a scenario can expect stands in the table."""
    told = {name for row in rows_after(LANGUAGE, "| key of") for name in re.findall(r"\w+", " ".join(row))}
    expectation = {field.name for of in (Expectation, ExpectedValue) for field in attrs.fields(of)} - {"path"}
    assert expectation | set(SUPPORT_KEYS) <= told
