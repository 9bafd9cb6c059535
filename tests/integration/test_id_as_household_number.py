"""Nobody's ID number becomes a household's number, which stands in lists, addresses and the journal for all to see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bangfu import InputError, household_from
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role
from bangfu_office.sheets import import_workbook
from sheet_files import BY, call, cells
from web_desk import FAMILY, GUIDING, Visitor
from workbooks import MAN, SINGLE, Book, right_book

pytest_plugins = ["sheet_files", "web_desk"]

ClientAs = Callable[..., Visitor]


@pytest.mark.parametrize("number", [MAN, MAN.lower(), f"户{MAN}", f"{MAN}-1", "522723880808006"])
def test_add_and_split_refuse(registry: Registry, number: str) -> None:
    """Without repeating the number, and saying what to take instead."""
    members = [{"relation": "head"}, {"relation": "child"}]
    household = household_from({"region": GUIDING, "members": members}, on=BY.observed_on)
    with pytest.raises(InputError, match="留空由登记库编号") as caught, registry.work(BY) as work:
        work.add(household, number)
    assert number not in str(caught.value)
    with registry.work(BY) as work:
        family = work.add(household, "001")
        child = work.state(family).present[1].id
    with pytest.raises(InputError, match="户编号"), registry.work(BY) as work:
        work.split(family, {child: "head"}, number)
    assert registry.numbers() == ["001"]


def test_form_and_api_refuse(client_as: ClientAs, web_registry: Registry) -> None:
    """With 422 and what was filled in."""
    visitor, before = client_as(Role.CASEWORKER), web_registry.numbers()
    form = {"number": MAN, "h.region": GUIDING, "m0.relation": "head", "m0.name": "石二"}
    answer = visitor.send("/households/new", form)
    assert (answer.status_code, "留空由登记库编号" in answer.text, "石二" in answer.text) == (422, True, True)
    data = {"region": GUIDING, "members": [{"relation": "head"}]}
    told = visitor.client.post(
        "/api/households", json={"number": MAN, "household": data}, headers={"x-csrf-token": visitor.csrf}
    )
    assert (told.status_code, MAN in told.text) == (422, False), told.text
    assert web_registry.numbers() == before
    assert FAMILY in before


def numbered(number: str) -> Book:
    """Return the workbook whose second household has another number."""
    book = right_book()
    for sheet in book.sheets.values():
        for row in sheet[1:]:
            row[0] = number if row[0] == "002" else row[0]
    return book


@pytest.mark.parametrize("number", [SINGLE, "522723880808006"])
def test_an_import_hands_that_household_back(registry: Registry, file: Path, tmp_path: Path, number: str) -> None:
    """By its row, with all its rows and no other's; the number is in no message."""
    rejects = tmp_path / "rejects.xlsx"
    with pytest.raises(InputError, match="户口簿上的户号") as caught:
        import_workbook(registry, numbered(number).save(file), BY)
    assert number not in str(caught.value)
    assert [problem.path.split("（")[0] for problem in caught.value.problems] == ["家庭 第 3 行 A 列"]
    report = import_workbook(registry, file, BY, partial=True, rejects=rejects)
    assert (report.added, report.rejected) == (1, 1)
    assert registry.numbers() == ["001"]
    assert [row[0] for row in cells(rejects, "成员")[1:]] == [number]


def test_an_id_number_of_no_household_is_masked(registry: Registry, file: Path) -> None:
    """A member's row that belongs to no household, or to one whose number was mistyped."""
    book = right_book().put("成员", 5, "户编号", SINGLE)
    with pytest.raises(InputError) as caught:
        import_workbook(registry, book.save(file), BY)
    assert SINGLE not in str(caught.value)


def test_the_command_refuses(sqlite_url: str, file: Path) -> None:
    """With exit code 1."""
    from bangfu_office.commands.sheets import import_command  # noqa: PLC0415 - as the command line does

    done = call(import_command, numbered(SINGLE).save(file), "--database", sqlite_url, "--who", "x")
    assert (done.exit_code, SINGLE in done.output) == (1, False)
    with Registry.open(sqlite_url) as registry, registry.work(Attribution("x")) as work:
        assert not work.exists(SINGLE)
