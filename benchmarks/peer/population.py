"""Made-up households of three for the comparison: seeded, any number, every fact that matters stated.

OpenFisca has no word for *unknown*, so nothing here leaves a result open. What is null has no meaning for
that person (the grade of no disability) or is left to a rule (labour capacity, the property verdict),
which everybody then has to work out. Amounts are whole yuan, which OpenFisca's 32-bit floats hold exactly,
and many are round, so that sums fall on the lines and ages on the birthdays that decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from bangfu import Level, Rulebook
from bangfu.facts.household import EXPENSE_LABELS
from bangfu.frames import Frames, schema
from bangfu.generate.draw import Draws, steps
from bangfu.kit.trial import population as random_population

REGION, DAY = "522723", date(2020, 9, 1)
PACK = Path(__file__).parent / "pack.toml"
SIZE = 3
_WORKING_AGE, _GRADUATE_AGE = 16, 21
HOUSEHOLDS, MEMBERS = "households.parquet", "members.parquet"
_PART, _ROW_GROUP = 100_000, 16_000

# Kind of household, how often, and for each member the relations, youngest and oldest age.
_FAMILIES: Mapping[str, tuple[float, tuple[tuple[str, int, int], ...]]] = {
    "young": (4, (("head", 19, 48), ("spouse", 19, 48), ("child", 0, 25))),
    "single": (2, (("head", 22, 58), ("child", 0, 24), ("child", 0, 17))),
    "three": (2, (("head", 25, 60), ("parent", 55, 95), ("child", 0, 20))),
    "old": (2, (("head", 55, 95), ("spouse", 55, 95), ("sibling", 40, 80))),
    "skipped": (1, (("head", 58, 85), ("grandchild", 0, 22), ("grandchild", 0, 17))),
    "alone": (0.5, (("head", 60, 90), ("other", 3, 70), ("child_in_law", 18, 60))),
}
_STAGES = {
    0: {"none": 1},
    3: {"preschool": 8, "none": 2},
    6: {"primary": 19, "none": 1},
    12: {"junior_secondary": 18, "none": 1},
    15: {"senior_secondary": 5, "vocational_secondary": 4, "none": 2},
    18: {"undergraduate": 4, "junior_college": 4, "senior_secondary": 1, "none": 4},
    22: {"postgraduate": 1, "undergraduate": 1, "none": 8},
    25: {"none": 1},
}
_WORK = {
    "employed": 5, "farming": 5, "flexible": 3, "unemployed": 4, "not_working": 3, "self_employed": 2, "retired": 1,
}  # fmt: skip
_WHEREABOUTS = {
    "home": 80, "away_working": 12, "away_studying": 4, "prison": 1, "compulsory_rehabilitation": 1, "missing": 1,
    "clergy_away": 2,
}  # fmt: skip
_DISABILITIES = {"none": 82, "limb": 6, "visual": 3, "mental": 3, "intellectual": 3, "hearing": 1, "speech": 1, "multiple": 1}  # fmt: skip # noqa: E501
_MEANS = {0.0: 2, 0.25: 4, 0.6: 4, 1.0: 3, 2.5: 2}
_OTHER_INCOMES = {
    "transfer": (0.3, 1500), "basic_pension": (0.25, 1300), "other": (0.2, 600), "property": (0.1, 800),
    "preferential_pension": (0.05, 5000), "family_planning_award": (0.05, 900), "scholarship": (0.05, 2000),
    "bravery_award": (0.01, 3000), "social_assistance": (0.2, 2400), "disability_subsidy": (0.1, 1000),
    "old_age_allowance": (0.1, 900),
}  # fmt: skip
_EXPENSES = {
    "living": (0.9, 6000), "medical": (0.5, 6000), "education": (0.5, 4000), "disability_rehabilitation": (0.2, 2000),
    "care": (0.2, 3000), "disaster": (0.05, 8000), "other": (0.5, 1000),
}  # fmt: skip
_TREATMENTS = {"inpatient": (0.3, 16000), "outpatient_chronic": (0.25, 4000)}


@cache
def rulebook() -> Rulebook:
    """Return the installed programmes with the benchmark's own pack."""
    return Rulebook.load([PACK])


def write(folder: Path, households: int, seed: int = 0) -> None:
    """Write both tables as Parquet, with the columns that rules work on (``bangfu.frames.schema``).

    A row group holds the same households in both, so that a part can be read without its neighbours.
    """
    for name in (HOUSEHOLDS, MEMBERS):
        (folder / f"{name}.parts").mkdir()
    for number, frames in enumerate(parts(households, seed)):
        for name, frame in ((HOUSEHOLDS, frames.households), (MEMBERS, frames.members)):
            frame.write_parquet(folder / f"{name}.parts" / f"{number:06}.parquet")
    for name, rows in ((HOUSEHOLDS, _ROW_GROUP), (MEMBERS, SIZE * _ROW_GROUP)):
        scanned = pl.scan_parquet(folder / f"{name}.parts" / "*.parquet")
        scanned.sink_parquet(folder / name, maintain_order=True, row_group_size=rows)


def parts(households: int, seed: int = 0, on: date = DAY) -> Iterator[Frames]:
    """Yield the frames of so many households, a part at a time; their days lie about that of the assessment."""
    catalog = rulebook().catalog
    for first in range(0, households, _PART):
        keys = pl.int_range(first, min(first + _PART, households), eager=True, dtype=pl.Int64).alias("household")
        h = _households(keys.to_frame().with_columns(on=pl.lit(on)), Draws(seed, "key"))
        m = _members(h, Draws(seed + 1, "key"))
        yield Frames(*(_typed(f, schema(catalog, level)) for f, level in ((h, Level.HOUSEHOLD), (m, Level.MEMBER))))


def _typed(frame: pl.DataFrame, types: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in types.items()
    )


def _some(draws: Draws, what: str, share: float, median: float | pl.Expr, unit: int = 100) -> pl.Expr:
    """Return an amount for a share of the rows, zero for the others."""
    return pl.when(draws.chance(f"has {what}", share)).then(draws.around(what, median, 0.8, unit)).otherwise(0)


def _day(draws: Draws, what: str, most: int, least: int = 0) -> pl.Expr:
    days = draws.uniform(what, least, most).floor().cast(pl.Int32)
    return (pl.col("on").cast(pl.Int32) - days).cast(pl.Date)


def _yes(draws: Draws, shares: Mapping[str, float]) -> dict[str, pl.Expr]:
    return {name: draws.chance(name, share) for name, share in shares.items()}


def _households(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    return frame.with_columns(key=pl.col("household").cast(pl.UInt64)).with_columns(
        region=pl.lit(f"{REGION}102201"),
        family=draws.pick("family", {name: weight for name, (weight, _) in _FAMILIES.items()}),
        means=draws.pick("means", _MEANS),
        residence=draws.pick("residence", {"rural": 7, "urban": 3}),
        financial_assets=_some(draws, "assets", 0.8, 15000, 1000),
        homes=draws.pick("homes", {1: 8, 0: 1, 2: 1}),
        vehicles=draws.pick("vehicles", {0: 15, 1: 1}),
        large_machinery=draws.pick("machinery", {0: 8, 1: 1, 2: 0.3}),
        recognised_as=draws.pick("recognised", {"none": 12, "dibao": 4, "margin": 1, "tekun": 2, "watched": 1}),
        recognised_on=_day(draws, "recognised on", 1000),
        recognised_amount=draws.around("recognised amount", 4000, 0.5),
        income_risen_on=_day(draws, "risen", 400, -30),
        dwelling_grade=draws.pick("grade", {"A": 4, "B": 3, "C": 2, "D": 2}),
        dwelling_area=draws.around("area", 80, 0.4),
        renovation_cost=draws.around("cost", 30000, 0.6, 1000),
        appraised_amount=draws.around("appraised", 3000, 0.3),
        expenses=True,
        **{f"expenses.{kind}": _some(draws, kind, *_EXPENSES[kind]) for kind in EXPENSE_LABELS},
        **_yes(draws, {
            "registered_poor": 0.4, "watched_for_return_to_poverty": 0.1, "business_registered": 0.07,
            "housing_difficulty": 0.3, "dwelling_only": 0.8, "renovated_before": 0.2, "special_hardship": 0.2,
            "lacks_seismic_resistance": 0.3, "chooses_rent_subsidy": 0.3,
        }),
    )  # fmt: skip


def _members(households: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    roster = pl.DataFrame(
        [(kind, place, *member) for kind, (_, members) in _FAMILIES.items() for place, member in enumerate(members)],
        schema=["family", "member", "relation", "youngest", "oldest"],
        orient="row",
    )
    frame = households.select("household", "key", "on", "family", "means").join(
        roster, on="family", how="left", maintain_order="left_right"
    )
    frame = frame.with_columns(key=pl.col("key") * SIZE + pl.col("member").cast(pl.UInt64))
    age = (draws.uniform("age") * (pl.col("oldest") - pl.col("youngest") + 1)).floor() + pl.col("youngest")
    frame = frame.with_columns(age=age.cast(pl.Int32))
    return _with_money(_with_facts(frame, draws), draws)


def _with_facts(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    age = pl.col("age")
    birthday = pl.col("on").dt.offset_by(pl.format("-{}y", age))
    past = (
        pl.when(draws.chance("birthday today", 0.1)).then(0)
        .when(draws.chance("birthday tomorrow", 0.1) & (age > 0)).then(-1)
        .otherwise(draws.uniform("days since", 1, 364).floor())
    ).cast(pl.Int32)  # fmt: skip
    adult = age >= _WORKING_AGE
    jobs = draws.pick("work", _WORK)
    frame = frame.with_columns(
        birth_date=(birthday.cast(pl.Int32) - past).cast(pl.Date),
        sex=draws.pick("sex", {"female": 1, "male": 1}),
        school_stage=steps(age, {start: draws.pick(f"stage {start}", ways) for start, ways in _STAGES.items()}),
        disability_kind=draws.pick("disability", _DISABILITIES),
        whereabouts=draws.pick("whereabouts", _WHEREABOUTS),
        self_care_lost=draws.pick("self-care", {0: 12, 1: 1, 3: 2, 4: 1, 6: 1}),
        job_refusals=draws.pick("refusals", {0: 12, 2: 1, 3: 2}),
        **_yes(draws, {
            "lives_together": 0.93, "serious_illness": 0.1, "has_able_supporter": 0.3, "orphan": 0.06,
            "martyr_child": 0.02, "wants_training": 0.3, "wants_startup": 0.15, "insured": 0.9,
        }),
    )  # fmt: skip
    in_school, disabled = pl.col("school_stage") != "none", pl.col("disability_kind") != "none"
    frame = frame.with_columns(
        employment=pl.when(in_school & adult)
        .then(pl.lit("studying"))
        .when(adult)
        .then(jobs)
        .otherwise(pl.lit("not_working")),
        school_year=pl.when(in_school).then(draws.pick("year", {1: 4, 2: 3, 3: 3, 4: 1, 5: 1})),
        boarding=in_school & draws.chance("boarding", 0.5),
        school_kind=pl.when(in_school).then(draws.pick("kind", {"public": 6, "inclusive_private": 2, "private": 2})),
        disability_grade=pl.when(disabled).then(draws.pick("grade", {1: 3, 2: 3, 3: 3, 4: 3})),
        supported_as_orphan=pl.col("orphan") & draws.chance("as orphan", 0.5),
        college_graduate=(age >= _GRADUATE_AGE) & draws.chance("graduate", 0.15),
    )
    out_of_work = pl.col("employment").is_in(["unemployed", "not_working"])
    return frame.with_columns(
        away_since=pl.when(pl.col("whereabouts") == "clergy_away").then(_day(draws, "away", 2190)),
        unemployed_since=pl.when(out_of_work).then(_day(draws, "unemployed", 732)),
        graduated_on=pl.when("college_graduate").then(_day(draws, "graduated", 2000, -10)),
    )


def _with_money(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    work, means = pl.col("employment"), pl.col("means")
    earning = {
        "wage": (pl.when(work == "employed").then(26000).when(work == "flexible").then(9000), 500),
        "business": (pl.when(work == "farming").then(7000).when(work == "self_employed").then(30000), 500),
    }
    money: dict[str, Any] = {
        f"incomes.{kind}": (draws.around(kind, median * means + 1, 0.6, unit) * (means > 0)).fill_null(0)
        for kind, (median, unit) in earning.items()
    }
    others = {kind: means.clip(upper_bound=1) * median for kind, (_, median) in _OTHER_INCOMES.items()}
    money |= {
        f"incomes.{kind}": _some(draws, kind, share, others[kind] + 1) for kind, (share, _) in _OTHER_INCOMES.items()
    }
    return frame.with_columns(
        incomes=True,
        treatments=True,
        job_costs=_some(draws, "job costs", 0.3, 1500) * (work == "employed"),
        social_insurance_paid=_some(draws, "insurance", 0.8, 4000, 1) * (work == "flexible"),
        **money,
        **{f"treatments.{setting}.covered": _some(draws, setting, *how, 1) for setting, how in _TREATMENTS.items()},
    ).with_columns(
        (pl.col(f"treatments.{setting}.covered") * share // 100).alias(f"treatments.{setting}.{part}")
        for setting in _TREATMENTS
        for part, share in {"basic_paid": 55, "serious_illness_paid": 8, "other_paid": 3, "own_paid": 34}.items()
    )


def random_households(households: int, seed: int = 0, on: date = DAY) -> Frames:
    """Return households of the plugin kit's random kind, one to six members, each fact drawn by itself.

    What they leave unknown takes the value of the household or member before.
    """
    frames = random_population(rulebook().catalog, households, on=on, seed=seed)
    return Frames(*(_stated(frame) for frame in (frames.households, frames.members)))


def _stated(frame: pl.DataFrame) -> pl.DataFrame:
    money = pl.selectors.decimal().round(0)
    stated = frame.with_columns(money).select(pl.all().fill_null(strategy="forward").fill_null(strategy="backward"))
    to_rules = ("assets_within_limits", "labour_capacity", "employment_subsidised", "employment_subsidy_since")
    left = [name for name in to_rules if name in frame.columns]
    return stated.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name) for name in left)


def with_fen(frames: Frames, seed: int = 0) -> Frames:
    """Return the same households, in every other of which each amount that is not zero has some fen as well."""
    return Frames(*(_with_fen(frame, Draws(seed, "key")) for frame in (frames.households, frames.members)))


def _with_fen(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    keyed = frame.with_row_index("key").with_columns(pl.col("key").cast(pl.UInt64))
    return keyed.select(
        pl.when((pl.col(name) != 0) & (pl.col("household") % 2 == 1))
        .then(pl.col(name) + draws.uniform(name, 0, 0.99).round(2).cast(dtype))
        .otherwise(pl.col(name))
        .cast(dtype)
        .alias(name)
        if dtype.is_decimal()
        else pl.col(name)
        for name, dtype in frame.schema.items()
    )
