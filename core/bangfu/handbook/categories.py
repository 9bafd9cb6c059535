"""The low-income categories in their order, and how a household is recognised."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.classification import HOUSEHOLD_ORDER, CategoryRule, classification
from bangfu.engine import BoundRule, Ruleset
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.handbook.conditions import conditions_of
from bangfu.handbook.lines import income_lines
from bangfu.handbook.model import Category, Recognition
from bangfu.handbook.offers import OF_LABELS
from bangfu.handbook.standards import Standards
from bangfu.identification import MEMBER_GROUNDS, property_criteria
from bangfu.messages import _

_NAMES = {**CATEGORY_LABELS, "tekun_member": _("特困人员"), "tekun": _("特困家庭"), "grace": _("渐退期")}
_OF_MEMBERS = ("tekun_member", "dibao_single")
_ORDER = ("tekun_member", "tekun", "dibao", "dibao_single", "margin", "rigid_expenditure", "watched", "grace")


def categories_of(ruleset: Ruleset, standards: Standards) -> tuple[Category, ...]:
    """Return the categories' rules under the policy, grace last."""
    rules = classification(ruleset.policy)
    declared: Iterable[CategoryRule] = (*rules.household, *rules.member)
    bound: Iterable[BoundRule] = (*ruleset.household_rules, *ruleset.member_rules)
    categories = [_category(standards, d, b) for d, b in zip(declared, bound, strict=True)]
    places = {code: place for place, code in enumerate(_ORDER)}
    return tuple(sorted(categories, key=lambda category: places.get(category.code, len(places))))


def _category(standards: Standards, declared: CategoryRule, bound: BoundRule) -> Category:
    conditions = conditions_of(standards, declared.criteria, bound.criteria)
    return Category(bound.code, _NAMES.get(bound.code, bound.code), OF_LABELS[bound.level], conditions)


def recognition_of(ruleset: Ruleset, standards: Standards) -> Recognition:
    """Return in what order categories are tried, who counts as a member, what income and property count."""
    grounds = ruleset.grounds
    return Recognition(
        tuple(_NAMES.get(code, code) for code in HOUSEHOLD_ORDER),
        tuple(_NAMES[code] for code in _OF_MEMBERS),
        conditions_of(standards, MEMBER_GROUNDS.including, grounds.including),
        conditions_of(standards, MEMBER_GROUNDS.excluding, grounds.excluding),
        conditions_of(standards, property_criteria(ruleset.policy), ruleset.property),
        tuple(standard for name, standard in standards.by_name.items() if name.startswith("income.")),
        income_lines(ruleset),
    )
