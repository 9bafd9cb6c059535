"""The rule language (规则语言): typed, three-valued, exact; built by operators, or read from text.

``kinds`` says what a value is, ``known`` what is known of it, ``expression`` and ``nodes`` what is worked out, ``text``
reads it from a pack, ``evaluate`` works it out for one household, ``block_evaluate`` for many at once.
"""

from bangfu.rules.language.evaluate import Rows, function_of
from bangfu.rules.language.expression import Expression, Name, given
from bangfu.rules.language.known import UNKNOWN, Bounds, Candidates
from bangfu.rules.language.nodes import looked_up
from bangfu.rules.language.text import expression_of

__all__ = [
    "UNKNOWN",
    "Bounds",
    "Candidates",
    "Expression",
    "Name",
    "Rows",
    "expression_of",
    "function_of",
    "given",
    "looked_up",
]
