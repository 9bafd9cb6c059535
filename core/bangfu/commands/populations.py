"""``bangfu screen``, ``compare``, ``generate``: whole populations, Parquet or a registry in, Parquet out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bangfu import clock
from bangfu.command_line import DAY, POLICY, REGION, Folder, bars, report_left_out, reporting
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.private import written
from bangfu.rulebook import Rulebook
from bangfu.unwritable import writing

if TYPE_CHECKING:
    from bangfu.screen import Summary
    from bangfu.screen.comparison import Run
    from bangfu.screen.part import Options

_STATUSES = {"eligible": "应当享受", "ineligible": "不符合", "undetermined": "尚不能确定"}
_COMPARED = ("changes.parquet", "costs.parquet", "costs.svg")
_WORKERS = click.option(
    "--workers", type=click.IntRange(min=1), show_default="户数多时为处理器个数，至多 4", help="工作进程数。"
)


@contextmanager
def _filling(out: Path) -> Iterator[None]:
    """Let a folder be filled; what stands in the way there, or that it cannot be written, is said."""
    try:
        with writing(out):
            yield
    except FileExistsError as error:
        raise click.BadParameter(f"{error.filename} 已经存在，请移走或另选文件夹", param_hint="OUT") from None


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
@_WORKERS
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
    options = Options(_absolute(policies), on, ineligible, explained, workers, cluster, chunk or CHUNK)
    with bars() as progress, _filling(out):
        summary = screen(source, out, options, progress)
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


def _policy(side: str) -> Callable[[click.decorators.FC], click.decorators.FC]:
    return click.option(
        f"--policy-{side}",
        multiple=True,
        type=click.Path(exists=True),
        help=f"{side.upper()} 用的政策包（TOML）或其文件夹，可多次给出。",
    )


def _on(side: str) -> Callable[[click.decorators.FC], click.decorators.FC]:
    return click.option(f"--on-{side}", type=DAY, help=f"{side.upper()} 的评估日。")


@click.command("compare")
@click.argument("a", type=Folder(exists=True))
@click.argument("b", type=Folder(exists=True))
@click.argument("out", required=False, type=Folder())
@_on("a")
@_on("b")
@_policy("a")
@_policy("b")
@_WORKERS
@reporting
def compare_command(
    a: Path,
    b: Path,
    out: Path | None,
    on_a: date | None,
    on_b: date | None,
    policy_a: tuple[str, ...],
    policy_b: tuple[str, ...],
    workers: int | None,
) -> None:
    """对照两次筛查：谁进入、谁退出、谁多得、谁少得，各项目、各县费用差多少。

    A 和 B 是 bangfu screen 的结果文件夹，或者人群文件夹：后者先按 --on、--policy 筛查，结果放在 OUT/a 和 OUT/b，
    所以同一人群可以按两个日期或两种政策对照。给出 OUT 时，写入 changes.parquet、costs.parquet 和 costs.svg。
    """
    from bangfu.screen.comparison import compare  # noqa: PLC0415 - heavy, and most commands need none
    from bangfu.screen.part import Options  # noqa: PLC0415 - as above
    from bangfu.screen.report import comparison_as_chart, comparison_as_text  # noqa: PLC0415 - as above

    there = [name for name in _COMPARED if out and (out / name).exists()]
    if there:
        raise click.BadParameter(f"{out} 里已有 {there[0]}，请移走或另选文件夹", param_hint="OUT")
    before = _run(a, out and out / "a", Options(_absolute(policy_a), on_a, workers=workers), "a")
    after = _run(b, out and out / "b", Options(_absolute(policy_b), on_b, workers=workers), "b")
    with nullcontext() if out is None else _all_or_none(out):
        comparison = compare(before, after, out)
        if out is not None:
            with written(out / "costs.svg") as path:
                path.write_text(comparison_as_chart(comparison), encoding="utf-8")
    click.echo(comparison_as_text(comparison), nl=False)


@contextmanager
def _all_or_none(out: Path) -> Iterator[None]:
    """Leave no file of a comparison where one of them cannot be written."""
    try:
        with writing(out):
            yield
    except BaseException:
        for name in _COMPARED:
            with suppress(OSError):
                (out / name).unlink(missing_ok=True)
        raise


def _absolute(policies: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(Path(policy).resolve()) for policy in policies)


def _run(source: Path, folder: Path | None, options: Options, side: str) -> Run:
    """Return the finished run of one side; a population is screened first."""
    from bangfu.screen.comparison import Run  # noqa: PLC0415 - heavy
    from bangfu.screen.run import screen  # noqa: PLC0415 - as above
    from bangfu.screen.summary import NOTE  # noqa: PLC0415 - as above

    if (source / NOTE).exists():
        if options.on or options.policies:
            raise click.UsageError(f"{source} 是已完成的筛查，不能再给 --on-{side} 或 --policy-{side}")
        return Run.at(source)
    if folder is None:
        raise click.UsageError(f"{source} 不是已完成的筛查；对照人群须给出 OUT")
    with bars() as progress, _filling(folder):
        screen(str(source), folder, options, progress)
    return Run.at(folder)


@click.command()
@click.argument("out", type=Folder())
@click.option("--households", type=click.IntRange(min=1), required=True, help="户数。")
@click.option("--seed", type=int, default=0, show_default=True, help="随机种子：种子相同，结果相同。")
@click.option(
    "--region", "regions", type=REGION, multiple=True, required=True, help="行政区划代码，可多次给出，户数均分。"
)
@click.option("--on", type=DAY, help="评估日，默认今天。")
@reporting
def generate(out: Path, households: int, seed: int, regions: tuple[str, ...], on: date | None) -> None:
    """生成虚构的家庭，写入 OUT 文件夹的 households.parquet 和 members.parquet。

    家庭全部虚构，比实际更贫困，不代表任何地方。
    """
    from bangfu.generate import EARLIEST, Population, write_population  # noqa: PLC0415 - other commands need none of it

    day = on or clock.today()
    if day < EARLIEST:
        raise click.BadParameter(f"应不早于 {EARLIEST}", param_hint="--on")
    rulebook = Rulebook.load()
    population = Population(seed, regions, day, rulebook.catalog)
    with _filling(out):
        files = write_population(population, households, out)
    for file in files:
        click.echo(file)
    report_left_out(rulebook)
