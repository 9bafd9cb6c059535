"""What is sent to the desk to stop it: by strangers, and by somebody who is signed in."""

from __future__ import annotations

import io
import itertools
import json
import socket
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from urllib.parse import urlsplit

from attrs import frozen
from peer.population import REGION

from bangfu_office.sheets import write_template

from .served import ATTACKER, PASSWORD, Registered
from .visitor import ServerError, Visitor

Go = Callable[[str, Registered, Event, "Counter[str]"], None]


@frozen
class Attack:
    """What is done until it is over, by so many at once."""

    name: str
    go: Go
    at_once: int = 1


def _again(ask: Callable[[Visitor], object], *, signed_in: bool = False) -> Go:
    """Return what asks the same again and again, and counts the answers."""

    def go(url: str, registered: Registered, over: Event, heard: Counter[str]) -> None:
        visitor = Visitor(url)
        if signed_in:
            visitor.sign_in(ATTACKER, PASSWORD)
        while not over.is_set():
            try:
                heard[str(ask(visitor))] += 1
            except ServerError as error:
                heard[str(error).rpartition(" ")[2]] += 1
            except (OSError, HTTPException):
                heard["no answer"] += 1

    return go


def _nothing(_url: str, _registered: Registered, over: Event, _heard: Counter[str]) -> None:
    """Leave the desk alone: what the others are held against."""
    over.wait()


def _large_login(visitor: Visitor) -> int:
    """Send 30 MB to the sign-in."""
    return visitor.post("/login", {"name": "x" * 30_000_000})[0]


def _fields(count: int) -> Callable[[Visitor], int]:
    """Return what sends so many fields to where a household is added; 80,000 of them go into a megabyte."""
    form = {f"m{i % 100}.x{i}": "" for i in range(count)}
    return lambda visitor: visitor.post("/households/new", form)[0]


def _large_household(visitor: Visitor) -> int:
    """Have the plan of the largest household there can be."""
    head = {"relation": "head", "birth_date": "1960-01-01"}
    children = [{"relation": "child", "birth_date": f"20{i % 20:02}-03-0{i % 9 + 1}"} for i in range(99)]
    return visitor.post_json("/api/plan", json.dumps({"region": REGION, "members": [head, *children]}).encode())[0]


def _other_days(url: str, registered: Registered, over: Event, heard: Counter[str]) -> None:
    """Have a household's plan for one day after the other, each with rules of its own."""
    days = (date(2026, 1, 1) + timedelta(days=day) for day in itertools.count())
    ask = f"/households/{registered.families[0]}/plan?on="
    _again(lambda visitor: visitor.get(f"{ask}{next(days)}")[0], signed_in=True)(url, registered, over, heard)


def _sign_in(visitor: Visitor) -> int:
    """Sign in with a wrong password."""
    return visitor.post("/login", {"name": f"nobody{id(visitor)}", "password": "a wrong password"})[0]


def _hostile_workbook(visitor: Visitor) -> int:
    """Import a workbook of some kB that takes minutes to look through."""
    return visitor.upload("/sheets/import", {}, "a.xlsx", _hostile())[0]


def _hostile() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        write_template(path)
        held = io.BytesIO()
        with zipfile.ZipFile(path) as package, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as changed:
            for name in package.namelist():
                content = package.read(name)
                if name.endswith("sheet2.xml"):
                    content = content.replace(b"</sheetData>", b'<c r="A9" t="e">' * 600_000 + b"</sheetData>")
                changed.writestr(name, content)
        return held.getvalue()


def _sheets(url: str, registered: Registered, over: Event, heard: Counter[str]) -> None:
    """Have one PDF after the other."""
    ask = f"/households/{registered.families[0]}/print/plan/pdf"
    _again(lambda visitor: visitor.get(ask)[0], signed_in=True)(url, registered, over, heard)


def _export(visitor: Visitor) -> int:
    """Have the whole region as a workbook."""
    return visitor.post("/sheets/export", {"kind": "full", "region": REGION})[0]


def _half_open(url: str, registered: Registered, over: Event, heard: Counter[str]) -> None:
    """Connect as often as this machine lets us, and ask for half a page."""
    address = urlsplit(url)
    with ExitStack() as stack, suppress(OSError):
        for _ in range(1_100):
            made = stack.enter_context(socket.create_connection((str(address.hostname), address.port), timeout=10))
            made.sendall(b"GET /login HTTP/1.1\r\nHost: desk\r\nX-A: ")
            heard["connected"] += 1
            if over.is_set():
                return
        over.wait()


ATTACKS = (
    Attack("nothing", _nothing),
    Attack("30 MB to the sign-in, four at once", _again(_large_login), 4),
    Attack("50 wrong sign-ins at once", _again(_sign_in), 50),
    Attack("200 wrong sign-ins at once", _again(_sign_in), 200),
    Attack("1,100 connections that ask for half a page", _half_open),
    Attack("80,000 fields, four at once", _again(_fields(80_000), signed_in=True), 4),
    Attack("15,000 fields, four at once", _again(_fields(14_990), signed_in=True), 4),
    Attack("plans of a hundred people, four at once", _again(_large_household, signed_in=True), 4),
    Attack("plans for other days, four at once", _other_days, 4),
    Attack("workbooks that take minutes, four at once", _again(_hostile_workbook, signed_in=True), 4),
    Attack("exports of everything, four at once", _again(_export, signed_in=True), 4),
    Attack("PDFs, twenty at once", _sheets, 20),
)
"""From nothing at all to what somebody signed in can do."""


def let_loose(name: str, url: str, registered: Registered, seconds: float) -> Counter[str]:
    """Let an attack loose for so many seconds; return what the attackers heard, and how often."""
    (attack,) = (one for one in ATTACKS if one.name == name)
    over, heard = Event(), Counter[str]()
    attackers = [
        Thread(target=attack.go, args=(url, registered, over, heard), daemon=True) for _ in range(attack.at_once)
    ]
    for attacker in attackers:
        attacker.start()
    over.wait(seconds)
    over.set()
    for attacker in attackers:
        attacker.join(5)
    return Counter(heard)
