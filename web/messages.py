"""The desk's texts and their translations: ``python web/messages.py update`` and ``check``.

``update`` collects every Chinese text of the templates, the code and the rules into ``bangfu.pot`` and merges it
into each ``bangfu.po``; what nothing says any more is kept at its end as obsolete, and dropped with ``--clean``.
``check`` fails where a text is missing, untranslated, fuzzy or obsolete, or loses a place of its pattern.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bangfu import Rulebook
from bangfu_web.language import COUNT, VERBATIM, Wording, wording_of
from message_code import HAN, ROOT, of_code
from message_rules import Found, composed, of_rules

LOCALE = ROOT / "web" / "bangfu_web" / "locale"
TEMPLATE = LOCALE / "bangfu.pot"
_JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
_HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
_WIDTH = 120
_QUOTED = re.compile("“[^”]*”")
"""Words of workbooks, whose sheets and columns are Chinese."""
_PLACE = re.compile(r"\{(\w+)\}")


def collected() -> Catalog:
    """Return the messages of all sources, without translations."""
    rulebook = Rulebook.load()
    catalog = Catalog()
    for file, _, message, _, _ in extract_from_dir(
        str(ROOT / "web" / "bangfu_web" / "templates"),
        method_map=[("**.html", "jinja2.ext:babel_extract")],
        options_map={"**.html": _JINJA},
    ):
        catalog.add(message, locations=[(f"web/bangfu_web/templates/{file}", 0)])
    shapes: dict[str, str] = {}
    for text, place in (*of_code(), *of_rules(rulebook)):
        if HAN.search(text) or place == "structure":
            _add(catalog, shapes.setdefault(_shape(text), text), place)
    for text, place in _unread(catalog, composed(rulebook)):
        _add(catalog, text, place)
    return catalog


def _shape(text: str) -> str:
    """Return what patterns share that differ only in what their places are called."""
    return _PLACE.sub(lambda place: place[0] if place[1] in {COUNT, *VERBATIM} else "{}", text)


def _add(catalog: Catalog, text: str, place: str) -> None:
    plural = f"{{{COUNT}}}" in text
    catalog.add((text, text) if plural else text, locations=[(place.replace(" ", "-"), 0)])


def _unread(catalog: Catalog, texts: Iterable[Found]) -> Iterator[Found]:
    """Yield the texts that the messages known so far cannot put together."""
    known = wording_of(
        (text, text, text, "python-brace-format" in message.flags)
        for message in catalog
        if (text := source(message)) and "python-format" not in message.flags
    )
    yield from ((text, place) for text, place in dict.fromkeys(texts) if HAN.search(text) and not _reads(known, text))


def _reads(known: Wording, text: str) -> bool:
    return known.read(text) is not None


def source(message: Message) -> str:
    """Return the Chinese text of a message."""
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def forms(message: Message) -> tuple[str, ...]:
    """Return the translations of a message: of one and of many where it counts something."""
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def written(catalog: Catalog, language: str) -> bytes:
    """Return a catalogue as a file: sorted, with the places of each message."""
    lines = BytesIO()
    write_po(lines, catalog, width=_WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    return _HEADER.format(language=language).encode() + lines.getvalue()


def merged(template: Catalog, known: Catalog, *, clean: bool) -> Catalog:
    """Return the messages of a template with the translations that are known."""
    had = {source(message): message for message in (*known, *known.obsolete.values()) if message.id}
    made = Catalog(locale=known.locale)
    for message in template:
        if not message.id:
            continue
        before = had.pop(source(message), None)
        said: tuple[str, ...] = () if before is None else forms(before)
        string = (said[0], said[-1]) if isinstance(message.id, tuple) and said else (said or ("",))[0]
        if isinstance(message.id, tuple) and not said:
            string = ("", "")
        made.add(message.id, string, locations=message.locations, flags=message.flags)
    if not clean:
        made.obsolete.update({key: message for key, message in had.items() if any(forms(message))})
    return made


def wrong(template: Catalog, catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with the translations of a language."""
    wanted = {source(message): message for message in template if message.id}
    found = {source(message): message for message in catalog if message.id}
    yield from (f"missing: {text}" for text in wanted.keys() - found.keys())
    yield from (f"nothing says this any more: {text}" for text in found.keys() - wanted.keys())
    yield from (f"obsolete: {source(message)}" for message in catalog.obsolete.values())
    for text, message in found.items():
        if not all(forms(message)):
            yield f"untranslated: {text}"
        elif message.fuzzy:
            yield f"fuzzy: {text}"
        elif any(_places(text, message) != _places(said, message) for said in forms(message)):
            yield f"another place: {text} -> {' | '.join(forms(message))}"
        elif any(HAN.search(_QUOTED.sub("", said)) for said in forms(message)):
            yield f"still Chinese: {text} -> {' | '.join(forms(message))}"


def _places(text: str, message: Message) -> set[str]:
    if message.python_brace_format:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if "python-format" in message.flags:
        return {part.partition(")")[0] for part in text.split("%(")[1:]}
    return set()


def languages() -> Iterator[Path]:
    """Yield the file of each language."""
    yield from sorted(LOCALE.glob("*/bangfu.po"))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=None if path == TEMPLATE else path.parent.name)


def _texts(catalog: Catalog) -> set[str]:
    return {source(message) for message in catalog if message.id}


@click.group()
def main() -> None:
    """Collect the desk's texts, check their translations."""


@main.command()
@click.option("--clean", is_flag=True, help="Drop translations of texts that nothing says any more.")
def update(*, clean: bool) -> None:
    """Collect all texts and merge them into the file of every language."""
    template = collected()
    TEMPLATE.write_bytes(written(template, ""))
    for path in languages():
        catalog = merged(template, _read(path), clean=clean)
        path.write_bytes(written(catalog, path.parent.name))
        to_do = sum(not all(forms(message)) for message in catalog if message.id)
        counts = f"{len(catalog)} messages, {to_do} to translate, {len(catalog.obsolete)} obsolete"
        click.echo(f"{path.parent.name}: {counts}")


@main.command()
def check() -> None:
    """Fail where the translations of a language are not complete."""
    template = collected()
    found = [f"{path.parent.name}: {what}" for path in languages() for what in sorted(wrong(template, _read(path)))]
    if _texts(_read(TEMPLATE)) != _texts(template):
        found.append("bangfu.pot is not what the sources say now")
    for line in found:
        click.echo(line, err=True)
    if found:
        raise SystemExit(f"{len(found)} problems; python web/messages.py update, then translate")
    click.echo(f"{len(template)} messages, all translated")


if __name__ == "__main__":
    main()
