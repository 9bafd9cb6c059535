"""Spreadsheets: the template, what is read from a filled one, import, update, rejects, export."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from bangfu import Catalog, Choice, Fact, Field, InputError, Items, Level, Money, Rulebook, YesNo
from bangfu.commands.sheets import export_command, import_command, template_command
from bangfu.facts import CORE_FACTS
from bangfu.registry import Attribution, Change, Registry, Source
from bangfu.sheets import Report, export_workbook, import_workbook, read_workbook, write_template
from workbooks import CHILD, MAN, NAMES, PERSONAL, REGION, WOMAN, Book, Formula, id_number, repacked, right_book

BY = Attribution("王办事员", on=date(2026, 3, 1))


@pytest.fixture
def registry(sqlite_url: str) -> Iterator[Registry]:
    """Yield an empty registry."""
    with Registry.open(sqlite_url) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a workbook can be written."""
    return tmp_path / "households.xlsx"


def cells(path: Path, sheet: str) -> list[list[Any]]:
    """Return a sheet's cells."""
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def part(path: Path, name: str) -> str:
    """Return a part of a workbook as text."""
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def taken(registry: Registry, book: Book, path: Path, **more: Any) -> Report:
    """Import a workbook."""
    return import_workbook(registry, book.save(path), BY, **more)


def call(command: Any, *arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


# The template


def test_the_template_has_a_sheet_for_every_list_and_a_heading_for_every_fact(file: Path, rulebook: Rulebook) -> None:
    """Headings are the facts' labels, each only once on a sheet, keys first."""
    write_template(file, rulebook.catalog)
    assert CalamineWorkbook.from_path(file).sheet_names == [
        "说明", "家庭", "成员", "收入", "治疗", "支出", "选项",
    ]  # fmt: skip
    for sheet, level in (("家庭", Level.HOUSEHOLD), ("成员", Level.MEMBER)):
        headings = cells(file, sheet)[0]
        assert len(set(headings)) == len(headings)
        assert [fact.label for fact in rulebook.catalog.at(level)] == headings[1 + (level is Level.MEMBER) :]
    assert cells(file, "收入")[0] == ["户编号", "成员序号", "收入种类", "金额", "周期"]
    assert cells(file, "支出")[0] == ["户编号", "支出种类", "金额", "周期"]


def test_the_template_has_drop_downs_notes_and_formats(file: Path) -> None:
    """Choices are lists to choose from, notes hold the fact's name and meaning, codes and numbers are text."""
    write_template(file)
    members = part(file, "xl/worksheets/sheet3.xml")
    assert 'type="list"' in members
    assert "<formula1>'选项'!$" in members
    assert 'state="frozen"' in members
    choices = cells(file, "选项")
    assert ["女", "男"] in [[row[i] for row in choices if row[i]] for i in range(len(choices[0]))]
    assert 'name="选项" sheetId="7" state="hidden"' in part(file, "xl/workbook.xml")
    notes = part(file, "xl/comments2.xml")
    assert "birth_date\n出生日期？\n填写：日期，如 2020-09-01\n空着：未知（不是没有，也不是零）" in notes
    assert "空着：未满 16 周岁的，推定没有收入" in notes
    assert 'numFmtId="49"' in part(file, "xl/styles.xml")  # text
    described = cells(file, "说明")
    assert ["成员", "与户主关系", "relation"] in [row[:3] for row in described]


PETS = Fact(
    "pets",
    Level.MEMBER,
    Items(
        "kind",
        (Field("kind", Choice({"cat": "猫", "dog": "狗"}), "种类", required=True), Field("cost", Money(), "花费")),
    ),
    "宠物：猫/狗",
)
TWIN = Fact("other_name", Level.MEMBER, YesNo(), "姓名")


def test_a_plugins_facts_have_their_columns_and_sheets(file: Path) -> None:
    """A list fact gets a sheet of its own; a label that is taken gets the fact's name beside it."""
    catalog = Catalog((*CORE_FACTS.facts, PETS, TWIN))
    write_template(file, catalog)
    assert cells(file, "宠物：猫 狗")[0] == ["户编号", "成员序号", "种类", "花费"]
    assert {"宠物：猫/狗", "姓名（other_name）"} <= set(cells(file, "成员")[0])
    book = right_book()
    book.sheets["宠物：猫 狗"] = [["户编号", "成员序号", "种类", "花费"], ["001", 1, "猫", 3]]
    found = read_workbook(book.save(file), catalog)
    assert found.problems == ()
    assert found.households[0].household.members[0]["pets"][0]["kind"] == "cat"


# Reading what is written in other ways


@pytest.mark.parametrize(
    ("sheet", "row", "heading", "written", "meant"),
    [
        ("成员", 2, "birth_date", "1978-3-2", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "1978年3月2日", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "1978/3/2", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "1978.3.2", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "１９７８－０３－０２", date(1978, 3, 2)),
        ("成员", 2, "birth_date", "19780302", date(1978, 3, 2)),
        ("成员", 2, "birth_date", 19780302, date(1978, 3, 2)),
        ("成员", 2, "birth_date", datetime(1978, 3, 2), date(1978, 3, 2)),  # noqa: DTZ001
        ("成员", 2, "birth_date", "1978-03-02 00:00:00", date(1978, 3, 2)),
        ("成员", 2, "birth_date", " 1978-03-02　", date(1978, 3, 2)),
        ("成员", 2, "insured", "有", True),
        ("成员", 2, "insured", "FALSE", False),
        ("成员", 2, "insured", True, True),
        ("成员", 2, "insured", 0, False),
        ("成员", 2, "insured", "１", True),
        ("成员", 2, "sex", "male", "male"),
        ("成员", 2, "sex", " 男 ", "male"),
        ("成员", 2, "name", " 岑大禾　", "岑大禾"),
        ("成员", 2, "name", "'=岑大禾", "=岑大禾"),
        ("成员", 2, "name", "\u200b岑大禾\ufeff", "岑大禾"),
        ("成员", 2, "name", 12, "12"),
        ("成员", 2, "name", "", None),
        ("成员", 2, "id_number", f"'{MAN}", MAN),
        ("成员", 2, "id_number", f"{MAN[:6]} {MAN[6:14]} {MAN[14:]}", MAN),
        ("成员", 2, "id_number", MAN.translate({c: c + 0xFEE0 for c in range(48, 58)}), MAN),
        ("成员", 2, "disability_grade", "２", 2),
        ("成员", 2, "disability_grade", "2.0", 2),
        ("家庭", 2, "financial_assets", "1,200.50", "1200.50"),
        ("家庭", 2, "financial_assets", "１２００．５", "1200.50"),
        ("家庭", 2, "financial_assets", "￥1200.5元", "1200.50"),
        ("家庭", 2, "financial_assets", 0.1 + 0.2, "0.30"),
        ("家庭", 2, "financial_assets", "  ", None),
        ("家庭", 2, "region", 522723102201, "522723102201"),
        ("家庭", 2, "region", "522723102201　", "522723102201"),
        ("家庭", 2, "户编号", "００１", None),
    ],
)
def test_what_is_certain_is_understood(
    sheet: str, row: int, heading: str, written: Any, meant: Any, file: Path
) -> None:
    """Dates, numbers, words and codes in the ways in which people write them."""
    found = read_workbook(right_book().put(sheet, row, heading, written).save(file))
    assert found.problems == ()
    first = found.households[0]
    assert first.number == "001"
    value = (first.household.facts if sheet == "家庭" else first.household.members[0]).get(heading)
    assert str(value) == str(meant) if meant is not None else value is None


def test_columns_may_move_and_titles_stand_above(file: Path) -> None:
    """Headings are found by their text: in another order, below a title, as label or as the fact's name."""
    book = right_book()
    book.sheets["成员"] = [row[::-1] for row in book.sheets["成员"]]
    book.put("成员", 1, "birth_date", " 出生 日期 ").put("成员", 1, "sex", "性别*")
    width = len(book.sheets["成员"][0])
    book.sheets["成员"][:0] = [["龙里县家庭情况登记表"] + [""] * (width - 1), [""] * width]
    book.merged.append(("成员", "A1:E1"))
    found = read_workbook(book.save(file))
    assert found.problems == ()
    assert found.households[0].household.members[1]["birth_date"] == date(1981, 7, 15)


def test_what_is_left_unread_is_said(file: Path) -> None:
    """Columns of one's own, other sheets and a missing list sheet hurt nobody, and are named."""
    book = right_book()
    for row, text in zip(book.sheets["成员"], ["联系电话", "", "", "", ""], strict=True):
        row.append(text)
    book.sheets["备忘"] = [["随便"]]
    del book.sheets["治疗"]
    found = read_workbook(book.save(file))
    assert found.problems == ()
    assert found.notices == (
        "成员 第 1 行 K 列：不认识的列“联系电话”，没有导入",
        "没有“治疗”表；本年度就医费用按未知处理",
        "工作表“备忘”没有导入",
    )


def test_unknown_is_not_none(file: Path) -> None:
    """An empty cell leaves a list unknown, 无 makes it empty, rows fill it."""
    households = read_workbook(right_book().save(file)).households
    first, second, third = households[0].household.members
    assert [entry["kind"] for entry in first["incomes"]] == ["wage", "business"]
    assert second["incomes"] == ()
    assert "incomes" not in third
    assert "financial_assets" not in households[1].household.facts


def test_a_million_empty_rows_take_neither_time_nor_memory(file: Path) -> None:
    """Formatted rows down to the end of the sheet, as Excel leaves them, are gone through within seconds."""
    rows = b"".join(
        b'<row r="%d" s="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (n, n, n) for n in range(9, 1_000_009)
    )
    repacked(
        right_book().save(file),
        lambda name, held: (
            held.replace(b"</sheetData>", rows + b"</sheetData>") if name.endswith("sheet2.xml") else held
        ),
    )
    # The kernel's own mark: ru_maxrss of a child begins with what its parent had.
    script = (
        "import sys; from bangfu.sheets import read_workbook; found = read_workbook(sys.argv[1]); "
        "status = open('/proc/self/status').read(); peak = status.split('VmHWM:')[1].split()[0]; "
        "print(len(found.households), len(found.problems), peak)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script, file], capture_output=True, text=True, check=True)
    households, problems, kilobytes = map(int, done.stdout.split())
    assert (households, problems) == (2, 0)
    assert kilobytes < 300_000
    assert time.perf_counter() - start < 30


def test_what_follows_the_cells_may_be_long(file: Path) -> None:
    """A sheet with megabytes of formatting rules below its cells is read like any other, failed formulas among it."""
    rule = '<conditionalFormatting sqref="Z{n}"><cfRule type="expression" priority="{n}"><formula>1</formula></cfRule>'
    rules = "".join(rule.format(n=n) + "</conditionalFormatting>" for n in range(1, 40_000)).encode()
    book = right_book().put("成员", 5, "insured", Formula("=1/0", "#DIV/0!"))
    repacked(
        book.save(file),
        lambda name, held: (
            held.replace(b"</sheetData>", b"</sheetData>" + rules) if name.endswith("sheet2.xml") else held
        ),
    )
    (problem,) = read_workbook(file).problems
    assert problem.path == "成员 第 5 行 J 列（参加基本医疗保险）"


# Import


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
        work.change("001", [Change("homes", 3)])
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
    assert list(told) == ["读取“家庭”", "读取“成员”", "读取“收入”", "读取“治疗”", "读取“支出”", "核对", "写入"]
    assert all(done == of for done, of in told.values())


# Export


def same_households(one: Registry, other: Registry) -> bool:
    """Return whether two registries hold the same households."""

    def held(registry: Registry) -> dict[str, dict[str, Any]]:
        return {record.number: record.data() for record in registry.records()}

    return held(one) == held(other)


def test_a_full_export_imports_to_the_same_registry(database_url: str, file: Path, tmp_path: Path) -> None:
    """Into an empty one, all is there; into its own, nothing changes."""
    with Registry.open(database_url) as registry, Registry.open(f"sqlite:///{tmp_path}/copy.db") as copy:
        taken(registry, right_book(), file)
        assert export_workbook(registry, file).households == 2
        assert import_workbook(copy, file, BY).added == 2
        assert same_households(registry, copy)
        assert import_workbook(registry, file, BY).unchanged == 2
        assert export_workbook(registry, file, region="6101").households == 0


def test_what_is_declared_no_more_goes_out_as_it_is(file: Path, tmp_path: Path) -> None:
    """A choice that a plugin has taken away since stands in the export as it was kept; the import asks about it."""
    more, fewer = (
        Fact("colour", Level.HOUSEHOLD, Choice(labels), "颜色") for labels in ({"red": "红"}, {"blue": "蓝"})
    )
    url = f"sqlite:///{tmp_path}/registry.db"
    book = right_book()
    for row, value in zip(book.sheets["家庭"], ["颜色", "红", ""], strict=True):
        row.append(value)
    with Registry.open(url, catalog=CORE_FACTS.extended([more])) as registry:
        taken(registry, book, file)
    with Registry.open(url, catalog=CORE_FACTS.extended([fewer])) as registry:
        export_workbook(registry, file)
        assert cells(file, "家庭")[1][-1] == "red"
        with pytest.raises(InputError, match="其中之一：蓝"):
            import_workbook(registry, file, BY)


INJECTIONS = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "'", "#REF!", " 岑 ", "=cmd|'/C calc'!A0", "12", "true", "_x0041_"]


def test_formulas_are_harmless_on_the_way_out_and_the_same_on_the_way_in(registry: Registry, file: Path) -> None:
    """Every name is a text that begins with none of the dangerous characters, and comes back as it was."""
    book = right_book()
    book.sheets["成员"][1:] = [
        [f"{n:03}", 1, f"'{name}", "", "户主", "", "", "", "", ""] for n, name in enumerate(INJECTIONS, start=1)
    ]
    book.sheets["家庭"][1:] = [[f"{n:03}", REGION, "", "", "", "", "", ""] for n, _ in enumerate(INJECTIONS, start=1)]
    for sheet in ("收入", "治疗", "支出"):
        del book.sheets[sheet][1:]
    taken(registry, book, file)
    assert [record.members[0].facts["name"] for record in registry.records()] == INJECTIONS
    export_workbook(registry, file)
    assert "<f>" not in part(file, "xl/worksheets/sheet3.xml")
    assert not [row[2] for row in cells(file, "成员")[1:] if str(row[2])[0] in "=+-@\t\r"]
    assert import_workbook(registry, file, BY).unchanged == len(INJECTIONS)
    export_workbook(registry, file, kind="roster", full_names=True)
    assert not [row[1] for row in cells(file, "花名册")[1:] if str(row[1])[0] in "=+-@\t\r"]


def test_the_roster_tells_categories_and_supports(file: Path, tmp_path: Path, rulebook: Rulebook) -> None:
    """One row a household with its sums, one a support that is due; names by their first character."""
    with Registry.open(f"sqlite:///{tmp_path}/registry.db", catalog=rulebook.catalog) as registry:
        taken(registry, right_book(), file)
        export_workbook(registry, file, kind="roster", rulebook=rulebook, on=date(2026, 3, 1))
        roster, supports = cells(file, "花名册"), cells(file, "帮扶")
        assert roster[0][:4] == ["户编号", "户主", "行政区划代码", "家庭人口"]
        assert [row[:4] for row in roster[1:]] == [["001", "岑**", REGION, 3.0], ["002", "冉**", REGION, 1.0]]
        assert supports[0][:5] == ["户编号", "户主", "对象", "项目", "待遇"]
        held = str(roster) + str(supports)
        assert not [text for text in PERSONAL if text in held]
        export_workbook(registry, file, kind="roster", rulebook=rulebook, on=date(2026, 3, 1), full_names=True)
        assert [row[1] for row in cells(file, "花名册")[1:]] == [NAMES[0], NAMES[3]]
        export_workbook(registry, file, kind="roster", rulebook=rulebook, on=date(2010, 1, 1))
        assert "不能评估" in cells(file, "花名册")[1][-1]


def test_what_is_sealed_goes_out_and_in(file: Path, tmp_path: Path) -> None:
    """With a key, names and ID numbers are opened for the export and found again by the import."""
    with Registry.open(f"sqlite:///{tmp_path}/sealed.db", key="a key made up for tests") as registry:
        taken(registry, right_book(), file)
        export_workbook(registry, file)
        assert cells(file, "成员")[1][3] == MAN
        assert import_workbook(registry, file, BY).unchanged == 2


def test_a_failed_export_leaves_the_file_that_was_there(registry: Registry, file: Path, rulebook: Rulebook) -> None:
    """What is written takes the place of the old file only once it is complete."""
    taken(registry, right_book(), file)
    before = file.read_bytes()

    def fail(_what: str, _done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_workbook(registry, file, rulebook=rulebook, progress=fail)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if "registry" not in path.name] == ["households.xlsx"]


# Commands


def test_the_commands_from_template_to_export(file: Path, tmp_path: Path, sqlite_url: str) -> None:
    """Results on standard output, what is to be known on standard error."""
    made = call(template_command, tmp_path / "template.xlsx")
    assert (made.exit_code, made.stderr) == (0, "")
    assert read_workbook(tmp_path / "template.xlsx").problems[0].found == "只有标题，没有数据"
    done = call(import_command, right_book().save(file), "--database", sqlite_url, "--who", "王办事员")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "新增 2 户，更新 0 户，没有变化 0 户" in done.stdout
    exported = call(export_command, tmp_path / "out.xlsx", "--database", sqlite_url)
    assert (exported.exit_code, exported.stderr) == (0, "")
    assert "导出 2 户" in exported.stdout
    again = call(import_command, tmp_path / "out.xlsx", "--database", sqlite_url)
    assert "没有变化 2 户" in again.stdout
    roster = call(export_command, tmp_path / "out.xlsx", "--database", sqlite_url, "--kind", "roster", "--full-names")
    assert roster.exit_code == 0


def test_the_command_hands_rejects_back(file: Path, tmp_path: Path, sqlite_url: str) -> None:
    """Exit code 1, for something was wrong; the counts say what was taken all the same."""
    path = right_book().put("家庭", 3, "homes", -1).save(file)
    arguments = [path, "--database", sqlite_url, "--partial", "--rejects", tmp_path / "rejects.xlsx"]
    result = call(import_command, *arguments)
    assert result.exit_code == 1
    assert result.stderr == "家庭 第 3 行 F 列（住房套数）：-1（数字）；应为：0 至 1000 的整数\n"
    assert re.search(r"新增 1 户.*\n退回 1 户，连同原因写入 .*rejects\.xlsx", result.stdout)


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        pytest.param(template_command, ["t.xls"], "请改为 t.xlsx", id="a template of another kind"),
        pytest.param(template_command, ["nowhere/t.xlsx"], "文件夹不存在", id="a template into no folder"),
        pytest.param(template_command, ["there.xlsx"], "已经存在", id="a template over a file"),
        pytest.param(import_command, ["missing.xlsx", "--database", "r.db"], "missing.xlsx", id="an import of nothing"),
        pytest.param(import_command, ["there.xlsx"], "--database", id="an import to nowhere"),
        pytest.param(
            import_command, ["there.xlsx", "--database", "r.db", "--partial"], "须同时给出", id="a part without rejects"
        ),
        pytest.param(
            import_command, ["there.xlsx", "--database", "r.db", "--rejects", "r.xlsx"], "须同时给出",
            id="rejects of the whole",
        ),
        pytest.param(
            import_command, ["there.xlsx", "--database", "r.db", "--partial", "--rejects", "there.xlsx"], "同名",
            id="rejects over the file",
        ),
        pytest.param(export_command, ["o.csv", "--database", "r.db"], "o.xlsx", id="an export of another kind"),
        pytest.param(export_command, ["o.xlsx", "--database", "r.db", "--kind", "all"], "all", id="an unknown export"),
    ],
)  # fmt: skip
def test_a_wrong_call_exits_with_2(
    command: Any, arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with the call is said on standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BANGFU_DATABASE", raising=False)
    right_book().save(Path("there.xlsx"))
    result = call(command, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
