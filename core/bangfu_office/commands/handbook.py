"""``bangfu handbook``: the policy handbook of a region and a day, one HTML file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from bangfu import clock
from bangfu.command_line import DAY, POLICY, REGION, report_left_out, reporting
from bangfu.rulebook import Rulebook
from bangfu.unwritable import writing


@click.command()
@click.option("--region", type=REGION, required=True, help="行政区划代码。")
@click.option("--on", type=DAY, help="手册的日期，默认今天。")
@POLICY
@click.option("--out", type=click.Path(dir_okay=False), help="写入的文件，默认写到标准输出。")
@reporting
def handbook(region: str, on: date | None, policies: tuple[str, ...], out: str | None) -> None:
    """生成某地某日的政策手册（一个 HTML 文件，可打印）。"""
    from bangfu.handbook import handbook_of  # noqa: PLC0415 - other commands need none of it
    from bangfu_office.handbook import handbook_as_html  # noqa: PLC0415 - as above

    day = on or clock.today()
    rulebook = Rulebook.load(policies)
    text = handbook_as_html(handbook_of(rulebook, region, day))
    if out is None:
        click.echo(text, nl=False)
    else:
        with writing(out):
            Path(out).write_text(text, encoding="utf-8")
    report_left_out(rulebook, rulebook.rules(region, day).left_out)
