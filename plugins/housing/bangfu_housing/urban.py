"""Urban housing aid (N1 art. 37–38, N6, S2): public rental, or a rent subsidy instead."""

from collections.abc import Iterable

from bangfu import Benefit, Level, SupportKind, household, parameter

_SOURCE = "N1 art. 37–38；N6"
_OFFICE = "街道（镇）住房保障窗口"


def benefits() -> Iterable[Benefit]:
    """Return public rental and the subsidy, which gives way to it unless the household chooses the money."""
    in_need = [
        household.residence == "urban",
        household.category.one_of("tekun", "dibao", "margin", "rigid_expenditure"),
        household.housing_difficulty,
    ]
    return [
        Benefit(
            "housing.public_rental",
            "公租房实物配租",
            Level.HOUSEHOLD,
            [*in_need, ~household.chooses_rent_subsidy],
            source=_SOURCE,
            kind=SupportKind.IN_KIND,
            office=_OFFICE,
        ),
        Benefit(
            "housing.rent_subsidy",
            "住房租赁补贴",
            Level.HOUSEHOLD,
            in_need,
            parameter("housing.rent_subsidy"),
            source=_SOURCE,
            office=_OFFICE,
            gives_way_to=("housing.public_rental",),
        ),
    ]
