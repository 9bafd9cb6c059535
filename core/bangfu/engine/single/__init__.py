"""The same rules for one household: each expression read once, then worked value by value.

A plan needs some 280 columns of one to a few rows. Polars plans every expression anew for every
household, which takes ten times as long as the arithmetic. So a ruleset reads its own Polars expressions
once (``reading``) into small functions of a row (``operations``) and runs them in the schedule's order
(``program``). The expressions stay the only place where a rule is written: what cannot be read is left
to Polars itself, column by column, and the results are held against the frames' in tests and by
``bangfu check-plugin``.
"""

from bangfu.engine.single.program import Program, program

__all__ = ["Program", "program"]
