"""The texts of all houses and their translations: ``python core/catalogues.py update``, ``compile``, ``check``.

``update`` collects every text that the code calls (``_``, ``joined``), the templates hold and the rules declare, and
merges it into each language's ``bangfu.po``: Chinese texts into the English one, English texts into the Chinese one.
What nothing says any more is dropped. ``check`` fails where a text is missing, untranslated, or loses a place of its
template. ``compile`` writes what the program reads, as an installation does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
HAN = re.compile("[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]")
_LATIN, _PLACE = re.compile("[A-Za-z]{2}"), re.compile(r"\{[^{}]*\}")
LANGUAGES = ("en", "zh")
COUNT = "n"
_CODE = ("core/bangfu", "core/bangfu_office", "web/bangfu_web")
_TEMPLATES = "web/bangfu_web/templates"
_CALLS = {"_", "joined"}
_IN_TEMPLATES = {"_": None, "gettext": None, "ngettext": (1, 2)}
_OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
_QUOTED = re.compile("“[^”]*”")
"""Words of workbooks, whose sheets and columns are Chinese."""


def catalogue_file(language: str) -> Path:
    """Return where the catalogue of a language is."""
    return ROOT / "core" / "bangfu" / "locale" / language / "LC_MESSAGES" / "bangfu.po"


def collected(language: str) -> Catalog:
    """Return the texts that a language has to translate: for English those with Chinese in them, else the others."""
    from declared_texts import declared  # noqa: PLC0415 - loads all rules, which compiling does not need

    catalog = Catalog()
    for text, place in _called():
        _add(catalog, text, place, language, python=True)
    method = [("**.html", "jinja2.ext:babel_extract")]
    for file, _line, message, *_more in extract_from_dir(str(ROOT / _TEMPLATES), method, _OPTIONS, _IN_TEMPLATES):
        _add(catalog, message, f"{_TEMPLATES}/{file}", language, python=False)
    for text, place in declared():
        _add(catalog, text, place.replace(" ", "-"), language, python=False)
    return catalog


def _called() -> Iterator[tuple[str, str]]:
    """Yield the texts that the code calls, also within each other, which Babel's own reader of Python leaves out."""
    for file in (file for folder in _CODE for file in sorted((ROOT / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in _CALLS:
                    yield text, file.relative_to(ROOT).as_posix()


def _add(catalog: Catalog, message: str | tuple[str, ...], place: str, language: str, *, python: bool) -> None:
    text = message if isinstance(message, str) else message[0]
    if not (HAN.search(text) if language == "en" else not HAN.search(text) and _LATIN.search(_PLACE.sub("", text))):
        return
    counts = python and language == "en" and any(name == COUNT for name in places(text))
    catalog.add((text, text) if counts else message, locations=[(place, 0)])


def places(text: str) -> set[str]:
    """Return the places of a template in format syntax."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name and name.isidentifier()}
    except ValueError:  # braces that stand for themselves
        return set()


def source(message: Message) -> str:
    """Return the text of a message."""
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    """Return the translations of a message: of one and of many where it counts something."""
    return (message.string or "",) if isinstance(message.string, str) else tuple(message.string or ("", ""))


def read(language: str) -> Catalog:
    """Return the catalogue of a language as it stands."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def merged(template: Catalog, known: Catalog) -> Catalog:
    """Return the texts of a template with the translations that are known."""
    had = {source(message): forms(message) for message in known if message.id}
    made = Catalog(locale=known.locale)
    for message in template:
        if message.id:
            said = had.get(source(message), ("",))
            string = said[0] if isinstance(message.id, str) else (said[0], said[-1])
            made.add(message.id, string, locations=message.locations, flags=message.flags)
    return made


def wrong(template: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    """Yield what is wrong with the translations of a language."""
    wanted = {source(message) for message in template if message.id}
    found = {source(message): message for message in catalog if message.id}
    yield from (f"missing: {text}" for text in sorted(wanted - found.keys()))
    yield from (f"nothing says this any more: {text}" for text in sorted(found.keys() - wanted))
    for text, message in found.items():
        if not all(forms(message)):
            yield f"untranslated: {text}"
        elif message.fuzzy:
            yield f"fuzzy: {text}"
        elif any(_all_places(text) != _all_places(said) for said in forms(message)):
            yield f"another place: {text} -> {' | '.join(forms(message))}"
        elif language == "en" and any(HAN.search(_QUOTED.sub("", said)) for said in forms(message)):
            yield f"still Chinese: {text} -> {' | '.join(forms(message))}"


def _all_places(text: str) -> set[str]:
    return places(text) | {part.partition(")")[0] for part in text.split("%(")[1:]}


def compiled(catalog: Catalog) -> bytes:
    """Return a catalogue as the program reads it."""
    made = BytesIO()
    write_mo(made, catalog)
    return made.getvalue()


def compile_all() -> None:
    """Write the compiled catalogue of every language beside its source."""
    for language in LANGUAGES:
        catalogue_file(language).with_suffix(".mo").write_bytes(compiled(read(language)))


@click.group()
def main() -> None:
    """Collect texts, check and compile their translations."""


@main.command()
def update() -> None:
    """Collect all texts and merge them into the catalogue of every language."""
    for language in LANGUAGES:
        catalog = merged(collected(language), read(language))
        lines = BytesIO()
        write_po(lines, catalog, width=120, omit_header=True, sort_output=True, no_location=True)
        catalogue_file(language).write_bytes(_HEADER.format(language=language).encode() + lines.getvalue())
        to_do = sum(not all(forms(message)) for message in catalog if message.id)
        click.echo(f"{language}: {len(catalog)} messages, {to_do} to translate")
    compile_all()


@main.command("compile")
def compile_() -> None:
    """Write the compiled catalogues."""
    compile_all()


@main.command()
def check() -> None:
    """Fail where the translations of a language are not complete."""
    found = [f"{name}: {what}" for name in LANGUAGES for what in wrong(collected(name), read(name), name)]
    for line in found:
        click.echo(line, err=True)
    if found:
        raise SystemExit(f"{len(found)} problems; python core/catalogues.py update, then translate")
    click.echo("all texts are translated")


if __name__ == "__main__":
    main()
