"""The means test (经济状况核对), the categories in their order, and the chain that picks the first that holds.

Income lines are formed for the whole household (``standard × size``), so nothing is divided before it is compared.
All amounts are yuan a year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add

from attrs import frozen

from bangfu.facts import Level
from bangfu.facts.household import CATEGORY_LABELS, EXPENSE_LABELS
from bangfu.identification import of_member
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived
from bangfu.rules.language import Expression, Name, given
from bangfu.rules.language.choices import Choose, Unknown
from bangfu.rules.language.functions import all_of, by, choose, count, household, member, months_after, parameter, total
from bangfu.rules.language.kinds import MONEY, YES_NO, choice

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


def _household(name: str, value: Expression, label: str, source: str = "") -> Derived:
    return Derived(name, Level.HOUSEHOLD, value, label, source)


def _by_residence(name: str) -> Expression:
    return by(household.residence, {place: parameter(f"{name}.{place}") for place in ("rural", "urban")})


def _means_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return the columns of the means test; tekun members are left out of size and income."""
    size, income = household.size, household.income_year
    standard, disposable = household.dibao_standard, household.disposable_income
    own_paid = member.treatments.inpatient.own_paid + member.treatments.outpatient_chronic.own_paid
    margin = standard * size * parameter("margin.multiple")
    return (
        of_member("in_means_test", member.counted & ~member.is_tekun, "参加家庭收入核算"),
        of_member("counted_income", choose((member.in_means_test, member.own_income), otherwise=0)),
        of_member("own_medical_cost", own_paid, "本年度个人自付医疗费", "S2", figure=True),
        _household("size", count(member.in_means_test), "核算人数", "N2 art. 7"),
        _household("income_year", total(member.counted_income), "家庭年收入", "N2 art. 13"),
        _household("dibao_standard", _by_residence("dibao.standard"), "低保标准（每人每年）", "N2 art. 9"),
        _household("disposable_income", _by_residence("disposable_income"), "上年度当地人均可支配收入", "N5"),
        _household("dibao_line", standard * size, "低保标准×人数"),
        _household("margin_line", margin, "低保标准×边缘倍数×人数", "N2 art. 8"),
        _household("disposable_line", disposable * size, "上年人均可支配收入×人数", "N5"),
        Derived("rigid_spending", Level.HOUSEHOLD, _rigid_spending(policy), "刚性支出", "N5", figure=True),
        _household("rigid_line", parameter("rigid.share") * income, "家庭年收入×支出比例", "N5"),
        _household("income_after_rigid", income - household.rigid_spending, "扣除刚性支出后的收入"),
    )


def _rigid_spending(policy: Policy) -> Expression:
    kinds = policy.value("rigid.kinds")
    if kinds is None:
        # Whatever kinds a place may name, no spending at all is none of them.
        spent = reduce(add, (household.expenses[kind] for kind in EXPENSE_LABELS))
        return choose((spent == given(0, MONEY), given(0, MONEY)), otherwise=Unknown((parameter("rigid.kinds"), spent)))
    spent_on: list[Expression] = [household.expenses[kind] for kind in kinds]
    return reduce(add, spent_on or [given(0, MONEY)])


def household_rules(policy: Policy) -> tuple[CategoryRule, ...]:
    """Return the rules of a household's categories, in order, and of grace.

    Each category stands on its own band of income, so that an unknown in one does not blur the others.
    """
    dibao_source = policy.source("dibao.standard.rural", "N2 art. 9")
    margin_source = policy.source("margin.multiple", "N2 art. 8")
    rules = {
        "tekun": (
            Criterion(household.everybody_is_tekun, source="N3 art. 4"),
            Criterion(household.counted_size >= 1, source="N2 art. 7"),
        ),
        "dibao": (Criterion(household.income_year < household.dibao_line, source=dibao_source), _ASSETS),
        "margin": (
            Criterion(household.income_year >= household.dibao_line, source=dibao_source),
            Criterion(household.income_year < household.margin_line, source=margin_source),
            _ASSETS,
        ),
        "rigid_expenditure": _rigid(policy, margin_source),
        "watched": (Criterion(household.watched_for_return_to_poverty, source="N6"),),
        "grace": _grace(policy.source("grace.months", "N4")),
    }
    return tuple(CategoryRule(code, Level.HOUSEHOLD, criteria) for code, criteria in rules.items())


def _rigid(policy: Policy, margin_source: str) -> tuple[Criterion, ...]:
    source, spending = policy.source("rigid.method", "N5"), household.rigid_spending
    unset = Unknown((parameter("rigid.method"),), kind=YES_NO)
    weight = {
        "share": Criterion(spending > household.rigid_line, source=policy.source("rigid.share", "N5")),
        "deduct": Criterion(household.income_after_rigid < household.margin_line, source=source),
        None: Criterion(unset, "刚性支出认定办法", "N5"),
    }
    return (
        Criterion(household.income_year >= household.margin_line, source=margin_source),
        Criterion(household.income_year < household.disposable_line, source=source),
        _ASSETS,
        Criterion(spending > 0, "有刚性支出", policy.source("rigid.kinds", "N5")),
        weight[policy.value("rigid.method")],
    )


def _grace(source: str) -> tuple[Criterion, ...]:
    """Return when a household on dibao keeps it for some months although its income has passed the line (渐退期)."""
    return (
        Criterion(household.recognised_as.one_of("dibao"), source=source),
        Criterion(household.income_year >= household.dibao_line, source=source),
        Criterion(household.assets_within_limits, source=source),
        Criterion(household.on >= household.income_risen_on, "收入已经超过标准", source),
        Criterion(household.on <= household.grace_until, "在渐退期内", source),
    )


def household_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return the columns of the means test, the last day of grace, ``is_CATEGORY`` for every category, ``category``."""
    rules = {code: household["dibao_or_grace" if code == "dibao" else f"rule.{code}"] for code in HOUSEHOLD_ORDER[:-1]}
    held = household.rule.dibao | household.rule.grace
    tests = list(rules.values())
    first = [all_of(test, *(~earlier for earlier in tests[:i])) for i, test in enumerate(tests)]
    none = all_of(*(~test for test in tests))
    codes = [given(code, _CATEGORY) for code in rules]
    # The last day is the day of the same number, or the month's last (Civil Code art. 202).
    grace_until = months_after(household.income_risen_on, parameter("grace.months"))
    return (
        *_means_columns(policy),
        _household("grace_until", grace_until, "渐退期截止日"),
        Derived("dibao_or_grace", Level.HOUSEHOLD, held, "低保或渐退期", determination=True),
        Derived("is_dibao_single", Level.HOUSEHOLD, value=False, label="单人保（只对个人）", determination=True),
        _category("category", Level.HOUSEHOLD, tests, codes),
        _category("category_beside_tekun", Level.HOUSEHOLD, tests[1:], codes[1:]),
        *_each(Level.HOUSEHOLD, HOUSEHOLD_ORDER, (*first, none)),
    )


def member_columns() -> tuple[Derived, ...]:
    """Return ``is_CATEGORY`` for every category of a member, and ``category``.

    A member who counts and is neither tekun nor on dibao alone has the category of those of the household who are not
    tekun. Whether somebody is hangs on nothing of that, which is worked out without those who are.
    """
    tekun = Name("rule.tekun_member", Level.MEMBER, kind=YES_NO)
    category = Name("category", Level.MEMBER, kind=_CATEGORY)
    others = Name("category_beside_tekun", Level.HOUSEHOLD, kind=_CATEGORY)
    tests = (tekun, member.rule.dibao_single, member.counted)
    return (
        _category("category", Level.MEMBER, tests, (*(given(code, _CATEGORY) for code in MEMBER_ORDER[:2]), others)),
        *_each(Level.MEMBER, MEMBER_ORDER, (tekun, *(category.one_of(code) for code in MEMBER_ORDER[1:]))),
    )


def _category(name: str, level: Level, tests: Sequence[Expression], categories: Sequence[Expression]) -> Derived:
    """Return the column of the first category whose rule holds."""
    chosen = Choose(tuple(tests), tuple(categories), given("none", _CATEGORY))
    return Derived(name, level, chosen, "类别", labels=CATEGORY_LABELS, determination=True)


def _each(level: Level, order: Sequence[str], tests: Sequence[Expression]) -> Iterator[Derived]:
    """Yield for each category whether it is the one."""
    for code, test in zip(order, tests, strict=True):
        yield Derived(f"is_{code}", level, test, CATEGORY_LABELS[code], determination=True)
