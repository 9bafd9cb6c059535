"""Urban housing aid (N1 art. 37–38, N6, S2): public rental, or a rent subsidy instead."""

from collections.abc import Iterable

from bangfu import Amount, Benefit, Level, Policy, SupportKind, holds, in_category, is_in, lacks

_SOURCE = "N1 art. 37–38；N6"
_OFFICE = "街道（镇）住房保障窗口"


def benefits(policy: Policy) -> Iterable[Benefit]:
    """Return public rental and the subsidy, which gives way to it unless the household chooses the money."""
    in_need = [
        is_in("residence", "urban", source=_SOURCE),
        in_category("tekun", "dibao", "margin", "rigid_expenditure", source=_SOURCE),
        holds("housing_difficulty", source=_SOURCE),
    ]
    return [
        Benefit(
            "housing.public_rental",
            "公租房实物配租",
            Level.HOUSEHOLD,
            [*in_need, lacks("chooses_rent_subsidy", source=_SOURCE)],
            source=_SOURCE,
            kind=SupportKind.IN_KIND,
            office=_OFFICE,
        ),
        Benefit(
            "housing.rent_subsidy",
            "住房租赁补贴",
            Level.HOUSEHOLD,
            in_need,
            Amount(policy["housing.rent_subsidy"], "{policy:housing.rent_subsidy}"),
            source=_SOURCE,
            office=_OFFICE,
            gives_way_to=("housing.public_rental",),
        ),
    ]
