"""What somebody may not do, or not now."""

from __future__ import annotations

from bangfu.errors import BangfuError
from bangfu.messages import _


class NotPermittedError(BangfuError):
    """The actor's role may not do this."""

    def __init__(self) -> None:
        super().__init__(_("您的角色不能办理这一项"))


class NotThereError(BangfuError):
    """There is no such thing in the actor's region; whether there is one elsewhere is not said."""

    def __init__(self) -> None:
        super().__init__(_("没有这一户，或不在您所管的地区"))
