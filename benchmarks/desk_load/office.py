"""Everything an office does at its desk in a day, as requests: pages, forms, imports, prints, assessments, the API."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path

from attrs import define, field
from peer.population import DAY, REGION

from .load import Request
from .requests import DONE, SAVED, Caseworker
from .visitor import filled_in
from .workbooks import workbook

MIX = {
    "list": 20, "household": 10, "plan": 20, "assessments": 10, "form": 8, "save": 8, "new household": 1, "assess": 4,
    "import": 1, "import with rejects": 2, "PDF": 3, "API list": 6, "API plan": 8, "API assess": 2,
}  # fmt: skip
"""How often each is asked for."""
_IN_A_WORKBOOK = 20
_REJECTS = re.compile(r'href="(/sheets/rejects/[^"]+)"')
_PLACE = f"{REGION}105205"


@define
class Office:
    """A caseworker who does everything; the workbooks hold households of his or her own."""

    worker: Caseworker
    workbooks: tuple[bytes, bytes]
    _families: itertools.cycle[str] = field(init=False)
    _serial: itertools.count[int] = field(factory=itertools.count)

    def __attrs_post_init__(self) -> None:
        self._families = itertools.cycle(self.worker.registered.families)

    @classmethod
    def of(cls, worker: Caseworker, place: int, folder: Path) -> Office:
        """Return the office of the caseworker in a place of a row, with workbooks like nobody else's."""
        start = 2 * place * _IN_A_WORKBOOK
        right = workbook(folder / f"right{place}.xlsx", _IN_A_WORKBOOK, start)
        wrong = workbook(folder / f"wrong{place}.xlsx", _IN_A_WORKBOOK, start + _IN_A_WORKBOOK, wrong=True)
        return cls(worker, (right, wrong))

    def requests(self) -> Mapping[str, Request]:
        """Return the requests by kind."""
        page = self._page
        return {
            "list": self.worker.list,
            "household": lambda: page(f"/households/{next(self._families)}"),
            "plan": self.worker.plan,
            "assessments": lambda: page(f"/households/{next(self._families)}/assessments"),
            "form": lambda: page(f"/households/{next(self._families)}/edit"),
            "save": self.worker.save,
            "new household": self.new_household,
            "assess": self.assess,
            "import": lambda: self.take_in(0),
            "import with rejects": lambda: self.take_in(1),
            "PDF": self.pdf,
            "API list": lambda: page("/api/households"),
            "API plan": self.worker.plan_as_json,
            "API assess": self.api_assess,
        }

    def _page(self, path: str) -> bool:
        return self.worker.visitor.get(path)[0] == DONE

    def new_household(self) -> bool:
        """Open the empty form and register a household."""
        visitor = self.worker.visitor
        status, page = visitor.get("/households/new")
        named = {"m0.name": f"石新{next(self._serial)}", "m0.relation": "head", "m0.birth_date": "1980-03-02"}
        form = {**filled_in(page, "m0.relation"), "h.region": _PLACE, "h.residence": "rural", **named}
        return status == DONE and visitor.post("/households/new", form)[0] == SAVED

    def assess(self) -> bool:
        """Keep the plan of a household as an assessment."""
        return self.worker.visitor.post(f"/households/{next(self._families)}/assess", {"on": str(DAY)})[0] == SAVED

    def api_assess(self) -> bool:
        """Have an assessment made by the API."""
        body = json.dumps({"on": str(DAY)}).encode()
        status, made = self.worker.visitor.post_json(f"/api/households/{next(self._families)}/assessments", body)
        return status == DONE + 1 and "plan" in json.loads(made)

    def pdf(self) -> bool:
        """Have the plan of a household as a PDF."""
        status, made = self.worker.visitor.get(f"/households/{next(self._families)}/print/plan/pdf?on={DAY}")
        return status == DONE and made.startswith("%PDF")

    def take_in(self, which: int) -> bool:
        """Import a workbook; where rows were refused, fetch them."""
        visitor = self.worker.visitor
        form = {"on": str(DAY), "partial": "1"}
        status, page = visitor.upload("/sheets/import", form, "households.xlsx", self.workbooks[which])
        rejects = _REJECTS.search(page)
        if status != DONE or bool(rejects) is not bool(which):
            return False
        return rejects is None or visitor.get(rejects[1])[0] == DONE
