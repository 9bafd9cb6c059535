"""The command line: ``bangfu plan``, ``check``, ``facts``, ``programmes``, ``policy``.

Exit codes: 0 done, 1 the input is wrong, 2 the call is wrong. Results go to standard output, errors to standard error.
"""

import gc

gc.disable()  # what is loaded here stays to the end: to look through it again and again would take time for nothing

from bangfu.commands.main import main  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["main"]
