"""Spreadsheets: import, update, and a file of which a part is taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bangfu import InputError
from bangfu_office.registry import Attribution, FactChange, Registry, Source
from bangfu_office.sheets import import_workbook
from sheet_files import BY, cells, taken
from workbooks import CHILD, MAN, NAMES, REGION, WOMAN, Book, id_number, right_book

pytest_plugins = ["sheet_files"]


def test_households_are_added_with_what_the_rows_say(database_url: str, file: Path) -> None:
    """Facts are stated by the import, on the day given, in the clerk's name."""
    with Registry.open(database_url) as registry:
        report = taken(registry, right_book(), file)
        assert (report.added, report.changed, report.unchanged, report.rejected) == (2, 0, 0, 0)
        record = registry.household("001")
        assert record.data() == {
            "region": REGION,
            "residence": "rural",
            "registered_poor": True,
            "financial_assets": "1200.50",
            "homes": 1,
            "expenses": [{"kind": "education", "amount": "5800.00", "per": "year"}],
            "recognised_on": "2024-05-01",
            "members": [
                {
                    "name": NAMES[0], "id_number": MAN, "relation": "head", "sex": "male", "birth_date": "1978-03-02",
                    "incomes": [
                        {"kind": "wage", "amount": "1500.00", "per": "month"},
                        {"kind": "business", "amount": "3000.00", "per": "year"},
                    ],
                    "insured": True,
                },
                {
                    "name": NAMES[1], "id_number": WOMAN, "relation": "spouse", "sex": "female",
                    "birth_date": "1981-07-15", "incomes": [], "disability_grade": 2, "insured": True,
                    "treatments": [{"setting": "inpatient", "covered": "8000.00", "own_paid": "2000.00"}],
                },
                {
                    "name": NAMES[2], "id_number": CHILD, "relation": "child", "sex": "male",
                    "birth_date": "2012-06-01",
                },
            ],
        }  # fmt: skip
        assert list(record.statements["homes"]) == [Source.IMPORTED]
        entry = registry.history("001")[0]
        assert (entry.who, entry.observed_on, entry.evidence) == ("王办事员", "2026-03-01", "households.xlsx")


def test_the_same_file_twice_changes_nothing(database_url: str, file: Path) -> None:
    """No entry is written, whoever imports it on whatever day; neither if its rows come in another order."""
    with Registry.open(database_url) as registry:
        taken(registry, right_book(), file)
        before = registry.verify()
        book = right_book()
        book.sheets["收入"][1:] = book.sheets["收入"][:0:-1]
        book.sheets["成员"][1:] = book.sheets["成员"][:0:-1]
        report = import_workbook(registry, book.save(file), Attribution("李办事员", on=date(2026, 5, 1)))
        assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
        assert registry.verify() == before


def test_a_registered_household_is_updated(database_url: str, file: Path) -> None:
    """What differs is changed, an empty cell is not, a new member joins and a missing one stays."""
    with Registry.open(database_url) as registry:
        taken(registry, right_book(), file)
        book = right_book().put("家庭", 2, "homes", 2).put("家庭", 2, "residence", "").put("成员", 3, "insured", "否")
        born = id_number("20250102", 5)
        book.sheets["成员"][3] = ["001", 3, "岑小苗", born, "子女", "", "", "", "", ""]
        report = taken(registry, book, file)
        assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
        assert report.notices == ("1 户（001）已登记的成员中有 1 人不在表中，没有改动",)
        record = registry.household("001")
        assert (record.facts["homes"], record.facts["residence"]) == (2, "rural")
        assert record.members[1].facts["insured"] is False
        assert [person.facts["name"] for person in record.members] == [*NAMES[:3], "岑小苗"]
        assert record.members[3].facts["birth_date"] == "2025-01-02"
        told = [(entry.operation, entry.fact) for entry in registry.history("001")[4:]]
        assert told == [("fact", "homes"), ("fact", "insured"), ("joined", None)]
        registry.verify()


def test_the_word_that_counts_stands_beside_the_imported_one(registry: Registry, file: Path) -> None:
    """An import states what it says; what a visit found goes on counting, and the disagreement is seen."""
    taken(registry, right_book(), file)
    with registry.work(Attribution("周核查员", Source.VISITED, BY.on)) as work:
        work.change("001", [FactChange("homes", 3)])
    taken(registry, right_book().put("家庭", 2, "homes", 2), file)
    record = registry.household("001")
    assert record.facts["homes"] == 3
    assert record.statements["homes"][Source.IMPORTED].value == 2
    assert [d.fact for d in record.disagreements()] == ["homes"]


def renamed(**facts: Any) -> Book:
    """Return the workbook with another first member."""
    book = right_book()
    for heading, value in facts.items():
        book.put("成员", 2, heading, value)
    return book


@pytest.mark.parametrize(
    ("before", "after", "people"),
    [
        pytest.param({}, {"name": "岑禾"}, 3, id="the ID number is the same"),
        pytest.param({}, {"id_number": "", "insured": "否"}, 3, id="name and birth date are the same"),
        pytest.param({}, {"id_number": id_number("19780302", 9)}, 3, id="an ID number is put right"),
        pytest.param({"id_number": ""}, {"id_number": "", "name": "岑禾"}, 3, id="place and birth date are the same"),
        pytest.param({"id_number": "", "birth_date": "", "sex": ""}, {}, 3, id="place and name are the same"),
        pytest.param({"name": ""}, {"id_number": "", "name": ""}, 3, id="the place is the same"),
        pytest.param(
            {}, {"id_number": id_number("19900101", 9), "name": "岑他", "birth_date": "", "relation": "兄弟姐妹"}, 4,
            id="somebody else in the same place",
        ),
        pytest.param(
            {"id_number": "", "birth_date": ""},
            {"id_number": "", "birth_date": "", "name": "岑他", "relation": "兄弟姐妹"}, 4,
            id="another name and nothing else",
        ),
    ],
)  # fmt: skip
def test_members_are_found_again(
    before: dict[str, Any], after: dict[str, Any], people: int, registry: Registry, file: Path
) -> None:
    """By ID number, else by name and birth date, else by place; nobody is taken for somebody else."""
    taken(registry, renamed(**before), file)
    first = registry.household("001").members[0]
    taken(registry, renamed(**after), file)
    record = registry.household("001")
    assert len(record.members) == people
    assert record.members[0].id == first.id
    if people == 4:
        assert record.members[0].facts == first.facts


def test_nobody_is_added_twice(registry: Registry, file: Path) -> None:
    """People who joined by an import are found again, though nothing but their place was known of one of them."""
    taken(registry, right_book(), file)
    book = right_book()
    others = [["", "配偶", "女", ""], ["", "子女", "", ""], ["", "其他", "", ""]]
    book.sheets["成员"][2:4] = [["001", n, "岑他", *facts, "", "", ""] for n, facts in enumerate(others, start=2)]
    del book.sheets["治疗"][1:]
    assert taken(registry, book, file).changed == 1
    people = len(registry.household("001").members)
    assert people == 6
    assert taken(registry, book, file).unchanged == 2
    assert len(registry.household("001").members) == people


def test_names_padded_with_blanks_are_the_same_people(registry: Registry, file: Path) -> None:
    """As tables are set in columns: in another order, without ID numbers, and nothing is changed by the blanks."""
    book = right_book()
    for row in (2, 3, 4):
        book.put("成员", row, "id_number", "")
    taken(registry, book, file)
    before = registry.verify()
    book.sheets["成员"][2:4] = reversed(book.sheets["成员"][2:4])
    for row, place, name in ((2, 1, "岑\u3000大 禾"), (3, 2, "岑 小 穗"), (4, 3, "覃\u3000春谷")):
        book.put("成员", row, "name", name).put("成员", row, "成员序号", place)
    book.put("治疗", 2, "成员序号", 3)
    for row in (2, 3):
        book.put("收入", row, "成员序号", 1)
    assert taken(registry, book, file).unchanged == 2
    assert registry.verify() == before


def test_who_is_gone_does_not_join_again(registry: Registry, file: Path) -> None:
    """By a sheet of before the death, the departure or the split; it is told of how many."""
    taken(registry, right_book(), file)
    wife, child = (person.id for person in registry.household("001").members[1:])
    with registry.work(BY) as work:
        work.died("001", wife)
        other = work.split("001", {child: "head"})
    report = taken(registry, right_book(), file)
    assert (report.changed, report.unchanged) == (0, 2)
    assert [notice for notice in report.notices if "2 人已登记为去世或离开" in notice]
    assert [len(registry.household(number).members) for number in ("001", other)] == [1, 1]
    newer = right_book().put("成员", 3, "insured", "否").put("成员", 3, "id_number", "").put("家庭", 2, "homes", 4)
    assert taken(registry, newer, file).changed == 1
    assert len(registry.household("001").members) == 1


def test_what_does_not_fit_with_the_registered_household_is_refused(registry: Registry, file: Path) -> None:
    """A head who is new beside the registered one: named by the row, and nothing of the file is taken."""
    taken(registry, right_book(), file)
    book = right_book().put("家庭", 3, "homes", 5)
    book.sheets["成员"][1:4] = [["001", 1, "岑他", id_number("19900101", 9), "户主", "", "", "", "", ""]]
    for sheet in ("收入", "治疗"):
        del book.sheets[sheet][1:]
    book.put("成员", 3, "incomes", "")
    before = registry.verify()
    with pytest.raises(InputError) as caught:
        taken(registry, book, file)
    (problem,) = caught.value.problems
    assert problem.path == "成员 第 2 行 E 列（与户主关系）"
    assert problem.found == "与已登记的内容合起来不符：第二名户主（已登记的第 1 名成员 已是户主）"
    assert registry.verify() == before


def test_an_older_file_does_not_replace_what_a_newer_one_said(registry: Registry, file: Path) -> None:
    """Of the first of March, then one of February with another number of homes: refused at its row, with both days."""
    taken(registry, right_book().put("家庭", 2, "homes", 2), file)
    before = registry.verify()
    february = Attribution("王办事员", on=date(2026, 2, 1))
    with pytest.raises(InputError, match=r"家庭 第 2 行 F 列（住房套数）：.*表格导入在 2026-03-01 已有更新的说法"):
        import_workbook(registry, right_book().put("家庭", 2, "homes", 1).save(file), february)
    older = import_workbook(registry, right_book().put("家庭", 2, "homes", 2).save(file), february)
    assert older.unchanged == 2
    assert registry.verify() == before


def test_a_closed_household_takes_no_more_rows(registry: Registry, file: Path) -> None:
    """It is named by its row."""
    taken(registry, right_book(), file)
    with registry.work(BY) as work:
        work.close("002", "迁往外地")
    with pytest.raises(InputError, match="家庭 第 3 行：这一户已注销，不能再修改"):
        taken(registry, right_book(), file)


def test_one_wrong_cell_keeps_everything_out(registry: Registry, file: Path) -> None:
    """All or nothing; every problem of the file is told in one go."""
    book = right_book().put("成员", 2, "birth_date", "x").put("家庭", 3, "homes", -1).put("收入", 2, "per", "周")
    with pytest.raises(InputError) as caught:
        taken(registry, book, file)
    assert [problem.path.split("（")[0] for problem in caught.value.problems] == [
        "家庭 第 3 行 F 列", "成员 第 2 行 G 列", "收入 第 2 行 E 列",
    ]  # fmt: skip
    assert registry.numbers() == []


# Part of a file


def test_the_wrong_ones_come_back_and_go_in_once_they_are_mended(database_url: str, file: Path, tmp_path: Path) -> None:
    """Rows of rejected households are handed back with the reason beside each; mended, they are imported."""
    rejects = tmp_path / "rejects.xlsx"
    with Registry.open(database_url) as registry:
        report = taken(
            registry, right_book().put("成员", 3, "birth_date", "1981-02-30"), file, partial=True, rejects=rejects
        )
        assert (report.added, report.rejected, len(report.problems)) == (1, 1, 1)
        assert registry.numbers() == ["002"]
        members = cells(rejects, "成员")
        assert members[0][-1] == "问题"
        assert [row[-1] for row in members[1:]] == [
            "这一户的其他行有错误，整户退回",
            "G 列（出生日期）：“1981-02-30”（文本）；应为：日期，如 2020-09-01。日历上没有这一天",
            "这一户的其他行有错误，整户退回",
        ]
        assert {row[0] for name in ("家庭", "成员", "收入", "治疗", "支出") for row in cells(rejects, name)[1:]} == {
            "001"
        }
        assert len(cells(rejects, "收入")) == 3
        mended = Book({name: cells(rejects, name) for name in CalamineWorkbook.from_path(rejects).sheet_names[1:-1]})
        mended.put("成员", 3, "出生日期", date(1981, 7, 15))
        assert taken(registry, mended, rejects).added == 1
        whole = Registry.open(f"sqlite:///{tmp_path}/whole.db")
        with whole:
            taken(whole, right_book(), file)
            assert registry.household("001").data() == whole.household("001").data()


def test_a_row_of_nobody_keeps_those_beside_it_out(registry: Registry, file: Path, tmp_path: Path) -> None:
    """A member whose household is not known may belong above or below; neither is taken without him."""
    book = right_book().put("成员", 4, "户编号", "")
    report = taken(registry, book, file, partial=True, rejects=tmp_path / "rejects.xlsx")
    assert (report.added, report.rejected) == (0, 2)
    assert [row[0] for row in cells(tmp_path / "rejects.xlsx", "成员")[1:]] == ["001", "001", "", "002"]


def test_rejects_cannot_take_the_place_of_the_file(registry: Registry, file: Path) -> None:
    """The original stays."""
    path = right_book().put("家庭", 2, "homes", -1).save(file)
    before = path.read_bytes()
    with pytest.raises(InputError, match="同名"):
        import_workbook(registry, path, BY, partial=True, rejects=path)
    assert path.read_bytes() == before


def test_a_file_without_a_sheet_is_not_taken_in_part(registry: Registry, file: Path, tmp_path: Path) -> None:
    """Where no household could be right, ``partial`` changes nothing."""
    book = right_book()
    del book.sheets["成员"]
    with pytest.raises(InputError):
        taken(registry, book, file, partial=True, rejects=tmp_path / "rejects.xlsx")
    assert not (tmp_path / "rejects.xlsx").exists()


def test_progress_is_told(registry: Registry, file: Path) -> None:
    """Every sheet and step comes to its end."""
    told: dict[str, tuple[int, int]] = {}
    taken(registry, right_book(), file, progress=lambda what, done, of: told.update({what: (done, of)}))
    assert list(told) == ["读取“家庭”", "读取“成员”", "读取“收入”", "读取“治疗”", "读取“支出”", "核对", "比对", "写入"]
    assert all(done == of for done, of in told.values())
