"""``bangfu plan`` and ``bangfu check``: one household in a file."""

from __future__ import annotations

from datetime import date

import click

from bangfu.command_line import FILE, FORMAT, ON, POLICY, household_in, print_plan, report_left_out, reporting
from bangfu.plan import make_plan
from bangfu.rulebook import Rulebook


@click.command()
@FILE
@ON
@POLICY
@FORMAT
@reporting
def plan(file: str, on: date | None, policies: tuple[str, ...], form: str) -> None:
    """打印家庭文件中一户家庭的帮扶计划。"""
    rulebook = Rulebook.load(policies)
    print_plan(make_plan(household_in(file, rulebook, on), rulebook), rulebook, form)


@click.command()
@FILE
@POLICY
@reporting
def check(file: str, policies: tuple[str, ...]) -> None:
    """检查家庭文件，一次列出全部错误。"""
    rulebook = Rulebook.load(policies)
    household = household_in(file, rulebook)
    click.echo(f"{file}：没有错误，{len(household.members)} 名成员")
    report_left_out(rulebook)
