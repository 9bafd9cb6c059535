"""What is shipped and how it is run: known parts, no dangerous ones, nothing that calls elsewhere, no default users."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from importlib.metadata import requires
from ipaddress import ip_address
from pathlib import Path

import pytest
from litestar import Litestar
from packaging.requirements import Requirement
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bangfu import clock
from bangfu_office.registry import Registry
from bangfu_office.registry.users import all_users
from bangfu_office.sessions.store import NEED_A_FACTOR
from bangfu_web.serve import _run, _settings, serve
from bangfu_web.server import listen

pytest_plugins = ["web_desk"]

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = [ROOT / folder for folder in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
FILES = sorted(file for folder in SOURCES for file in folder.rglob("*.py"))

DANGEROUS = {"eval", "exec", "__import__", "system", "popen"}
"""Functions that run what they are given, by whatever name they are reached."""

NOT_IMPORTED = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "requests", "httpx", "urllib.request",
                "http.client", "ftplib", "smtplib", "socket", "subprocess", "random"}  # fmt: skip
MAY_IMPORT = {
    ("generate", "random"), ("kit", "random"), ("show", "xml.sax.saxutils"),
    ("child_process.py", "subprocess"), ("child_process.py", "pickle"),
}  # fmt: skip
"""Made-up households are drawn by seed, nothing of which is secret; ``saxutils`` escapes and reads nothing;
``child_process`` runs this interpreter with one function of our own, and the two send each other what no file or
visitor can write."""


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


def test_the_note_is_of_these_versions() -> None:
    """Every line pins one version; the day on which they were looked at, or none, is that of these and no others.

    After a change: ``.ci/audit --note``, or ``python .ci/looked_at.py never``. The page says the same as the file.
    """
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==\d[\w.]*", line) for line in pins)
    told = re.findall(
        r"^# Looked at for known weaknesses: (\d{4}-\d\d-\d\d|never) \(these versions: (\w+)\)$", text, re.MULTILINE
    )
    assert len(told) == 1
    day, digest = told[0]
    assert digest == hashlib.sha256("\n".join(sorted(pins)).encode()).hexdigest()[:16]
    assert day == "never" or date.fromisoformat(day) <= clock.today()


def test_how_soon_components_are_replaced_is_told() -> None:
    """In days, by what can be done; the command that looks is there, and is run every night."""
    told = PAGE[PAGE.index("**How soon it is mended.**") :].split("## ")[0]
    assert re.findall(r"within (\d+)|at most (\d+) days", told) == [("5", ""), ("7", ""), ("30", ""), ("", "90")]
    assert "known weaknesses of components" in " ".join(told.split())
    assert os.access(ROOT / ".ci" / "audit", os.X_OK)
    assert (ROOT / ".ci" / "nightly").read_text(encoding="utf-8").rstrip().endswith(".ci/audit")
    assert "--requirement constraints.txt" in (ROOT / ".ci" / "audit").read_text(encoding="utf-8")


LISTENING = tuple((file, "socket") for file in ("server.py", "serve.py"))
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


def test_the_container() -> None:
    """Runs as a user of its own, and believes the proxy on its machine and no visitor, unless it is told otherwise."""
    text = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    assert "USER bangfu" in text
    trusted = re.findall(r"^ENV BANGFU_PROXY=(.*)$", text, re.MULTILINE)
    assert [[ip_address(one).is_private for one in line.split(",")] for line in trusted] == [[True, True]]
    command = json.loads(re.findall(r"^CMD (.*)$", text, re.MULTILINE)[0])
    asked = serve.make_context("serve", command[2:], resilient_parsing=False)
    assert (asked.params["host"], asked.params["https"], asked.params["proxy"]) == ("0.0.0.0", True, "")  # noqa: S104


@pytest.mark.parametrize("asked", [*NEED_A_FACTOR, None])
def test_who_needs_a_second_factor(asked: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reviewers and administrators where nothing is said; by an option or the environment, as the workers get it."""
    monkeypatch.setenv("BANGFU_SECOND_FACTOR", asked or "reviewers")
    assert _settings().second_factor == NEED_A_FACTOR[asked or "reviewers"]
    assert serve.make_context("serve", ["--demo"]).params["second_factor"] == (asked or "reviewers")
    monkeypatch.delenv("BANGFU_SECOND_FACTOR")
    assert serve.make_context("serve", ["--demo"]).params["second_factor"] == "reviewers"
    option = ["--second-factor", asked] if asked else []
    assert serve.make_context("serve", ["--demo", *option]).params["second_factor"] == (asked or "reviewers")


@pytest.mark.parametrize("given", ["10.88.0.1,172.17.0.1", "10.89.0.0/24"])
def test_the_proxy_comes_from_the_environment(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the container has it; the server believes whom it names, addresses or networks, and nobody else."""
    monkeypatch.setenv("BANGFU_PROXY", given)
    configured = []
    monkeypatch.setattr("bangfu_web.serve.run", lambda config, *_: configured.append(config))
    with closing(listen("127.0.0.1", 0)) as listener:
        _run(listener, 1, serve.make_context("serve", ["--demo"]).params["proxy"], lambda: None)
    config = configured[0]
    assert config.proxy_headers is True
    believed = ProxyHeadersMiddleware(config.app, config.forwarded_allow_ips).trusted_hosts
    assert ("10.88.0.1" in believed, "10.89.0.7" in believed) == (given != "10.89.0.0/24", given == "10.89.0.0/24")
    assert "192.0.2.1" not in believed


def test_no_secret_stands_in_the_repository() -> None:
    """No key or password is given a value in what is shipped."""
    secret = re.compile(r"(?i)(BANGFU_KEY|password|secret)\s*=\s*[\"'][^\"'{]{8,}[\"']")
    shipped = [*FILES, *(ROOT / "deploy").iterdir()]
    found = [f"{file.name}: {hit[0]}" for file in shipped for hit in secret.finditer(file.read_text(encoding="utf-8"))]
    assert found == []
