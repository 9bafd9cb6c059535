"""Journal, policy and workbooks as the office's functions: who may what of them, and of which region; as one table."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from python_calamine import CalamineWorkbook

from bangfu import InputError
from bangfu_office.access import Actor, FormError, NotPermittedError
from bangfu_office.handbook import compare_policies, policy_in_force
from bangfu_office.journal_view import OPERATIONS, read_journal, verify_journal
from bangfu_office.registry.users import Role, User
from bangfu_office.sheets import InMemory
from bangfu_office.sheets.exchange import empty_form, give_out, rejected_rows, take_in
from web_desk import FAMILY, GUIDING, LANZHOU, OTHERS, SINGLE
from workbooks import Book

pytest_plugins = ["web_desk"]

OFFICE_CODE = Path(__file__).resolve().parents[2] / "core" / "bangfu_office"
EVERYBODY, AUDITORS, EXCHANGE = set(Role), {Role.AUDITOR}, {Role.CASEWORKER, Role.REVIEWER}
MAY = {"policy": EVERYBODY, "compare": EVERYBODY, "journal": AUDITORS, "verify": AUDITORS,
       "form": EXCHANGE, "import": EXCHANGE, "rejects": EXCHANGE, "export": EXCHANGE}  # fmt: skip
REGIONS = {
    "": {FAMILY, SINGLE, OTHERS},
    GUIDING[:6]: {FAMILY, SINGLE},
    LANZHOU[:4]: {OTHERS},
    "110105": set(),
}
"""By a user's region, the households that lie there."""


def workbook(region: str, residence: str = "农村") -> InMemory:
    """Return a workbook of two households of one person; of the second one the residence may be wrong."""
    homes = [["户编号", "region", "residence"], ["新一", region, "农村"], ["新二", region, residence]]
    people = [["户编号", "成员序号", "relation"], ["新一", 1, "户主"], ["新二", 1, "户主"]]
    return InMemory("C:\\表\\三月.xlsx", content_of(Book({"家庭": homes, "成员": people})))


def content_of(book: Book) -> bytes:
    """Return the bytes of a workbook."""
    made = BytesIO()
    book.save(made)  # type: ignore[arg-type]
    return made.getvalue()


def use_cases(actor: Actor) -> dict[str, Callable[[], Any]]:
    """Return what the actor may ask for, by its name in the table."""
    region = actor.user.region
    whole = (region or GUIDING).ljust(12, "0")
    return {
        "policy": lambda: policy_in_force(actor, "", ""),
        "compare": lambda: compare_policies(actor, ("", ""), (GUIDING[:6], "2026-03-01")),
        "journal": lambda: read_journal(actor, {}),
        "verify": lambda: verify_journal(actor),
        "form": lambda: empty_form(actor),
        "import": lambda: take_in(actor, workbook(whole, "乡下"), "", partial=True, session="one"),
        "rejects": lambda: rejected_rows(actor, "0" * 32, session="one"),
        "export": lambda: give_out(actor, region, roster=False),
    }


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("role", Role)
def test_who_may_what_and_where(desk_app: Litestar, role: Role, region: str) -> None:
    """A role that may not is refused and writes nothing; one that may sees and changes its own region alone."""
    office = desk_app.state["desk"].office
    actor = Actor(office, User("某人", role, region, "education" if role is Role.OFFICER else None))
    before, found = office.registry.verify().seq, {}
    for name, ask in use_cases(actor).items():
        if role in MAY[name]:
            found[name] = ask()
        else:
            with pytest.raises(NotPermittedError):
                ask()
    assert found["policy"].place.region == (region or "000000").ljust(6, "0")
    assert found["policy"].handbook.offers
    assert found["compare"].titles
    if role in AUDITORS:
        households = {entry.household for entry in found["journal"].entries}
        assert households == REGIONS[region] | (set() if region else {None})
        assert found["verify"].seq == before
    if role not in EXCHANGE:
        assert office.registry.verify().seq == before
        return
    taken = found["import"]
    assert (taken.report.added, taken.report.rejected, taken.lost) == (1, 1, "")
    assert rejected_rows(actor, taken.rejects, session="one")
    assert rejected_rows(actor, taken.rejects, session="another") is None
    assert rejected_rows(Actor(office, User("别人", role, region)), taken.rejects, session="one") is None
    assert found["rejects"] is None
    assert numbers_in(found["export"]) == REGIONS[region] | {"新一"}
    elsewhere = [code for code in (GUIDING, LANZHOU) if not code.startswith(region)]
    for code in elsewhere:
        with pytest.raises(InputError, match="您所管地区"):
            take_in(actor, workbook(code), "", partial=False, session="one")
        with pytest.raises(FormError, match="您所管地区"):
            give_out(actor, code, roster=True)
    last = office.registry.history(newest=1)[0]
    assert (last.operation, last.who) == ("seen", "某人"), "nothing was written after what was given out"


def numbers_in(content: bytes) -> set[str]:
    """Return the numbers of the households in a workbook."""
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("家庭").to_python()
    return {str(row[0]) for row in rows[1:] if row[0]}


@pytest.mark.parametrize(
    ("file", "on", "wrong"),
    [
        (None, "", {"file"}),
        (None, "2999-01-01", {"file", "on"}),
        (workbook(GUIDING), "2026-02-30", {"on"}),
        (workbook(GUIDING), "2999-01-01", {"on"}),
    ],
)
def test_a_form_that_is_not_taken_says_where(
    desk_app: Litestar, file: InMemory | None, on: str, wrong: set[str]
) -> None:
    """All fields that are wrong at once; nothing is written."""
    office = desk_app.state["desk"].office
    before = office.registry.verify()
    with pytest.raises(FormError) as caught:
        take_in(Actor(office, User("某人", Role.CASEWORKER, "")), file, on, partial=False, session="")
    assert set(caught.value.fields) == wrong
    assert str(caught.value) == "；".join(caught.value.fields.values())
    assert office.registry.verify() == before


def test_every_operation_is_declared() -> None:
    """Whatever the code writes into the journal has a name that people read, and its parts are told apart."""
    code = "\n".join(file.read_text(encoding="utf-8") for file in OFFICE_CODE.rglob("*.py"))
    written = set(re.findall(r"\.(?:note|_record)\(\s*\"([a-z]+)\"", code))
    assert written >= {"seen", "user", "assessed"}
    assert written <= set(OPERATIONS)
    for operation in OPERATIONS.values():
        names = [part.name for part in operation.parts]
        assert len(names) == len(set(names))
