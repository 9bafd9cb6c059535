"""``bangfu template``, ``import`` and ``export``: households in and out of spreadsheets."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Literal

import click

from bangfu.command_line import DAY, bars, report_left_out, reporting
from bangfu.rulebook import Rulebook
from bangfu.unwritable import writing
from bangfu_office.commands.database import DATABASE, WHO, opened
from bangfu_office.registry import Attribution
from bangfu_office.sheets import Report, export_workbook, import_workbook, write_template
from bangfu_office.sheets.export import in_full


class NewWorkbook(click.ParamType[Path]):
    """A workbook to be written."""

    name = "xlsx"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path, or fail as a wrong call."""
        path = Path(value)
        if path.suffix.lower() != ".xlsx":
            self.fail(f"{path} 不是 .xlsx 文件名；请改为 {path.stem}.xlsx", param, ctx)
        if path.is_dir() or not path.absolute().parent.is_dir():
            self.fail(f"{path} 是文件夹，或所在的文件夹不存在", param, ctx)
        return path


@click.command("template")
@click.argument("file", type=NewWorkbook())
@reporting
def template_command(file: Path) -> None:
    """生成空的登记表（.xlsx），填好后用 import 导入。"""
    if file.exists():
        raise click.BadParameter(f"{file} 已经存在，里面可能填了内容；请换一个文件名", param_hint="FILE")
    rulebook = Rulebook.load()
    with writing(file):
        write_template(file, rulebook.catalog)
    click.echo(f"{file}：已生成")
    report_left_out(rulebook)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DATABASE
@click.option("--partial", is_flag=True, help="有错误时仍导入正确的户；须同时给出 --rejects。")
@click.option("--rejects", type=NewWorkbook(), help="把有错误的户连同原因写入这个 .xlsx 文件，改正后再导入。")
@WHO
@click.option("--on", type=DAY, help="表中情况的日期，默认今天。")
@reporting
def import_command(file: Path, database: str, partial: bool, rejects: Path | None, who: str, on: date | None) -> None:
    """把登记表（.xlsx）导入登记库；有一处错误就全部不导入，除非用 --partial。"""
    if partial != (rejects is not None):
        raise click.UsageError("--partial 和 --rejects 须同时给出")
    if rejects is not None and rejects.resolve() == file.resolve():
        raise click.BadParameter("与导入的文件同名；请换一个文件名", param_hint="--rejects")
    rulebook, by = Rulebook.load(), Attribution(who, on=on)
    with opened(database, rulebook) as registry, bars() as progress, writing(rejects) if rejects else nullcontext():
        try:
            report = import_workbook(registry, file, by, partial=partial, rejects=rejects, progress=progress)
        except KeyboardInterrupt:
            click.echo("已停下；写入了的户都是完整的，同一份表可以再导入一次，会接着写", err=True)
            sys.exit(130)
    _tell(file, report, rejects)
    report_left_out(rulebook)
    if report.problems:
        sys.exit(1)


@click.command("export")
@click.argument("file", type=NewWorkbook())
@DATABASE
@click.option(
    "--kind",
    type=click.Choice(["full", "roster"]),
    default="full",
    show_default=True,
    help="full：全部内容，可再导入；roster：花名册，有类别和帮扶。",
)
@click.option("--region", default="", help="只导出行政区划代码以此开头的户。")
@click.option("--on", type=DAY, help="花名册的评估日，默认今天。")
@click.option(
    "--full-names/--masked",
    default=None,
    help="写完整的姓名和公民身份号码（记入日志），或遮盖；全部内容默认完整（遮盖的不能再导入），花名册默认遮盖。",
)
@WHO
@reporting
def export_command(
    file: Path,
    database: str,
    kind: Literal["full", "roster"],
    region: str,
    on: date | None,
    full_names: bool | None,
    who: str,
) -> None:
    """把登记库导出为表格（.xlsx）：全部内容，或花名册。"""
    rulebook = Rulebook.load()
    with opened(database, rulebook) as registry, bars() as progress, writing(file):
        exported = export_workbook(
            registry,
            file,
            kind=kind,
            region=region,
            rulebook=rulebook,
            on=on,
            full_names=full_names,
            by=Attribution(who, reason="export") if in_full(kind, full_names) else None,
            progress=progress,
        )
    click.echo(f"{file}：导出 {exported.households} 户")
    if exported.left_out:
        click.echo(f"没有成员、未导出的户：{'、'.join(exported.left_out)}", err=True)
    report_left_out(rulebook)


def _tell(file: Path, report: Report, rejects: Path | None) -> None:
    """Say what came of an import: what was wrong on standard error, the counts on standard output."""
    for problem in report.problems:
        click.echo(str(problem), err=True)
    for notice in report.notices:
        click.echo(f"注意：{notice}", err=True)
    click.echo(f"{file}：新增 {report.added} 户，更新 {report.changed} 户，没有变化 {report.unchanged} 户")
    if report.problems and rejects is not None:
        click.echo(f"退回 {report.rejected} 户，连同原因写入 {rejects}；改正后再导入这个文件")
    elif report.problems:
        click.echo(f"{report.rejected} 户在导入期间被别人改动，没有导入；核对后再导入同一份表")
