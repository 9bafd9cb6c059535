"""The texts of all houses and their translations: ``python core/catalogues.py update``, ``compile``, ``check``.

``update`` collects every text that the code calls (``_``, ``joined``), the templates hold and the rules declare, and
merges it into each language's ``bangfu.po``: Chinese texts into the English one, English texts into the Chinese one.
What nothing says any more is dropped. ``check`` fails where a text is missing, untranslated, or loses a place of its
template. ``compile`` writes what the program reads, as an installation does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bangfu import Rulebook, clock
from bangfu.engine import BoundCriterion, Ruleset
from bangfu.facts import Choice, Items
from bangfu.messages import Message as Text
from bangfu.messages import in_words
from bangfu.policy import Choices, turning_days
from bangfu.policy.sources import Code, clause_pieces

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
    catalog = Catalog()
    for text in _called():
        counts = language == "en" and COUNT in places(text)
        _add(catalog, (text, text) if counts else text, language)
    method = [("**.html", "jinja2.ext:babel_extract")]
    for _file, _line, message, *_more in extract_from_dir(str(ROOT / _TEMPLATES), method, _OPTIONS, _IN_TEMPLATES):
        _add(catalog, message, language)
    for text in _declared():
        _add(catalog, text, language)
    return catalog


def _called() -> Iterator[str]:
    """Yield the texts that the code calls, also within each other, which Babel's own reader of Python leaves out."""
    for file in (file for folder in _CODE for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in _CALLS:
                    yield text


def _add(catalog: Catalog, message: str | tuple[str, ...], language: str) -> None:
    text = message if isinstance(message, str) else message[0]
    if HAN.search(text) if language == "en" else not HAN.search(text) and _LATIN.search(_PLACE.sub("", text)):
        catalog.add(message)


def _declared() -> Iterator[str]:
    """Yield every text that facts, parameters, packs and the rules of every shipped region and day declare."""
    rulebook = Rulebook.load()
    for fact in rulebook.catalog.facts:
        fields = fact.type.fields if isinstance(fact.type, Items) else ()
        yield from (fact.label, fact.question, getattr(fact.type, "unit", ""))
        yield from (text for field in fields for text in (field.label, field.note))
        yield from (fact.presumption.text,) if fact.presumption else ()
        for kind in (fact.type, *(field.type for field in fields)):
            yield from kind.labels.values() if isinstance(kind, Choice) else ()
    for parameter in rulebook.parameters.values():
        labels = parameter.type.labels.values() if isinstance(parameter.type, Choice | Choices) else ()
        yield from (parameter.label, parameter.unit, *labels)
    for pack in rulebook.packs:
        yield from (pack.name, *_remarks(entry.source for entry in pack.entries))
    for ruleset in _rulesets(rulebook):
        yield from _of_ruleset(ruleset)


def _rulesets(rulebook: Rulebook) -> Iterable[Ruleset]:
    """Return the rules of every region that has a pack, for every day on which they change."""
    found: dict[int, Ruleset] = {}
    for region in dict.fromkeys(["000000", *(pack.region for pack in rulebook.packs)]):
        for day in turning_days([pack for pack in rulebook.packs if pack.applies(region)], clock.today()):
            ruleset = rulebook.rules(region, day)
            found[id(ruleset)] = ruleset
    return found.values()


def _of_ruleset(ruleset: Ruleset) -> Iterator[str]:
    for title in ruleset.policy.titles.values():
        yield from (title, title.split("（")[0])
    for node in ruleset.graph.nodes.values():
        yield from filter(_is_plain, (node.label, *node.labels.values()))
    for programme in ruleset.programmes:
        yield from (programme.name, programme.department, *(group.name for group in programme.groups))
    for benefit in (bound.benefit for bound in ruleset.benefits):
        yield from (benefit.name, benefit.note, benefit.office, *benefit.documents, *_remarks([benefit.source]))
    for criterion in _criteria(ruleset):
        yield from filter(_is_plain, (criterion.label, *_remarks([criterion.source])))


def _is_plain(text: str) -> bool:
    """Return whether a text was declared as it is, not put together from others."""
    return isinstance(text, Text) and not text.data and ":" not in text


def _criteria(ruleset: Ruleset) -> Iterator[BoundCriterion]:
    """Yield every criterion, each with its parts."""
    waiting = [*ruleset.grounds.including, *ruleset.grounds.excluding, *ruleset.property]
    waiting += (c for rule in (*ruleset.household_rules, *ruleset.member_rules) for c in rule.criteria)
    waiting += (c for bound in ruleset.benefits for c in bound.criteria)
    while waiting:
        criterion = waiting.pop()
        waiting += criterion.parts
        yield criterion


def _remarks(sources: Iterable[str]) -> Iterator[str]:
    """Yield what clauses say besides the short names of texts and the numbers of articles."""
    for piece in (piece for source in sources for piece in clause_pieces(source)):
        if isinstance(piece, Text) and not isinstance(piece, Code) and not piece.data and piece.strip("；; "):
            yield in_words(piece)


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
    known.update(template, no_fuzzy_matching=True)
    known.obsolete.clear()
    return known


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


def compile_all() -> None:
    """Write the compiled catalogue of every language, as the program reads it, beside its source."""
    for language in LANGUAGES:
        with catalogue_file(language).with_suffix(".mo").open("wb") as made:
            write_mo(made, read(language))


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


main.command("compile", help="Write the compiled catalogues.")(compile_all)


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
