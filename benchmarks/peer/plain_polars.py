# ruff: noqa: PLR2004 - the clause's own numbers
"""The same rules written by hand in plain Polars: the limit that a rules engine on Polars can aim for.

One policy (Guiding on 2020-09-01 with the benchmark's figures), two-valued logic, no names, no reasons, no
checks: only expressions. Choices become enumerations once, columns that several benefits need are computed
once, and households and members meet by position, not by join.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from polars import col, lit, when

from bangfu.facts.household import (
    CATEGORY_LABELS,
    DISABILITY_LABELS,
    DWELLING_GRADES,
    EMPLOYMENT_LABELS,
    RELATION_LABELS,
    RESIDENCE_LABELS,
    SCHOOL_KIND_LABELS,
    STAGE_LABELS,
    WHEREABOUTS_LABELS,
)

from .plain_benefits import KEY, MONEY, by_category, category, either, household_benefits, member_benefits, yuan
from .population import DAY

_CHOICES = {
    "residence": RESIDENCE_LABELS, "recognised_as": CATEGORY_LABELS, "dwelling_grade": DWELLING_GRADES,
    "sex": ("female", "male"), "relation": RELATION_LABELS, "whereabouts": WHEREABOUTS_LABELS,
    "school_stage": STAGE_LABELS, "school_kind": SCHOOL_KIND_LABELS, "disability_kind": DISABILITY_LABELS,
    "employment": EMPLOYMENT_LABELS,
}  # fmt: skip


_INCOMES = ("business", "property", "transfer", "other", "disability_subsidy", "basic_pension", "old_age_allowance")
_SETTINGS = ("inpatient", "outpatient_chronic")
_RIGID = ("living", "medical", "education", "disability_rehabilitation")

READ = (
    [
        KEY, "residence", "registered_poor", "special_hardship", "recognised_as", "recognised_amount",
        "income_risen_on", "financial_assets", "homes", "vehicles", "large_machinery", "business_registered",
        "watched_for_return_to_poverty", "dwelling_grade", "dwelling_only", "renovated_before",
        "lacks_seismic_resistance", "housing_difficulty", "chooses_rent_subsidy",
        *(f"expenses.{kind}" for kind in _RIGID),
    ],
    [
        KEY, "member", "relation", "sex", "birth_date", "lives_together", "whereabouts", "away_since", "school_stage",
        "school_year", "school_kind", "boarding", "disability_kind", "disability_grade", "serious_illness",
        "self_care_lost", "has_able_supporter", "orphan", "supported_as_orphan", "martyr_child", "employment",
        "unemployed_since", "college_graduate", "graduated_on", "job_refusals", "job_costs", "wants_training",
        "wants_startup", "social_insurance_paid", "insured", "incomes.wage",
        *(f"incomes.{kind}" for kind in _INCOMES),
        *(
            f"treatments.{setting}.{part}"
            for setting in _SETTINGS
            for part in ("covered", "basic_paid", "serious_illness_paid", "own_paid")
        ),
    ],
)  # fmt: skip
"""The columns of households and of members that the rules read."""


def _choices(frame: pl.DataFrame) -> list[pl.Expr]:
    return [col(name).cast(pl.Enum(list(labels))) for name, labels in _CHOICES.items() if name in frame.columns]


def screened(households: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return categories, statuses (``status:CODE``) and amounts of households and of members.

    Members stand in the order of their households, and every household has one.
    """
    place = (members[KEY] != members[KEY].shift(1)).fill_null(value=False).cum_sum().cast(pl.UInt32)
    h = households.with_columns(_choices(households)).with_columns(
        standard=when(col("residence") == "rural").then(yuan(4300)).otherwise(yuan(7440)),
        disposable=when(col("residence") == "rural").then(yuan(10700)).otherwise(yuan(34400)),
    )
    facts = h.select("standard", "disposable", "recognised_as", "residence", "registered_poor", "special_hardship")
    m = _persons(members.hstack(facts[place]))
    sums = m.group_by(KEY, maintain_order=True).agg(
        col("counted").sum().cast(pl.Int64).alias("counted_size"),
        col("able_adult").any().alias("family_can_support"),
        (~col("able") | ~col("working")).all().alias("nobody_works"),
        col("able").any().alias("somebody_able"),
    )
    h = h.hstack(sums.drop(KEY)).with_columns(
        assets=(col("financial_assets") <= col("counted_size") * 20000)
        & (col("homes") <= 1)
        & (col("vehicles") <= 0)
        & (col("large_machinery") <= 1)
        & ~col("business_registered"),
        zero_household=col("nobody_works") & col("somebody_able"),
    )
    m = _tekun(m.hstack(h.select("assets", "family_can_support", "zero_household")[place]))
    sums = m.group_by(KEY, maintain_order=True).agg(
        col("tested").sum().cast(pl.Int64).alias("size"),
        col("counted_income").sum().cast(MONEY).alias("income_year"),
        col("is_tekun").any().alias("somebody_tekun"),
        col("refuses").sum().cast(pl.Int64).alias("refusers"),
    )
    h = _classified(h.hstack(sums.drop(KEY)))
    m = _classified_members(m.hstack(h.select("income_year", col("category").alias("of_household"))[place]))
    return (
        h.select(KEY, "category", "size", "income_year", *household_benefits()),
        m.select(KEY, "member", "counted", "category", *member_benefits()),
    )


def _persons(m: pl.DataFrame) -> pl.DataFrame:
    """Add who counts, what income counts, who can work and who can support others (N2 art. 7, 13; N3)."""
    born, grade = col("birth_date"), col("disability_grade")
    age = DAY.year - born.dt.year().cast(pl.Int32) - (
        born.dt.month().cast(pl.Int32) * 100 + born.dt.day() > DAY.month * 100 + DAY.day
    ).cast(pl.Int32)  # fmt: skip
    mind = either("disability_kind", "intellectual", "mental") & (grade <= 3)
    income = pl.sum_horizontal(*(f"incomes.{kind}" for kind in _INCOMES[:5])) + (
        col("incomes.wage") - col("job_costs")
    ).clip(0)
    pension = col("incomes.basic_pension") + col("incomes.old_age_allowance")
    m = m.with_columns(*_choices(m), age=age).with_columns(
        tekun_income=income,
        own_income=income + pension,
        disabled=col("disability_kind") != "none",
        labour_lost=mind
        | ((col("disability_kind") == "limb") & (grade <= 2))
        | ((col("disability_kind") == "visual") & (grade <= 1)),
        severe=(col("disability_kind") != "none") & ((grade <= 2) | mind),
        clergy_away=(col("whereabouts") == "clergy_away") & (col("away_since") <= lit(DAY).dt.offset_by("-3y")),
        jobless=either("employment", "unemployed", "not_working"),
        working=either("employment", "employed", "self_employed", "flexible", "farming"),
    )
    unable = (
        (col("age") < 16) | (col("age") >= 60) | col("labour_lost") | ~either("school_stage", "none", "postgraduate")
    )
    growing = (col("age") < 18) | either(
        "school_stage", "primary", "junior_secondary", "senior_secondary", "vocational_secondary"
    )
    m = m.with_columns(
        fit=~unable,
        no_labour=(col("age") >= 60)
        | (col("age") < 16)
        | col("labour_lost")
        | ((col("recognised_as") == "tekun") & growing),
    )
    child = col("relation") == "child"
    dependent = col("labour_lost") | ~either("school_stage", "none", "postgraduate")
    included = (
        either("relation", "head", "spouse")
        | (child & ((col("age") < 18) | dependent))
        | (col("lives_together") & (col("relation") != "other"))
    )
    no_income = col("tekun_income") < col("standard")
    low_income = col("tekun_income") < col("disposable")
    unable_supporter = (
        (col("no_labour") & no_income)
        | ((col("age") >= 60) & (col("recognised_as") == "dibao"))
        | (((col("age") >= 70) | col("severe")) & low_income)
        | either("whereabouts", "prison", "missing")
    )
    by_law = either("relation", "head", "spouse", "child", "parent", "grandchild", "grandparent")
    retires = when(col("sex") == "female").then(50).otherwise(60)
    gone = either("whereabouts", "prison", "compulsory_rehabilitation", "missing") | col("clergy_away")
    return m.with_columns(
        no_income=no_income,
        counted=included & ~gone,
        able_adult=(col("age") >= 18) & by_law & ~unable_supporter,
        able=(col("age") >= 16) & (col("age") < retires) & col("fit"),
    )


def _tekun(m: pl.DataFrame) -> pl.DataFrame:
    """Add who is tekun (N3 art. 4–9), who takes part in the means test and who refuses work (N1 art. 45)."""
    m = m.with_columns(
        is_tekun=col("counted") & col("no_labour") & col("no_income") & col("assets")
        & ~col("family_can_support") & ~col("has_able_supporter") & ~col("supported_as_orphan"),
    )  # fmt: skip
    m = m.with_columns(
        tested=col("counted") & ~col("is_tekun"), unwilling=(col("job_refusals") >= 3) & col("fit") & col("jobless")
    )
    return m.with_columns(
        counted_income=when("tested").then("own_income").otherwise(yuan(0)), refuses=col("tested") & col("unwilling")
    )


def _classified(h: pl.DataFrame) -> pl.DataFrame:
    """Add the household's category (N2, N3, N5, N6) and the amount of dibao (N2 art. 23)."""
    income = col("income_year")
    h = h.with_columns(
        line=col("standard") * col("size"),
        spending=pl.sum_horizontal(*(f"expenses.{kind}" for kind in _RIGID)),
    )
    margin_line = col("line") * Decimal("1.5")
    grace = (
        (col("recognised_as") == "dibao")
        & (income >= col("line"))
        & col("assets")
        & (col("income_risen_on") <= DAY)
        & (col("income_risen_on").dt.offset_by("6mo") >= DAY)
    )
    rigid = (
        col("assets")
        & (income >= margin_line)
        & (income < col("disposable") * col("size"))
        & (col("spending") > 0)
        & (col("spending") > income * Decimal("0.75"))
    )
    h = h.with_columns(
        category=when((col("size") == 0) & (col("counted_size") >= 1)).then(category("tekun"))
        .when(((income < col("line")) & col("assets")) | grace).then(category("dibao"))
        .when(col("assets") & (income >= col("line")) & (income < margin_line)).then(category("margin"))
        .when(rigid).then(category("rigid_expenditure"))
        .when("watched_for_return_to_poverty").then(category("watched"))
        .otherwise(category("none")),
        gap=col("line") - income,
    )  # fmt: skip
    share = col("gap").cast(pl.Decimal(38, 12)) * col("refusers") / col("size")
    return h.with_columns(
        dibao=when(income >= col("line")).then("recognised_amount")
        .when(col("refusers") == 0).then("gap")
        .otherwise((col("gap") - share).round(2, mode="half_away_from_zero").cast(MONEY)),
    )  # fmt: skip


def _classified_members(m: pl.DataFrame) -> pl.DataFrame:
    """Add each member's category (N2 art. 8, N4, S2) and what several benefits ask."""
    own_cost = col("treatments.inpatient.own_paid") + col("treatments.outpatient_chronic.own_paid")
    in_margin = (col("of_household") == "margin") & (
        col("severe") | col("serious_illness") | (own_cost > col("income_year"))
    )
    grown = (col("of_household") != "dibao") & (col("age") >= 18) & col("jobless") & col("severe")
    single = (
        ((col("counted") & (in_margin | grown)) | col("clergy_away"))
        & (col("own_income") < col("standard"))
        & col("assets")
    )
    m = m.with_columns(
        category=when("is_tekun").then(category("tekun"))
        .when(single).then(category("dibao_single"))
        .when("counted").then("of_household")
        .otherwise(category("none")),
    )  # fmt: skip
    on_dibao, a_year = either("category", "dibao", "dibao_single"), lit(DAY).dt.offset_by("-1y")
    hard_age = when(col("sex") == "female").then(40).otherwise(50)
    graduate = col("college_graduate") & (col("graduated_on") <= DAY)
    low_income = either("category", "dibao", "dibao_single", "margin", "rigid_expenditure")
    set_at, ratio = by_category("0", "0", "0.1", "0.25", "3000"), by_category("0.7", "0.7", "0.6", "0.5", "0.6")
    return m.with_columns(
        low_income=low_income,
        open=col("counted") & low_income & col("able"),
        hard_to_place=(col("age") >= hard_age)
        | col("disabled")
        | (col("jobless") & ((on_dibao & (col("unemployed_since") <= a_year)) | graduate))
        | col("zero_household"),
        deductible=when(set_at <= 1).then(set_at * col("disposable")).otherwise(set_at).cast(MONEY),
        ratio=ratio,
        left=pl.sum_horizontal(
            *(col(f"treatments.{s}.covered") - col(f"treatments.{s}.basic_paid")
              - col(f"treatments.{s}.serious_illness_paid") for s in _SETTINGS)
        ),
    )  # fmt: skip
