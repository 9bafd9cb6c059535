"""What an author is told of an expression that cannot be (误用): what it was, of which kinds, and how to say it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language.expression import Expression, Name
from bangfu.rules.language.kinds import Kind, Sort

_MOST_SHOWN = 60


def name_of(expression: Expression) -> str:
    """Return what an error calls an expression."""
    return expression.name if isinstance(expression, Name) else "it"


def a_test(value: object) -> Expression:
    """Return a test; a plain truth, or what is no expression, is refused."""
    if isinstance(value, bool) or not isinstance(value, Expression):
        raise no_test(value)
    return value


def no_test(value: object) -> RuleError:
    """Return the error of what stands where a test is joined, and is none."""
    if not isinstance(value, bool):
        text = _(
            "{value!r} is no test; put each test in parentheses, since & and | bind more closely than < and ==",
            value=value,
        )
        return RuleError(text)
    text = _(
        "a plain {value} stands where a test is joined: Python decided it, for all households alike; "
        "for whether something is known write known(…) or is_stated(…)",
        value=value,
    )
    return RuleError(text)


def are_tests(what: str, *parts: Expression) -> None:
    """Refuse what is, as ``what`` in a rule, of another kind than yes or no."""
    for part in parts:
        if part.kind is not None and part.kind.sort is not Sort.YES_NO:
            named = f" ({part.name})" if isinstance(part, Name) else ""
            told = _(
                "{what} asks for yes or no, and this is {kind}{named}; compare it with something",
                what=what,
                kind=part.kind,
                named=named,
            )
            raise RuleError(told)


def must_be(what: str, part: Expression, sorts: Iterable[Sort]) -> None:
    """Refuse what is of none of some sorts, and so not ``what`` is needed."""
    if part.kind is not None and part.kind.sort not in sorts:
        named = f" ({part.name})" if isinstance(part, Name) else ""
        raise RuleError(_("{what} is needed here, and this is {kind}{named}", what=what, kind=part.kind, named=named))


def settle(node: Expression, **made: object) -> None:
    """Give a node that is being made its kind, or other parts."""
    for name, value in made.items():
        object.__setattr__(node, name, value)


def refuse(one: Expression, sign: str, other: Expression, why: str) -> NoReturn:
    """Refuse what two expressions were to make: show both with their kinds, and how it can be said."""
    hint = _hint(one.kind, sign, other.kind)
    told = _(
        "{text} {sign} {text2}: {kind} {sign} {kind2}: {why}{a}{hint}",
        text=shown(one),
        sign=sign,
        text2=shown(other),
        kind=one.kind,
        kind2=other.kind,
        why=why,
        a="; " if hint else "",
        hint=hint,
    )
    raise RuleError(told)


def shown(expression: Expression) -> str:
    """Return an expression as an error shows it: its formula, cut where it is long."""
    formula = str(expression)
    return formula if len(formula) <= _MOST_SHOWN else f"{formula[: _MOST_SHOWN - 1]}…"


def _hint(one: Kind | None, sign: str, other: Kind | None) -> str:
    sorts = {kind.sort for kind in (one, other) if kind is not None}
    if Sort.YES_NO in sorts:
        return "put each test in parentheses, since & and | bind more closely than < and =="
    if Sort.DAY in sorts and sign in {"+", "−", "×", "÷"}:
        return "years_after, years_before and months_after move a day, years_between counts the years between two"
    if sorts == {Sort.MONEY, Sort.NUMBER}:
        return "write yuan(…) for an amount that stands by itself"
    return ""


def must_be_sayable(name: str, owner: str = "") -> None:
    """Refuse a name with dots that no rule can say: ``household.heat.kind`` would ask what an expression is."""
    for part in name.split(".")[1:]:
        if hasattr(Name, part):
            told = _(
                "the name {name!r} cannot be said in a rule, where .{part} means something else; rename it",
                name=name,
                part=part,
            )
            raise RuleError(told, owner=owner)
