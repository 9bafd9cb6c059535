"""``bangfu compare``: two screenings side by side: two days, two policies, or two runs of whatever kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bangfu.command_line import DAY, Folder, bars, reporting
from bangfu.commands.screen import WORKERS
from bangfu.private import written
from bangfu.unwritable import writing

if TYPE_CHECKING:
    from bangfu.screen import Options
    from bangfu.screen.comparison import Run

_WRITTEN = ("changes.parquet", "costs.parquet", "costs.svg")


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
@WORKERS
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

    there = [name for name in _WRITTEN if out and (out / name).exists()]
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
        for name in _WRITTEN:
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
    try:
        with bars() as progress, writing(folder):
            screen(str(source), folder, options, progress)
    except FileExistsError as error:
        raise click.BadParameter(f"{error.filename} 已经存在，请移走或另选文件夹", param_hint="OUT") from None
    return Run.at(folder)
