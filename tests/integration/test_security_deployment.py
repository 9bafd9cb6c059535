"""What is shipped and how it is run: known parts, no dangerous ones, nothing that calls elsewhere, no default users."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from litestar import Litestar
from packaging.requirements import Requirement

from bangfu.registry import Registry
from bangfu.registry.users import all_users

pytest_plugins = ["web_desk"]

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = [ROOT / folder for folder in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
FILES = sorted(file for folder in SOURCES for file in folder.rglob("*.py"))

DANGEROUS = {"eval", "exec", "__import__", "system", "popen"}
"""Functions that run what they are given, by whatever name they are reached."""

NOT_IMPORTED = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "requests", "httpx", "urllib.request",
                "http.client", "ftplib", "smtplib", "socket", "subprocess", "random"}  # fmt: skip
MAY_IMPORT = {
    ("generate", "random"), ("kit", "random"), ("show", "xml.sax.saxutils"),
    ("apart.py", "subprocess"), ("apart.py", "pickle"),
}  # fmt: skip
"""Made-up households are drawn by seed, nothing of which is secret; ``saxutils`` escapes and reads nothing; ``apart``
runs this interpreter with one function of our own, and the two send each other what no file or visitor can write."""


def canonical(name: str) -> str:
    """Return a distribution's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(name: str, extras: frozenset[str], found: set[str]) -> set[str]:
    """Return what a distribution needs to run, through all levels."""
    for line in requires(name) or ():
        requirement = Requirement(line)
        applies = [requirement.marker is None or requirement.marker.evaluate({"extra": e}) for e in extras or {""}]
        if any(applies) and canonical(requirement.name) not in found:
            found.add(canonical(requirement.name))
            needed(requirement.name, frozenset(requirement.extras), found)
    return found


def imports(file: Path) -> Iterator[str]:
    """Yield the modules that a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def calls(file: Path) -> Iterator[str]:
    """Yield the names of the functions that a file calls; of methods, those of ``os`` alone (not ``list.eval``)."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr=name)):
                yield name


def test_every_part_is_known_with_its_version() -> None:
    """What the desk needs to run, through all levels, stands in constraints.txt with one exact version."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    names = {canonical(name) for name in pinned}
    assert needed("bangfu", frozenset({"web", "postgresql"}), set()) - names == set()
    assert all(re.fullmatch(r"\d[\w.]*", version) for version in pinned.values())


LISTENING = tuple((file, "socket") for file in ("listening.py", "running.py", "serve.py"))
"""They take the desk's own address; none calls another host."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_code_runs_what_it_is_given(file: Path) -> None:
    """No evaluation, no shell, no unsafe way to read data back, no calls to other hosts, no weak chance."""
    assert set(calls(file)) & DANGEROUS == set()
    found = {module for module in imports(file) if module in NOT_IMPORTED or module.split(".")[0] in NOT_IMPORTED}
    allowed = {module for folder, module in (*MAY_IMPORT, *LISTENING) if folder in file.parts}
    assert found - allowed == set()


def test_a_new_registry_has_no_users(sqlite_url: str) -> None:
    """The first is made by command, with a password of its own."""
    with Registry.open(sqlite_url, key="") as registry, registry.database.reading() as connection:
        assert all_users(connection) == []


def test_the_desk_is_never_in_debug_mode(desk_app: Litestar) -> None:
    """Nor has it Litestar's own pages of documentation."""
    assert desk_app.debug is False
    assert desk_app.openapi_config is None


def test_the_reverse_proxy() -> None:
    """Newer TLS alone, the visitor's address written by the proxy itself, no TLS for programs means no answer."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert re.findall(r"ssl_protocols (.*);", text) == ["TLSv1.2 TLSv1.3"]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    plain = text[text.index("listen 80;") :]
    assert re.search(r"location /api \{ return 403; \}", plain)
    assert "proxy_pass" not in plain


def test_the_service() -> None:
    """Runs as a user of its own that can raise itself to nothing, keeps files from others, trusts one proxy."""
    text = (ROOT / "deploy" / "bangfu.service").read_text(encoding="utf-8")
    for line in ("User=bangfu", "NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077",
                 "LimitCORE=0",
                 "IPAddressDeny=any", "IPAddressAllow=localhost"):  # fmt: skip
        assert line in text.splitlines()
    assert "--https --proxy 127.0.0.1" in text
    assert "USER bangfu" in (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")


def test_no_secret_stands_in_the_repository() -> None:
    """No key or password is given a value in what is shipped."""
    secret = re.compile(r"(?i)(BANGFU_KEY|password|secret)\s*=\s*[\"'][^\"'{]{8,}[\"']")
    shipped = [*FILES, *(ROOT / "deploy").iterdir()]
    found = [f"{file.name}: {hit[0]}" for file in shipped for hit in secret.finditer(file.read_text(encoding="utf-8"))]
    assert found == []
