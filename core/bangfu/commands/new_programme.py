"""``bangfu new-programme``: the folder of a new programme, which passes its own tests at once."""

from __future__ import annotations

from pathlib import Path

import click

from bangfu.kit.scaffold import LONGEST_NAME, NAME, taken_by, write_plugin

_NEXT = """{folder} is written. Now:
  cd {folder}
  pip install --editable '.[test]'
  pytest
  bangfu check-plugin {name}"""


class ProgrammeName(click.ParamType[str]):
    """A programme's code, which begins the codes of its benefits and parameters."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or fail as a wrong call."""
        if not NAME.fullmatch(value) or len(value) > LONGEST_NAME:
            self.fail(
                f"{value!r} is no programme name; give lower-case letters, digits and single underscores, "
                f"a letter first, at most {LONGEST_NAME} characters, such as heating or school_bus",
                param,
                ctx,
            )
        return value


@click.command("new-programme")
@click.argument("name", type=ProgrammeName())
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="The folder to write the plugin's folder into.",
)
def new_programme(name: str, into: Path) -> None:
    """Write the folder of a new programme: a plugin that passes its own tests at once."""
    if owner := taken_by(name):
        raise click.ClickException(f"the name {name!r} is taken by {owner}; choose another")
    try:
        folder = write_plugin(name, into)
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is there already; move it away, or use --into") from None
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename or into / name}: {error.strerror}") from None
    click.echo(_NEXT.format(folder=folder, name=name))
