"""Tekun support (特困救助供养): basic living at a multiple of the dibao standard, care by three tiers (N10)."""

from collections.abc import Iterable

import polars as pl

from bangfu import Amount, Benefit, Criterion, Level, Policy, at_least, at_most, in_category

TIERS: dict[str, tuple[str, tuple[Criterion, ...]]] = {
    "able": ("全自理", (at_most("self_care_lost", 0, source="N3 art. 21"),)),
    "partial": (
        "半护理",
        (at_least("self_care_lost", 1, source="N3 art. 22"), at_most("self_care_lost", 3, source="N3 art. 22")),
    ),
    "full": ("全护理", (at_least("self_care_lost", 4, source="N3 art. 22"),)),
}


def benefits(policy: Policy) -> Iterable[Benefit]:
    """Return a tekun member's living support and the three tiers of care."""
    tekun = in_category("tekun", source="N3 art. 4")
    multiple = policy["tekun.multiple"]
    return [
        Benefit(
            "living.tekun",
            "特困人员基本生活供养",
            Level.MEMBER,
            [tekun],
            Amount(pl.col("dibao_standard") * multiple, "{dibao_standard} × {policy:tekun.multiple}"),
            source="N10",
            office="乡镇民政办，按月发放",
        ),
        *(
            Benefit(
                f"living.tekun_care.{tier}",
                f"特困人员照料护理（{label}）",
                Level.MEMBER,
                [tekun, *criteria],
                Amount(policy[f"living.tekun_care.{tier}"]),
                source="N10",
                office="乡镇民政办",
            )
            for tier, (label, criteria) in TIERS.items()
        ),
    ]
