"""What the rules say: every text that facts, parameters, packs and rules declare, for the catalogues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bangfu import Rulebook, clock
from bangfu.engine import BoundCriterion, Ruleset
from bangfu.facts import Choice, Items
from bangfu.messages import Message, in_words
from bangfu.policy import Choices, turning_days
from bangfu.policy.sources import Code, clause_pieces

Found = tuple[str, str]
"""A text, and where it stands."""


def declared() -> Iterator[Found]:
    """Yield every text that facts, parameters, packs and the rules of every shipped region and day declare."""
    rulebook = Rulebook.load()
    for fact in rulebook.catalog.facts:
        texts = [fact.label, fact.question, getattr(fact.type, "unit", "")]
        texts += [fact.presumption.text] if fact.presumption else []
        fields = fact.type.fields if isinstance(fact.type, Items) else ()
        kinds: list[object] = [field.type for field in fields] or [fact.type]
        texts += [label for kind in kinds if isinstance(kind, Choice) for label in kind.labels.values()]
        texts += [text for field in fields for text in (field.label, field.note)]
        yield from _at(f"fact {fact.name}", texts)
    for parameter in rulebook.parameters.values():
        labels = parameter.type.labels.values() if isinstance(parameter.type, Choice | Choices) else ()
        yield from _at(f"parameter {parameter.name}", [parameter.label, parameter.unit, *labels])
    for pack in rulebook.packs:
        yield from _at(f"pack {pack.file}", [pack.name, *_remarks(entry.source for entry in pack.entries)])
    for ruleset in _rulesets(rulebook):
        yield from _of_ruleset(ruleset)


def _at(place: str, texts: Iterable[str]) -> Iterator[Found]:
    yield from ((text, place) for text in texts if text)


def _rulesets(rulebook: Rulebook) -> Iterable[Ruleset]:
    """Return the rules of every region that has a pack, for every day on which they change."""
    found: dict[int, Ruleset] = {}
    for region in dict.fromkeys(["000000", *(pack.region for pack in rulebook.packs)]):
        for day in turning_days([pack for pack in rulebook.packs if pack.applies(region)], clock.today()):
            ruleset = rulebook.rules(region, day)
            found[id(ruleset)] = ruleset
    return found.values()


def _of_ruleset(ruleset: Ruleset) -> Iterator[Found]:
    for source, title in ruleset.policy.titles.items():
        yield from _at(f"source {source}", (title, title.split("（")[0]))
    for node in ruleset.graph.nodes.values():
        yield from _at(f"column {node.name}", (t for t in (node.label, *node.labels.values()) if _is_plain(t)))
    for programme in ruleset.programmes:
        yield from _at(f"programme {programme.code}", (programme.name, programme.department))
        yield from _at(f"programme {programme.code}", (group.name for group in programme.groups))
    for bound in ruleset.benefits:
        benefit = bound.benefit
        told = (benefit.name, benefit.note, benefit.office, *benefit.documents, *_remarks([benefit.source]))
        yield from _at(f"benefit {benefit.code}", told)
    for owner, criterion in _criteria(ruleset):
        yield from _at(owner, [t for t in (criterion.label, *_remarks([criterion.source])) if _is_plain(t)])


def _is_plain(text: str) -> bool:
    """Return whether a text was declared as it is, not put together from others."""
    return isinstance(text, Message) and not text.data and ":" not in text


def _criteria(ruleset: Ruleset) -> Iterator[tuple[str, BoundCriterion]]:
    owned = [(f"category {rule.code}", rule.criteria) for rule in (*ruleset.household_rules, *ruleset.member_rules)]
    owned += [(f"benefit {bound.benefit.code}", bound.criteria) for bound in ruleset.benefits]
    owned += [("grounds", (*ruleset.grounds.including, *ruleset.grounds.excluding)), ("property", ruleset.property)]
    for owner, criteria in owned:
        waiting = list(criteria)
        while waiting:
            criterion = waiting.pop(0)
            waiting += criterion.parts
            yield owner, criterion


def _remarks(sources: Iterable[str]) -> Iterator[str]:
    """Yield what clauses say besides the short names of texts and the numbers of articles."""
    for source in sources:
        for piece in clause_pieces(source):
            if isinstance(piece, Message) and not isinstance(piece, Code) and not piece.data and piece.strip("；; "):
                yield in_words(piece)
