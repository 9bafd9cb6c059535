"""Dibao alone (单人保): a member taken in as a household of one, N2 art. 8 and N4."""

from __future__ import annotations

import polars as pl

from bangfu.classification.category import CategoryRule
from bangfu.facts import Level
from bangfu.policy import Policy
from bangfu.rules import Criterion, above, at_least, below, either, every, holds, is_in

_N2_8, _N4 = "N2 art. 8", "N4"


def alone_rule(policy: Policy) -> CategoryRule:
    """Return the rule by which one member is on dibao alone, on his or her own income."""
    in_margin = Criterion(pl.col("household:is_margin"), "家庭属于低保边缘", _N2_8, value="household:category")
    counted = holds("counted", source=_N2_8)
    grounds = [
        every(
            counted, in_margin, holds("severe_disability", source=_N2_8), label="边缘家庭中的重度残疾人", source=_N2_8
        ),
        every(counted, in_margin, holds("serious_illness", source=_N2_8), label="边缘家庭中的重病患者", source=_N2_8),
        every(holds("is_clergy_long_away", "生活在宗教场所满三年的教职人员"), label="宗教教职人员", source=_N2_8),
    ]
    if policy.value("dibao_single.jobless_disabled"):
        source = policy.entries["dibao_single.jobless_disabled"].source
        grounds.append(_jobless_disabled(source))
    if policy.value("dibao_single.medical_cost"):
        source = policy.entries["dibao_single.medical_cost"].source
        cost = above("own_medical_cost", pl.col("income_year"), source=source)
        grounds.append(every(counted, in_margin, cost, label="边缘家庭中自付医疗费超过家庭年收入的成员", source=source))
    return CategoryRule(
        "dibao_single",
        Level.MEMBER,
        (
            either(*grounds, label="可单独纳入的情形", source=_N2_8),
            below("own_income", pl.col("dibao_standard"), source=_N2_8),
            holds("assets_within_limits", source=_N2_8),
        ),
    )


def _jobless_disabled(source: str) -> Criterion:
    household = Criterion(~pl.col("household:is_dibao"), "家庭不在低保", source, value="household:category")
    return every(
        holds("counted", source=source),
        household,
        at_least("age", 18, source=source),
        is_in("employment", "unemployed", "not_working", source=source),
        holds("severe_disability", source=source),
        label="成年无业重度残疾人",
        source=source,
    )
