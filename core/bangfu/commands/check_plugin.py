"""``bangfu check-plugin``: what a plugin must hold before a department relies on it, as pass and fail lines."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bangfu.command_line import PLUGINS_DIR
from bangfu.facts.catalog import near


class PluginName(click.ParamType[str]):
    """The entry-point name of an installed plugin."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or fail as a wrong call."""
        from bangfu.kit.plugin import installed  # noqa: PLC0415 - other commands need none of it

        names = installed()
        if value not in names:
            self.fail(f"no plugin {value!r} is installed, but {', '.join(names)}{near(value, names)}", param, ctx)
        return value


@click.command("check-plugin")
@PLUGINS_DIR
@click.argument("name", type=PluginName())
@click.option(
    "--scenarios",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tests"),
    show_default=True,
    help="The folder with the plugin's *.scenario.toml files.",
)
def check_plugin(name: str, scenarios: Path) -> None:
    """Check an installed plugin: hooks, sources, labels, codes, random households, coverage by criterion."""
    from bangfu.kit.inspection import check_plugin as checks_of  # noqa: PLC0415 - as above
    from bangfu.kit.run import Runner  # noqa: PLC0415 - as above

    failed = passed = 0
    for check in checks_of(name, Runner(), scenarios):
        click.echo(f"{'ok  ' if check.passed else 'FAIL'}  {check.text}")
        for detail in check.details:
            click.echo("\n".join(f"        {line}" for line in detail.splitlines()))
        passed += check.passed
        failed += not check.passed
    click.echo(f"{name}: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
