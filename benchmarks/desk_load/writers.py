"""Visitors who write until their server is gone, and note what was acknowledged; a workbook that comes in meanwhile."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from threading import Thread

from attrs import define, field
from peer.population import DAY, REGION

from .requests import SAVED
from .served import PASSWORD, USER
from .visitor import Visitor, filled_in

NEW_MEMBERS = 3
"""People of a household that is registered while the server may be killed at any moment."""
ENTRIES: Mapping[str, int] = {"save": 2, "new household": 1 + NEW_MEMBERS, "assess": 1}
"""Entries of the journal that each kind of write makes: all of them or none."""


@define
class Writer:
    """One connection that saves, registers and assesses in turn; each write under a token that the journal keeps."""

    url: str
    name: str
    own: str
    acknowledged: list[tuple[str, str]] = field(factory=list)
    tried: list[tuple[str, str]] = field(factory=list)
    errors: list[int] = field(factory=list)

    def write(self) -> None:
        """Write one thing after the other until the server answers no more."""
        visitor = Visitor(self.url)
        try:
            visitor.sign_in(USER, PASSWORD)
            form = filled_in(visitor.get(f"/households/{self.own}/edit")[1])
            for turn in itertools.count():
                kind = ("save", "new household", "save", "assess")[turn % 4]
                token = f"{self.name}-{turn}"
                self.tried.append((kind, token))
                status = self._written(visitor, kind, token, form)
                if status != SAVED:
                    self.errors.append(status)
                    return
                self.acknowledged.append((kind, token))
        except (OSError, HTTPException, SystemExit, KeyError):
            return  # killed; what was not answered may be there or not, but whole

    def _written(self, visitor: Visitor, kind: str, token: str, form: dict[str, str]) -> int:
        if kind == "save":
            for fact in ("h.homes", "h.vehicles"):
                form[fact] = "2" if form.get(fact) == "1" else "1"
            status, _ = visitor.post(f"/households/{self.own}/edit", {**form, "evidence": token})
            form["version"] = str(int(form["version"]) + 1)
            return status
        if kind == "assess":
            asked = {"on": str(DAY), "reason": token}
            return visitor.post(f"/households/{self.own}/assess", asked)[0]
        people = [("head", "1980-03-02"), ("spouse", "1982-05-06"), ("child", "2012-06-01")]
        members = {
            f"m{i}.{fact}": value
            for i, (relation, born) in enumerate(people)
            for fact, value in (("name", f"{token}-{i}"), ("relation", relation), ("birth_date", born))
        }
        household = {"h.region": f"{REGION}102201", "h.residence": "rural", **members}
        return visitor.post("/households/new", {**household, "evidence": token})[0]


def writing(writers: Sequence[Writer]) -> list[Thread]:
    """Start all writers."""
    threads = [Thread(target=writer.write) for writer in writers]
    for thread in threads:
        thread.start()
    return threads


def importing(database: str, workbook: Path) -> subprocess.Popen[bytes]:
    """Start the command that takes a workbook into the registry."""
    command = [sys.executable, "-m", "bangfu", "import", str(workbook), "--database", database, "--on", str(DAY)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
