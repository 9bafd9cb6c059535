"""``bangfu handbook``: the policy handbook of a region and a day, one HTML file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from bangfu import clock
from bangfu.command_line import POLICY, Day, Region, report_left_out, reporting
from bangfu.rulebook import Rulebook
from bangfu.unwritable import writing


@click.command()
@click.option("--region", type=Region(), required=True, help="行政区划代码。")
@click.option("--on", type=Day(), help="手册的日期，默认今天。")
@POLICY
@click.option("--out", type=click.Path(dir_okay=False), help="写入的文件，默认写到标准输出。")
@reporting
def handbook(region: str, on: date | None, policies: tuple[str, ...], out: str | None) -> None:
    """生成某地某日的政策手册（一个 HTML 文件，可打印）。"""
    from bangfu.handbook import handbook_as_html, handbook_of  # noqa: PLC0415 - other commands need none of it

    day = on or clock.today()
    rulebook = Rulebook.load(policies)
    ruleset = rulebook.rules(region, day)
    left_out = (*rulebook.left_out, *ruleset.left_out)
    text = handbook_as_html(handbook_of(ruleset, rulebook.packs, region, day, left_out))
    if out is None:
        click.echo(text, nl=False)
    else:
        with writing(out):
            Path(out).write_text(text, encoding="utf-8")
    report_left_out(rulebook, ruleset.left_out)
