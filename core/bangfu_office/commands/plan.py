"""``bangfu plan`` where there is a registry: the plan of a household file, or of a registered household."""

from __future__ import annotations

from datetime import date

import click

from bangfu.command_line import FORMAT, ON, POLICY, household_in, print_plan, reporting
from bangfu.plan import make_plan
from bangfu.rulebook import Rulebook
from bangfu_office.commands.database import FULL, WHO, covered, opened


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False), required=False)
@click.option("--database", envvar="BANGFU_DATABASE", help="登记库，与 --household 一起用。")
@click.option("--household", "number", help="登记库中的户编号。")
@ON
@POLICY
@FULL
@WHO
@FORMAT
@reporting
def plan(
    file: str | None,
    database: str | None,
    number: str | None,
    on: date | None,
    policies: tuple[str, ...],
    full: bool,
    who: str,
    form: str,
) -> None:
    """打印一户家庭的帮扶计划：家庭文件，或登记库中的一户；登记库中的姓名遮盖，除非用 --full。"""
    rulebook = Rulebook.load(policies)
    if file and not number and not full:
        made = make_plan(household_in(file, rulebook, on), rulebook)
    elif file or not number or not database:
        raise click.UsageError("请给出一个家庭文件，或者 --database 和 --household（要全名再加 --full）")
    else:
        with opened(database, rulebook) as registry:
            record = registry.household(number)
            disclosure = covered(registry, record, full="plan --full" if full else "", who=who)
            made = disclosure.plan(make_plan(record.household(on), rulebook))
    print_plan(made, rulebook, form)
