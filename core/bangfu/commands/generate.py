"""``bangfu generate``: made-up households as Parquet files, to try out rules and to measure with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from bangfu import clock
from bangfu.command_line import Day, Folder, Region, report_left_out, reporting
from bangfu.rulebook import Rulebook
from bangfu.unwritable import writing


@click.command()
@click.argument("out", type=Folder())
@click.option("--households", type=click.IntRange(min=1), required=True, help="户数。")
@click.option("--seed", type=int, default=0, show_default=True, help="随机种子：种子相同，结果相同。")
@click.option(
    "--region", "regions", type=Region(), multiple=True, required=True, help="行政区划代码，可多次给出，户数均分。"
)
@click.option("--on", type=Day(), help="评估日，默认今天。")
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
    try:
        with writing(out):
            files = write_population(population, households, out)
    except FileExistsError as error:
        raise click.BadParameter(f"{error.filename} 已经存在，请移走或另选文件夹", param_hint="OUT") from None
    for file in files:
        click.echo(file)
    report_left_out(rulebook)
