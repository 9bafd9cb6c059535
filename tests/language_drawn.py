"""Rules and households drawn at random: expressions of every kind, and what is known of facts beside what is so."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from bangfu.rules.language import UNKNOWN, Bounds, Candidates
from bangfu.rules.language import nodes as n
from bangfu.rules.language.blocks import Column, column_of
from bangfu.rules.language.choices import By, Choose
from bangfu.rules.language.days import Age, Coming, Moved, Unit
from bangfu.rules.language.expression import Constant, Expression, Name, given
from bangfu.rules.language.kinds import AREA, COUNT, DAY, MONEY, NUMBER, YEARS, YES_NO, Kind, choice
from bangfu.rules.language.known import Value, within
from bangfu.rules.language.nodes import Operator
from bangfu.rules.language.over_members import Over, OverMembers
from bangfu.rules.language.rounding import Direction, Rounding
from language_reference import placed

WORDS = ("甲", "乙", "丙")
WORD = choice(dict.fromkeys(WORDS, ""))
NAMES: dict[str, Kind] = {
    "income": MONEY,
    "cost": MONEY,
    "people": COUNT,
    "area": AREA,
    "share": NUMBER,
    "ill": YES_NO,
    "stage": WORD,
    "born": DAY,
}
TODAY = date(2024, 2, 29)
DIRECTIONS = list(Direction)
_SMALL = st.integers(-300, 300)
_AMOUNTS = [Name(name, kind=NAMES[name]) for name in ("income", "cost")]
_NUMBERS = [Name(name, kind=NAMES[name]) for name in ("people", "share")]


def amounts(depth: int) -> st.SearchStrategy[Expression]:
    """Return expressions of money."""
    simple = st.sampled_from(_AMOUNTS) | _SMALL.map(lambda fen: given(Fraction(fen, 100), MONEY))
    if not depth:
        return simple
    inner, factors = amounts(depth - 1), numbers(depth - 1)
    pairs = [st.builds(kind, inner, inner) for kind in (n.Sum, n.Difference, n.Larger, n.Smaller)]
    chosen = st.builds(lambda t, a, b: Choose((t,), (a,), b), truths(depth - 1), inner, inner)
    by_area = st.builds(n.Product, st.just(Name("area", kind=AREA)), inner)
    by = [st.builds(n.Product, inner, factors), by_area, st.builds(n.Quotient, inner, factors.filter(_no_zero))]
    of_words = [st.just(Name("stage", kind=WORD)), st.permutations(WORDS).map(tuple), st.tuples(*[inner] * len(WORDS))]
    rounded = st.builds(
        n.Rounded, inner, st.builds(Rounding, st.sampled_from([1, 10, 100]), st.sampled_from(DIRECTIONS))
    )
    return st.one_of(simple, *pairs, chosen, *by, st.builds(By, *of_words), rounded)


def numbers(depth: int) -> st.SearchStrategy[Expression]:
    """Return expressions of numbers."""
    simple = st.sampled_from(_NUMBERS) | _SMALL.map(given)
    if not depth:
        return simple
    inner = numbers(depth - 1)
    shares = st.builds(n.Quotient, amounts(depth - 1), amounts(depth - 1).filter(_no_zero))
    over = st.builds(n.Quotient, inner, inner.filter(_no_zero))
    return st.one_of(simple, shares, over, *(st.builds(kind, inner, inner) for kind in (n.Sum, n.Product)))


def _no_zero(divisor: Expression) -> bool:
    """Say whether something can be divided by: a plain zero is refused where it is written."""
    return not (isinstance(divisor, Constant) and divisor.value == 0)


def truths(depth: int) -> st.SearchStrategy[Expression]:
    """Return tests."""
    word = Name("stage", kind=WORD)
    simple = st.just(Name("ill", kind=YES_NO)) | st.lists(st.sampled_from(WORDS), min_size=1).map(
        lambda w: word.one_of(*w)
    )
    if not depth:
        return simple
    inner, operators = truths(depth - 1), st.sampled_from(list(Operator))
    compared = [
        st.builds(n.Compare, kind(depth - 1), kind(depth - 1), operator=operators) for kind in (amounts, numbers)
    ]
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        simple, days(), *compared, st.builds(n.Not, inner), st.builds(n.All, several), st.builds(n.Some, several)
    )


def days() -> st.SearchStrategy[Expression]:
    """Return tests of an age, and of a day that was moved."""
    born, people, today = Name("born", kind=DAY), Name("people", kind=COUNT), given(TODAY)
    operators, units = st.sampled_from(list(Operator)), st.sampled_from(list(Unit))
    years = st.integers(0, 90).map(lambda age: given(age, YEARS))
    age = st.builds(n.Compare, st.just(Age(born, today)), years, operator=operators)
    moved = st.builds(Moved, st.just(born), st.just(people) | st.integers(-40, 90).map(given), units)
    dates = st.dates(date(2023, 1, 1), date(2023, 12, 31))
    coming = dates.map(lambda day: Coming(born, day.month, day.day))
    return age | st.builds(n.Compare, moved | coming, st.just(today) | moved | coming, operator=operators)


def over_members() -> st.SearchStrategy[Expression]:
    """Return what is worked out of a value that every member has."""
    of_tests = st.builds(OverMembers, st.sampled_from([Over.SOME, Over.EVERY, Over.COUNT]), truths(2))
    of_amounts = st.builds(OverMembers, st.sampled_from([Over.TOTAL, Over.LARGEST, Over.SMALLEST]), amounts(2))
    largest = OverMembers(Over.LARGEST, Name("income", kind=MONEY))
    beside = st.builds(n.Compare, amounts(1), st.just(largest), operator=st.sampled_from(list(Operator)))
    return of_tests | of_amounts | st.builds(OverMembers, st.just(Over.COUNT), beside)


def anything() -> st.SearchStrategy[Expression]:
    """Return expressions of a household, their names looked up."""
    return (amounts(3) | numbers(3) | truths(3) | over_members()).map(placed)


@frozen
class Fact:
    """What is known of a fact, and what it is."""

    known: Value
    real: Any


@st.composite
def _number(draw: st.DrawFn, share: bool) -> Fact:
    real: Any = draw(st.fractions(-3, 3, max_denominator=7) if share else _SMALL)
    below, above = draw(st.tuples(*[st.none() | st.integers(0, 50)] * 2))
    known = within(None if below is None else real - below, None if above is None else real + above)
    return Fact(draw(st.sampled_from([real, UNKNOWN, known])), real)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Fact]:
    """Draw what is known, and what is so."""
    facts = {name: draw(_number(share=name == "share")) for name in ("income", "cost", "people", "area", "share")}
    ill, word = draw(st.booleans()), draw(st.sampled_from(WORDS))
    others = draw(st.frozensets(st.sampled_from(WORDS)))
    words: list[Value] = [word, Candidates(frozenset(WORDS)), Candidates(others | {word})]
    first, last = sorted(draw(st.tuples(*[st.integers(712_000, TODAY.toordinal())] * 2)))
    born = draw(st.integers(first, last))
    facts["born"] = Fact(draw(st.sampled_from([born, Bounds(first, last) if first < last else born])), born)
    return {
        **facts,
        "ill": Fact(draw(st.sampled_from([ill, None])), ill),
        "stage": Fact(draw(st.sampled_from(words)), word),
    }


def row_by_chance(random: Random) -> dict[str, Fact]:
    """Return a row like those of ``rows``, quicker than hypothesis draws one."""

    def number(real: Any) -> Fact:
        below, above = (random.choice([None, random.randint(0, 50)]) for _ in range(2))
        known = within(None if below is None else real - below, None if above is None else real + above)
        return Fact(random.choice([real, UNKNOWN, known]), real)

    facts = {name: number(random.randint(-300, 300)) for name in ("income", "cost", "people", "area")}
    facts["share"] = number(Fraction(random.randint(-21, 21), random.randint(1, 7)))
    ill, word = random.choice([True, False]), random.choice(WORDS)
    words = [word, Candidates(frozenset(WORDS)), Candidates(frozenset({word, random.choice(WORDS)}))]
    first, last = sorted(random.randint(712_000, TODAY.toordinal()) for _ in range(2))
    born = random.randint(first, last)
    facts["born"] = Fact(random.choice([born, Bounds(first, last) if first < last else born]), born)
    return {**facts, "ill": Fact(random.choice([ill, None]), ill), "stage": Fact(random.choice(words), word)}


def holds(known: Value, real: Any) -> bool:
    """Return whether what is known of a value is true of what it is."""
    match known:
        case None:
            return isinstance(real, bool)
        case Bounds(low=low, high=high):
            return (low is None or low <= real) and (high is None or real <= high)
        case Candidates(words=words):
            return real in words
    return bool(known == real)


def columns(rows: list[dict[str, Value]]) -> dict[str, Column]:
    """Return rows as columns of a block."""
    return {name: column_of([row[name] for row in rows], kind) for name, kind in NAMES.items()}
