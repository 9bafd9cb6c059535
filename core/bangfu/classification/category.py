"""The categories in their order, each with its criteria, and the chain that picks the first that holds."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from attrs import frozen

from bangfu.facts import Level
from bangfu.facts.household import CATEGORY, CATEGORY_LABELS
from bangfu.kleene import all_of, any_of, not_null
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived, above, at_least, below, holds

HOUSEHOLD_ORDER = ("tekun", "dibao", "margin", "rigid_expenditure", "watched", "none")
MEMBER_ORDER = ("tekun", "dibao_single", "dibao", "margin", "rigid_expenditure", "watched", "none")

CATEGORY_COLUMNS = frozenset({"category", *(f"is_{code}" for code in CATEGORY_LABELS)})
"""The columns of categories, which stand at both levels, so that no programme can have a column of these names."""

_ASSETS = holds("assets_within_limits", source="N2 art. 14")


@frozen
class CategoryRule:
    """One category (or grace) with the criteria that must all hold; its column is ``rule.CODE``."""

    code: str
    level: Level
    criteria: tuple[Criterion, ...]

    @property
    def column(self) -> str:
        """The column that says whether the rule holds by itself; the compiler adds it."""
        return f"rule.{self.code}"


def household_rules(policy: Policy) -> tuple[CategoryRule, ...]:
    """Return the rules of a household's categories, in order.

    Each stands on its own band of income, so that an unknown in one does not blur the others.
    """
    dibao_source = policy.source("dibao.standard.rural", "N2 art. 9")
    margin_source = policy.source("margin.multiple", "N2 art. 8")
    return (
        CategoryRule(
            "tekun",
            Level.HOUSEHOLD,
            (holds("everybody_is_tekun", source="N3 art. 4"), at_least("counted_size", 1, source="N2 art. 7")),
        ),
        CategoryRule(
            "dibao",
            Level.HOUSEHOLD,
            (below("income_year", pl.col("dibao_line"), source=dibao_source), _ASSETS),
        ),
        CategoryRule(
            "margin",
            Level.HOUSEHOLD,
            (
                at_least("income_year", pl.col("dibao_line"), source=dibao_source),
                below("income_year", pl.col("margin_line"), source=margin_source),
                _ASSETS,
            ),
        ),
        CategoryRule("rigid_expenditure", Level.HOUSEHOLD, _rigid(policy, margin_source)),
        CategoryRule("watched", Level.HOUSEHOLD, (holds("watched_for_return_to_poverty", source="N6"),)),
    )


def _rigid(policy: Policy, margin_source: str) -> tuple[Criterion, ...]:
    method_source = policy.source("rigid.method", "N5")
    means = (
        at_least("income_year", pl.col("margin_line"), source=margin_source),
        below("income_year", pl.col("disposable_line"), source=method_source),
        _ASSETS,
        above("rigid_spending", 0, "有刚性支出", policy.source("rigid.kinds", "N5")),
    )
    match policy.value("rigid.method"):
        case "share":
            weight = above("rigid_spending", pl.col("rigid_line"), source=policy.source("rigid.share", "N5"))
        case "deduct":
            weight = below("income_after_rigid", pl.col("margin_line"), source=method_source)
        case _:
            weight = Criterion(not_null(policy["rigid.method"]), "刚性支出认定办法", "N5")
    return (*means, weight)


def household_columns() -> tuple[Derived, ...]:
    """Return ``is_CATEGORY`` for every category of a household, and ``category``."""
    rules = [pl.col("dibao_or_grace" if code == "dibao" else f"rule.{code}") for code in HOUSEHOLD_ORDER[:-1]]
    none = all_of(*(~rule for rule in rules))
    held = any_of(pl.col("rule.dibao"), pl.col("rule.grace"))
    return (
        Derived("dibao_or_grace", Level.HOUSEHOLD, held, "低保或渐退期", determination=True),
        Derived("is_dibao_single", Level.HOUSEHOLD, pl.lit(False), "单人保（只对个人）", determination=True),
        *_columns(Level.HOUSEHOLD, dict(zip(HOUSEHOLD_ORDER, (*_chain(tuple(rules)), none), strict=True))),
    )


def member_columns() -> tuple[Derived, ...]:
    """Return ``is_CATEGORY`` for every category of a member, and ``category``.

    A member who counts and is neither tekun nor on dibao alone has the household's category.
    """
    own = {"tekun": pl.col("rule.tekun_member"), "dibao_single": pl.col("rule.dibao_single")}
    of_household = {
        code: all_of(pl.col("counted"), pl.col(f"household:is_{code}"), *(~test for test in own.values()))
        for code in HOUSEHOLD_ORDER[1:-1]
    }
    not_counted = any_of(~pl.col("counted"), pl.col("household:is_none"))
    none = all_of(not_counted, *(~test for test in own.values()))
    holding = dict(zip(own, _chain(tuple(own.values())), strict=True)) | of_household | {"none": none}
    return _columns(Level.MEMBER, holding)


def _chain(tests: tuple[pl.Expr, ...]) -> tuple[pl.Expr, ...]:
    """Return for each test whether it is the first that holds."""
    return tuple(all_of(test, *(~earlier for earlier in tests[:i])) for i, test in enumerate(tests))


def _columns(level: Level, holding: Mapping[str, pl.Expr]) -> tuple[Derived, ...]:
    """Return the column of each category, of which one holds at most, and ``category``: which."""
    category = pl.coalesce(*(pl.when(pl.col(f"is_{code}")).then(pl.lit(code, dtype=CATEGORY)) for code in holding))
    return (
        *(
            Derived(f"is_{code}", level, test, CATEGORY_LABELS[code], determination=True)
            for code, test in holding.items()
        ),
        Derived("category", level, category, "类别", labels=CATEGORY_LABELS, determination=True),
    )
