"""Visitors who write until their server is gone or they are told to stop, and note what was acknowledged."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from threading import Event
from typing import Self

from attrs import define, field, frozen
from peer.population import DAY, REGION

from .requests import DONE, SAVED
from .served import PASSWORD, USER
from .visitor import ServerError, Visitor, filled_in
from .workbooks import workbook

_FAMILY = (("head", "1980-03-02"), ("spouse", "1982-05-06"), ("child", "2012-06-01"))
ENTRIES = {"save": 2, "new household": 1 + len(_FAMILY), "assess": 1}
"""Entries of the journal that each kind of write makes under its token: all of them or none."""
IMPORT, IMPORTED = "import", 5
"""An import on the page, and its households."""
_TURNS = ("save", "new household", "save", "assess", "save", IMPORT)
_PAUSE = 0.05
"""Seconds until somebody tries again who was refused."""


@frozen
class Write:
    """What somebody tried to write, and whether it was acknowledged; ``start`` of an import as in ``workbook``."""

    kind: str
    token: str
    start: int
    acknowledged: bool


@define
class Writer:
    """One connection that saves, registers, assesses and imports in turn, under tokens that the journal keeps."""

    visitor: Visitor
    name: str
    own: str
    folder: Path
    starts: Iterator[int]
    writes: list[Write] = field(factory=list)
    faults: list[tuple[float, str]] = field(factory=list)
    _form: dict[str, str] = field(factory=dict)

    @classmethod
    def at(cls, url: str, name: str, own: str, folder: Path, starts: Iterator[int]) -> Self:
        """Sign in.

        Args:
            url: the desk.
            name: what its tokens begin with.
            own: the number of a household that nobody else changes.
            folder: for workbooks.
            starts: gives the number of the first household of each workbook, shared by all.
        """
        visitor = Visitor(url)
        visitor.sign_in(USER, PASSWORD)
        visitor.close()  # the first write begins a new one: the desk may have closed this one by then
        return cls(visitor, name, own, folder, starts)

    def write(self, over: Event) -> None:
        """Write one thing after the other until the server is gone, or all is over."""
        for turn in itertools.count():
            if over.is_set():
                return
            kind, token, start = _TURNS[turn % len(_TURNS)], f"{self.name}-{turn}", next(self.starts)
            try:
                right = self._written(kind, token, start)
            except ServerError as error:
                right = False
                self._refused(str(error))
            except (OSError, HTTPException) as error:
                self.writes.append(Write(kind, token, start, acknowledged=False))
                self.faults.append((time.monotonic(), f"{kind}: {type(error).__name__}"))
                return
            self.writes.append(Write(kind, token, start, right))

    def _refused(self, what: str) -> bool:
        """Note a refusal; the own household's form has to be opened again, for who knows what was written."""
        self.faults.append((time.monotonic(), what))
        self._form = {}
        time.sleep(_PAUSE)
        return False

    def _written(self, kind: str, token: str, start: int) -> bool:
        """Write something; return whether the server said that it is."""
        if kind == "save":
            status, right = self._save(token), SAVED
        elif kind == "new household":
            status, right = self._new_household(token), SAVED
        elif kind == "assess":
            status, right = self._assess(token), SAVED
        else:
            status, right = self._import(token, start), DONE
        return status == right or self._refused(f"{kind}: {status}")

    def _post(self, path: str, form: dict[str, str]) -> int:
        return self.visitor.post(path, form)[0]

    def _assess(self, token: str) -> int:
        path = f"/households/{self.own}"
        status, page = self.visitor.get(f"{path}/plan?on={DAY}")
        if status != DONE:
            return status
        form = {"on": str(DAY), "reason": token, "version": filled_in(page)["version"]}
        return self._post(f"{path}/assess", form)

    def _save(self, token: str) -> int:
        path = f"/households/{self.own}/edit"
        if not self._form:
            status, page = self.visitor.get(path)
            if status != DONE:
                return status
            self._form = filled_in(page)
        for fact in ("h.homes", "h.vehicles"):
            self._form[fact] = "2" if self._form[fact] == "1" else "1"
        status = self._post(path, {**self._form, "evidence": token})
        self._form["version"] = str(int(self._form["version"]) + 1)
        return status

    def _new_household(self, token: str) -> int:
        members = {
            f"m{i}.{fact}": value
            for i, (relation, born) in enumerate(_FAMILY)
            for fact, value in (("name", f"{token}-{i}"), ("relation", relation), ("birth_date", born))
        }
        household = {"h.region": f"{REGION}102201", "h.residence": "rural", **members}
        return self._post("/households/new", {**household, "evidence": token})

    def _import(self, token: str, start: int) -> int:
        content = workbook(self.folder / f"{self.name}.xlsx", IMPORTED, start)
        return self.visitor.upload("/sheets/import", {"on": str(DAY)}, f"{token}.xlsx", content)[0]
