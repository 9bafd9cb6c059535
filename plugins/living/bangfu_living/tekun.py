"""Tekun support (特困救助供养): basic living at a multiple of the dibao standard, care by three tiers (N10)."""

from collections.abc import Iterable

from bangfu import Benefit, Criterion, Level, household, member, parameter

_lost = member.self_care_lost  # of the six things that somebody does for himself or herself
_PARTIAL, _FULL = 3, 4
TIERS: dict[str, tuple[str, tuple[Criterion, ...]]] = {
    "able": ("全自理", (Criterion(_lost <= 0, source="N3 art. 21"),)),
    "partial": (
        "半护理",
        (Criterion(_lost >= 1, source="N3 art. 22"), Criterion(_lost <= _PARTIAL, source="N3 art. 22")),
    ),
    "full": ("全护理", (Criterion(_lost >= _FULL, source="N3 art. 22"),)),
}


def benefits() -> Iterable[Benefit]:
    """Return a tekun member's living support and the three tiers of care."""
    tekun = Criterion(member.category.one_of("tekun"), source="N3 art. 4")
    return [
        Benefit(
            "living.tekun",
            "特困人员基本生活供养",
            Level.MEMBER,
            [tekun],
            household.dibao_standard * parameter("tekun.multiple"),
            source="N10",
            office="乡镇民政办，按月发放",
        ),
        *(
            Benefit(
                f"living.tekun_care.{tier}",
                f"特困人员照料护理（{label}）",
                Level.MEMBER,
                [tekun, *criteria],
                parameter(f"living.tekun_care.{tier}"),
                source="N10",
                office="乡镇民政办",
            )
            for tier, (label, criteria) in TIERS.items()
        ),
    ]
