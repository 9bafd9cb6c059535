"""Spreadsheets: export and rosters, and the commands."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bangfu import Choice, Fact, InputError, Level, Rulebook
from bangfu.facts import CORE_FACTS
from bangfu_office.commands.sheets import export_command, import_command, template_command
from bangfu_office.registry import Registry
from bangfu_office.sheets import export_workbook, import_workbook, read_workbook
from sheet_files import BY, call, cells, part, taken
from workbooks import MAN, NAMES, PERSONAL, REGION, right_book

pytest_plugins = ["sheet_files"]


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
