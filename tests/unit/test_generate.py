"""Made-up populations: the same again for the same seed, whole in themselves, with something of everything."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from pathlib import Path

import polars as pl
import pytest

from bangfu import Choice, Day, Digits, Fact, Field, Frames, Integer, Items, Level, Money, Quantity, Rulebook, YesNo
from bangfu.facts import CORE_FACTS
from bangfu.generate import Population, generated
from bangfu.generate.draw import Draws
from bangfu.generate.stated import GAPS, LEFT_TO_PRESUMPTION, UNKNOWN
from bangfu.lists import parquet_schema, summed

ON = date(2024, 2, 29)
REGIONS = ("620102", "522723102201")
POPULATION = Population(7, REGIONS, ON)
LEVELS = ((Level.HOUSEHOLD, "households"), (Level.MEMBER, "members"))
LOCAL = """[pack]
region = "620000"
name = "Figures of the size that places set"
source = "test"
[parameters]
"dibao.standard.rural" = { value = 5600, per = "year" }
"dibao.standard.urban" = { value = 720, per = "month" }
"disposable_income.rural" = { value = 13000, per = "year" }
"disposable_income.urban" = { value = 39000, per = "year" }
"rigid.method" = { value = "share" }
"rigid.share" = { value = 0.6 }
"rigid.kinds" = { value = ["living", "medical", "education", "disability_rehabilitation"] }
"employment.post_subsidy" = { value = 900, per = "month" }
"employment.training_subsidy" = { value = 1200 }
"employment.skill_test_subsidy" = { value = 200 }
"housing.renovation.C" = { value = 6000 }
"housing.renovation.D" = { value = 30000 }
"housing.seismic" = { value = 12000 }
"housing.rent_subsidy" = { value = 300, per = "month" }
"living.tekun_care.able" = { value = 1200, per = "year" }
"living.tekun_care.partial" = { value = 4000, per = "year" }
"living.tekun_care.full" = { value = 9000, per = "year" }
"medical.cap" = { value = 50000 }
"medical.premium.tekun" = { value = 380 }
"medical.premium.dibao" = { value = 230 }
"medical.premium.dibao_single" = { value = 230 }
"""


@pytest.fixture(scope="module")
def truth() -> Frames:
    """Return what is true of ten thousand households."""
    return POPULATION.truth(0, 10_000)


@pytest.fixture(scope="module")
def stated() -> Frames:
    """Return what is stated of the same households."""
    return POPULATION.part(0, 10_000)


def with_relative(members: pl.DataFrame, relation: str, to: str) -> pl.Series:
    """Return, for all pairs of these relations in a household, how many years older ``to`` is than ``relation``."""
    old = members.filter(pl.col("relation") == to).select("household", older="birth_date")
    pairs = members.filter(pl.col("relation") == relation).join(old, on="household")
    return pairs.select((pl.col("birth_date") - pl.col("older")).dt.total_days() / 365.25).to_series()


def splitmix64(state: int) -> int:
    """Return the generator's output for a state, as published by Steele, Lea and Flood."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = ((state ^ (state >> shift)) * factor) % 2**64
    return state ^ (state >> 31)


def test_draws_are_those_of_splitmix64() -> None:
    """Whatever the version of Polars: uniform, and independent of each other."""
    assert splitmix64(0x9E3779B97F4A7C15) == 0xE220A8397B1DCDAF  # the published first number for the seed 0
    draws = Draws(1, "key")
    keys = pl.DataFrame({"key": range(100_000)}, schema={"key": pl.UInt64})
    salt = int.from_bytes(blake2b(b"1/key/one", digest_size=8).digest())
    expected = [splitmix64((salt + key * 0x9E3779B97F4A7C15) % 2**64) for key in range(3)]
    assert keys[:3].select(draws.bits("one")).to_series().to_list() == expected
    one, other = (keys.select(draws.uniform(what)).to_series() for what in ("one", "other"))
    tenths = (one * 10).floor().value_counts()["count"]
    assert (tenths.len(), tenths.is_between(9_600, 10_400).all()) == (10, True)
    assert abs(pl.select(pl.corr(one, other)).item()) < 0.02
    assert keys.select(draws.normal("n").std()).item() == pytest.approx(1, rel=0.02)
    picked = keys.select(draws.pick("kind", {"a": 1, None: 3, "b": 0})).to_series()
    assert picked.null_count() == pytest.approx(75_000, rel=0.02)
    assert set(picked) == {"a", None}


def test_the_same_seed_gives_the_same_households_and_more_begin_with_them(stated: Frames) -> None:
    """However many are asked for, and in parts of whatever size."""
    some = generated(700, seed=7, regions=REGIONS, on=ON)
    parts = list(Population(7, REGIONS, ON, chunk=250).chunks(700))
    other = generated(700, seed=8, regions=REGIONS, on=ON)
    for _, name in LEVELS:
        expected = getattr(stated, name).filter(pl.col("household") < 700)
        assert getattr(some, name).equals(expected)
        assert pl.concat(getattr(part, name) for part in parts).equals(expected)
        assert not getattr(other, name).equals(expected)


def test_the_columns_are_those_of_parquet_files(rulebook: Rulebook) -> None:
    """With the facts of plugins; none at all have the columns as well."""
    for count in (0, 3):
        frames = generated(count, seed=1, regions=REGIONS, on=ON, catalog=rulebook.catalog)
        for level, name in LEVELS:
            assert dict(getattr(frames, name).schema) == parquet_schema(rulebook.catalog, level)


def test_each_household_has_one_head_and_its_members_in_order(stated: Frames) -> None:
    """The head first, positions from 0, two or three members on average, each of the regions as often."""
    of_each = stated.members.group_by("household", maintain_order=True).agg(
        pl.col("relation").first(), heads=(pl.col("relation") == "head").sum(), in_order=pl.col("member")
    )
    assert of_each["household"].to_list() == stated.households["household"].to_list() == [*range(10_000)]
    assert set(of_each["relation"]) == {"head"}
    assert of_each["heads"].max() == 1
    assert all(positions == [*range(len(positions))] for positions in of_each["in_order"].to_list())
    assert 2.5 < stated.members.height / 10_000 < 3.5
    assert stated.households["region"].value_counts()["count"].min() > 4_800


@pytest.mark.parametrize(
    ("relation", "to", "least"),
    [
        ("child", "head", 15),
        ("child", "spouse", 15),
        ("head", "parent", 15),
        ("spouse", "parent_in_law", 15),
        ("grandchild", "head", 32),
        ("grandchild", "child", 15),
        ("head", "grandparent", 32),
    ],
)
def test_parents_are_older_than_their_children(truth: Frames, relation: str, to: str, least: int) -> None:
    """By fifteen years at least, grandparents by twice that; nobody is born after the day or before 1925."""
    years = with_relative(truth.members, relation, to)
    assert years.len() > 20
    assert years.min() >= least
    assert date(1925, 1, 1) < truth.members["birth_date"].min()
    assert truth.members["birth_date"].max() <= ON


def test_couples_are_a_woman_and_a_man(truth: Frames) -> None:
    """Of age and close to each other in age."""
    couples = truth.members.filter(pl.col("relation").is_in(["head", "spouse"])).group_by("household").agg("sex", "age")
    couples = couples.filter(pl.col("sex").list.len() == 2)
    assert couples["sex"].list.n_unique().unique().to_list() == [2]
    assert couples["age"].list.min().min() >= 18
    assert (couples["age"].list.max() - couples["age"].list.min()).max() <= 10


STAGES = {
    "preschool": (3, 7, 3), "primary": (6, 13, 6), "junior_secondary": (12, 16, 3), "senior_secondary": (15, 19, 3),
    "vocational_secondary": (15, 19, 3), "junior_college": (18, 22, 3), "undergraduate": (18, 23, 4),
    "postgraduate": (22, 26, 3),
}  # fmt: skip
"""Least and greatest age, a late start among them, and the years of each stage."""


def test_schooling_fits_age(truth: Frames) -> None:
    """Every stage occurs with all its years; boarding is rarer in towns and for the young."""
    in_school = truth.members.filter("in_school")
    assert set(in_school["school_stage"]) == STAGES.keys()
    for stage, (least, most, years) in STAGES.items():
        pupils = in_school.filter(school_stage=stage)
        assert pupils["age"].is_between(least, most).all(), stage
        found = set(pupils["school_year"])
        assert found <= {*range(1, years + 1)}
        assert len(found) == years or pupils.height < 50

    def boards(stage: str, residence: str) -> float:
        share = in_school.filter(school_stage=stage, residence=residence)["boarding"].mean()
        assert isinstance(share, float)
        return share

    assert boards("primary", "urban") < boards("primary", "rural") < boards("junior_secondary", "rural")
    assert boards("junior_secondary", "urban") < boards("senior_secondary", "urban") < 0.5
    others = truth.members.filter(~pl.col("in_school"))
    assert others.select(pl.col("school_year", "boarding", "school_kind").null_count()).row(0) == (others.height,) * 3


def test_only_those_who_work_earn(stated: Frames) -> None:
    """Wages, farms and shops by employment; basic pensions from sixty; nobody below sixteen earns."""
    entries = stated.members.explode("incomes").unnest("incomes").filter(pl.col("employment").is_not_null())
    work = dict(entries.group_by("kind").agg(pl.col("employment").unique()).rows())
    assert set(work["wage"]) == {"employed", "flexible"}
    assert set(work["business"]) == {"farming", "self_employed"}
    age = pl.lit(ON).dt.year() - pl.col("birth_date").dt.year()
    all_entries = stated.members.explode("incomes").unnest("incomes").with_columns(age=age)
    assert all_entries.filter(kind="basic_pension")["age"].min() >= 60
    assert all_entries.filter(pl.col("kind").is_in(["wage", "business"]))["age"].min() >= 16


def test_treatments_add_up(truth: Frames) -> None:
    """What insurances, others and the patient paid is at least what was covered; few people have most of the cost."""
    parts = [pl.col(f"inpatient {part}") for part in ("basic_paid", "serious_illness_paid", "other_paid", "own_paid")]
    treated = truth.members.filter(pl.col("inpatient covered").is_not_null())
    assert (treated.select(sum(parts[1:], parts[0]) >= pl.col("inpatient covered"))).to_series().all()
    assert 0.05 < treated.height / truth.members.height < 0.2
    costs = treated["inpatient covered"].sort(descending=True)
    assert costs[: len(costs) // 10].sum() > 0.3 * costs.sum()


def test_hardship_shows_in_everything(truth: Frames) -> None:
    """The harder pressed half has less income, worse houses, more illness, and is on the registers more often."""
    hard = pl.col("hardship") > 0.5

    def twice(frame: pl.DataFrame, value: pl.Expr) -> tuple[float, float]:
        return frame.filter(hard).select(value).item(), frame.filter(~hard).select(value).item()

    poorer, richer = twice(truth.households, (pl.col("income_year") / pl.col("size")).median())
    assert poorer < 0.75 * richer
    for frame, test in (
        (truth.households, pl.col("registered_poor")),
        (truth.households, pl.col("dwelling_grade").is_in(["C", "D"])),
        (truth.households, pl.col("recognised_as") == "dibao"),
        (truth.members, pl.col("serious_illness")),
        (truth.members, pl.col("disability_kind") != "none"),
    ):
        more, fewer = twice(frame, test.mean())
        assert more > 1.2 * fewer


def test_every_category_and_benefit_occurs(tmp_path: Path) -> None:
    """In ten thousand households, where every figure is set; few remain undecided for want of facts."""
    (tmp_path / "local.toml").write_text(LOCAL, encoding="utf-8")
    rulebook = Rulebook.load([tmp_path])
    frames = generated(10_000, seed=1, regions=["620102"], on=date(2024, 1, 1), catalog=rulebook.catalog)
    ruleset = rulebook.rules("620102", date(2024, 1, 1))
    households, members = ruleset.assess(
        summed(frames.households, rulebook.catalog, Level.HOUSEHOLD),
        summed(frames.members, rulebook.catalog, Level.MEMBER),
    )
    categories = dict(households["category"].value_counts().rows())
    assert set(categories) == {"tekun", "dibao", "margin", "rigid_expenditure", "watched", "none", None}
    assert min(categories.values()) >= 30
    assert 500 < categories[None] < 2_500
    assert (members["category"] == "dibao_single").sum() >= 30
    for bound in ruleset.benefits:
        frame = households if bound.benefit.for_ is Level.HOUSEHOLD else members
        assert frame[f"status:{bound.benefit.code}"].sum() > 0, bound.benefit.code


def test_facts_are_unknown_as_often_as_the_table_says(truth: Frames, stated: Frames) -> None:
    """Of those that have a value; what is left to presumption is only ever the presumed value."""
    gaps = sum(times * weight for times, weight in GAPS.items()) / sum(GAPS.values())
    for _, level in LEVELS:
        facts, said = getattr(truth, level), getattr(stated, level)
        for name in UNKNOWN.keys() & set(facts.columns) & set(said.columns):
            there = facts[name].is_not_null()
            share, expected = said[name].filter(there).null_count() / there.sum(), UNKNOWN[name] * gaps
            assert share == pytest.approx(expected, rel=0.1, abs=6 * (expected / there.sum()) ** 0.5), name
        for name, (usual, share) in LEFT_TO_PRESUMPTION.items():
            if name in said.columns:
                left_out = facts[name].filter(facts[name].is_not_null() & said[name].is_null())
                assert left_out.unique().to_list() == [usual]
                assert left_out.len() / (facts[name] == usual).sum() == pytest.approx(share, rel=0.05)
    visited = truth.households["gaps"] == 0
    assert stated.households.filter(visited).select(pl.col("homes", "expenses").null_count()).row(0) == (0, 0)


def test_facts_of_plugins_are_drawn_by_type_and_never_mixed_up() -> None:
    """Presumed ones are left out; a name that a step uses for itself stays the plugin's."""
    items = Items("kind", (Field("kind", Choice({"a": "A"}), "a", required=True), Field("amount", Money(), "b")))
    types = {
        "hardship": YesNo(), "size": Choice({"s": "S", "l": "L"}), "gaps": Integer(1, 5), "years": Money(),
        "area": Quantity("m²"), "code": Digits((6,)), "day": Day(), "items": items,
    }  # fmt: skip
    catalog = CORE_FACTS.extended([Fact(name, Level.HOUSEHOLD, kind, name) for name, kind in types.items()])
    frame = generated(2_000, seed=7, regions=REGIONS, on=ON, catalog=catalog).households
    plain = generated(2_000, seed=7, regions=REGIONS, on=ON).households
    assert frame.select(plain.columns).equals(plain)
    assert set(frame["hardship"]) == {True, False, None}
    assert set(frame["size"]) == {"s", "l", None}
    assert set(frame["gaps"]) == {1, 2, 3, 4, 5, None}
    assert frame["years"].drop_nulls().min() > 0
    assert frame.select(pl.col("day", "items").null_count()).row(0) == (2_000, 2_000)


@pytest.mark.parametrize(
    ("regions", "on", "households"),
    [((), ON, 1), (("62",), ON, 1), (("62010x",), ON, 1), (REGIONS, date(1999, 12, 31), 1), (REGIONS, ON, -1)],
)
def test_what_cannot_be_drawn_is_refused(regions: tuple[str, ...], on: date, households: int) -> None:
    """A place, a day or a number that makes no sense."""
    with pytest.raises(ValueError, match=r"regions|1900|fewer than none"):
        generated(households, seed=1, regions=regions, on=on)
