"""Writing the folder of a new programme from the template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from string import Template

from bangfu import clock
from bangfu.hookspecs import GROUP
from bangfu.regions import NATION
from bangfu.rulebook import Rulebook

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_NAME = 30
_OWNERS = ("core", "user")
_PLACE, _ENDING = "NAME", ".tmpl"


def taken_by(name: str) -> str:
    """Return who has a programme's name already; empty where nobody has."""
    if name in _OWNERS:
        return "bangfu itself"
    if name in {entry.name for entry in entry_points(group=GROUP)}:
        return f"the plugin {name!r}"
    if find_spec(f"bangfu_{name}") is not None:
        return f"the package bangfu_{name}"
    rulebook = Rulebook.load()
    programmes = {programme.code for programme in rulebook.rules(NATION, clock.today()).programmes}
    if name in programmes | {row.code.split(".")[0] for pack in rulebook.packs for row in pack.rows}:
        return f"the programme {name!r}"
    parameter = next((known for known in rulebook.parameters if known.split(".")[0] == name), None)
    return f"the parameter {parameter!r}" if parameter else ""


def write_plugin(name: str, into: Path) -> Path:
    """Write the folder of a new programme and return it.

    Raises:
        FileExistsError: the folder is there already.
        OSError: it cannot be written.
    """
    folder = into / f"bangfu-{name.replace('_', '-')}"
    into.mkdir(parents=True, exist_ok=True)
    folder.mkdir()
    for path, content in _template(files("bangfu.kit") / "template", PurePosixPath()):
        file = folder / str(path).replace(_PLACE, name).removesuffix(_ENDING)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(content).substitute(name=name, folder=folder.name), encoding="utf-8", newline="\n")
    return folder


def _template(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _template(entry, path / entry.name)
        else:
            yield path / entry.name, entry.read_text(encoding="utf-8")
