"""The command line: ``bangfu plan``, ``check``, ``facts``, ``programmes``, ``policy``.

Exit codes: 0 done, 1 the input is wrong, 2 the call is wrong. Results go to standard output,
errors to standard error.
"""

from bangfu.commands.main import main

__all__ = ["main"]
