"""What an author is told of an expression that cannot be (误用): what it was, of which kinds, and how to say it."""

from __future__ import annotations

from typing import NoReturn

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language.expression import Expression, Name
from bangfu.rules.language.kinds import Kind, Sort

_MOST_SHOWN = 60


def refuse(one: Expression, sign: str, other: Expression, why: str) -> NoReturn:
    """Refuse what two expressions were to make.

    Raises:
        RuleError: always; it shows both with their kinds, and how it can be said.
    """
    hint = _hint(one.kind, sign, other.kind)
    raise RuleError(
        _(
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
    )


def shown(expression: Expression) -> str:
    """Return an expression as an error shows it: its formula, cut where it is long."""
    from bangfu.rules.language.formula import formula_of  # noqa: PLC0415 - formulas are written of what is checked here

    formula = formula_of(expression)
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
    """Make sure that a rule can say a name with dots: ``household.heat.kind`` would ask what an expression is.

    Raises:
        RuleError: a part of it means something else there.
    """
    for part in name.split(".")[1:]:
        if hasattr(Name, part):
            raise RuleError(
                _(
                    "the name {name!r} cannot be said in a rule, where .{part} means something else; rename it",
                    name=name,
                    part=part,
                ),
                owner=owner,
            )
