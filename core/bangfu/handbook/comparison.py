"""What differs between two handbooks: parameters and benefits, each with what it says here and there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TypeAlias

from attrs import frozen

from bangfu.differences import changed_values
from bangfu.handbook.model import Condition, Handbook, Offer, Standard
from bangfu.messages import _, joined

Said: TypeAlias = Mapping[str, tuple[str, ...]]
"""What a parameter or benefit says: lines by what they are about."""

_NOT_SET = _("未设定")


@frozen
class ChangedLines:
    """One respect in which two versions differ: the lines that only the first has, and those of the second."""

    about: str
    first: tuple[str, ...]
    second: tuple[str, ...]


@frozen
class HandbookChange:
    """A parameter or benefit that differs; ``missing`` says on which side there is none, ``first`` or ``second``."""

    code: str
    name: str
    differences: tuple[ChangedLines, ...]
    missing: str = ""


def changes(first: Handbook, second: Handbook) -> tuple[list[HandbookChange], list[HandbookChange]]:
    """Return the parameters that differ in value, clause or whether they were verified; the benefits that differ."""
    sides = first, second
    return (
        _changes(*({s.name: (s.label, _of_standard(s)) for s in side.standards} for side in sides)),
        _changes(*({o.benefit.code: (o.benefit.name, _of_offer(o)) for o in side.offers} for side in sides)),
    )


def _changes(*sides: Mapping[str, tuple[str, Said]]) -> list[HandbookChange]:
    found = []
    for changed in changed_values(*sides, by=itemgetter(1)):
        missing = "first" if changed.before is None else "second" if changed.after is None else ""
        lines = _lines(*(side[1] if side else {} for side in (changed.before, changed.after)))
        found.append(HandbookChange(changed.key, changed.either[0], tuple(lines), missing))
    return found


def _lines(*sides: Said) -> Iterator[ChangedLines]:
    for changed in changed_values(*sides):
        here, there = (tuple(filter(None, lines or ())) for lines in (changed.before, changed.after))
        gone = tuple(line for line in here if line not in there)
        come = tuple(line for line in there if line not in here)
        if gone or come:
            yield ChangedLines(changed.key, gone, come)
        elif here != there:  # the same lines in another order: the order itself is the difference
            yield ChangedLines(changed.key, here, there)


def _of_standard(standard: Standard) -> Said:
    return {
        _("数值"): (_value(standard),),
        _("依据"): (standard.source,),
        _("核对"): _checked(verified=standard.verified) if standard.is_set else (),
    }


def _of_offer(offer: Offer) -> Said:
    benefit = offer.benefit
    return {
        _("名称"): (benefit.name,),
        _("对象"): (offer.of, *_conditions(offer.conditions)),
        _("标准"): (offer.how_much.full, *_standards(offer.how_much.standards)),
        _("期限"): (offer.until.text, *_standards(offer.until.standards)) if offer.until else (),
        _("叠加"): tuple(
            _("{text}：{list}", text=relation.text, list=joined("、", (other.name for other in relation.others)))
            for relation in offer.relations
        ),
        _("形式"): (offer.kind,),
        _("材料"): benefit.documents,
        _("办理"): (benefit.office,),
        _("说明"): (benefit.note,),
        _("依据"): (benefit.source,),
        _("核对"): _checked(verified=benefit.verified) if offer.per and not offer.how_much.standards else (),
    }


def _conditions(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        joint = _("须同时具备") if condition.together else _("符合下列任一项")
        yield (
            _("{text}（{joint}）", text=condition.text, joint=joint)
            if condition.parts and condition.text
            else condition.text or joint
        )
        yield from _standards(condition.standards)
        yield from _conditions(condition.parts)


def _standards(standards: Iterable[Standard]) -> Iterator[str]:
    for standard in standards:
        yield _("{label}：{value}", label=standard.label, value=_value(standard))


def _value(standard: Standard) -> str:
    return standard.text if standard.is_set else _NOT_SET


def _checked(*, verified: bool) -> tuple[str, ...]:
    return (_("已核对") if verified else _("未核对"),)
