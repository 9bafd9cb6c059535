# ruff: noqa: PLR2004 - the clause's own numbers
"""Every benefit of the five programmes in plain Polars; see ``plain_polars``.

``status:CODE`` says whether a benefit is due, ``amount:CODE`` how much if so, ``counts:CODE`` whether it
stays where another can replace it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import polars as pl
from polars import col, lit, when

from bangfu.facts.household import CATEGORY_LABELS

KEY = "household"
MONEY = pl.Decimal(18, 2)
CATEGORY = pl.Enum(list(CATEGORY_LABELS))


def yuan(amount: Any) -> pl.Expr:
    return lit(Decimal(amount)).cast(MONEY)


def either(column: str, *values: str) -> pl.Expr:
    result = col(column) == values[0]
    for value in values[1:]:
        result |= col(column) == value
    return result


def category(code: str) -> pl.Expr:
    return lit(code, dtype=CATEGORY)


def by_category(*amounts: str) -> pl.Expr:
    """Return the figure of the member's category: tekun and dibao, dibao alone, margin, rigid expenditure, watched."""
    dibao, single, margin, rigid, watched = (lit(Decimal(amount)).cast(pl.Decimal(18, 6)) for amount in amounts)
    return (
        when(either("category", "tekun", "dibao")).then(dibao)
        .when(col("category") == "dibao_single").then(single)
        .when(col("category") == "margin").then(margin)
        .when(col("category") == "rigid_expenditure").then(rigid)
        .when(col("category") == "watched").then(watched)
    )  # fmt: skip


def _due(code: str, due: pl.Expr, amount: pl.Expr | int | None = None) -> Iterator[pl.Expr]:
    yield due.alias(f"status:{code}")
    if amount is not None:
        yield (yuan(amount) if isinstance(amount, int) else amount).alias(f"amount:{code}")


def household_benefits() -> Iterator[pl.Expr]:
    dibao, rural = col("category") == "dibao", col("residence") == "rural"
    yield from _due("living.dibao", dibao, col("dibao"))
    yield from _due("employment.zero_household", dibao & col("zero_household"))
    yield from _due("employment.rural.industry", rural & (col("category") != "none"))
    in_group = (
        (col("category") != "none")
        | col("somebody_tekun")
        | col("watched_for_return_to_poverty")
        | col("registered_poor")
    )
    home = rural & in_group & col("dwelling_only")
    renovated = home & ~col("renovated_before") & either("dwelling_grade", "C", "D")
    yield from _due("housing.renovation.D", renovated & (col("dwelling_grade") == "D"), 35000)
    yield from _due("housing.renovation.C", renovated & (col("dwelling_grade") == "C"), 12000)
    seismic = home & col("lacks_seismic_resistance")
    yield from _due("housing.seismic", seismic, 8000)
    yield (seismic & ~renovated).alias("counts:housing.seismic")
    urban = col("residence") == "urban"
    in_need = urban & either("category", "tekun", "dibao", "margin", "rigid_expenditure") & col("housing_difficulty")
    yield from _due("housing.public_rental", in_need & ~col("chooses_rent_subsidy"))
    yield from _due("housing.rent_subsidy", in_need, 2160)
    yield (in_need & col("chooses_rent_subsidy")).alias("counts:housing.rent_subsidy")


def member_benefits() -> Iterator[pl.Expr]:
    yield from _education()
    yield from _employment()
    lost = col("self_care_lost")
    tekun = col("is_tekun")
    alone = (col("category") == "dibao_single") & ~col("unwilling")
    yield from _due("living.dibao_single", alone, col("standard") - col("own_income"))
    yield from _due("living.tekun", tekun, (col("standard") * Decimal("1.3")).cast(MONEY))
    yield from _due("living.tekun_care.able", tekun & (lost == 0), 600)
    yield from _due("living.tekun_care.partial", tekun & (lost >= 1) & (lost <= 3), 3240)
    yield from _due("living.tekun_care.full", tekun & (lost >= 4), 6480)
    covered = col("counted") & (col("category") != "none")
    premium = by_category("200", "200", "120", "100", "150").cast(MONEY)
    yield from _due("medical.premium_in_full", tekun, 280)
    yield from _due("medical.premium", covered & ~tekun, premium)
    yield from _due("medical.enrol", covered & ~col("insured"))
    aid = ((col("left") - col("deductible")) * col("ratio")).round(2, mode="half_away_from_zero").cast(MONEY)
    due = covered & col("insured") & (col("left") > col("deductible"))
    yield from _due("medical.aid", due, aid.clip(upper_bound=yuan(30000)))


def _education() -> Iterator[pl.Expr]:
    stage, poor, boards, year = col("school_stage"), col("registered_poor"), col("boarding"), col("school_year")
    compulsory, higher = (
        either("school_stage", "primary", "junior_secondary"),
        either("school_stage", "undergraduate", "junior_college"),
    )
    later = higher | either("school_stage", "senior_secondary", "vocational_secondary")
    senior, vocational = poor & (stage == "senior_secondary"), poor & (stage == "vocational_secondary")
    helped = either("category", "tekun", "dibao", "dibao_single")
    yield from _due("education.aid.compulsory", compulsory & helped)
    yield from _due("education.aid.later", later & helped)
    at_home = (col("age") >= 6) & (col("age") < 16) & (stage == "none") & col("disabled")
    yield from _due("education.aid.home_teaching", at_home)
    school = (stage == "preschool") & either("school_kind", "public", "inclusive_private")
    group = poor | col("martyr_child") | col("orphan") | col("disabled")
    yield from _due("education.preschool.living", school & group, 200)
    yield from _due("education.preschool.fee_reduction", (stage == "preschool") & poor & col("special_hardship"))
    yield from _due("education.compulsory.two_waivers", compulsory)
    yield from _due("education.primary.boarder", (stage == "primary") & boards & poor, 1000)
    yield from _due("education.junior_secondary.boarder", (stage == "junior_secondary") & boards & poor, 1250)
    yield from _due("education.compulsory.boarder_top_up", compulsory & boards & poor, 100)
    yield from _due("education.compulsory.meals", compulsory & poor, 4)
    for item, amount in {"national_grant": 2000, "poverty_grant": 1000, "tuition": 760, "textbooks": 400}.items():
        yield from _due(f"education.senior_secondary.{item}", senior, amount)
    yield from _due("education.senior_secondary.lodging", senior & boards, 500)
    yield from _due("education.vocational.tuition", vocational & (year <= 3), 2000)
    yield from _due("education.vocational.national_grant", vocational & (year <= 2), 2000)
    yield from _due("education.vocational.poverty_grant", vocational, 1000)
    yield from _due("education.vocational.textbooks", vocational, 400)
    yield from _due("education.vocational.lodging", vocational & boards, 500)
    yield from _due("education.higher.national_grant", higher & poor, 3000)
    yield from _due("education.higher.poverty_grant", higher & poor, 1000)
    yield from _due("education.higher.tuition.undergraduate", (stage == "undergraduate") & poor, 3830)
    yield from _due("education.higher.tuition.junior_college", (stage == "junior_college") & poor, 3500)


def _employment() -> Iterator[pl.Expr]:
    jobless, hard = col("jobless"), col("hard_to_place")
    yield from _due("employment.public_post", col("open") & jobless & hard, 4800)
    yield from _due("employment.employer", col("open") & jobless & hard)
    paid = col("social_insurance_paid")
    share = (paid * Decimal("0.666666666667")).round(2, mode="half_away_from_zero").cast(MONEY)
    flexible = (col("employment") == "flexible") & (paid > 0)
    yield from _due("employment.flexible_insurance", col("open") & flexible & hard, share)
    yield from _due("employment.training", col("open") & col("wants_training"), 600)
    yield from _due("employment.skill_test", col("open") & col("wants_training"), 150)
    yield from _due("employment.startup_loan", col("open") & col("wants_startup"))
    yield from _due("employment.services", col("open") & jobless)
    group = col("low_income") | (col("category") == "watched")
    free = jobless | (col("employment") == "farming")
    rural = (col("residence") == "rural") & group & col("fit") & (col("age") >= 16) & free
    for kind in ("labour_export", "workshop", "work_for_relief", "village_post"):
        yield from _due(f"employment.rural.{kind}", rural)
