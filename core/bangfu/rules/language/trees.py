"""Expressions as trees (表达式树): their names, the same with names looked up, what tells two apart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from bangfu.rules.language.expression import Constant, Expression, Name, settings_of


def names_in(expression: Expression) -> Iterator[Name]:
    """Yield the names of an expression, each as often as it stands there."""
    if isinstance(expression, Name):
        yield expression
    for part in expression.inputs:
        yield from names_in(part)


def looked_up(expression: Expression, look_up: Callable[[Name], Expression]) -> Expression:
    """Return an expression with what each name stands for in its place, checked anew.

    Raises:
        RuleError: what its parts turn out to be does not fit together.
    """
    if isinstance(expression, Name):
        return look_up(expression)
    inputs = expression.inputs
    made = tuple(looked_up(part, look_up) for part in inputs)
    return expression if all(a is b for a, b in zip(made, inputs, strict=True)) else expression.rebuilt(made)


def key_of(expression: Expression) -> Hashable:
    """Return what is the same for two expressions that say the same."""
    per = str(expression.kind) if isinstance(expression, Constant) else ""
    return (type(expression).__name__, tuple(settings_of(expression).values()), per, *map(key_of, expression.inputs))
