"""The houses: the library knows nothing else, the office the library, the desk both, plugins ``bangfu`` alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

import bangfu

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LIBRARY = sorted((ROOT / "core" / "bangfu").rglob("*.py"))
OFFICE = sorted((ROOT / "core" / "bangfu_office").rglob("*.py"))
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
WEB = sorted((ROOT / "web").rglob("*.py"))


def imports(file: Path) -> Iterator[tuple[str, str]]:
    """Yield (module, name) for each name a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: file.name)
def test_the_library_imports_no_other_house(file: Path) -> None:
    """``import bangfu`` must work without any of them, and without what they are built of."""
    houses = {module.split(".")[0] for module, _ in imports(file)}
    assert not [house for house in houses if house.startswith("bangfu_")]
    assert not houses & {
        "alembic",
        "cryptography",
        "jinja2",
        "litestar",
        "msgspec",
        "python_calamine",
        "sqlalchemy",
        "xlsxwriter",
    }


@pytest.mark.parametrize("file", OFFICE, ids=lambda file: file.name)
def test_the_office_imports_the_library_alone(file: Path) -> None:
    """It is there for commands and other programs as well as for the desk."""
    houses = {module.split(".")[0] for module, _ in imports(file) if module.startswith("bangfu_")}
    assert houses <= {"bangfu_office"}


@pytest.mark.parametrize("file", PLUGINS, ids=lambda file: file.parent.name + "/" + file.name)
def test_plugins_use_public_names_only(file: Path) -> None:
    """A built-in programme is written exactly as a stranger's would be."""
    own = file.parent.name
    for module, name in imports(file):
        if module == "bangfu":
            assert name in bangfu.__all__, name
        else:
            assert not module.startswith("bangfu.")
            assert not module.startswith("bangfu_") or module.split(".")[0] == own


def test_packages_on_disk_are_shipped_and_plugins_are_found() -> None:
    """Packages on disk, in the wheel's list and as entry points are the same."""
    on_disk = {str(file.parent.relative_to(ROOT)) for file in (ROOT / "plugins").glob("*/*/__init__.py")}
    listed = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert listed == on_disk | {"core/bangfu", "core/bangfu_office", "core/bangfu_pytest", "web/bangfu_web"}
    entry_points = PROJECT["project"]["entry-points"]["bangfu"]
    assert set(entry_points.values()) == {Path(path).name for path in on_disk}


def test_every_public_name_is_there_and_sorted() -> None:
    """``__all__`` lists what can be imported."""
    assert all(hasattr(bangfu, name) for name in bangfu.__all__)


def deep_imports(files: Iterable[Path], houses: frozenset[str]) -> list[str]:
    """Return the imports that reach past the names which houses and their folders export."""
    found = []
    for file in files:
        for module, name in imports(file):
            house, _, rest = module.partition(".")
            if house in houses and ("." in rest or (rest and not is_exported(module, name))):
                found.append(f"{file.relative_to(ROOT)}: {module} {name}")
    return found


def is_exported(module: str, name: str) -> bool:
    """Return whether a folder exports a name, or has a file of it; what a file at the top of a house has is public."""
    path = ROOT / "core" / Path(*module.split("."))
    if not path.is_dir():
        return True
    return name in getattr(import_module(module), "__all__", ()) or (path / f"{name}.py").is_file()


def test_no_house_reaches_past_exported_names() -> None:
    """The desk asks the office and the library, the office the library, by names that these export."""
    assert deep_imports(WEB, frozenset({"bangfu", "bangfu_office"})) == []
    assert deep_imports(OFFICE, frozenset({"bangfu"})) == []


@pytest.mark.parametrize("file", WEB, ids=lambda file: file.name)
def test_the_desk_imports_no_plugin(file: Path) -> None:
    """It shows what core works out, for whatever plugins there are; no query is written here."""
    houses = {module.split(".")[0] for module, _ in imports(file)}
    assert {house for house in houses if house.startswith("bangfu_")} <= {"bangfu_office", "bangfu_web"}
    assert not houses & {"sqlalchemy", "polars", "numpy"}


FOLDERS = sorted(
    ".".join(file.parent.relative_to(ROOT / "core").parts)
    for house in ("bangfu", "bangfu_office")
    for file in (ROOT / "core" / house).rglob("__init__.py")
    if "migrations" not in file.parts
)


def test_every_folder_can_be_imported_first() -> None:
    """No circle of imports hides behind the order in which others happen to come."""
    program = "import importlib, sys; importlib.import_module(sys.argv[1])"
    started = [(f, subprocess.Popen([sys.executable, "-c", program, f], stderr=subprocess.PIPE)) for f in FOLDERS]
    assert [(f, error.decode()) for f, process in started if (error := process.communicate()[1])] == []


HAN = re.compile("[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]")
READS = {
    "core/bangfu/policy/sources.py": "clauses as rules cite them, and the short title of a text",
    "core/bangfu_office/forms/read.py": "amounts as clerks type them",
    "core/bangfu_office/sheets/cells.py": "cells as clerks fill them in",
    "core/bangfu_office/what_if/presets.py": "numbers as clerks type them",
}
"""Where Chinese is read, and whose it is: never a message of ours."""
_READERS = {
    "compile", "count", "endswith", "find", "partition", "removeprefix", "removesuffix", "replace", "rpartition",
    "rsplit", "split", "startswith", "strip", "sub",
}  # fmt: skip


@pytest.mark.parametrize("file", [*LIBRARY, *OFFICE, *WEB], ids=lambda file: file.name)
def test_no_message_is_read_backwards(file: Path) -> None:
    """A text says what it is made of; nothing takes a finished one apart."""
    if str(file.relative_to(ROOT)) in READS:
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _READERS:
            texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            assert not any(map(HAN.search, texts)), (node.lineno, texts)


@pytest.mark.parametrize("file", [*LIBRARY, *OFFICE, *PLUGINS, *WEB], ids=lambda file: file.name)
def test_no_file_outgrows_one_idea(file: Path) -> None:
    """Files stay readable: 320 lines at most."""
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 320


def test_no_two_classes_share_a_name() -> None:
    """A name stands for one thing, whatever house it is read in."""
    files = (*LIBRARY, *OFFICE, *PLUGINS, *WEB)
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    counts = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef))
    assert [name for name, count in counts.items() if count > 1] == []


def test_one_households_plan_loads_no_frames() -> None:
    """The command's start is what is waited for: Polars and numpy are loaded for many households alone."""
    program = (
        "import sys; from click.testing import CliRunner; from bangfu.commands import main; "
        f"done = CliRunner().invoke(main, ['plan', {str(ROOT / 'examples' / 'household.toml')!r}]); "
        "assert done.exit_code == 0, done.output; print(sorted({'polars', 'numpy', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("house", ["core/bangfu", "core/bangfu_office", "web/bangfu_web"])
def test_each_house_draws_its_folders(house: str) -> None:
    """Its page names every folder, so that a stranger finds where something goes."""
    page = (ROOT / house / "README.md").read_text(encoding="utf-8")
    folders = [path.name for path in (ROOT / house).iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert [folder for folder in folders if f"{folder}/" not in page] == []
    named = re.findall(r"`([\w/]+\.py)`", page)
    assert [n for n in named if not any((ROOT / at / n).is_file() for at in (house, ""))] == []
