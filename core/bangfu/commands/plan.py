"""``bangfu plan`` and ``bangfu check``: one household in a file."""

from __future__ import annotations

import json
from datetime import date

import click

from bangfu.commands.shared import FILE, FORMAT, ON, POLICY, report_left_out, reporting
from bangfu.errors import InputError
from bangfu.files import read_household
from bangfu.households import Household
from bangfu.plan import Plan, make_plan
from bangfu.rulebook import Rulebook
from bangfu.show import plan_as_json, plan_as_text


def household_in(file: str, rulebook: Rulebook, on: date | None = None) -> Household:
    """Return the household in a file.

    Raises:
        InputError: it cannot be taken; the facts may be those of a plugin that is left out, which is told before.
    """
    try:
        return read_household(file, on=on, catalog=rulebook.catalog)
    except InputError:
        report_left_out(rulebook)
        raise


def print_plan(made: Plan, rulebook: Rulebook, form: str) -> None:
    """Print a plan as ``text`` or ``json``, then what was left out of it."""
    ruleset = rulebook.rules(made.household.region, made.household.on)
    if form == "json":
        click.echo(json.dumps(plan_as_json(made), ensure_ascii=False, indent=2))
    else:
        click.echo(plan_as_text(made, ruleset), nl=False)
    report_left_out(rulebook, ruleset.left_out)


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
