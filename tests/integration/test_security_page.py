"""``docs/security.md``: every requirement has one verdict, every test named is there, every number is the code's."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from attrs import frozen

from bangfu import Rulebook
from bangfu.files.household_file import MOST_MEMBERS
from bangfu_office.access import MAY, Action
from bangfu_office.accounts import tokens
from bangfu_office.households import drafts, reveals
from bangfu_office.registry import passwords
from bangfu_office.registry.users import FIRST_PASSWORD
from bangfu_office.sessions import CODE_WITHIN, KNOWN_FOR, rate_limits
from bangfu_office.sheets import kept_rejects
from bangfu_office.sheets.table import HIGHEST
from bangfu_office.workbook_files import unpacking
from bangfu_office.workbook_files.package import MOST_BYTES, MOST_PARTS
from bangfu_office.workbook_files.problems import MOST
from bangfu_office.workbook_files.unpacking import MOST_CELLS
from bangfu_web import Settings, request_bodies, server
from bangfu_web.middleware import HELD_BACK
from bangfu_web.request_bodies import FORM, WORDS, WORKBOOK
from bangfu_web.work_queues import AT_ONCE, AUDITS, EXPORTS, FORMS, IMPORTS, MAX_WAITING, PASSWORDS, PDFS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
VERDICTS = ("holds", "not applicable", "operator's")

LEVELS_1_AND_2 = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2
2.1:1-3 2.2:1-3 2.3:1-4 2.4:1
3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1 4.3:1-2 4.4:1-4
5.1:1 5.2:1-3 5.3:1-2 5.4:1-3
6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4
7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2
8.1:1-2 8.2:1-3 8.3:1 8.4:1
9.1:1-3 9.2:1-4
10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3
11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1
12.1:1-3 12.2:1-2 12.3:1-4
13.1:1 13.2:1-5 13.3:1-2 13.4:1-5
14.1:1-2 14.2:1-4 14.3:1-3
15.1:1-3 15.2:1-3 15.3:1-7
16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3
17.1:1 17.2:1-4 17.3:1-2
"""
"""The requirements of level 1 and 2 of ASVS 5.0.0, by section; what is missing between them is of level 3."""

_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| \*(.+?)\*: (.+) \|$", re.MULTILINE)
_NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


@frozen
class Row:
    """A requirement on the page."""

    number: str
    asks: str
    verdict: str
    said: str


ROWS = [Row(*found.groups()) for found in _ROW.finditer(PAGE)]


def requirements() -> Iterator[str]:
    """Yield the numbers of all requirements."""
    for part in LEVELS_1_AND_2.split():
        section, span = part.split(":")
        first, _, last = span.partition("-")
        yield from (f"{section}.{n}" for n in range(int(first), int(last or first) + 1))


@cache
def defined_in(file: str) -> frozenset[str]:
    """Return the names of the test functions of a file under ``tests``."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def cells(first: str) -> dict[str, tuple[str, ...]]:
    """Return the cells of the table that a line begins, by the first of each row."""
    lines = PAGE[PAGE.index(first) :].splitlines()[2:]
    rows = [line.strip("| ").split(" | ") for line in lines[: lines.index("")]]
    return {name: tuple(more) for name, *more in rows}


def test_every_requirement_stands_there_once() -> None:
    """253 of them, in order, 70 of level 1 and 183 of level 2."""
    wanted = list(requirements())
    assert len(wanted) == 70 + 183
    assert [row.number for row in ROWS] == wanted
    assert len(re.findall(r"^\| \d+\.\d+\.\d+ ", PAGE, re.MULTILINE)) == len(ROWS), "a row is not of the usual form"


def test_every_requirement_has_a_verdict() -> None:
    """It holds, is not applicable or the operator's, with a reason in words; the page counts them right."""
    assert {row.verdict for row in ROWS} == set(VERDICTS)
    assert all(row.asks and len(row.said) > 3 for row in ROWS)
    count = Counter(row.verdict for row in ROWS)
    told = " ".join(PAGE.split())
    assert (
        f"Of {len(ROWS)} requirements {count['holds']} hold, {count['not applicable']} are not applicable, "
        f"{count[VERDICTS[2]]} are the operator's."
    ) in told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_what_holds_is_shown_by_a_test(row: Row) -> None:
    """Which is there, and is named nowhere else where it is not."""
    named = _NAMED.findall(row.said)
    assert named or row.verdict != "holds"
    for file, test in named:
        assert test in defined_in(file), f"{file}::{test}"


def test_limits_are_those_of_the_code() -> None:
    """Sizes, numbers, times, waits."""
    limits, settings = cells("| | |"), Settings()
    for asked, size in (("what somebody not signed in may send", WORDS), ("a form, or JSON", FORM)):
        assert limits[asked] == (f"{size.bytes:,} bytes, {size.fields:,} fields",)
    assert limits["a request with a workbook"] == (f"{WORKBOOK.bytes:,} bytes, {WORKBOOK.fields} fields",)
    assert limits["the head of a request"] == (f"{server.HEADER_TIMEOUT:.0f} seconds",)
    rate = f"one for each {request_bodies.MIN_BYTES_A_SECOND:,} bytes that it may have"
    rest = f"{request_bodies.MIN_SECONDS:.0f} seconds, and {rate}"
    assert limits["the rest of it"] == (rest,)
    assert limits["connections at once, in each worker"][0].startswith(f"{server.MAX_CONNECTIONS:,}, ")
    upload = f"at most {MOST_BYTES // 1024**2} MB, {MOST_PARTS:,} parts and {MOST_CELLS:,} cells"
    assert upload in limits["an upload"][0]
    base, each = unpacking.BASE, unpacking.FOR_EACH_MB
    reading = f"{base.seconds} seconds and {base.megabytes} MB, and {each.seconds} seconds and {each.megabytes} MB"
    assert limits["reading a workbook, in a process of its own"] == (f"{reading} for each megabyte it has",)
    assert limits["rows of merged cells, in a sheet"] == (f"{MOST:,}, at most {HIGHEST:,} in one",)
    assert limits["people in a household"] == (str(MOST_MEMBERS),)
    assert limits["tokens of a user"] == (f"{tokens.MOST}, each for at most {tokens.LONGEST.days} days",)
    of_drafts = f"{drafts.MOST}, of {drafts.MOST_BYTES:,} bytes each, for {drafts.LONGEST.days} days"
    assert limits["drafts of a user"] == (f"{of_drafts} after they were last kept",)
    hours = kept_rejects.LONGEST.total_seconds() / 3600
    of_rejects = (
        f"{kept_rejects.MOST} workbooks, of {kept_rejects.MOST_BYTES:,} bytes each, for {hours:g} hour and one session"
    )
    assert limits["rejected rows of a user"] == (of_rejects,)
    assert limits["a session without use"] == (f"{settings.idle_minutes} minutes",)
    assert limits["a session in all"] == (f"{settings.longest_hours} hours",)
    of_one = f"{AT_ONCE}; {MAX_WAITING} wait, further ones are sent away"
    assert limits["requests of one user at once, in each worker"] == (of_one,)
    in_full = "names and ID numbers of a household in full, after asking"
    assert limits[in_full] == (f"{reveals.MINUTES} minutes, in that session",)
    of_passwords = f"{PASSWORDS.workers}; {PASSWORDS.max_waiting} wait, further ones are sent away"
    assert limits["passwords looked at at once, in each worker"] == (of_passwords,)
    queues = {"imports": IMPORTS, "exports": EXPORTS, "PDFs": PDFS, "checks of the journal": AUDITS}
    queues["forms of more than 64 KB read"] = FORMS
    for name, queue in queues.items():
        assert limits[f"{name} at once, in each worker"] == (f"{queue.workers}; {queue.max_waiting} wait",)
    assert f"in the first {passwords.LOOKED_AT} characters; below a score of {passwords.SAFE_SCORE} of 4" in PAGE
    assert limits["an answer that sends somebody away (429)"] == (f"comes {HELD_BACK:g} second later",)
    assert limits["requests of a user, in each worker"] == (f"{settings.pages_an_hour:,} an hour",)
    shown = limits["names and ID numbers shown in full to a user, in each worker"]
    assert shown == (f"{settings.reveals_an_hour:,} an hour",)
    assert limits["exports of a user, in each worker"] == (f"{settings.exports_a_day:,} a day",)
    assert f"of {settings.exports_a_day} exports a day, one each {1440 // settings.exports_a_day} minutes" in PAGE
    assert f"{passwords.SHORTEST_PASSWORD} to {passwords.LONGEST_PASSWORD} characters" in PAGE
    assert limits["between password and code"] == (f"{CODE_WITHIN.seconds // 60} minutes",)
    assert limits["a first password"] == (f"{FIRST_PASSWORD.days} days",)
    assert limits["a known browser without use"] == (f"{KNOWN_FOR.days} days",)
    of_names = [
        rate_limits.BROWSER,
        rate_limits.PAIR,
        rate_limits.NAME,
        rate_limits.ADDRESS,
        rate_limits.KNOWN_ADDRESS,
    ]
    waits = [*of_names, rate_limits.CODE, rate_limits.TOKEN]
    told = list(cells("| failures of |").values())
    assert told == [(str(limit.free), f"{limit.longest:g} s") for limit in waits]


def test_roles_are_those_of_the_code() -> None:
    """Every role with every action, and every action in words."""
    told = {name.strip("`"): re.findall(r"`(\w+)`", may[0]) for name, may in cells("| role | may |").items()}
    own = {Action.SIGNED_IN, Action.ANYBODY, Action.UNREADY}
    assert told == {role.value: [a.value for a in Action if a in MAY[role] and a not in own] for role in MAY}
    assert all(f"`{action.value}`: " in PAGE for action in Action if action not in own)


def test_personal_facts_are_classified(rulebook: Rulebook) -> None:
    """What is sealed and masked is what the page says."""
    told = re.findall(r"^\| ((?:`\w+`(?:, )?)+) of every person \| highest \|", PAGE, re.MULTILINE)
    personal = {fact.name for fact in rulebook.catalog.facts if fact.personal}
    assert {name.strip("` ") for name in told[0].split(",")} == personal


def test_the_inventory_of_cryptography() -> None:
    """Every file that uses any is on the page, every one on the page uses some, and no weak hash is called."""
    told = {file for where in cells("| where | what for | how |") for file in re.findall(r"`([\w/]+\.py)`", where)}
    used, hashes = set(), set()
    for folder in ("core", "web", "plugins"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            if re.search(r"^\s*(?:import|from) (?:hashlib|hmac|secrets|cryptography|argon2)\b", text, re.MULTILINE):
                used.add(file.relative_to(ROOT).as_posix())
            hashes |= set(re.findall(r"hashlib\.(\w+)", text)) | set(re.findall(r"from hashlib import (.+)", text))
    assert told == used
    assert hashes <= {"sha256", "pbkdf2_hmac", "blake2b"}
