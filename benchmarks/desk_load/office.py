"""Everything an office does at its desk in a day, as requests: pages, forms, imports, prints, assessments, the API."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import define, field
from peer.population import DAY, REGION

from .load import Request
from .requests import CONFLICT, DONE, MADE, SAVED, Caseworker
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
    """A caseworker who does everything; the workbooks hold households of his or her own.

    What is imported comes in turns of two kinds, so that there is always something to write and the registry does not
    grow. Assessments, which are kept, are spread over all households: no household's pages become longer and longer.
    """

    worker: Caseworker
    right: Iterator[bytes]
    wrong: Iterator[bytes]
    _families: Iterator[str] = field(init=False)
    _others: Iterator[str] = field(init=False)
    _serial: Iterator[int] = field(factory=itertools.count)

    def __attrs_post_init__(self) -> None:
        registered = self.worker.registered
        self._families = itertools.cycle(registered.families)
        first = registered.others.index(self.worker.own[0])
        self._others = itertools.cycle((*registered.others[first:], *registered.others[:first]))

    @classmethod
    def of(cls, worker: Caseworker, place: int, folder: Path) -> Office:
        """Return the office of the caseworker in a place of a row, with workbooks like nobody else's."""
        path = folder / "workbook.xlsx"

        def in_turns(start: int, *, wrong: bool) -> Iterator[bytes]:
            both = [workbook(path, _IN_A_WORKBOOK, start, wrong=wrong, turn=turn) for turn in (0, 1)]
            return itertools.cycle(both)

        start = 2 * place * _IN_A_WORKBOOK
        return cls(worker, in_turns(start, wrong=False), in_turns(start + _IN_A_WORKBOOK, wrong=True))

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
            "import": lambda: self.take_in(next(self.right), rejected=False),
            "import with rejects": lambda: self.take_in(next(self.wrong), rejected=True),
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
        """Look at the plan of a household and keep it as an assessment, unless somebody changed it meanwhile."""
        visitor, household = self.worker.visitor, f"/households/{next(self._others)}"
        form = {"on": str(DAY), "version": filled_in(visitor.get(f"{household}/plan?on={DAY}")[1])["version"]}
        return visitor.post(f"{household}/assess", form)[0] in {SAVED, CONFLICT}

    def api_assess(self) -> bool:
        """Have an assessment made by the API."""
        body = json.dumps({"on": str(DAY)}).encode()
        status, made = self.worker.visitor.post_json(f"/api/households/{next(self._others)}/assessments", body)
        return status == MADE and "plan" in json.loads(made)

    def pdf(self) -> bool:
        """Have the plan of a household as a PDF."""
        status, made = self.worker.visitor.get(f"/households/{next(self._families)}/print/plan/pdf?on={DAY}")
        return status == DONE and made.startswith("%PDF")

    def take_in(self, workbook: bytes, *, rejected: bool) -> bool:
        """Import a workbook; where rows are to be refused, fetch them."""
        visitor = self.worker.visitor
        form = {"on": str(DAY), "partial": "1"}
        status, page = visitor.upload("/sheets/import", form, "households.xlsx", workbook)
        rejects = _REJECTS.search(page)
        if status != DONE or bool(rejects) is not rejected:
            return False
        return rejects is None or visitor.get(rejects[1])[0] == DONE
