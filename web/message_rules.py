"""What the rules say: every text that facts, parameters, packs and rules declare, and what is made of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import attrs

from bangfu import Rulebook, clock
from bangfu.engine import BoundCriterion, Ruleset
from bangfu.facts import Choice, Items
from bangfu.handbook import handbook_of
from bangfu.policy import Choices, turning_days

Found = tuple[str, str]
"""A text, and where it stands."""

_CLAUSES = re.compile(r"\b[NS]\d{1,2}\b(?: ?art\. ?[\d–、, -]*\d)?|[；;]")


def of_rules(rulebook: Rulebook) -> Iterator[Found]:
    """Yield every text that facts, parameters, packs and the rules of every shipped region and day declare."""
    for fact in rulebook.catalog.facts:
        place = f"fact {fact.name}"
        yield from ((text, place) for text in (fact.label, fact.question, getattr(fact.type, "unit", "")))
        if fact.presumption:
            yield fact.presumption.text, place
        for kind in [field.type for field in fact.type.fields] if isinstance(fact.type, Items) else [fact.type]:
            yield from ((text, place) for text in (kind.labels.values() if isinstance(kind, Choice) else ()))
        yield from ((field.label, place) for field in (fact.type.fields if isinstance(fact.type, Items) else ()))
    for parameter in rulebook.parameters.values():
        place = f"parameter {parameter.name}"
        yield from ((text, place) for text in (parameter.label, parameter.unit))
        if isinstance(parameter.type, Choice | Choices):
            yield from ((text, place) for text in parameter.type.labels.values())
    for pack in rulebook.packs:
        yield pack.name, f"pack {pack.file}"
    for ruleset in rulesets(rulebook):
        yield from _of_ruleset(ruleset)


def rulesets(rulebook: Rulebook) -> list[Ruleset]:
    """Return the rules of every region that has a pack, for every day on which they change."""
    found: dict[int, Ruleset] = {}
    for region in dict.fromkeys(["000000", *(pack.region for pack in rulebook.packs)]):
        for day in turning_days([pack for pack in rulebook.packs if pack.applies(region)], clock.today()):
            ruleset = rulebook.rules(region, day)
            found[id(ruleset)] = ruleset
    return list(found.values())


def _of_ruleset(ruleset: Ruleset) -> Iterator[Found]:
    for source, title in ruleset.policy.titles.items():
        yield from ((text, f"source {source}") for text in (title, title.split("（")[0]))
    for node in ruleset.graph.nodes.values():
        yield from ((text, f"column {node.name}") for text in (node.label, *node.labels.values()) if ":" not in text)
    for programme in ruleset.programmes:
        yield from ((text, f"programme {programme.code}") for text in (programme.name, programme.department))
        yield from ((group.name, f"group {group.code}") for group in programme.groups)
    for bound in ruleset.benefits:
        benefit = bound.benefit
        told = (benefit.name, benefit.note, benefit.office, *benefit.documents)
        yield from ((text, f"benefit {benefit.code}") for text in told)
    for owner, criterion in _criteria(ruleset):
        if criterion.label != _made(ruleset, criterion):
            yield criterion.label, owner


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


def _made(ruleset: Ruleset, criterion: BoundCriterion) -> str:
    """Return the label that would be made for a criterion without one."""
    if criterion.parts:
        parts = [part.label for part in criterion.parts]
        return next((text for text in (" 或 ".join(parts), " 且 ".join(parts)) if text == criterion.label), "")
    return ruleset.labels.of_criterion(criterion)


def composed(rulebook: Rulebook) -> Iterator[Found]:
    """Yield the texts that are put together from those: criteria, and all that the handbooks say."""
    for ruleset in rulesets(rulebook):
        for owner, criterion in _criteria(ruleset):
            yield from ((text, owner) for text in (criterion.label, *_remarks(criterion.source)))
        for entry in ruleset.policy.entries.values():
            yield from ((text, f"pack {entry.pack.file}") for text in _remarks(entry.source))
        for bound in ruleset.benefits:
            yield from ((text, f"benefit {bound.benefit.code}") for text in _remarks(bound.benefit.source))
    for region in dict.fromkeys(["000000", *(pack.region for pack in rulebook.packs)]):
        for day in turning_days([pack for pack in rulebook.packs if pack.applies(region)], clock.today()):
            yield from _texts(handbook_of(rulebook.rules(region, day), rulebook.packs, region, day))


def _remarks(source: str) -> list[str]:
    """Return what a clause says besides the short names of texts and the numbers of articles."""
    return [text for piece in _CLAUSES.split(source) if (text := piece.strip(" ；;（），"))]


def _texts(value: Any) -> Iterator[Found]:
    if isinstance(value, str):
        yield value, "handbook"
    elif isinstance(value, tuple | list):
        yield from itertools.chain.from_iterable(map(_texts, value))
    elif attrs.has(type(value)):
        for part in attrs.fields(type(value)):
            if part.name not in {"source", "documents"}:
                yield from _texts(getattr(value, part.name))
