"""What differs between two handbooks: parameters and benefits, each with what it says here and there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from attrs import frozen

from bangfu.handbook.model import Condition, Handbook, Offer, Relation, Standard
from bangfu.messages import _, joined

Said: TypeAlias = Mapping[str, tuple[str, ...]]
"""What a parameter or benefit says: lines by what they are about."""

_NOT_SET = _("未设定")


@frozen
class Difference:
    """One respect in which two versions differ: the lines that only the first has, and those of the second."""

    about: str
    first: tuple[str, ...]
    second: tuple[str, ...]


@frozen
class Changed:
    """A parameter or benefit that differs; ``missing`` says on which side there is none, ``first`` or ``second``."""

    code: str
    name: str
    differences: tuple[Difference, ...]
    missing: str = ""


def changed_standards(first: Handbook, second: Handbook) -> list[Changed]:
    """Return the parameters that differ in value, clause or whether they were verified."""
    return _changed(
        {s.name: (s.label, _of_standard(s)) for s in first.standards},
        {s.name: (s.label, _of_standard(s)) for s in second.standards},
    )


def changed_offers(first: Handbook, second: Handbook) -> list[Changed]:
    """Return the benefits that differ, or that only one of the two has."""
    return _changed(
        {offer.code: (offer.name, _of_offer(offer)) for offer in first.offers},
        {offer.code: (offer.name, _of_offer(offer)) for offer in second.offers},
    )


def _changed(first: Mapping[str, tuple[str, Said]], second: Mapping[str, tuple[str, Said]]) -> list[Changed]:
    found = []
    for code in dict.fromkeys([*first, *second]):
        here, there = first.get(code), second.get(code)
        if here is None or there is None:
            name, said = here or there or ("", {})
            lines = tuple(Difference(about, *_sides(text, first=there is None)) for about, text in said.items() if text)
            found.append(Changed(code, name, lines, "first" if here is None else "second"))
        elif differences := tuple(_differences(here[1], there[1])):
            found.append(Changed(code, there[0], differences))
    return found


def _sides(lines: tuple[str, ...], *, first: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (lines, ()) if first else ((), lines)


def _differences(first: Said, second: Said) -> Iterator[Difference]:
    for about in dict.fromkeys([*first, *second]):
        here, there = first.get(about, ()), second.get(about, ())
        if here != there:
            gone = tuple(line for line in here if line not in there)
            come = tuple(line for line in there if line not in here)
            # The same lines in another order: the order itself is the difference.
            yield Difference(about, *((gone, come) if gone or come else (here, there)))


def _of_standard(standard: Standard) -> Said:
    return {
        _("数值"): (_value(standard),),
        _("依据"): _filled(standard.source),
        _("核对"): _checked(verified=standard.verified) if standard.is_set else (),
    }


def _of_offer(offer: Offer) -> Said:
    return {
        _("名称"): (offer.name,),
        _("对象"): (offer.of, *_conditions(offer.conditions)),
        _("标准"): (offer.how_much.full, *_standards(offer.how_much.standards)),
        _("期限"): (offer.until.text, *_standards(offer.until.standards)) if offer.until else (),
        _("叠加"): tuple(_relation(relation) for relation in offer.relations),
        _("形式"): (offer.kind,),
        _("材料"): offer.documents,
        _("办理"): _filled(offer.office),
        _("说明"): _filled(offer.note),
        _("依据"): _filled(offer.source),
        _("核对"): _checked(verified=offer.verified) if offer.per and not offer.how_much.standards else (),
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


def _relation(relation: Relation) -> str:
    return _("{text}：{list}", text=relation.text, list=joined("、", (other.name for other in relation.others)))


def _value(standard: Standard) -> str:
    return standard.text if standard.is_set else _NOT_SET


def _filled(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _checked(*, verified: bool) -> tuple[str, ...]:
    return (_("已核对") if verified else _("未核对"),)
