"""The categories in their order, each with its criteria, and the chain that picks the first that holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from bangfu.facts import Level
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived
from bangfu.rules.language import Expression, Name, given
from bangfu.rules.language.choices import Choose, Unknown
from bangfu.rules.language.functions import all_of, household, member, parameter
from bangfu.rules.language.kinds import YES_NO, choice

HOUSEHOLD_ORDER = ("tekun", "dibao", "margin", "rigid_expenditure", "watched", "none")
MEMBER_ORDER = ("tekun", "dibao_single", "dibao", "margin", "rigid_expenditure", "watched", "none")

_CATEGORY = choice(CATEGORY_LABELS)

CATEGORY_COLUMNS = frozenset({"category", *(f"is_{code}" for code in CATEGORY_LABELS)})
"""The columns of categories, which stand at both levels, so that no programme can have a column of these names."""

_ASSETS = Criterion(household.assets_within_limits, source="N2 art. 14")


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
            (
                Criterion(household.everybody_is_tekun, source="N3 art. 4"),
                Criterion(household.counted_size >= 1, source="N2 art. 7"),
            ),
        ),
        CategoryRule(
            "dibao",
            Level.HOUSEHOLD,
            (Criterion(household.income_year < household.dibao_line, source=dibao_source), _ASSETS),
        ),
        CategoryRule(
            "margin",
            Level.HOUSEHOLD,
            (
                Criterion(household.income_year >= household.dibao_line, source=dibao_source),
                Criterion(household.income_year < household.margin_line, source=margin_source),
                _ASSETS,
            ),
        ),
        CategoryRule("rigid_expenditure", Level.HOUSEHOLD, _rigid(policy, margin_source)),
        CategoryRule("watched", Level.HOUSEHOLD, (Criterion(household.watched_for_return_to_poverty, source="N6"),)),
    )


def _rigid(policy: Policy, margin_source: str) -> tuple[Criterion, ...]:
    method_source = policy.source("rigid.method", "N5")
    means = (
        Criterion(household.income_year >= household.margin_line, source=margin_source),
        Criterion(household.income_year < household.disposable_line, source=method_source),
        _ASSETS,
        Criterion(household.rigid_spending > 0, "有刚性支出", policy.source("rigid.kinds", "N5")),
    )
    match policy.value("rigid.method"):
        case "share":
            weight = Criterion(
                household.rigid_spending > household.rigid_line, source=policy.source("rigid.share", "N5")
            )
        case "deduct":
            weight = Criterion(household.income_after_rigid < household.margin_line, source=method_source)
        case _:
            unset = Unknown((parameter("rigid.method"),), kind=YES_NO)
            weight = Criterion(unset, "刚性支出认定办法", "N5")
    return (*means, weight)


def household_columns() -> tuple[Derived, ...]:
    """Return ``is_CATEGORY`` for every category of a household, and ``category``."""
    rules = {code: household["dibao_or_grace" if code == "dibao" else f"rule.{code}"] for code in HOUSEHOLD_ORDER[:-1]}
    held = household.rule.dibao | household.rule.grace
    tests, codes = list(rules.values()), list(rules)
    first = [all_of(test, *(~earlier for earlier in tests[:i])) for i, test in enumerate(tests)]
    none = all_of(*(~test for test in tests))
    cases = [(test, _as(code)) for code, test in rules.items()]
    return (
        Derived("dibao_or_grace", Level.HOUSEHOLD, held, "低保或渐退期", determination=True),
        Derived("is_dibao_single", Level.HOUSEHOLD, value=False, label="单人保（只对个人）", determination=True),
        _category("category", Level.HOUSEHOLD, cases),
        _category("category_beside_tekun", Level.HOUSEHOLD, cases[codes.index("tekun") + 1 :]),
        *_each(Level.HOUSEHOLD, HOUSEHOLD_ORDER, (*first, none)),
    )


def member_columns() -> tuple[Derived, ...]:
    """Return ``is_CATEGORY`` for every category of a member, and ``category``.

    A member who counts and is neither tekun nor on dibao alone has the category of those of the household who are not
    tekun. Whether somebody is hangs on nothing of that, which is worked out without those who are.
    """
    tekun = Name("rule.tekun_member", Level.MEMBER, kind=YES_NO)
    category = Name("category", Level.MEMBER, kind=_CATEGORY)
    return (
        _category(
            "category",
            Level.MEMBER,
            [
                (tekun, _as("tekun")),
                (member.rule.dibao_single, _as("dibao_single")),
                (member.counted, Name("category_beside_tekun", Level.HOUSEHOLD, kind=_CATEGORY)),
            ],
        ),
        *_each(Level.MEMBER, MEMBER_ORDER, (tekun, *(category.one_of(code) for code in MEMBER_ORDER[1:]))),
    )


def _as(code: str) -> Expression:
    return given(code, _CATEGORY)


def _category(name: str, level: Level, cases: Sequence[tuple[Expression, Expression]]) -> Derived:
    """Return the column of the first category whose rule holds."""
    tests, categories = zip(*cases, strict=True)
    chosen = Choose(tests, categories, _as("none"))
    return Derived(name, level, chosen, "类别", labels=CATEGORY_LABELS, determination=True)


def _each(level: Level, order: Sequence[str], tests: Sequence[Expression]) -> Iterator[Derived]:
    """Yield for each category whether it is the one."""
    for code, test in zip(order, tests, strict=True):
        yield Derived(f"is_{code}", level, test, CATEGORY_LABELS[code], determination=True)
