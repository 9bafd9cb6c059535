"""The rule language (规则语言): typed, three-valued, exact; built by operators, or read from text.

``kinds`` says what a value is, ``known`` what is known of it, ``expression`` and ``nodes`` what is worked out, ``text``
reads it from a pack; an expression works itself out for one household, ``block_evaluate`` does for many at once.
"""

from bangfu.rules.language.expression import Expression, Name, given, key_of, names_in
from bangfu.rules.language.known import UNKNOWN, Bounds, Candidates, KnownRows
from bangfu.rules.language.rounding import Direction, Rounding
from bangfu.rules.language.text import expression_of

__all__ = [
    "UNKNOWN",
    "Bounds",
    "Candidates",
    "Direction",
    "Expression",
    "KnownRows",
    "Name",
    "Rounding",
    "expression_of",
    "given",
    "key_of",
    "names_in",
]
