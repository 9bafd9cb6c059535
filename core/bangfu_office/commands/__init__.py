"""The office's commands, which ``bangfu`` finds by the entry-point group ``bangfu.commands``.

Whether what they need is installed at all is known here, before.
"""

from importlib.util import find_spec

if find_spec("sqlalchemy") is None:
    raise ModuleNotFoundError("the office's extra is not installed", name="sqlalchemy")
