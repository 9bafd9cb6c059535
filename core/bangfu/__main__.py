"""``python -m bangfu`` is the command ``bangfu``."""

from bangfu.commands import main

main()
