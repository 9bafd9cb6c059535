"""What is left unsaid: facts that caseworkers often lack, and those they leave to presumption.

Households differ: of some everything was asked, of others little. Each household has a measure of its
gaps, ``gaps``, by which the usual shares are multiplied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from bangfu.generate.draw import Draws

GAPS = {0.0: 45, 1.0: 40, 2.5: 15}
"""How often a household's shares of unknown facts are this many times the usual ones."""

UNKNOWN: Mapping[str, float] = {
    "residence": 0.004,
    "assets_within_limits": 0.16,
    "financial_assets": 0.25,
    "homes": 0.06,
    "vehicles": 0.06,
    "large_machinery": 0.12,
    "business_registered": 0.12,
    "expenses": 0.15,
    "recognised_on": 0.06,
    "recognised_amount": 0.08,
    "income_risen_on": 0.15,
    "housing_difficulty": 0.15,
    "dwelling_grade": 0.18,
    "dwelling_only": 0.08,
    "renovated_before": 0.15,
    "dwelling_area": 0.2,
    "sex": 0.002,
    "birth_date": 0.004,
    "away_since": 0.3,
    "school_stage": 0.03,
    "school_year": 0.05,
    "boarding": 0.12,
    "school_kind": 0.1,
    "disability_grade": 0.05,
    "self_care_lost": 0.15,
    "has_able_supporter": 0.1,
    "supported_as_orphan": 0.2,
    "incomes": 0.04,
    "employment": 0.05,
    "unemployed_since": 0.2,
    "graduated_on": 0.05,
    "wants_training": 0.35,
    "wants_startup": 0.35,
    "social_insurance_paid": 0.12,
    "insured": 0.06,
    "treatments": 0.08,
}
"""The usual share of unknown values by fact."""

LEFT_TO_PRESUMPTION: Mapping[str, tuple[Any, float]] = {
    "registered_poor": (False, 0.4),
    "watched_for_return_to_poverty": (False, 0.6),
    "recognised_as": ("none", 0.6),
    "lives_together": (True, 0.8),
    "whereabouts": ("home", 0.7),
    "disability_kind": ("none", 0.7),
    "serious_illness": (False, 0.6),
    "orphan": (False, 0.95),
    "martyr_child": (False, 0.95),
    "job_refusals": (0, 0.8),
}
"""The value that is presumed where nothing is said, and the share of those that have it and say nothing."""


def said(draws: Draws, what: str, value: pl.Expr, unknown: float) -> pl.Expr:
    """Return the value, or null for a usual share of the rows."""
    return pl.when(~draws.chance(f"unknown {what}", pl.col("gaps") * unknown)).then(value)


def as_said(draws: Draws, facts: Iterable[str]) -> list[pl.Expr]:
    """Return these facts' columns as a caseworker would have stated them; the frame has ``gaps``."""
    return [_as_said(draws, name).alias(name) for name in facts if name in UNKNOWN or name in LEFT_TO_PRESUMPTION]


def _as_said(draws: Draws, name: str) -> pl.Expr:
    if name in LEFT_TO_PRESUMPTION:
        usual, share = LEFT_TO_PRESUMPTION[name]
        left_out = (pl.col(name) == usual) & draws.chance(f"presumed {name}", share)
        return pl.when(~left_out).then(pl.col(name))
    return said(draws, name, pl.col(name), UNKNOWN[name])
