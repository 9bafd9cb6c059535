"""``bangfu screen``: whole populations, Parquet or a registry in, Parquet out."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bangfu.command_line import DAY, POLICY, Folder, bars, report_left_out, reporting
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.rulebook import Rulebook
from bangfu.unwritable import writing

if TYPE_CHECKING:
    from bangfu.screen import Summary

_STATUSES = {"eligible": "应当享受", "ineligible": "不符合", "undetermined": "尚不能确定"}


WORKERS = click.option(
    "--workers",
    type=click.IntRange(min=1),
    show_default="户数多时为处理器个数，至多 4",
    help="工作进程数。",
)


class NumbersType(click.ParamType[tuple[str, ...]]):
    """Numbers of households, separated by commas, or a file of them, one a line."""

    name = "numbers"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the numbers, each once, or fail as a wrong call."""
        if isinstance(value, tuple):
            return value
        try:
            text = Path(value).read_text(encoding="utf-8-sig") if Path(value).is_file() else value.replace(",", "\n")
        except (OSError, ValueError) as error:
            self.fail(f"读不出 {value}：{error}", param, ctx)
        numbers = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        wrong = next((n for n in numbers if not n.replace("-", "").isalnum()), None)
        return numbers if wrong is None else self.fail(f"{wrong}；应为：户的编号", param, ctx)


@click.command("screen")
@click.argument("source", metavar="IN")
@click.argument("out", type=Folder())
@POLICY
@click.option("--on", type=DAY, help="评估日，默认取各户的 on，再默认今天。")
@WORKERS
@click.option("--cluster", metavar="ADDRESS", help="Dask 调度器的地址，如 tcp://10.0.0.1:8786，代替工作进程。")
@click.option("--chunk", type=click.IntRange(min=1), help="每批户数，默认 50000；越小越省内存，结果相同。")
@click.option(
    "--explain",
    "explained",
    type=NumbersType(),
    default=(),
    help="为这些户写出完整的帮扶计划：编号（逗号分隔），或每行一个编号的文件。",
)
@click.option("--ineligible", is_flag=True, help="不符合的待遇也各写一行（行数多得多）。")
@reporting
def screen_command(
    source: str,
    out: Path,
    policies: tuple[str, ...],
    on: date | None,
    workers: int | None,
    cluster: str | None,
    chunk: int | None,
    explained: tuple[str, ...],
    ineligible: bool,
) -> None:
    """筛查整个人群：每户每人的类别和全部待遇。

    IN 是放有 households.parquet 和 members.parquet 的文件夹（或各有这两个文件的分区文件夹），或登记库的路径或地址；
    OUT 是文件夹，写入 assessments.parquet、supports.parquet 和 rejects.parquet。中断后重新运行，从中断处继续。
    """
    from bangfu.screen import CHUNK, Options, screen  # noqa: PLC0415 - heavy, and most commands need none
    from bangfu.screen.population import is_registry  # noqa: PLC0415 - as above

    if not is_registry(source) and not Path(source).is_dir():
        raise click.BadParameter(f"没有这个文件夹或登记库：{source}", param_hint="IN")
    if Path(source).resolve() == out.resolve():
        raise click.BadParameter("和 IN 是同一个文件夹；请另选文件夹", param_hint="OUT")
    started = time.monotonic()
    paths = tuple(str(Path(policy).resolve()) for policy in policies)
    options = Options(paths, on, ineligible, explained, workers, cluster, chunk or CHUNK)
    try:
        with bars() as progress, writing(out):
            summary = screen(source, out, options, progress)
    except FileExistsError as error:
        raise click.BadParameter(f"{error.filename} 已经存在，请移走或另选文件夹", param_hint="OUT") from None
    _tell(summary, time.monotonic() - started)
    for notice in summary.notices:
        click.echo(f"注意：{notice}", err=True)
    report_left_out(Rulebook.load(policies), summary.left_out)


def _tell(summary: Summary, seconds: float) -> None:
    click.echo(f"共 {summary.households:,} 户、{summary.members:,} 人，用时 {seconds:.1f} 秒")
    for category, number in summary.categories.items():
        click.echo(f"  {CATEGORY_LABELS[category] if category else '尚不能确定'}　{number:,} 户")
    for status, number in summary.supports.items():
        click.echo(f"待遇{_STATUSES[status]}　{number:,} 项")
    click.echo(f"合计每年 {summary.year:,.2f} 元，另一次性 {summary.once:,.2f} 元")
    if summary.rejected:
        click.echo(f"退回 {summary.rejected:,} 户，原因见 rejects.parquet")
